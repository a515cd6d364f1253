"""The engine grades a notebook as the checks would, whatever its code does to the process that runs it."""

import contextlib
import copy
import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from autograder import checks
from autograder.definitions import solution_source
from autograder.demo import CLASS, hand_in
from autograder.engine import judges, secret, tiers
from autograder.engine.client import ChildEnded, Engine
from autograder.engine.grader import Grader
from autograder.engine.grading import grade
from autograder.engine.judges import Judges, Lines
from autograder.engine.launch import EngineError, Server
from autograder.engine.options import Options
from autograder.engine.submission import code_cells, fingerprint, lent_by
from autograder.examination import examine
from autograder.probes import run_probe
from autograder.sandbox.lock import children_of
from autograder.sandbox.policy import Limits
from autograder.sandbox.shell import OutOfTime, time_limit
from genlab import advice
from genlab.course import load_course

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.xdist_group("engine"),
]

ROOT = Path(__file__).parents[2]
LESSON = "vae_fashion"
PLACE = ("ada", "x")
SECRET = b"s" * 32
NAMES = [e.split("/")[1] for e in checks.ids(LESSON)]


@pytest.fixture(scope="module")
def engine():
    with Engine.start() as started:
        yield started


def notebook(**cells):
    """The released lesson with right answers, but for these."""
    made = hand_in(ROOT, {})
    for cell in made["cells"]:
        name = cell["id"].removesuffix("-solution")
        if cell["id"] != name and name in cells:
            cell["source"] = cells[name]
    return made


def with_cell(source, place="setup", made=None):
    """The notebook with one more code cell after the one called `place`."""
    made = made or notebook()
    at = [c["id"] for c in made["cells"]].index(place) + 1
    extra = {
        "cell_type": "code",
        "id": "extra",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
    made["cells"].insert(at, extra)
    return made, at


def solved_before(lesson_id):
    """The code cells of the solutions of the chapter's earlier lessons, which a lesson may reuse."""
    course = load_course(ROOT / "course.yml")
    lesson = course.lesson(lesson_id)
    return lent_by(ROOT / "solutions" / lesson.chapter, course, lesson)


def graded(engine, made, **settings):
    return grade(engine, made, LESSON, SECRET, **settings)


def lost(outcome):
    return {r.exercise.split("/")[1] for r in outcome.reports.values() if not r.passed}


@pytest.mark.parametrize("student", CLASS)
def test_the_demo_class_gets_the_verdicts_of_the_checks(engine, student):
    from autograder.demo import grade as grade_here

    here = {r.exercise: (r.status, r.misconception, r.follows_from) for r in grade_here(ROOT, CLASS[student])}
    there = graded(engine, hand_in(ROOT, CLASS[student])).reports
    assert {e: (r.status, r.misconception, r.follows_from) for e, r in there.items()} == here


def test_the_same_notebook_gets_the_same_reports_again(engine):
    made = hand_in(ROOT, CLASS["chandra"])
    first, again = graded(engine, made), graded(engine, made)
    assert [(r.status, r.headline, r.results) for r in first.reports.values()] == [
        (r.status, r.headline, r.results) for r in again.reports.values()
    ]


def test_inputs_hang_on_the_secret_and_on_the_code():
    assert secret.seed(b"a", "code", "kl_loss") != secret.seed(b"b", "code", "kl_loss")
    assert secret.seed(b"a", "code", "kl_loss") != secret.seed(b"a", "other code", "kl_loss")
    assert secret.seed(b"a", "x", "y") == secret.seed(b"a", "x", "y")


def test_a_course_keeps_its_secret_and_shows_it_to_nobody(tmp_path):
    first = secret.of_course(tmp_path)
    assert len(first) == secret.SIZE and secret.of_course(tmp_path) == first
    assert [p.name for p in tmp_path.iterdir()] == [secret.FILE]
    assert (tmp_path / secret.FILE).stat().st_mode & 0o077 == 0
    (tmp_path / secret.FILE).write_bytes(b"short")
    with pytest.raises(secret.DamagedSecret, match="Delete it"):
        secret.of_course(tmp_path)


LIVELY = """\
import sys, warnings, logging
import matplotlib.pyplot as plt
from tqdm.auto import tqdm
warnings.warn("careful")
logging.warning("careful")
print("hello"); print("careful", file=sys.stderr)
for _ in tqdm(range(3)): pass
plt.plot([1, 2]); plt.show()
%matplotlib inline
%pip install nothing
!ls /
%time 1 + 1
from IPython.display import HTML, display
display(HTML("<script>alert(1)</script>"))
0.5"""


def test_a_lively_cell_runs_as_in_a_notebook_and_costs_nothing(engine):
    made, at = with_cell(LIVELY)
    outcome = graded(engine, made)
    assert not lost(outcome)
    outputs = outcome.outputs[at]
    assert not [o for o in outputs if o["output_type"] in ("error", "execute_result")]
    text = "".join(o.get("text", "") for o in outputs)
    assert "hello" in text and "careful" in text and "it/s" not in text and "usr" not in text
    assert any("image/png" in o.get("data", {}) for o in outputs)
    assert not any("text/html" in o.get("data", {}) for o in outputs)


def test_a_noisy_answer_keeps_its_points(engine):
    noisy = "import sys, warnings\n" + solution_source(f"{LESSON}/kl_loss").replace(
        "\n    return", '\n    print("x", file=sys.stderr); warnings.warn("y"); print("z")\n    return'
    )
    assert "warn" in noisy
    assert not lost(graded(engine, notebook(kl_loss=noisy)))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(0)", "ended the process"),
        ("import os, signal; os.abort()", "ended the process"),
        ("import ctypes; ctypes.string_at(0)", "ended the process"),
        ("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass", "ran out of time"),
        ("x = bytearray(1)\nimport torch\ny = [torch.ones(2**28) for _ in range(12)]", ""),
    ],
    ids=["exit", "abort", "segfault", "endless", "memory"],
)
def test_a_bad_cell_costs_no_exercise(engine, code, words):
    made, _ = with_cell(code, "kl_loss")
    outcome = graded(engine, made, cell_seconds=3)
    assert not lost(outcome)
    assert words in " ".join(outcome.notes)


