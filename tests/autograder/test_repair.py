"""A damaged hand-in is graded as what it is, or refused with the reason; what is whole is left alone."""

import ast
import copy
import json
import os
import re
import shutil
import sys
from pathlib import Path
from random import Random

import pytest

from autograder.handin import cells as handin_cells
from autograder.handin.cells import Release
from autograder.handin.collect import repair_submitted
from autograder.handin.notes import as_markdown
from autograder.handin.repair import Refused, is_sound, lesson_of, read_notebook, repair, repair_file
from genlab.course import load_course
from tests.one_lesson import keep_one_lesson
from tests.submissions import damaged

ROOT = Path(__file__).parents[2]
LESSON = load_course(ROOT / "course.yml").lesson("vae_fashion")
RELEASED = json.loads((ROOT / "lessons" / f"{LESSON.path}.ipynb").read_text(encoding="utf-8"))
POINTS = {exercise.id: exercise.points for exercise in LESSON.exercises}
GRADED = {c["id"]: c["metadata"]["nbgrader"] for c in RELEASED["cells"] if "nbgrader" in c["metadata"]}
GIVEN = [c["id"] for c in RELEASED["cells"] if c["id"] == "setup" or c["id"].startswith("given-")]
each_case = pytest.mark.parametrize("case", damaged.CASES, ids=lambda case: case.name)
each_graded = pytest.mark.parametrize(
    "case", [case for case in damaged.CASES if case.state in ("ok", "mended")], ids=lambda case: case.name
)


def answers_of_the_solution() -> dict[str, str]:
    notebook = json.loads((ROOT / "solutions" / f"{LESSON.path}.ipynb").read_text(encoding="utf-8"))
    sources = {c["id"]: handin_cells.joined(c["source"]) for c in notebook["cells"]}
    lines = {name: sources[f"{name}-solution"].splitlines(keepends=True) for name in POINTS}
    return {name: "".join(line for line in text if "### " not in line).rstrip("\n") for name, text in lines.items()}


ANSWERS = answers_of_the_solution()


def make_course(folder: Path) -> Path:
    """A course as an instructor has it, with nothing handed in."""
    folder.mkdir(exist_ok=True)
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)
    for name in ("datasets", "lessons", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    keep_one_lesson(folder, LESSON.id)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("repair") / "course")


class Mended:
    """A case handed in by a student of its own, and repaired."""

    def __init__(self, course: Path, case: damaged.Case) -> None:
        self.course, self.student = course, case.name.replace("_", "-")
        self.folder = course / "submitted" / self.student / LESSON.chapter
        self.originals = course / "originals" / self.student / LESSON.chapter
        damaged.place(case, self.folder, RELEASED, ANSWERS)
        self.before = contents(self.folder)
        self.row = self.repair()

    def repair(self):
        [row] = repair_submitted(self.course, LESSON.chapter, [self.student])
        return row

    @property
    def notebook(self):
        return json.loads((self.folder / damaged.FILE).read_bytes())


