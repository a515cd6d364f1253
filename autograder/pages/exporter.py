"""Our page in place of nbgrader's in `nbgrader generate_feedback` and behind Formgrader's button; `nbgrader_config.py` names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbgrader.coursedir import CourseDirectory
from traitlets import default

from autograder.pages.feedback import feedback_page
from autograder.pages.gradebook import read_marks
from genlab.course import load_course


class FeedbackExporter(Exporter):
    """Turns a notebook of autograded/ into the page for its student."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        """The page and nbconvert's resources. Raises LookupError for a notebook that is no lesson of the course."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["nbgrader"]
        student, assignment, notebook = about["student"], about["assignment"], about["notebook"]
        course = load_course(Path(CourseDirectory(parent=self).root) / "course.yml")
        lesson = course.lesson_of_file(Path(assignment, notebook))
        marks = read_marks(about["db_url"], assignment, student, notebook)[student, notebook]
        return feedback_page(nb, lesson, marks), resources