def test_an_answer_that_ends_the_process_costs_itself_alone(engine):
    deadly = "def latent_grid(n):\n    import os\n    os._exit(0)"
    outcome = graded(engine, notebook(latent_grid=deadly))
    assert lost(outcome) == {"latent_grid"}
    assert "ended the process" in outcome.reports[f"{LESSON}/latent_grid"].note


def test_an_endless_answer_costs_itself_alone(engine):
    endless = "def kl_loss(z_mean, z_log_var):\n    while True: pass"
    outcome = graded(engine, notebook(kl_loss=endless), cell_seconds=2, notebook_seconds=40)
    assert "kl_loss" in lost(outcome) <= {"kl_loss", "vae_loss", "train_step", "mended_vae_loss"}
    failure = outcome.reports[f"{LESSON}/kl_loss"].failure
    assert "stopped after 2 seconds" in failure.seen and "(line 2 of your cell)" in failure.seen
    assert failure.advice == advice.of("A loop that never ends")
    assert [note for note in outcome.notes if "stopped" in note] == [
        "kl_loss: stopped after 2 seconds (does a loop never end?)"
    ]
    calling = [f"{LESSON}/{name}" for name in ("vae_loss", "train_step", "mended_vae_loss")]  # they were not run
    assert {outcome.reports[exercise].follows_from for exercise in calling} == {f"{LESSON}/kl_loss"}
    assert outcome.reports[calling[1]].note.startswith("calls your vae_loss, which calls your kl_loss, which")


