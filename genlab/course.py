"""The table of contents: `course.yml`, read and checked.

Plumbing. It imports pydantic, so import it only where the table of contents is needed.
"""

from __future__ import annotations

import keyword
import re
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from genlab import course_rules, fast_yaml

MOST_NAMES = 20  # in an error; of more, which are exercises, the lessons


class CourseError(ValueError):
    """Rules that `course.yml` breaks, one per line, each with its place and what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _form(pattern: str, advice: str) -> AfterValidator:
    """The rule that a text matches `pattern`; a text that does not gets `advice`."""

    def rule(text: str) -> str:
        if not re.fullmatch(pattern, text) or keyword.iskeyword(text):
            raise PydanticCustomError("form", "{advice}", {"advice": advice})
        return text

    return AfterValidator(rule)


def moment(value: Any) -> datetime:
    """A moment from what YAML makes of a date; one without an hour is the day's last minute, one without a zone UTC.

    Raises ValueError for anything else.
    """
    match = re.fullmatch(
        r"([\d-]{8,10})(?:[ T]([\d:]{4,8}))?(?: ?([A-Za-z][\w/+-]*|[+-]\d\d:\d\d))?", str(value).strip()
    )
    try:
        if match is None or not isinstance(value, (str, date)):
            raise ValueError
        day, hour, zone = match.groups()
        found = datetime.fromisoformat(f"{day} {hour or '23:59'}")
        if zone and not zone[0].isalpha():
            return datetime.fromisoformat(f"{found.isoformat()}{zone}")
        return found.replace(tzinfo=ZoneInfo(zone or "UTC"))
    except (ValueError, ZoneInfoNotFoundError):
        advice = "is no date. Write one like 2026-12-01 18:00 Europe/Berlin"
        raise PydanticCustomError("form", "{advice}", {"advice": advice}) from None


_FILE = _form(
    r"[0-9a-z][0-9a-z_]*",
    "is not a name of lower-case letters, digits and _ without a suffix. Write one like 03_vae",
)
_LESSON = _form(r"[a-z][0-9a-z_]*", "is not a lesson id. Write lower case like vae_fashion")
_OBJECT = _form(
    r"[A-Za-z][0-9A-Za-z_]*",
    "is not a Python name. Write the name of the function, class or variable",
)
_CARD = _form(r"[a-z][0-9a-z_]*", "is not the name of a data card. Write one like fashion_mnist")
_REPOSITORY = _form(
    r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*",
    "is not a GitHub repository. Write owner/name",
)
_RELEASE = _form(
    r"v\d+\.\d+\.\d+((a|b|rc)\d+)?",
    "is not a release tag. Write one like v0.1.0 or v0.2.0rc1",
)

Moment = Annotated[datetime, BeforeValidator(moment)]
_Text = Annotated[str, Field(min_length=1)]
_Positive = Annotated[int, Field(gt=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    _line: int = PrivateAttr(1)

    @property
    def line(self) -> int:
        """The line of `course.yml` where this entry starts."""
        return self._line


class Exercise(_Entry):
    """One exercise: a Python object that a check judges. `mends` is the exercise whose contract code with a bug is to meet."""

    id: Annotated[str, _OBJECT]
    mends: Annotated[str, _OBJECT] | None = None
    points: _Positive
    minutes: _Positive
    difficulty: Annotated[int, Field(ge=1, le=3)]


class Lesson(_Entry):
    """One notebook; one without exercises is for reading, and nothing of it is handed in."""

    id: Annotated[str, _LESSON]
    file: Annotated[str, _FILE]
    title: _Text
    data: list[Annotated[str, _CARD]]
    minutes: _Positive
    exercises: list[Exercise]
    _chapter: str = PrivateAttr("")

    @property
    def chapter(self) -> str:
        """The id of the chapter that holds this lesson; nbgrader's assignment."""
        return self._chapter

    @property
    def path(self) -> str:
        """Where the lesson is below `lessons/` and `solutions/`, without suffix."""
        return f"{self._chapter}/{self.file}"

    @property
    def points(self) -> int:
        """The sum over the exercises."""
        return sum(exercise.points for exercise in self.exercises)


class Chapter(_Entry):
    """One folder of lessons: nbgrader's assignment, which may be due at some time."""

    id: Annotated[str, _FILE]
    title: _Text
    due: Moment | None = None
    lessons: Annotated[list[Lesson], Field(min_length=1)]


