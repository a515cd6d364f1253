"""Marks exported without nbgrader's command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.engine import nbgrader_api
from autograder.engine.assignment import NotReleased
from autograder.engine.options import Options
from genlab.course import load_course


def export_marks(course: Path, assignment: str, platform: str, out: Path | None = None, **options: Any) -> list[str]:
    """What to tell after an assignment's marks were written to `out`, or to ASSIGNMENT-PLATFORM.csv in the course's folder.

    options: those of `export.PlatformExport`. Raises CourseError, TableError, NotReleased.
    """
    load_course(course / "course.yml")  # which says it where this is no course
    config = nbgrader_api.config(course, Options())
    from nbgrader.api import Gradebook

    from autograder.lms.export import EXPORTS

    url = nbgrader_api.coursedir(config).db_url
    if url.startswith("sqlite") and not (course / "gradebook.db").exists():
        raise NotReleased(f"there is no gradebook in {course.resolve()} yet. Release and grade {assignment} first.")
    plugin = EXPORTS[platform](config=config, assignment=[assignment], **options)
    plugin.to = str(out or course / f"{assignment}-{platform}.csv")
    with Gradebook(url) as gradebook:
        plugin.export(gradebook)
    return plugin.said