@pytest.mark.parametrize("way", ["another of that name", "defined anew"])
def test_an_answer_that_does_not_call_the_endless_one_has_its_points(engine, way):
    right = "def kl_loss(m, v):\n    return 0.5 * (m**2 + v.exp() - 1 - v).sum(1).mean()\n"
    vae_loss = solution_source(f"{LESSON}/vae_loss")
    if way == "another of that name":
        vae_loss = f"class Own:\n{textwrap.indent(right, '    ')}\n{vae_loss.replace('kl_loss(z', 'Own.kl_loss(z')}"
    else:
        vae_loss = f"{right}\n{vae_loss}"
    endless = "def kl_loss(z_mean, z_log_var):\n    while True: pass"
    outcome = graded(engine, notebook(kl_loss=endless, vae_loss=vae_loss), cell_seconds=2, notebook_seconds=40)
    assert outcome.reports[f"{LESSON}/kl_loss"].status == "failed"
    assert outcome.reports[f"{LESSON}/vae_loss"].status == "passed"


def test_the_line_of_the_answer_is_told_also_where_its_end_comes_later():
    names = {}
    exec(compile("def answer():\n    while True:\n        pass\n", "cell 7", "exec"), names)
    with pytest.raises(OutOfTime, match=r"stopped after 0.1 seconds") as caught, time_limit(0.1):
        with contextlib.suppress(OutOfTime):
            names["answer"]()
        while True:  # the kit's own code, which what the answer left behind makes slow
            pass
    assert caught.value.line in (2, 3) and caught.value.told.endswith(f", in line {caught.value.line} of its cell")


def test_a_probe_whose_time_is_over_in_one_call_makes_no_others():
    calls = []

    def answer(endless):
        calls.append(endless)
        while endless:
            pass

    def plan(*arguments):
        return {"probe": "call", "cases": [{"args": [argument], "seed": 0} for argument in arguments]}

    with time_limit(0.2):
        record = run_probe(plan(False, True, False, True), answer)
    raised = [case["calls"][0]["raised"] for case in record["cases"]]
    assert [error and error["type"] for error in raised] == [None, *["OutOfTime"] * 3]
    assert calls == [False, True]
    assert run_probe(plan(False), answer)["cases"][0]["calls"][0]["raised"] is None, "the next one has time again"


def test_a_cell_that_never_ends_is_noted(engine):
    made, at = with_cell("while True:\n    pass", "kl_loss")
    number = sum(cell["cell_type"] == "code" for cell in made["cells"][: at + 1])
    notes = graded(engine, made, cell_seconds=2).notes
    assert len(notes) == 1 and notes[0].startswith("code cell ") and "stopped after 2 seconds" in notes[0], number


def test_test_cells_that_are_gone_moved_or_emptied_change_nothing(engine):
    made = notebook()
    made["cells"] = [c for c in made["cells"] if c["id"] != "kl_loss"]
    made["cells"].insert(0, made["cells"].pop([c["id"] for c in made["cells"]].index("Encoder")))
    next(c for c in made["cells"] if c["id"] == "vae_loss")["source"] = "pass"
    assert not lost(graded(engine, made))


def test_a_test_cell_judges_what_it_was_given_then(engine):
    made, _ = with_cell("def kl_loss(z_mean, z_log_var):\n    return 0", "kl_loss")
    outcome = graded(engine, made)
    assert "kl_loss" not in lost(outcome)


def test_a_definition_below_a_line_that_needs_skipped_training_is_found(engine):
    answer = "print(history.losses)\n" + solution_source(f"{LESSON}/sample_prior")
    assert not lost(graded(engine, notebook(sample_prior=answer)))


def test_what_could_not_be_defined_says_why(engine):
    outcome = graded(engine, notebook(latent_grid="def latent_grid(n:\n    return"))
    note = outcome.reports[f"{LESSON}/latent_grid"].note
    assert "could not be defined" in note and "SyntaxError" in note


@pytest.mark.parametrize("lesson", load_course(ROOT / "course.yml").lessons, ids=lambda lesson: lesson.id)
def test_an_untouched_stub_is_not_attempted(engine, lesson):
    made = json.loads((ROOT / "lessons" / f"{lesson.path}.ipynb").read_text(encoding="utf-8"))
    reports = grade(engine, made, lesson.id, SECRET).reports
    assert {r.status for r in reports.values()} <= {"not_attempted"} and len(reports) == len(lesson.exercises)


