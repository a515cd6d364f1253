"""The instructor's commands say what is so, and what to do next."""

import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.engine import doctor, tiers
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
