"""The JupyterHub path, from `genlab new` to released feedback, by users without rights: nobody sees another's work, and git none at all."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.submissions.users import in_reach

ROOT = Path(__file__).parents[1]
INSTRUCTOR, ADA, BOB = "daemon", "games", "nobody"


def _can_run() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    return {INSTRUCTOR, ADA, BOB} <= {user.pw_name for user in pwd.getpwall()}


pytestmark = [
    pytest.mark.nbgrader,
    pytest.mark.skipif(not _can_run(), reason="needs root, to be three ordinary users in turn"),
    pytest.mark.xdist_group("class"),
]


@pytest.fixture(scope="module")
def seen():
    with tempfile.TemporaryDirectory(prefix="genlab-walk-") as folder:
        os.chmod(folder, 0o755)  # pytest's own folders let nobody else in
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            in_reach([sys.executable, str(ROOT / "tests" / "class_walk.py"), folder]),
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PATH": path, "GENLAB_SCALE": "smoke"},
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])


def test_marks_are_those_of_the_answers_with_the_points_and_checks_of_the_course(seen):
    # taxonomy has 7 points in this course, in place of 2; the course's own check costs Bob the 2 of negative_log_likelihood.
    assert seen["rows"][ADA][:2] == [23.0, 23.0]
    assert seen["rows"][BOB][:2] == [14.0, 23.0]


def test_a_release_says_points_day_and_which_checks_of_ones_own_are_judged(seen):
    said = seen["release"]
    assert "01_generative_modeling is in the gradebook: 23 points, due Tuesday, 01 December 2099, 18:00 CET." in said
    assert "Own check accepted: private/density.py, negative_log_likelihood: “does without the word”\n" in said
    assert "Own check accepted: private/density.py, fit_gaussian: inputs of once_more\n" in said


def test_each_fetches_the_own_feedback(seen):
    assert "23 of 23 points" in seen["feedback"][ADA]["text"]
    assert "14 of 23 points" in seen["feedback"][BOB]["text"]
    assert "forbidden word" in seen["feedback"][BOB]["text"]
    assert all(found["pages"] == ["01_density.html"] for found in seen["feedback"].values())


def test_nobody_lists_what_is_not_theirs(seen):
    assert seen[ADA] == seen[BOB] == {"inbound": [], "course": [], "feedback": []}


def test_private_checks_are_not_in_the_world_of_a_submission(seen):
    assert not seen["left"]["leak"]


def test_git_sees_nothing_of_what_students_handed_in_or_got(seen):
    assert seen["left"]["git"] == ""
    assert {
        "submitted",
        "autograded",
        "feedback",
        "gradebook.db",
        ".grading-secret",
        "01_generative_modeling-canvas.csv",
    } <= set(seen["left"]["made"])