@pytest.mark.parametrize("lesson", load_course(ROOT / "course.yml").lessons, ids=lambda lesson: lesson.id)
def test_the_solutions_of_a_lesson_pass_and_its_mistakes_have_their_names(engine, lesson):
    lent = solved_before(lesson.id)
    right = grade(engine, hand_in(ROOT, {}, lesson.id), lesson.id, SECRET, lent=lent)
    assert not lost(right) and right.points == lesson.points
    wrong = {e.id: checks.find(f"{lesson.id}/{e.id}").misconceptions[-1].name for e in lesson.exercises}
    reports = grade(engine, hand_in(ROOT, wrong, lesson.id), lesson.id, SECRET, lent=lent).reports
    for name, mistake in wrong.items():
        report = reports[f"{lesson.id}/{name}"]
        assert report.misconception == mistake or report.follows_from


def test_follows_from_is_told_as_in_a_notebook(engine):
    outcome = graded(engine, notebook(kl_loss="def kl_loss(z_mean, z_log_var):\n    return z_mean.sum() * 0"))
    assert outcome.reports[f"{LESSON}/vae_loss"].follows_from == f"{LESSON}/kl_loss"


def test_what_follows_from_a_lesson_that_was_not_handed_in_is_told_so(engine):
    report = grade(engine, hand_in(ROOT, {}, "vae_faces"), "vae_faces", SECRET).reports["vae_faces/beta_vae_loss"]
    assert report.follows_from == "vae_fashion/kl_loss"
    assert "calls your kl_loss of the lesson vae_fashion, which was not taken over" in report.headline


def test_a_broken_judge_gives_no_score_and_says_so(engine, monkeypatch):
    from autograder.engine import verdicts

    def broken(exercise, *_):
        raise ZeroDivisionError("the judge broke")

    monkeypatch.setattr(verdicts, "judge_with", broken)
    reports = grade(engine, notebook(), LESSON, b"a secret of its own").reports  # its records have no verdict yet
    assert {r.status for r in reports.values()} == {"grader_error"}
    assert all("the judge broke" in r.grader_error for r in reports.values())


def test_equal_records_are_judged_once_and_others_each(engine, monkeypatch):
    from autograder.engine import verdicts

    judged, real, own = [], verdicts.judge_with, b"a secret of this test"

    def counted(exercise, *about):
        judged.append(exercise.id)
        return real(exercise, *about)

    def two_reports(**cells):
        """On two submissions with the same answers and the same hidden inputs."""
        all_of_them = (with_cell(f"# {number}", made=notebook(**cells))[0] for number in itertools.count())
        same = (made for made in all_of_them if secret.set_of(own, fingerprint(code_cells(made, LESSON))) == 0)
        return [grade(engine, made, LESSON, own).reports for made in itertools.islice(same, 2)]

    monkeypatch.setattr(verdicts, "judge_with", counted)
    first, second = two_reports()
    assert judged == list(first) and {r.status for r in first.values()} == {"passed"}
    assert first == second
    judged.clear()
    first, second = two_reports(kl_loss="def kl_loss(z_mean, z_log_var):\n    return z_mean.sum() * 0")
    assert f"{LESSON}/kl_loss" in judged and len(judged) == len(set(judged)) < len(first)
    assert first[f"{LESSON}/kl_loss"].status == "failed" and first == second


def test_a_broken_plan_gives_no_score_either(engine, monkeypatch):
    exercise = checks.find(f"{LESSON}/kl_loss")
    monkeypatch.setattr(type(exercise), "plan", lambda *_: 1 / 0)
    assert {r.status for r in graded(engine, notebook()).reports.values()} == {"grader_error"}


