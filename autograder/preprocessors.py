"""nbgrader's autograde, made fast and safe: repair first, run in the engine, take scores from its verdicts.

`nbgrader_config.py` names these classes in place of nbgrader's own.
"""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import SaveAutoGrades as NbgraderSaveAutoGrades
from traitlets import Bool, CaselessStrEnum, Float, Unicode

import genlab
from autograder.engine import by_hand, graded
from autograder.engine.entries import Marks
from autograder.engine.graded import Graded
from autograder.engine.grader import Grader, grader_of
from autograder.engine.job import Job
from autograder.engine.job import released as released_by
from autograder.engine.options import Options
from autograder.engine.outputs import shown
from autograder.engine.submission import CELL_SECONDS, NOTEBOOK_SECONDS, Outcome, code_cells, lent_by
from genlab.course import Course, Lesson, load_course

SANDBOXES = {"auto": None, "1": 1, "2": 2, "none": 0}


class UnknownLesson(ValueError):
    """The notebook belongs to no lesson of the course."""


class _OfCourse(NbGraderPreprocessor):
    @functools.cached_property
    def root(self) -> Path:
        """The course's folder."""
        return Path(CourseDirectory(parent=self).root)


class Repair(_OfCourse):
    """Gives a submission the ids and metadata of the release back, before nbgrader looks at either."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook, mended."""
        from autograder.handin.repair import is_sound, repair
        from autograder.handin.storage import result_for

        root, about = self.root, resources["nbgrader"]
        mended: tuple[str, ...] = ()
        place, released = Path(about["student"], about["assignment"]), released_by(root, _lesson(root, resources))
        path = root / "submitted" / place / f"{about['notebook']}.ipynb"
        known = result_for(path, root / "originals" / place)
        if known is None and not is_sound(path, released):  # the repair ahead of grading has not seen it
            repaired = repair(json.loads(json.dumps(nb)), released)
            nb, mended = nbformat.from_dict(repaired.notebook), repaired.mended
        notes = dict.fromkeys([*(known.notes if known else ()), *mended])
        # For Execute, which gets the notebook from a file: over anything that the hand-in has under this name.
        nb["metadata"][graded.NAME] = {"mended": [*notes]}
        return nb, resources


class Execute(_OfCourse):
    """Runs a submission in the sandbox and shows what its cells gave; verdicts go to `SaveAutoGrades`."""

    timeout = Float(CELL_SECONDS, help="seconds for one cell").tag(config=True)
    notebook_timeout = Float(NOTEBOOK_SECONDS, help="seconds for one notebook").tag(config=True)
    run_all = Bool(False, help="run the lesson's training and picture cells too").tag(config=True)
    sandbox = CaselessStrEnum(
        list(SANDBOXES), "auto", help="the tier of isolation; none is for code that you trust"
    ).tag(config=True)

    cluster = Unicode("", help="address of a Dask scheduler whose workers grade").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with the outputs of this run, and nothing in it that a browser would run."""
        from autograder.handin.rebuild import release_of
        from autograder.handin.sanitise import sanitise

        root, about = self.root, resources["nbgrader"]
        course, lesson = _course(root), _lesson(root, resources)
        released = released_by(root, lesson)
        mended = nb["metadata"].get(graded.NAME, {}).get("mended", [])
        grader = self.grader(root)
        handed_in = root / "submitted" / about["student"] / about["assignment"]
        place = about["student"], about["notebook"]
        outcome = grader.outcome(place, nb, lesson.id, lent_by(handed_in, course, lesson))
        _give_points(outcome, lesson)
        for count, (index, outputs) in enumerate(sorted(outcome.outputs.items()), start=1):
            nb["cells"][index] |= {"outputs": outputs, "execution_count": count}
        sanitise(nb, frozenset(_markdown(released)))
        for cell in code_cells(nb, lesson.id):
            if cell.exercise:
                nb["cells"][cell.index]["outputs"] = outcome.cards[cell.exercise]
        reports = tuple(outcome.reports.values())
        resources["genlab"] = Graded(
            lesson=lesson.id,
            kit=genlab.__version__,
            release=release_of(released),
            depends=Job(root, course, about["assignment"], grader.options, grader.secret).depends(place[0], lesson),
            reports=reports,
            mended=tuple(mended),
            notes=tuple(outcome.notes),
            seconds=outcome.seconds,
            cpu_seconds=outcome.cpu_seconds,
            by_hand=grader.by_hand.pop(place, {}),
        )
        for note in [*outcome.notes, *(report.headline for report in reports if report.status == "grader_error")]:
            self.log.warning("%s", note)
        return nbformat.from_dict(nb), resources

    def grader(self, root: Path) -> Grader:
        """The grader with this preprocessor's options."""
        limits = self.timeout, self.notebook_timeout
        return grader_of(root, Options(SANDBOXES[self.sandbox], self.run_all, *limits, self.cluster or None))


class SaveAutoGrades(NbgraderSaveAutoGrades):
    """Saves the engine's verdicts; what a cell printed has no say. Where the grader broke there is no score.

    The notebook keeps them too; see `engine.graded`.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with what grading it gave in its metadata."""
        nb.metadata[graded.NAME] = nbformat.from_dict(resources["genlab"].to_data())
        self.unchanged = by_hand.unchanged(resources["genlab"].by_hand, nb)
        self.reports = {report.exercise.split("/")[1]: report for report in resources["genlab"].reports}
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            # All at once, where nbgrader asks for each, and commits each by itself.
            self.marks = Marks(gradebook.db.connection(), about["assignment"], about["student"], about["notebook"])
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            self.marks.write()
            gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell: Any, resources: Any) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        report = self.reports.get(name)
        points = None if report is None or report.status == "grader_error" else report.points
        self.marks.score(name, points, as_before=name in self.unchanged)

    def _add_comment(self, cell: Any, resources: Any) -> None:
        untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
        sentence = "No response." if untouched and not utils.is_task(cell) else None
        self.marks.comment(cell.metadata["nbgrader"]["grade_id"], sentence)


def _give_points(outcome: Outcome, lesson: Lesson) -> None:
    """Count the verdicts by the points of this course, where they are others than the kit's."""
    points = {f"{lesson.id}/{exercise.id}": float(exercise.points) for exercise in lesson.exercises}
    for exercise, report in outcome.reports.items():
        if report.max_points != points.get(exercise, report.max_points):
            outcome.reports[exercise] = replace(report, max_points=points[exercise])
            outcome.cards[exercise] = shown(outcome.reports[exercise])


def _lesson(root: Path, resources: Any) -> Lesson:
    """The lesson of the notebook in hand. Raises UnknownLesson."""
    about = resources["nbgrader"]
    for lesson in _course(root).lessons:
        if lesson.path == f"{about['assignment']}/{about['notebook']}":
            return lesson
    raise UnknownLesson(f"course.yml has no lesson {about['assignment']}/{about['notebook']}")


def _course(root: Path) -> Course:
    file = root / "course.yml"
    return _read_course(file, file.stat().st_mtime_ns) if file.exists() else load_course()


@functools.lru_cache(maxsize=4)
def _read_course(file: Path, changed: int) -> Course:
    return load_course(file)


def _markdown(notebook: dict[str, Any]) -> list[str]:
    """The text of its Markdown cells."""
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