class Course(_Entry):
    """The whole table of contents."""

    title: _Text
    repository: Annotated[str, _REPOSITORY]
    release: Annotated[str, _RELEASE]
    badge: bool = True  # that opens the lesson in Colab, from the repository
    chapters: Annotated[list[Chapter], Field(min_length=1)]

    def model_post_init(self, context: Any) -> None:
        """Tell each lesson its chapter."""
        for chapter in self.chapters:
            for lesson in chapter.lessons:
                lesson._chapter = chapter.id

    @property
    def lessons(self) -> list[Lesson]:
        """Every lesson, in the order of the course."""
        return [lesson for chapter in self.chapters for lesson in chapter.lessons]

    def assignment(self, name: str) -> Chapter:
        """The chapter that is this assignment. Raises LookupError, naming what may be meant."""
        chapters = {chapter.id: chapter for chapter in self.chapters}
        for lesson in self.lessons:
            if name not in chapters and name in (lesson.id, lesson.file, lesson.path):
                raise LookupError(f"{name} is a lesson of the assignment {lesson.chapter}: name that one.")
        chapter: Chapter = pick(name, chapters, "assignment")
        return chapter

    def lesson(self, id: str) -> Lesson:
        """The lesson with this id. Raises LookupError, naming the nearest, if there is none."""
        lesson: Lesson = pick(id, {lesson.id: lesson for lesson in self.lessons}, "lesson")
        return lesson

    def exercise(self, id: str) -> Exercise:
        """The exercise `lesson/exercise`. Raises LookupError, naming the nearest, for others."""
        exercises = {f"{lesson.id}/{e.id}": e for lesson in self.lessons for e in lesson.exercises}
        of_lesson = {name: e for name, e in exercises.items() if name.startswith(f"{id.partition('/')[0]}/")}
        exercise: Exercise = pick(id, of_lesson or exercises, "exercise")
        return exercise

    def earlier(self, lesson: Lesson) -> list[Lesson]:
        """The lessons that come before this one in its chapter: it may reuse their exercises."""
        chapter = [other for other in self.lessons if other.chapter == lesson.chapter]
        return chapter[: chapter.index(lesson)]

    def lesson_of_file(self, path: str | PurePath) -> Lesson:
        """The lesson that a script or notebook belongs to, by its folder and name.

        The folder counts only when it is a chapter. Raises LookupError for any other file.
        """
        path = PurePath(path)
        lessons = [lesson for lesson in self.lessons if lesson.file == path.stem]
        here = [lesson for lesson in lessons if lesson.chapter == path.parent.name]
        if len(here or lessons) == 1:
            return (here or lessons)[0]
        known = ", ".join(lesson.path for lesson in self.lessons)
        raise LookupError(f"{path} is not a lesson of course.yml, which has {known}.")


def pick(id: str, entries: dict[str, Any], kind: str) -> Any:
    """The entry of this id. Raises LookupError, naming the nearest, or what there is, if there is none."""
    if id in entries:
        return entries[id]
    names = [name for name in entries if name.startswith(f"{id.partition('/')[0]}/")] or list(entries)
    if len(names) > MOST_NAMES:
        names = list(dict.fromkeys(f"{name.partition('/')[0]}/…" for name in entries))
    advice = course_rules.did_you_mean(id, list(entries)) or f"There are: {', '.join(names)}."
    raise LookupError(f"There is no {kind} {id!r} in course.yml. {advice}")


def load_course(path: str | Path | None = None) -> Course:
    """The table of contents in `path`, or in the `course.yml` of this clone or installation.

    Raises CourseError with every broken rule, each with file, line and what to do.
    """
    from genlab import paths

    if path is None:
        path = paths.find("course.yml")
    path = Path(path)
    try:
        node = fast_yaml.compose(path.read_text(encoding="utf-8"))
        data = yaml.constructor.SafeConstructor().construct_document(node) if node else {}
    except OSError as error:
        raise CourseError(
            [f"{path}: cannot be read ({error.strerror}). Is this a course? Go to its folder, or name it by --course."]
        ) from None
    except UnicodeDecodeError as error:
        raise CourseError([f"{path}: is not UTF-8 text ({error}). Save it as UTF-8."]) from None
    except yaml.YAMLError as error:
        raise CourseError([f"{path.name}:{course_rules.syntax(error)}"]) from None

    places = course_rules.places(node)
    problems = course_rules.repeated_keys(node)
    problems += course_rules.repeated_names(places)
    problems += course_rules.mended_too_early(places)
    cards = path.parent / "datasets"  # a folder for grading need not have its own
    problems += course_rules.missing_cards(places, cards if cards.is_dir() else paths.find("datasets"))
    course = None
    try:
        course = Course.model_validate(data)
    except ValidationError as error:
        keys = [list(model.model_fields) for model in (Course, Chapter, Lesson, Exercise)]
        problems += [course_rules.advice(dict(e), places, keys) for e in error.errors()]
    if course is not None:
        _number_lines(course, places)
    if problems or course is None:
        raise CourseError([f"{path.name}:{line}: {text}" for line, text in sorted(set(problems))])
    return course


def _number_lines(course: Course, places: dict[course_rules.Location, course_rules.Place]) -> None:
    for c, chapter in enumerate(course.chapters):
        for n, lesson in enumerate(chapter.lessons):
            at = ("chapters", c, "lessons", n)
            lesson._line = places[at].line
            for e, exercise in enumerate(lesson.exercises):
                exercise._line = places[(*at, "exercises", e)].line