@pytest.mark.notebooks
def test_with_run_all_the_training_cells_run_on_prepared_data(tmp_path, monkeypatch):
    import genlab

    genlab.data.load("fashion_mnist")
    with Engine.start() as engine:
        settings = {"run_all": True, "cell_seconds": 120, "notebook_seconds": 300}
        outcome = grade(engine, notebook(), LESSON, SECRET, lent=solved_before(LESSON), **settings)
    assert not lost(outcome) and not outcome.notes
    assert not [o for outputs in outcome.outputs.values() for o in outputs if o["output_type"] == "error"]
    assert sum("image/png" in o.get("data", {}) for outputs in outcome.outputs.values() for o in outputs) >= 8


def test_where_data_is_not_prepared_grading_neither_downloads_nor_draws(tmp_path, monkeypatch):
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "empty"))
    with Engine.start() as engine:
        outcome = grade(engine, notebook(), LESSON, SECRET, run_all=True, cell_seconds=20)
    assert not lost(outcome)
    text = json.dumps(list(outcome.outputs.values()))
    assert "genlab data get fashion_mnist" in text
    assert not (tmp_path / "empty").exists()


def test_a_server_that_dies_is_an_error_of_the_engine_not_of_a_student():
    engine = Engine.start()
    engine.server.process.kill()
    engine.server.process.wait()
    with pytest.raises((EngineError, ChildEnded)):
        grade(engine, notebook(), LESSON, SECRET)
    engine.close()


def alive(pid):
    """Whether a process runs: one that nobody has reaped yet does not."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "(zombie)" not in status.read_text()


@pytest.mark.parametrize("tier", [1, 2])
def test_a_server_that_is_killed_takes_its_children_with_it(tier):
    if not tiers.try_out(tier).works:
        pytest.skip(f"no tier {tier} here")
    engine = Engine.start(tier)
    child = engine.child()
    stubborn = "import ctypes, signal\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\nsignal.pthread_sigmask(0, range(1, 60))\nwhile True: pass"
    child.ask({"do": "cell", "source": stubborn, "seconds": 100, "turn": ""}, 5)
    time.sleep(0.5)
    family = [p for keeper in children_of(engine.server.process.pid) for p in [keeper, *children_of(keeper)]]
    assert len(family) == 2
    engine.server.process.kill()
    engine.server.process.wait()
    time.sleep(1)
    assert [pid for pid in family if alive(pid)] == []
    engine.close()


def test_children_keep_nothing_from_one_another(engine):
    import builtins

    leave = "import builtins, torch\nbuiltins.leak = 1\ntorch.leak = 1\nopen('leak', 'w').write('x')"
    look = (
        "import builtins, os, torch\nprint(hasattr(builtins, 'leak'), hasattr(torch, 'leak'), os.path.exists('leak'))"
    )
    graded(engine, with_cell(leave)[0])
    made, at = with_cell(look)
    assert graded(engine, made).outputs[at][0]["text"] == "False False False\n"
    assert not hasattr(builtins, "leak")


def test_the_sandbox_holds_no_judge_and_no_solution(engine):
    look = (
        "import sys, gc, os\n"
        "print(sorted(m for m in sys.modules if m.startswith('autograder')))\n"
        "print([p for p in ('checks', 'claims', 'judge', 'engine', 'demo') if __import__('importlib.util').util.find_spec('autograder.' + p)])\n"
        f"print(os.path.exists({str(ROOT / 'solutions')!r}), os.path.exists({str(ROOT / 'autograder')!r}))\n"
    )
    made, at = with_cell(look)
    modules, found, seen = graded(engine, made).outputs[at][0]["text"].splitlines()
    assert not [w for w in ("checks", "judge", "claims", "exercise") if f"autograder.{w}" in modules]
    assert (found, seen) == ("[]", "False False")


def test_examine_agrees_that_a_tensor_without_end_is_a_wrong_answer():
    huge = lambda n: torch.zeros(1).expand(2**40, 2)  # noqa: E731
    assert examine(f"{LESSON}/latent_grid", huge).status == "failed"


def test_small_limits_bind(tmp_path):
    with Engine.start(limits=Limits(memory=2**28, address_space=2**33)) as engine:
        made, _ = with_cell("import torch, time\nx = torch.ones(2**28)\ntime.sleep(5)", "kl_loss")
        outcome = graded(engine, made, cell_seconds=10)
    assert any("used too much memory" in note for note in outcome.notes)
    assert not lost(outcome)


def test_the_engine_leaves_nothing_behind(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Engine.start() as engine:
        graded(engine, copy.deepcopy(notebook()))
        server = engine.server.process
        assert list(tmp_path.iterdir())
    assert server.poll() is not None
    assert not list(tmp_path.iterdir())


def test_judges_beside_the_server_give_the_reports_of_judges_here(engine):
    made = hand_in(ROOT, CLASS["chandra"])
    here = graded(engine, made)
    with Judges() as beside:
        there = beside.grade(made, LESSON, SECRET)
    assert [(r.exercise, r.status, r.headline) for r in there.reports.values()] == [
        (r.exercise, r.status, r.headline) for r in here.reports.values()
    ]
    assert there.cards.keys() == there.reports.keys() and there.outputs == here.outputs


def test_nbgrader_s_process_does_without_torch():
    look = (
        "import sys, genlab.cli, autograder.engine.assignment, autograder.preprocessors\nprint('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True).stdout == "False\n"


def test_what_grading_leaves_out_of_nbgrader_is_there_for_whoever_calls_it():
    look = """
