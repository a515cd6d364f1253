"""Marks go back to each platform in the rows of its own file, and nothing else in them changes."""

import csv
import io
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.lms.roster import read_roster
from autograder.lms.table import harmless, read_table, write_table
from genlab.cli import app
from tests.lms import platforms

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own
]

ROOT = Path(__file__).parents[2]
CHAPTER = "03_vae"
FILES = {
    "canvas": platforms.CANVAS_GRADEBOOK,
    "moodle": platforms.MOODLE_WORKSHEET,
    "gradescope": platforms.GRADESCOPE_ROSTER,
}
IDS = {
    "canvas": ["ada", "zoe", "bob"],
    "moodle": ["ada@example.org", "Zoë García Márquez", "bob@example.org"],
    "gradescope": ["S-1", "S-2", "S-3"],
}


def fill(url: str, students: list[str]) -> None:
    """A gradebook with an assignment of 50 points: 40, 33.33 after a penalty, one to be looked at, and one not on any list."""
    from nbgrader.api import Gradebook

    with Gradebook(url) as gradebook:
        gradebook.add_assignment(CHAPTER)
        gradebook.add_notebook("nb", CHAPTER)
        gradebook.add_grade_cell("cell", "nb", CHAPTER, max_score=50, cell_type="code")
        for student, points in zip([*students, "=cmd"], (40, 35, 50, 1), strict=True):
            gradebook.add_student(student)
            gradebook.add_submission(CHAPTER, student)
            grade = gradebook.find_grade("cell", "nb", CHAPTER, student)
            grade.auto_score = points
            grade.needs_manual_grade = points == 50
            gradebook.find_submission_notebook("nb", CHAPTER, student).late_submission_penalty = 1.667 * (points == 35)
        gradebook.db.commit()


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """An empty gradebook: making one costs nbgrader seconds."""
    from nbgrader.api import Gradebook

    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=FILES)
