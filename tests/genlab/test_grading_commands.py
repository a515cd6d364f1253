"""The instructor's commands say what is so, and what to do next."""

import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.engine import doctor, tiers
from autograder.engine.rows import Row
from genlab.class_tables import show_marks
from genlab.cli import app

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="grading runs on Linux")

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "course.yml", tmp_path)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_grade_without_hand_ins_says_how_to_get_them(run):
    done = run("grade", "03_vae")
    assert done.exit_code == 2 and "genlab collect 03_vae" in done.output
    assert done.output.count("\n") == 1, "nothing stands above the error"


def test_grade_of_an_unknown_assignment_names_the_known(run):
    done = run("grade", "09_unknown")
    assert done.exit_code == 2 and "03_vae" in done.output


def test_grade_of_somebody_who_handed_in_nothing_says_so(run):
    done = run("grade", "03_vae", "ada")
    assert done.exit_code == 2 and "nothing was collected from ada" in done.output


def test_notebooks_that_are_missing_take_one_line_of_a_student(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    pdf = "Handed in no notebook, but “report.pdf”."
    names = ("01_a", "02_b", "03_c")
    rows = [
        Row("ada", name, 5.0 if name == "02_b" else 0.0, 5, () if name == "02_b" else ("zero",), (), name == "02_b")
        for name in names
    ]
    rows += [Row("bob", name, None, 5, (pdf,), (pdf,), False) for name in names]
    rows += [Row("cyd", name, None, 5, ("nothing",), (), False, absent=True) for name in names]
    show_marks(rows, "03_vae")
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[2:] == [
        "ada 02_b 5 of 5",
        "ada 01_a, 03_c 0 zero",
        f"bob 01_a, 02_b, 03_c – {pdf}",
        "cyd – ○ not handed in",
        "1 to look at:",
        f"bob, 01_a, 02_b, 03_c: {pdf}",
    ]


def test_doctor_says_which_tier_works(run):
    done = run("doctor")
    works = any(tiers.try_out(tier).works for tier in (1, 2))
    assert done.exit_code == (0 if works else 1)
    assert "tier 1" in done.output and "tier 2" in done.output


def test_doctor_without_isolation_gives_reasons_and_remedies(run, monkeypatch):
    monkeypatch.setattr(tiers, "try_out", lambda tier: tiers.Trial(tier, False, "unshare: Operation not permitted"))
    findings = list(doctor.examine_machine())
    refused = [f for f in findings if f.what.startswith("tier")]
    assert all(f.good is False and f.remedy for f in refused)
    done = run("doctor")
    assert done.exit_code == 1 and "--no-sandbox" in done.output and "Operation not permitted" in done.output