def contents(folder: Path) -> dict[str, bytes | str]:
    """What is below a folder: the bytes of files, and what the rest is."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        whole = path.is_file() and not path.is_symlink()
        found[path.relative_to(folder).as_posix()] = path.read_bytes() if whole else f"{path.lstat().st_mode:o}"
    return found


@pytest.fixture(scope="module")
def mended(course):
    """Every case is made and repaired once, when a test first asks for it."""
    made: dict[str, Mended] = {}

    def get(case: damaged.Case) -> Mended:
        if case.name not in made:
            made[case.name] = Mended(course, case)
        return made[case.name]

    return get


def source_of(cell):
    return handin_cells.joined(cell["source"])


def definition(text: str, name: str) -> str | None:
    """The last definition of a name at the top level of a cell, without looks and docstrings."""
    nodes = [n for n in handin_cells.parse(text) or [] if name in handin_cells.bound(n)]
    for node in ast.walk(nodes[-1]) if nodes else []:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            del node.body[0]
    return ast.dump(nodes[-1]) if nodes else None


@each_case
def test_the_row_says_what_became_of_it(mended, case):
    row = mended(case).row
    assert row.notebook == LESSON.file
    assert row.state == case.state, row.notes
    said = "\n".join(row.notes)
    for words in case.says:
        assert words in said


def test_of_a_check_that_was_replaced_nothing_else_is_said(mended):
    (case,) = (case for case in damaged.CASES if case.name == "check_replaced")
    assert len(mended(case).row.notes) == 1


@each_graded
def test_every_check_comes_once_with_its_points_and_behind_the_answers(mended, case):
    notebook = mended(case).notebook
    ids = [c["id"] for c in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for name in POINTS:
        place = ids.index(name)
        assert source_of(notebook["cells"][place]) == f'check("vae_fashion/{name}", {name})'
        made = [
            d for c in notebook["cells"][:place] if c["cell_type"] == "code" and (d := definition(source_of(c), name))
        ]
        given = case.name == "import_added_to_a_given_cell" and name == "kl_loss"
        answer = made[-1:] == [definition(ANSWERS[name], name)] or (given and "mathematics" in made[-1])
        assert answer == (name not in case.lost)


@each_graded
def test_what_an_answer_needs_comes_before_it(mended, case):
    cells = mended(case).notebook["cells"]
    ids = [c["id"] for c in cells]
    first = next(i for i, c in enumerate(cells) if c["cell_type"] == "code" and definition(source_of(c), "Sampling"))
    needed = GIVEN[: GIVEN.index("given-training")]
    assert all(ids.index(name) < first for name in needed)


@each_case
def test_grading_metadata_are_those_of_the_release(mended, case):
    if case.state == "other":
        return
    cells = mended(case).notebook["cells"]
    found = {c["id"]: c["metadata"]["nbgrader"] for c in cells if "nbgrader" in c["metadata"]}
    assert {name: GRADED[name] for name in found} == found
    assert found.keys() >= {*POINTS, *GIVEN}
    payoffs = {c["id"] for c in RELEASED["cells"] if "payoff" in c["metadata"].get("tags", [])}
    texts = {source_of(c) for c in RELEASED["cells"] if c["id"] in payoffs}
    tagged = [c for c in cells if "payoff" in c["metadata"].get("tags", [])]
    assert all(c["id"] in payoffs or source_of(c) in texts for c in tagged)


@each_case
def test_nbformat_and_nbgrader_accept_it(mended, case):
    if case.state == "other":
        return
    import nbformat
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import ClearOutput, DeduplicateIds

    notebook = nbformat.reads((mended(case).folder / damaged.FILE).read_text(encoding="utf-8"), as_version=4)
    nbformat.validate(notebook)
    for step in (ClearOutput(), DeduplicateIds()):
        notebook, _ = step.preprocess(notebook, {})
    MetadataValidator().validate_nb(notebook)
    nbformat.writes(notebook).encode("utf-8")


@each_case
def test_a_second_repair_changes_nothing(mended, case):
    first = mended(case)
    before = contents(first.folder), contents(first.originals)
    row = first.repair()
    if case.state in ("refused", "other"):
        assert row.state == case.state
    if case.state != "other":
        assert set(row.notes) <= set(first.row.notes)
    assert (contents(first.folder), contents(first.originals)) == before


def test_a_file_is_known_to_be_whole_until_it_or_the_release_changes(tmp_path):
    path, originals = tmp_path / "one.ipynb", tmp_path / "originals"
    path.write_text(json.dumps(RELEASED | {"mine": 1}))
    assert not is_sound(path, RELEASED)
    assert repair_file(path, Release(RELEASED), originals) == () and is_sound(path, RELEASED)
    about = RELEASED["metadata"] | {"genlab": {"lesson": LESSON.id, "sha256": {"lessons": "0" * 64}}}
    assert not is_sound(path, RELEASED | {"metadata": about})
    path.write_text(json.dumps(RELEASED | {"cells": [c for c in RELEASED["cells"] if c["id"] != "kl_loss"]}))
    assert not is_sound(path, RELEASED)
    assert repair_file(path, Release(RELEASED), originals) and not is_sound(path, RELEASED)
    path.unlink()
    assert not is_sound(path, RELEASED)


@each_case
def test_in_memory_a_mended_notebook_is_whole(mended, case):
    if case.state != "other":
        notebook = mended(case).notebook
        assert repair(notebook, RELEASED).mended == ()


@each_case
def test_whatever_is_changed_is_kept(mended, case):
    made = mended(case)
    after, kept = contents(made.folder), list(contents(made.originals).values())
    for name, content in made.before.items():
        if isinstance(content, bytes):
            assert after.get(name) == content or content in kept


@each_case
def test_the_notebook_itself_tells_what_was_done(mended, case):
    if case.state == "other":
        return
    made = mended(case)
    top = made.notebook["cells"][0]
    if case.state == "refused":
        assert top["id"] == "mended"
        reason = made.row.notes[0]
        assert top["source"].endswith(as_markdown("", [reason]).splitlines()[-1])
        assert [c["id"] for c in made.notebook["cells"][1:]] == [c["id"] for c in RELEASED["cells"]]
    if case.state == "ok":
        assert top["id"] != "mended"
        assert (made.folder / damaged.FILE).read_bytes() == made.before[damaged.FILE]


def test_the_names_of_cases_are_unique():
    assert len({case.name for case in damaged.CASES}) == len(damaged.CASES) >= 40


@pytest.mark.parametrize("name", ["all_metadata_stripped", "everything_in_one_cell", "import_added_to_a_given_cell"])
def test_the_answers_pass_their_checks(mended, name):
    from autograder.lesson_file import code_cells
    from autograder.selfcheck import check_cells

    case = next(case for case in damaged.CASES if case.name == name)
    reports = check_cells(code_cells(mended(case).notebook), "vae_fashion")
    assert {r.exercise.split("/")[1]: r.passed for r in reports} == {n: n not in case.lost for n in POINTS}


@pytest.fixture(scope="module")
def gradebook(course):
    """nbgrader's gradebook with the assignment in it."""
    from nbgrader.apps import GenerateAssignmentApp

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        command = GenerateAssignmentApp()
        command.initialize([LESSON.chapter, "--force", "--create", "--log-level=ERROR"])
        command.start()
    return f"sqlite:///{course / 'gradebook.db'}"


