"""A class walked through nbgrader's exchange, as JupyterHub would have it: an instructor and two students, three ordinary users.

Run as root, where ordinary users can reach this Python (`users.in_reach`), as python tests/class_walk.py FOLDER. Prints what was seen as JSON.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CHAPTER, NOTEBOOK, LESSON = "01_generative_modeling", "01_density", "density"
INSTRUCTOR, ADA, BOB = "daemon", "games", "nobody"  # users that every Debian has, whatever they are for
FORBIDDEN = "word_that_this_course_forbids"
CONFIG = """
c.CourseDirectory.course_id = "genlab"
c.Exchange.root = "{exchange}"
"""
PRIVATE = f'''\
from autograder.exercise import Claim, Failure


def judge(plan, record):
    if "{FORBIDDEN}" in record["uses"]:
        return Failure("the forbidden word is there", "that it is not", "Leave it out.")


def once_more(draw, plan):
    return plan | {{"cases": [*plan["cases"], plan["cases"][0]]}}


CLAIMS = {{"negative_log_likelihood": [Claim("own", "does without the word", judge)]}}
VARIANTS = {{"fit_gaussian": [once_more]}}
'''


class Walk:
    """The folders of the three, and what each does in a process of its own."""

    def __init__(self, base: Path) -> None:
        self.base, self.exchange = base, base / "exchange"
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        for user in (INSTRUCTOR, ADA, BOB):
            self.home(user).mkdir(mode=0o700)
            about = pwd.getpwnam(user)
            os.chown(self.home(user), about.pw_uid, about.pw_gid)
        self.course = self.home(INSTRUCTOR) / "course"

    def home(self, user: str) -> Path:
        return self.base / user

    def run_as(self, user: str, step: Callable[[], Any]) -> Any:
        """What a step gives, done by this user without any of root's rights."""
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                about, home = pwd.getpwnam(user), str(self.home(user))
                os.setgroups([])
                os.setgid(about.pw_gid)
                os.setuid(about.pw_uid)
                os.environ |= {
                    "HOME": home,
                    "USER": user,
                    "GENLAB_HOME": f"{home}/.genlab",
                    "JUPYTER_DATA_DIR": f"{home}/.jupyter",
                }
                os.chdir(home)
                with open(theirs, "w", encoding="utf-8") as pipe:
                    json.dump(step(), pipe)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(theirs)
        with open(ours, encoding="utf-8") as pipe:
            said = pipe.read()
        if os.waitpid(child, 0)[1]:
            raise SystemExit(f"{user} failed at {step.__name__}")
        return json.loads(said)

    def exchange_step(self, name: str, course: Path | None = None, **settings: str) -> None:
        """One of nbgrader's exchange steps, as its command does it."""
        from nbgrader.auth import Authenticator
        from nbgrader.exchange import default
        from traitlets.config import Config

        from autograder.engine import nbgrader_api
        from autograder.engine.options import Options

        if course is not None:
            config = nbgrader_api.config(course, Options())
        else:
            config = Config({"CourseDirectory": {"course_id": "genlab"}, "Exchange": {"root": str(self.exchange)}})
        coursedir = nbgrader_api.coursedir(config)
        coursedir.assignment_id = CHAPTER
        step = getattr(default, f"Exchange{name}")(
            coursedir=coursedir, authenticator=Authenticator(config=config), config=config
        )
        for setting, value in settings.items():
            setattr(step, setting, value)
        step.start()

    # What the three do, in this order.

    def prepare(self) -> str:
        """Make the course and release its assignment; what `genlab release` said."""
        from typer.testing import CliRunner

        from autograder.authoring.new import new_course
        from genlab.cli import app
        from genlab.course import moment

        new_course(ROOT, self.course, [LESSON], title="A class", due=[moment("2099-12-01 18:00 Europe/Berlin")])
        contents = self.course / "course.yml"
        text = contents.read_text(encoding="utf-8")
        assert "{id: taxonomy, points: 2," in text
        contents.write_text(text.replace("{id: taxonomy, points: 2,", "{id: taxonomy, points: 7,"), encoding="utf-8")
        (self.course / "private" / f"{LESSON}.py").write_text(PRIVATE)
        with (self.course / "nbgrader_config.py").open("a") as file:
            file.write(CONFIG.format(exchange=self.exchange))
        released = CliRunner().invoke(app, ["release", CHAPTER, "--course", str(self.course)])
        assert released.exit_code == 0, released.output
        for command in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=i", "-c", "user.email=i@x", "commit", "-qm", "course"],
        ):
            subprocess.run(["git", "-C", str(self.course), *command], check=True)
        self.exchange_step("ReleaseAssignment", self.course)
        return released.output

    def hand_in(self, word: str = "", blank: tuple[str, ...] = ()) -> dict[str, Any]:
        """Fetch, answer all but `blank`, submit; and what this user can see of what is not theirs."""
        from autograder import checks
        from autograder.definitions import solution_source

        self.exchange_step("FetchAssignment")
        path = Path(CHAPTER) / f"{NOTEBOOK}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = {cell["id"]: cell for cell in notebook["cells"]}
        for exercise in checks.ids(LESSON):
            name = exercise.split("/")[1]
            if name not in blank:
                cells[f"{name}-solution"]["source"] = solution_source(exercise)
        if word:
            name = "negative_log_likelihood"
            source = solution_source(f"{LESSON}/{name}")
            head, mark, rest = source.partition("    return ")
            cells[f"{name}-solution"]["source"] = f"{head}    if x is None:\n        {word}\n{mark}{rest}"
        spy = f"try:\n    print('LEAK', open({str(self.course / 'private' / f'{LESSON}.py')!r}).read())\nexcept OSError:\n    pass"
        notebook["cells"].append(
            {"cell_type": "code", "id": "spy", "source": spy, "metadata": {}, "outputs": [], "execution_count": None}
        )
        path.write_text(json.dumps(notebook), encoding="utf-8")
        self.exchange_step("Submit")
        return {name: _listed(folder) for name, folder in self._of_others().items()}

    def _of_others(self) -> dict[str, Path]:
        return {
            "inbound": self.exchange / "genlab" / "inbound",
            "course": self.course,
            "feedback": self.exchange / "genlab" / "feedback",
        }

    def grade(self) -> dict[str, Any]:
        from nbgrader.converters import GenerateFeedback

        from autograder.engine import nbgrader_api
        from autograder.engine.assignment import grade_assignment
        from autograder.engine.options import Options

        self.exchange_step("Collect", self.course)
        rows, _ = grade_assignment(self.course, CHAPTER)
        config = nbgrader_api.config(self.course, Options())
        coursedir = nbgrader_api.coursedir(config)
        coursedir.assignment_id = CHAPTER
        GenerateFeedback(coursedir=coursedir, config=config).start()
        self.exchange_step("ReleaseFeedback", self.course)
        return {row.student: [row.points, row.most, *row.notes] for row in rows}

    def hand_back(self) -> dict[str, Any]:
        """Collect from an archive too, and export: all that leaves files; then what git sees of it."""
        from autograder.handin.collect import collect
        from autograder.lms.marks import export_marks

        shutil.make_archive("handed_in", "zip", self.course / "submitted", ADA)
        renamed = Path("more") / "cyd"
        renamed.mkdir(parents=True)
        shutil.copy(self.course / "submitted" / ADA / CHAPTER / f"{NOTEBOOK}.ipynb", renamed)
        collect(self.course, CHAPTER, Path("more"))
        export_marks(self.course, CHAPTER, "canvas")
        seen = subprocess.run(
            ["git", "-C", str(self.course), "status", "--porcelain"], check=True, capture_output=True, text=True
        )
        text = "".join(path.read_text("utf-8") for path in (self.course / "autograded").rglob("*.ipynb"))
        made = sorted(path.name for path in self.course.iterdir())
        return {"git": seen.stdout, "leak": "LEAK" in text.replace("print('LEAK'", ""), "made": made}

    def fetch_feedback(self) -> dict[str, Any]:
        self.exchange_step("FetchFeedback")
        pages = list(Path(CHAPTER, "feedback").rglob("*.html"))
        return {"pages": [page.name for page in pages], "text": pages[0].read_text("utf-8") if pages else ""}


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def main() -> None:
    import nbgrader.converters
    import nbgrader.exchange.default  # noqa: F401 - once, for all processes
    import torch  # noqa: F401

    walk = Walk(Path(sys.argv[1]))
    seen = {
        "release": walk.run_as(INSTRUCTOR, walk.prepare),
        ADA: walk.run_as(ADA, walk.hand_in),
        BOB: walk.run_as(BOB, lambda: walk.hand_in(FORBIDDEN, blank=("taxonomy",))),
        "rows": walk.run_as(INSTRUCTOR, walk.grade),
        "left": walk.run_as(INSTRUCTOR, walk.hand_back),
        "feedback": {user: walk.run_as(user, walk.fetch_feedback) for user in (ADA, BOB)},
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
