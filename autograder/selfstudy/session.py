"""`genlab start` as the learner sees it: the verdict on every save, and hints, map, solutions and resets on a key."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from rich.console import RenderableType
from rich.syntax import Syntax
from rich.text import Text

from autograder.lesson_file import NotALesson
from autograder.selfstudy.checker import Checker, Looked, Verdict
from autograder.selfstudy.keys import Keys
from autograder.selfstudy.released import NotHere, solution
from autograder.selfstudy.reset import CannotReset, reset
from autograder.selfstudy.screen import Screen, card
from genlab import course_map, progress
from genlab.course import Course

TICK = 0.03  # seconds between two looks at keys and verdicts


class Session:
    """One `genlab start`; `run` returns when the learner quits."""

    def __init__(self, checker: Checker, course: Course, screen: Screen) -> None:
        self.checker, self.course, self.screen = checker, course, screen
        self.target = checker.watcher.target
        self.exercises = {f"{lesson.id}/{e.id}": e for lesson in course.lessons for e in lesson.exercises}
        self.verdicts: dict[str, Verdict] = {}
        self.files: dict[str, Path] = {}  # of each lesson, the one saved last
        self.current: str | None = None
        self.opened = False
        self.news: list[RenderableType] = []  # what the last save brought, above the current exercise
        self.extra: list[RenderableType] = []  # what was asked for, below it
        self.yes: Callable[[], None] | None = None  # what a yes to the question on the page does

    def run(self) -> None:
        """Until the key q, the end of the input or Ctrl-C. Raises CannotStart."""
        self.screen.line(f"Watching {self.target}: save a file, and what changed in it is checked. Ctrl-C ends this.")
        self.screen.page(
            "genlab start",
            [Text(f"Looking at {self.target} …")],
            Text("PyTorch and the checks are loaded: a few seconds, longer the first time."),
            "q quit",
        )
        try:
            with Keys() as keys, contextlib.suppress(KeyboardInterrupt):
                while (key := keys.poll(TICK)) != "q":
                    self.step(key)
        finally:
            self.checker.judge.close()
        self.screen.end(course_map.summary(self.course, progress.load()))

    def step(self, key: str = "") -> None:
        """One turn: what was judged, then a key."""
        for looked in self.checker.turn():
            self._take_in(looked)
        if self.checker.opened and not self.opened:
            self.opened = True
            self.current = self._first()
            for lesson, path in self.files.items():
                ids = [i for i in self.verdicts if i.startswith(f"{lesson}/")]
                self.screen.line(f"{path}: {self._count(ids)}")
            self.screen.line("")
            if self.current:
                self.screen.line(self.verdicts[self.current].card + "\n")
            self._draw()
        if key and self.opened:
            self._press(key)
        doing = self.checker.judge.doing
        self.screen.status(f"checking {doing} …" if doing else "")

    def _take_in(self, looked: Looked) -> None:
        for verdict in looked.verdicts:
            self.verdicts[verdict.exercise] = verdict
            self._note(verdict.exercise, status=verdict.status)
        if looked.lesson and (looked.verdicts or looked.lesson not in self.files):
            self.files[looked.lesson] = looked.path
        if self.opened:
            self._tell(looked)
        elif looked.trouble and looked.path == self.target:
            self.news.append(Text(looked.trouble, style="yellow"))
            self.screen.line(looked.trouble)

    def _tell(self, looked: Looked) -> None:
        """Show what a save brought: mistakes in full for the first, by their headline for others."""
        known = looked.path in self.files.values()
        if looked.trouble and known:
            self.news = [Text(looked.trouble, style="yellow")]
            self.screen.line(looked.trouble)
        elif not looked.verdicts:
            return
        for verdict in looked.verdicts:
            self.screen.line(verdict.card + "\n")
        if looked.verdicts:
            failed = [v for v in looked.verdicts if v.status != "passed"]
            self.current = failed[0].exercise if failed else self._after(looked.verdicts[-1].exercise)
            shown = [v for v in looked.verdicts if v.exercise != self.current]
            self.news = [Text("\n").join(card(v.card.splitlines()[0]) for v in shown)] if shown else []
        self._ask_nothing()
        self._draw()

    def _press(self, key: str) -> None:
        yes, exercise = self.yes, self.current
        self._ask_nothing()
        if yes and key == "y":
            yes()
        elif exercise and not yes:
            done = {"h": self._hint, "s": self._solution, "r": self._reset, "n": self._next}.get(key)
            if key == "m":
                self.extra = [course_map.overview(self.course, progress.load()), Text(self._summary())]
            elif done:
                done(exercise)
        self._draw()

    def _hint(self, exercise: str) -> None:
        hints = self.checker.hints.get(exercise, [])
        seen = min(progress.load().get(exercise, {}).get("hints", 0) + 1, len(hints))
        self._note(exercise, hints=seen)
        self.extra = [Text(f"{number}. {hint}") for number, hint in enumerate(hints[:seen], start=1)]
        left = len(hints) - seen
        self.extra.append(
            Text(f"({left} more: h again)" if left else "(that was the last; s shows the solution)", "dim")
        )

    def _solution(self, exercise: str) -> None:
        if self._passed(exercise):
            self._show_solution(exercise)
        else:
            question = f"You have not passed {exercise} yet. Show the solution all the same? y/n"
            self._ask(question, lambda: self._show_solution(exercise))

    def _show_solution(self, exercise: str) -> None:
        try:
            text = solution(exercise)
        except NotHere as error:
            self.extra = [Text(str(error), style="yellow")]
            return
        self._note(exercise, solution_seen=True)
        self.extra = [Syntax(text, "python", theme="ansi_dark", background_color="default", word_wrap=True)]

    def _reset(self, exercise: str) -> None:
        path = self.files[exercise.split("/")[0]]
        question = f"Put {exercise} in {path.name} back as it was at first? Your text is kept in a file beside it. y/n"
        self._ask(question, lambda: self._do_reset(exercise, path))

    def _do_reset(self, exercise: str, path: Path) -> None:
        try:
            kept = reset(exercise, path)
        except (CannotReset, NotALesson, NotHere, OSError) as error:
            self.extra = [Text(str(error), style="yellow")]
            return
        where = f"; your text is in {kept.name}" if kept else ""
        said = f"{exercise} is as it was at first{where}. If {path.name} is open in Jupyter, reload it from disk."
        self.extra = [Text(said)]

    def _next(self, exercise: str) -> None:
        self.news, self.current = [], self._after(exercise)

    def _first(self) -> str | None:
        """Where to begin: in the lesson that is watched, or begun."""
        return progress.following([i for i in self.exercises if i in self.verdicts], self._standing())

    def _after(self, exercise: str) -> str | None:
        """The next exercise that is not passed in its file, of this lesson if there is one; the same if it is the last one left."""
        here = [i for i in self.exercises if i in self.verdicts]
        place = here.index(exercise)
        rest = here[place + 1 :] + here[: place + 1]
        todo = [i for i in rest if self.verdicts[i].status != "passed"]
        lesson = exercise.split("/")[0]
        return next((i for i in todo if i.startswith(f"{lesson}/")), todo[0] if todo else None)

    def _standing(self) -> dict[str, progress.Entry]:
        return {i: {"status": verdict.status} for i, verdict in self.verdicts.items()}

    def _passed(self, exercise: str) -> bool:
        return progress.status(progress.load().get(exercise, {})) == "passed"

    def _note(self, exercise: str, **facts: object) -> None:
        with contextlib.suppress(OSError):  # a full disk stops no lesson
            progress.update(exercise, **facts)

    def _ask(self, question: str, yes: Callable[[], None]) -> None:
        self.extra, self.yes = [Text(question, style="bold")], yes

    def _ask_nothing(self) -> None:
        self.extra, self.yes = [], None

    def _count(self, ids: list[str]) -> str:
        passed = sum(self.verdicts[i].status == "passed" for i in ids if i in self.verdicts)
        return f"{passed} of {len(ids)} passed"

    def _summary(self) -> str:
        return course_map.summary(self.course, progress.load())

    def _draw(self) -> None:
        exercise = self.current
        if exercise is None:
            done = f"There is no exercise of this course in {self.target}." if not self.verdicts else "All done here."
            self.screen.page("genlab start", [*self.news, Text(done), *self.extra], Text(""), "m map · q quit")
            return
        lesson, verdict, about = exercise.split("/")[0], self.verdicts[exercise], self.exercises[exercise]
        ids = [i for i in self.exercises if i.startswith(f"{lesson}/")]
        head = f"{self.course.lesson(lesson).title} · {verdict.path} · {self._count(ids)}"
        effort = f"{exercise}: difficulty {course_map.stars(about.difficulty)}, {about.minutes} minutes, {about.points} points"
        marks = [
            course_map.MARK.get(self.verdicts[i].status, "?") + " " + i.split("/")[1] for i in ids if i in self.verdicts
        ]
        body = [*self.news, Text(effort, style="dim"), card(verdict.card), *self.extra]
        self.screen.page(head, body, Text.from_markup("  ".join(marks)))