def course(request, gradebook, tmp_path, monkeypatch):
    """(platform, a function that runs `genlab export` in a course whose gradebook knows that platform's students)."""
    monkeypatch.chdir(tmp_path)
    for name in ("course.yml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(gradebook, tmp_path)
    fill("sqlite:///gradebook.db", IDS[request.param])
    Path("list.csv").write_text(FILES[request.param], encoding="utf-8")

    def export(*arguments):
        return CliRunner().invoke(app, ["export", CHAPTER, "--to", request.param, *arguments])

    return request.param, export


def test_the_platforms_own_rows_are_filled_in(course):
    platform, export = course
    done = export("--roster", "list.csv")
    assert done.exit_code == 0, done.output
    before = {row[0]: row for row in read_table(Path("list.csv"))}
    with open(f"{CHAPTER}-{platform}.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    by_name = {row[0]: row for row in rows}
    if platform == "canvas":
        assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Variational autoencoders (4711)"]
        assert rows[1] == ["    Points Possible", "", "", "", "", "100"]
        marks = {row[1]: row[-1] for row in rows[2:]}
        assert marks == {"10201": "80", "10202": "66.67", "10203": "", "10204": ""}
        assert {row[1]: row[2:5] for row in rows[2:]} == {r[1]: r[2:5] for r in before.values() if r[1] in marks}
        assert "scaled" in done.output
        assert rows[4][0].startswith("'=HYPERLINK")
    if platform == "moodle":
        assert len(rows) == len(before)
        grade = rows[0].index("Grade")
        assert [row[grade] for row in rows[1:]] == ["80", "66.67", "", ""]
        for row in rows:
            old = before[row[0]]
            assert [*row[:grade], *row[grade + 1 :]] == [*old[:grade], *old[grade + 1 :]]
    if platform == "gradescope":
        assert rows[0][:6] == ["First Name", "Last Name", "SID", "Email", "Sections", CHAPTER]
        assert {row[2]: row[5] for row in rows[1:]} == {"S-1": "40", "S-2": "33.33", "S-3": "", "S-4": ""}
        assert "'@Bob" in by_name
    assert "=cmd: not on the list" in done.output and "needs manual grading" in done.output
    again = read_roster(Path(f"{CHAPTER}-{platform}.csv"))
    assert [p.id for p in again.people] == [p.id for p in read_roster(Path("list.csv")).people]
    assert stat.S_IMODE(Path(f"{CHAPTER}-{platform}.csv").stat().st_mode) == 0o600


def test_who_has_no_mark_and_whose_is_a_refused_file_is_said(course):
    from autograder.handin import storage

    platform, export = course
    student = IDS[platform][0]
    place = Path("submitted", student, CHAPTER, "nb.ipynb")
    storage.replace(place, b"{}", Path("originals", student, CHAPTER), ("It is a PDF.",), refused=True)
    said = export("--roster", "list.csv").output
    assert "no notebook handed in for 03_vae: left empty; --zeros writes 0" in said
    assert f"{read_roster(Path('list.csv')).people[0].id}: a file for 03_vae was refused, and counts 0" in said
    storage.write(place, b"a good one")
    assert "refused" not in export("--roster", "list.csv", "--force").output


def test_without_a_list_rows_are_made_of_the_gradebook(course):
    platform, export = course
    assert export("--out", "marks.csv", "--zeros").exit_code == 0
    rows = read_table(Path("marks.csv"))
    assert len(rows) == {"canvas": 6, "moodle": 5, "gradescope": 5}[platform]
    text = Path("marks.csv").read_text()
    assert "'=cmd" in text and ",=cmd" not in text and "\n=cmd" not in text
    place = rows[0].index(CHAPTER)
    assert sorted(row[place] for row in rows[1:] if "Points Possible" not in row[0]) == ["", "1", "33.33", "40"]


def test_the_platforms_own_file_stays_as_it_came(course):
    _, export = course
    before = Path("list.csv").read_bytes()
    done = export("--roster", "list.csv", "--out", "list.csv", "--force")
    assert done.exit_code == 2 and "stays as it came" in done.output
    assert Path("list.csv").read_bytes() == before


def test_a_file_that_is_there_stays(course):
    _, export = course
    Path("marks.csv").write_text("mine")
    done = export("--out", "marks.csv")
    assert done.exit_code == 2 and "--force" in done.output
    assert Path("marks.csv").read_text() == "mine"
    assert export("--out", "marks.csv", "--force").exit_code == 0
    assert Path("marks.csv").read_text() != "mine" and not list(Path().glob(".marks*"))


def test_nbgrader_runs_the_same_exporter(course):
    from nbgrader.apps import ExportApp

    platform, export = course
    assert export("--roster", "list.csv").exit_code == 0
    name = f"{platform.capitalize()}Export"
    ExportApp.clear_instance()
    nbgrader = ExportApp.instance()
    arguments = [f"--exporter=autograder.lms.export.{name}", "--to=other.csv", f"--assignment={CHAPTER}"]
    nbgrader.initialize([*arguments, f"--{name}.roster=list.csv", "--log-level=CRITICAL"])
    nbgrader.start()
    ExportApp.clear_instance()
    assert Path("other.csv").read_bytes() == Path(f"{CHAPTER}-{platform}.csv").read_bytes()


def test_errors_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["export", CHAPTER, "--to", "canvas"])
    assert done.exit_code == 2 and "Is this a course?" in done.output
    shutil.copy(Path(__file__).parents[2] / "course.yml", tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    done = CliRunner().invoke(app, ["export", CHAPTER, "--to", "canvas"])
    assert done.exit_code == 2 and "no gradebook" in done.output


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula_and_none_is_changed_by_a_round_trip(tmp_path, cell):
    write_table(tmp_path / "t.csv", [["name", cell], [f"{cell}, x", "-"]])
    with open(tmp_path / "t.csv", encoding="utf-8", newline="") as file:
        raw = list(csv.reader(file))
    assert not any(c[:1] in "=+-@\t\r\n＝" for row in raw for c in row if len(c) > 1)
    assert read_table(tmp_path / "t.csv") == [["name", cell], [f"{cell}, x", "-"]]
    assert harmless(harmless(cell)) == harmless(cell)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_as_spreadsheets_save_them(tmp_path, encoding, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["Näme", "ID"], ["Zoë; Ä, x", "1"]])
    (tmp_path / "t.csv").write_bytes(text.getvalue().encode(encoding))
    assert read_table(tmp_path / "t.csv") == [["Näme", "ID"], ["Zoë; Ä, x", "1"]]