@pytest.mark.nbgrader
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@each_graded
def test_nbgrader_sanitizes_it_and_finds_every_check(mended, case, gradebook):
    import nbformat
    from nbgrader.converters.autograde import Autograde
    from nbgrader.coursedir import CourseDirectory

    notebook = nbformat.reads((mended(case).folder / damaged.FILE).read_text(encoding="utf-8"), as_version=4)
    names = {"notebook": LESSON.file, "assignment": LESSON.chapter, "student": "ada", "db_url": gradebook}
    for step in Autograde(coursedir=CourseDirectory()).sanitize_preprocessors:
        notebook, _ = step().preprocess(notebook, {"nbgrader": names})
    graded = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")}
    assert {name: c.metadata.nbgrader.points for name, c in graded.items()} == POINTS
    assert all("hidden=True" in c.source for c in graded.values())


def test_old_formats_are_read_as_nbformat_reads_them():
    import nbformat

    for name in ("format_2", "format_3"):
        case = next(case for case in damaged.CASES if case.name == name)
        data = case.make(RELEASED, ANSWERS)[damaged.FILE]
        theirs = nbformat.reads(data.decode(), as_version=4)
        ours, _ = read_notebook(data)
        assert [source_of(c) for c in ours["cells"]] == [c.source for c in theirs.cells]
        assert [c["cell_type"] for c in ours["cells"]] == [c.cell_type for c in theirs.cells]


@pytest.mark.parametrize("left", ["metadata", "ids", "checks", "definitions"])
def test_the_lesson_is_known_by_whatever_is_left(left):
    notebook = damaged.solved(RELEASED, ANSWERS)
    if left != "metadata":
        notebook["metadata"] = {}
    for c in notebook["cells"]:
        c["metadata"] = {}
        if left != "ids":
            c["id"] = "x"
        if (left == "checks") != ("check(" in source_of(c)) or (left not in ("checks", "definitions")):
            c["source"] = ""
    lessons = {"gan_bricks": ["Critic", "train_step"], "vae_fashion": list(POINTS)}
    assert lesson_of(notebook, lessons) == "vae_fashion"


