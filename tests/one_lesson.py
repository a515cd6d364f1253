"""A copy of this course whose chapter has one lesson alone, for tests about what becomes of a single notebook."""

import re
from pathlib import Path

from genlab.course import load_course


def keep_one_lesson(course: Path, name: str) -> None:
    """Leave of the chapter of the lesson with this id nothing but that lesson, in the copied course.yml and beside it."""
    lessons = load_course(course / "course.yml").lessons
    [kept] = [lesson for lesson in lessons if lesson.id == name]
    others = [lesson.id for lesson in lessons if lesson.chapter == kept.chapter and lesson.id != name]
    blocks = re.split(r"^(?=  - id: |      - id: )", (course / "course.yml").read_text(encoding="utf-8"), flags=re.M)
    left = [block for block in blocks if not any(block.startswith(f"      - id: {other}\n") for other in others)]
    (course / "course.yml").write_text("".join(left), encoding="utf-8")
    for folder in ("lessons", "solutions"):
        for path in (course / folder / kept.chapter).glob("*"):
            if path.stem != Path(kept.path).name:
                path.unlink()