import sys
from autograder.engine import nbgrader_api
nbgrader_api._import_nbgrader()
assert not {"bs4", "mistune", "setuptools.archive_util", "nbgrader.server_extensions.formgrader", "requests"} & set(sys.modules)
from nbgrader.auth import jupyterhub
try:
    jupyterhub.requests.request("GET", "nowhere")
except ValueError as error:
    assert "No scheme supplied" in str(error)
import nbformat, nbgrader, nbconvert
page = nbconvert.HTMLExporter().from_notebook_node(
    nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title\\n$x$ ![a](b.png)")])
)[0]
assert ">Title<" in page and "bs4" in sys.modules and "mistune" in sys.modules
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from nbgrader.utils import unpack_archive
try:
    unpack_archive(nbformat.__file__, ".")
except Exception as error:
    print(type(error).__name__)
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", look], capture_output=True, text=True)
    assert done.stdout == "UnrecognizedFormat\n", done.stderr[-2000:]


def processes_of(judging):
    """The process that the judges were split off from, and the judges, as soon as they are there."""
    for _ in range(1000):
        for host in children_of(judging.server.process.pid):
            if len(found := children_of(host)) == len(judging.server.lines):
                return [host, *found]
        time.sleep(0.02)
    raise AssertionError("no judges")


def test_a_judge_that_is_killed_costs_a_second_try(tmp_path):
    grader, made = Grader(tmp_path, Options()), notebook()
    beside = processes_of(grader.source.judges())[1:]
    os.kill(beside[secret.set_of(grader.secret, fingerprint(code_cells(made, LESSON))) % len(beside)], signal.SIGKILL)
    assert not lost(grader.outcome(PLACE, made, LESSON, {}))
    grader.close()


def test_a_judge_gets_submissions_with_its_inputs_and_others_only_where_there_is_need(monkeypatch):
    monkeypatch.setattr(judges, "PATIENCE", 30.0)
    lines = Lines(["even", "odd"])
    with ThreadPoolExecutor(8) as pool:

        def ask(of: int, waiting: int):
            """A line asked for, once so many wait for one."""
            asked, deadline = pool.submit(lines.take, of), time.monotonic() + 5
            while len(lines._waiting) != waiting and time.monotonic() < deadline:
                time.sleep(0.001)
            return asked

        assert lines.take(1) == "odd"
        first, second = ask(1, 1), ask(1, 2)
        assert len(lines._waiting) == 2  # "even" is free, and "odd" soon will be
        third = pool.submit(lines.take, 1)
        assert first.result(5) == "even"  # but three of them are many
        lines.give("odd")
        assert second.result(5) == "odd"
        assert lines.lose("odd") == 1
        lines.give("even")
        assert third.result(5) == "even"  # nobody else has its inputs any more
        last = ask(0, 1)
        lines.end()
        assert last.result(5) is None and lines.take(0) is None


