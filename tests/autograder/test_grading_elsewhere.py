"""Beyond one machine: a Dask cluster that loses a worker, what a worker may send, and a gradebook in PostgreSQL."""

import json
import shutil
import sys
from dataclasses import replace

import pytest

from autograder import card, checks, demo
from autograder.engine.assignment import grade_assignment
from autograder.engine.grader import grader_of
from autograder.engine.options import Options
from autograder.engine.outcomes import BadOutcome, from_json, to_json
from autograder.engine.outputs import shown
from autograder.engine.secret import of_course
from autograder.engine.submission import Outcome
from autograder.report import Report, Result
from tests.servers import dask, free_port, postgres, postgres_tools
from tests.small_class import CHAPTER, LESSON, ROOT, hand_in, make_course, mistakes, points, written

pytestmark = [
    pytest.mark.nbgrader,
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
    pytest.mark.xdist_group("class"),
]
STUDENTS = ["ada", "bo", "cy", "di"]


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """(course as handed in, points expected, what grading it here wrote)."""
    course = make_course(tmp_path_factory.mktemp("near") / "course")
    expected = {student: hand_in(course, student, mistakes(number)) for number, student in enumerate(STUDENTS)}
    of_course(course)
    graded = course.with_name("graded")
    shutil.copytree(course, graded)
    grade_assignment(graded, CHAPTER)
    return course, expected, written(graded)


def test_a_cluster_that_loses_a_worker_gives_the_same_marks_and_notebooks(near, tmp_path):
    pytest.importorskip("distributed", reason="needs genlab[cluster]")
    handed_in, expected, here = near
    course = tmp_path / "course"
    shutil.copytree(handed_in, course)
    with dask(tmp_path, workers=2) as (address, workers):
        options = Options(cluster=address)
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)

        def progress(done, every):
            if done and workers[0].poll() is None:
                workers[0].kill()
                workers[0].wait()

        try:
            rows, phases = grade_assignment(course, CHAPTER, options=options, progress=progress)
        finally:
            grader_of(course, options).close()
    assert workers[0].returncode < 0 and phases.graded == len(STUDENTS)
    there = written(course)
    assert points(there) == expected
    assert there == here
    assert not any(row.look for row in rows)


def test_a_scheduler_that_is_not_there_is_said(near, monkeypatch):
    pytest.importorskip("distributed", reason="needs genlab[cluster]")
    from autograder.engine import cluster
    from autograder.engine.launch import EngineError

    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 0.5)
    with pytest.raises(EngineError, match=r"no Dask scheduler answers at .* `dask scheduler`"):
        grade_assignment(near[0], CHAPTER, options=Options(cluster=f"tcp://127.0.0.1:{free_port()}"))


def outcome() -> Outcome:
    """One in which every exercise passes but the first, whose claim has pictures."""
    import torch

    from autograder.report import Pictures

    pictures = Pictures(torch.rand(1, 8, 8), torch.rand(1, 8, 8))
    failed = Result("law", False, "off", "name", "says", True, "called", "seen", "expected", "advice", pictures)
    reports = {}
    for exercise in checks.ids(LESSON):
        report = Report(exercise, "passed", checks.points(exercise), [Result("law", True, says="holds")])
        reports[exercise] = report if reports else card.portable(replace(report, status="failed", results=[failed]))
    stream = {"output_type": "stream", "name": "stdout", "text": "said\n"}
    notebook = demo.hand_in(ROOT, {}, LESSON)
    place = next(i for i, c in enumerate(notebook["cells"]) if c["cell_type"] == "code")
    return Outcome(reports, {place: [stream]}, {e: shown(r) for e, r in reports.items()}, ["a note"], 1.5, 0.5)


def test_an_outcome_arrives_as_it_was_sent():
    sent = outcome()
    assert from_json(to_json(sent), demo.hand_in(ROOT, {}, LESSON), LESSON) == sent


def forged(change) -> str:
    data = json.loads(to_json(outcome()))
    change(data)
    return json.dumps(data)


def test_points_come_from_the_course_and_outputs_are_only_what_a_notebook_may_hold():
    def change(data):
        data["reports"][1]["max_points"] = 99.0
        data["outputs"]["100000"] = []
        (place,) = (p for p in data["outputs"] if p != "100000")
        data["outputs"][place] = [{"output_type": "display_data", "data": {"text/html": "<script>"}}]
        data["cards"] = {"density/taxonomy": [{"output_type": "display_data", "data": {"text/html": "<script>"}}]}

    found = from_json(forged(change), demo.hand_in(ROOT, {}, LESSON), LESSON)
    assert found.points == outcome().points and "<script>" not in str(found)
    assert list(found.outputs) == list(outcome().outputs)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["reports"].pop(),
        lambda data: data["reports"][0].update(status="passed"),
        lambda data: data["reports"][1].update(results=[]),
        lambda data: data["reports"][0].update(exercise="density/other"),
        lambda data: data["reports"][0].update(status="excellent"),
        lambda data: data["reports"][0]["results"][0].update(message="x" * 1_000_000),
        lambda data: data["reports"][0]["results"][0]["pictures"].update(yours='"><script>'),
        lambda data: data["reports"][0]["results"][0].update(pictures={"<script>": ""}),
        lambda data: data.update(notes=[{}]),
        lambda data: data.update(outputs=[]),
        lambda data: data.clear(),
    ],
)
def test_what_is_no_outcome_is_refused(change):
    with pytest.raises(BadOutcome):
        from_json(forged(change), demo.hand_in(ROOT, {}, LESSON), LESSON)


@pytest.mark.parametrize("text", [None, b"{}", "", "[", "[]", "null", "[" * 100_000])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(BadOutcome):
        from_json(text, demo.hand_in(ROOT, {}, LESSON), LESSON)


@pytest.mark.skipif(postgres_tools() is None, reason="needs a PostgreSQL server: apt-get install postgresql")
def test_a_gradebook_in_postgresql_gets_the_same_marks(near, tmp_path):
    pytest.importorskip("psycopg", reason="needs genlab[postgres]")
    handed_in, expected, here = near
    with postgres(postgres_tools()) as address:
        course = make_course(tmp_path / "course", address)
        for name in ("submitted", ".grading-secret"):
            (shutil.copytree if (handed_in / name).is_dir() else shutil.copy)(handed_in / name, course / name)
        rows, phases = grade_assignment(course, CHAPTER)
        there = written(course, address)
        assert points(there) == expected and there == here
        again, phases = grade_assignment(course, CHAPTER)
        assert (again, phases.graded) == (rows, 0)
        assert not (course / "gradebook.db").exists()