def test_what_is_no_lesson_is_none():
    assert lesson_of({"cells": [damaged.code("1")]}, {"vae_fashion": list(POINTS)}) is None
    assert lesson_of({"cells": [None, 3]}, {}) is None


JUNK = [
    None,
    True,
    -1,
    1e400,
    "",
    "x",
    "kl_loss",
    "code",
    "\ud800\0\r",
    [],
    [[]],
    {},
    {"nbgrader": {"grade_id": "kl_loss"}},
]


def shaken(seed: int) -> dict:
    """The solved lesson with values of all kinds in random places, and cells in another order."""
    random = Random(seed)
    notebook = damaged.solved(RELEASED, ANSWERS)
    for _ in range(random.choice([1, 5, 50])):
        holder, key = notebook, "cells"
        while random.random() < 0.8 and isinstance(holder[key], (dict, list)) and holder[key]:
            holder = holder[key]
            key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
        if holder is not notebook:
            holder[key] = copy.deepcopy(random.choice(JUNK))
    if random.random() < 0.3:
        random.shuffle(notebook["cells"])
    return notebook


@pytest.mark.parametrize("seed", range(100))
def test_no_damage_is_too_much(seed):
    import nbformat

    notebook, _ = read_notebook(json.dumps(shaken(seed)).encode())
    once = repair(notebook, RELEASED)
    assert repair(once.notebook, RELEASED).mended == ()
    ids = [c["id"] for c in once.notebook["cells"]]
    assert len(set(ids)) == len(ids) and set(POINTS) <= set(ids)
    graded = {c["id"]: c["metadata"].get("nbgrader") for c in once.notebook["cells"]}
    assert all(graded[name] == GRADED[name] for name in POINTS)
    if once.mended:
        nbformat.validate(nbformat.from_dict(once.notebook))


def test_repair_leaves_its_arguments_alone():
    for case in damaged.CASES:
        files = case.make(RELEASED, ANSWERS)
        data = files.get(damaged.FILE)
        if case.state == "mended" and len(files) == 1 and isinstance(data, bytes) and len(data) < 1_000_000:
            notebook, _ = read_notebook(data)
            before, release = json.dumps(notebook), json.dumps(RELEASED)
            repair(notebook, RELEASED)
            assert json.dumps(notebook) == before
            assert json.dumps(RELEASED) == release


def test_a_students_text_is_inert_in_the_list_of_what_was_mended():
    text = as_markdown("Mended", ["“<img src=x onerror=alert(1)>” [x](javascript:alert(1)) $x$ `y` *z*\n# h"])
    assert "<img" not in text
    assert text.count("\n") == 2
    assert not re.search(r"(?<!\\)[\[\]$`*#]", text.splitlines()[2])


def test_a_refused_file_goes_to_the_originals_each_time_another_one_comes(tmp_path):
    path, originals = tmp_path / damaged.FILE, tmp_path / "originals"
    for content in (b"one", b"two", b"one"):
        path.write_bytes(content)
        with pytest.raises(Refused, match="damaged"):
            repair_file(path, Release(RELEASED), originals)
    kept = {name: data for name, data in contents(originals).items() if name != "mended.json"}
    assert kept == {"02_vae_fashion.ipynb": b"one", "02_vae_fashion-2.ipynb": b"two"}


def test_a_file_that_cannot_be_opened_is_refused_with_the_reason(tmp_path, monkeypatch):
    path = tmp_path / damaged.FILE
    path.write_bytes(b"{}")

    real = os.open

    def denied(name, *rest):
        if Path(name) == path:
            raise PermissionError(13, "Permission denied")
        return real(name, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("autograder.handin.reading.os.open", denied)
        with pytest.raises(Refused, match="Permission denied"):
            repair_file(path, Release(RELEASED), tmp_path / "originals")
    assert json.loads(path.read_bytes())["cells"][0]["id"] == "mended"