def test_a_judge_helps_whoever_has_waited_long(monkeypatch):
    monkeypatch.setattr(judges, "PATIENCE", 0.05)
    lines = Lines(["even", "odd"])
    assert (lines.take(1), lines.take(1)) == ("odd", "even")


def test_judges_that_never_answer_give_no_score_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(judges, "JUDGING_SECONDS", -1000.0)
    grader = Grader(tmp_path, Options())
    outcome = grader.outcome(PLACE, notebook(), LESSON, {})
    grader.close()
    assert {r.status for r in outcome.reports.values()} == {"grader_error"}
    assert "took too long" in outcome.notes[0]


def test_a_judge_that_hangs_is_gone_after_closing():
    grading = Judges()
    grading.wait()
    all_of_them = processes_of(grading)
    for judge in all_of_them[1:]:
        os.kill(judge, signal.SIGSTOP)
    grading.close()
    deadline = time.monotonic() + 10
    while any(map(running, all_of_them)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [process for process in all_of_them if running(process)]


def running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_memory_in_large_pages_holds_what_it_held():
    look = """
from autograder.sandbox import kernel
def large():
    return sum(int(line.split()[1]) for line in open("/proc/self/smaps") if line.startswith("AnonHugePages"))
held, before = bytearray(b"genlab" * 2_000_000), large()
kernel.use_large_pages()
print(bytes(held) == b"genlab" * 2_000_000, large() - before)
"""
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    whole, more = done.stdout.split()
    assert whole == "True"
    modes = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    version = tuple(map(int, os.uname().release.split(".")[:2]))
    if version >= (6, 1) and modes.exists() and "[never]" not in modes.read_text():
        assert int(more) >= 4096  # kB, of 12 MB


def test_without_isolation_grading_refuses_and_says_why(monkeypatch):
    found = tiers.environment

    def without_seccomp(staged):
        (staged / "pyseccomp.py").write_text("raise ImportError")
        return found(staged)

    monkeypatch.setattr(tiers, "environment", without_seccomp)
    with pytest.raises(tiers.NoSandbox, match=r"tier 1: .*seccomp.*tier 2: .*seccomp.*genlab doctor.*--no-sandbox"):
        Server().wait()


def test_a_part_of_the_kit_that_cannot_be_imported_is_named(monkeypatch):
    found = tiers.environment

    def broken(staged):
        (staged / "genlab" / "explorer.py").write_text("raise ImportError('no explorer')")
        return found(staged)

    monkeypatch.setattr(tiers, "environment", broken)
    with Judges() as grading, pytest.raises(EngineError, match="no explorer"):
        grading.grade(notebook(), LESSON, b"secret")


def test_where_namespaces_are_refused_it_is_the_second_tier(tmp_path, monkeypatch):
    if not tiers.try_out(2).works:
        pytest.skip("no tier 2 here")
    found = tiers.policy

    def policy(tier, staged, scratch, limits):
        return found(tier, staged, tmp_path / "nowhere" if tier == 1 else scratch, limits)

    monkeypatch.setattr(tiers, "policy", policy)
    with Engine.start() as engine:
        assert engine.server.tier == 2
        assert not lost(graded(engine, notebook()))


def test_an_outcome_asked_for_ahead_is_that_of_the_very_notebook(tmp_path):
    made, at = with_cell("print('here')")
    moved = copy.deepcopy(made)
    moved["cells"].insert(0, {"cell_type": "markdown", "id": "note", "metadata": {}, "source": "more text"})
    grader = Grader(tmp_path, Options())
    grader.prefetch(PLACE, made, LESSON, {})
    grader.prefetch(("bob", "x"), made, LESSON, {})
    assert grader.outcome(("bob", "x"), moved, LESSON, {}).outputs[at + 1][0]["text"] == "here\n"
    assert grader.outcome(PLACE, made, LESSON, {}).outputs[at][0]["text"] == "here\n"
    grader.close()
