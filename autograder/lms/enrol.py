"""The class in nbgrader's gradebook: a list entered with names, addresses and the platform's numbers, and who is there."""

from __future__ import annotations

from pathlib import Path

from autograder.lms.roster import MOODLE, Roster


def enrol(course: Path, roster: Roster) -> int:
    """How many students of the list are new to the gradebook, or changed there; nobody is taken out."""
    from nbgrader.api import Gradebook

    from autograder.engine import nbgrader_api
    from autograder.engine.options import Options

    changed = 0
    config = nbgrader_api.config(course, Options())
    with Gradebook(nbgrader_api.coursedir(config).db_url) as gradebook:
        known = {student.id: student for student in gradebook.students}
        for person in roster.people:
            # Moodle numbers participants anew in every assignment.
            number = "" if roster.platform == MOODLE else person.number
            about = {"first_name": person.first, "last_name": person.last, "email": person.email, "lms_user_id": number}
            about = {
                name: text for name, text in about.items() if text and text != getattr(known.get(person.id), name, "")
            }
            if about or person.id not in known:
                gradebook.update_or_create_student(person.id, **about)
                changed += 1
    return changed


def twice(course: Path, assignment: str, roster: Roster | None) -> list[tuple[str, str]]:
    """Folders of an assignment that were collected without the list, under names of listed students, and what the list calls them."""
    people = roster.people if roster else []
    return [
        (person.name, person.id)
        for person in people
        if person.name not in ("", person.id) and (course / "submitted" / person.name / assignment).is_dir()
    ]


def enrolled(course: Path) -> list[str]:
    """Names of the students in the gradebook; nobody where there is none yet."""
    from autograder.engine import nbgrader_api
    from autograder.engine.options import Options

    if not (course / "nbgrader_config.py").exists():
        return []
    url = nbgrader_api.coursedir(nbgrader_api.config(course, Options())).db_url
    there = (course / "gradebook.db").exists() or not url.startswith("sqlite")
    if not there:
        return []
    from nbgrader.api import Gradebook

    with Gradebook(url) as gradebook:
        return nbgrader_api.students(gradebook)
