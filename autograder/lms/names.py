"""The names under which learning platforms hand over what was handed in: whose it is, which attempt, and whether it was late."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import yaml

from autograder.handin.students import as_id
from autograder.lms.roster import MOODLE, Roster

METADATA = "submission_metadata.yml"  # of Gradescope
LATE = "The learning platform says that it was late."
NOT_LISTED = "This student is not on the class list."

# lovelaceada_LATE_12345_67890_x-1.ipynb: user and file; Canvas adds the -1 to a later attempt. A lesson's 02_ is no file's number.
# lovelaceada_12345_text.html is what was typed in place of a file.
_CANVAS = re.compile(
    r"(?:.+?_)??(?P<late>LATE_)?(?P<user>[1-9]\d*|anon_\w{5})_(?:(?P<file>[1-9]\d*)_(?P<name>.+)|(?:text|link)\.html)"
)
_ATTEMPT = re.compile(r"-\d+(?=\.\w+$)")
# Ada Lovelace_12345_assignsubmission_file_/x.ipynb, or with x.ipynb in the same name; the number is of the assignment's participant.
_MOODLE = re.compile(r"(?P<who>.+)_(?P<user>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<name>.*)")
# Homework_adal_attempt_2026-11-22-19-40-00_x.ipynb, and a .txt of the same name without a file's
_BLACKBOARD = re.compile(r".+_(?P<user>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<name>.+)|\.txt)")
_GRADESCOPE = re.compile(r"submission_\d+")


@dataclass(frozen=True)
class HandIn:
    """Whose a file is, its path among their own, and what the platform tells of it."""

    student: str
    below: tuple[str, ...]
    keys: tuple[str, ...]  # what a class list may know the student by
    order: tuple[int, ...] = ()  # of attempts: the greatest is the last
    time: float | None = None
    late: bool | None = None  # None: the platform does not say
    said: tuple[str, ...] = ()


class Names:
    """Reads the paths of one source, whose notebooks lie at these. roster: the platform's class list, for ids; metadata: Gradescope's, as read by `gradescope`."""

    def __init__(self, notebooks: Iterable[tuple[str, ...]], roster: Roster | None, metadata: dict[str, Any]) -> None:
        self.roster, self.metadata = roster, metadata
        self._numbers: defaultdict[str, set[str]] = defaultdict(set)  # Moodle's, of people with the same name
        inside: defaultdict[str, set[str]] = defaultdict(set)
        for parts in notebooks:
            for part in parts[:2]:
                if match := _MOODLE.fullmatch(part):
                    self._numbers[as_id(match["who"])].add(match["user"])
            inside[parts[0]].add(parts[1] if len(parts) > 1 else "")
        self._around = {
            folder
            for folder, names in inside.items()
            if not self.knows(folder) and all(map(self.knows, names)) and (len(names) > 1 or len(inside) == 1)
        }

    def knows(self, part: str) -> bool:
        """Whether a folder's or file's name is one that a platform gives."""
        return any(pattern.fullmatch(part) for pattern in (_MOODLE, _BLACKBOARD, _CANVAS)) or part in self.metadata

    def read(self, parts: tuple[str, ...]) -> list[HandIn]:
        """What the path tells, once for every member of a group; nothing where no platform gave the name."""
        if parts[0] in self._around and len(parts) > 1:
            parts = parts[1:]
        return [self._listed(hand_in) for hand_in in self._read(parts[0], parts[1:])]

    def _read(self, first: str, rest: tuple[str, ...]) -> list[HandIn]:
        if first in self.metadata:
            return [
                _of_gradescope(who, self.metadata[first], rest or (first,))
                for who in self.metadata[first][":submitters"]
            ]
        if m := _MOODLE.fullmatch(first):
            student = as_id(m["who"])
            if len(self._numbers[student]) > 1:
                student = f"{student} {m['user']}"
            keys = (
                f"participant {m['user']}",
                m["who"],
                m["who"].rpartition("-")[2],
            )  # a group's name may stand before
            return [HandIn(student, (*([m["name"]] if m["name"] else []), *rest) or (first,), keys)]
        if m := _BLACKBOARD.fullmatch(first):
            time = datetime.strptime(m["time"], "%Y-%m-%d-%H-%M-%S").timestamp()
            return [HandIn(as_id(m["user"]), (m["name"] or first, *rest), (m["user"],), (int(time),), time)]
        if m := _CANVAS.fullmatch(first):
            name = _ATTEMPT.sub("", m["name"] or first)
            below, order = (name, *rest), (int(m["file"] or 0),)
            return [HandIn(m["user"], below, (m["user"],), order, late=bool(m["late"]))]
        return []

    def _listed(self, hand_in: HandIn) -> HandIn:
        """The same with the student's id from the class list, and with what is out of the ordinary said."""
        if self.roster is not None:
            person = self.roster.find(*hand_in.keys)
            if person is None:
                hand_in = replace(hand_in, said=(NOT_LISTED,))
            else:
                status = person.row.get("Status", "") if self.roster.platform == MOODLE else ""
                late = "late" in status.split() if status else hand_in.late
                hand_in = replace(hand_in, student=person.id, late=late)
        return replace(hand_in, said=(*hand_in.said, LATE)) if hand_in.late else hand_in


def _of_gradescope(who: dict[str, Any], about: dict[str, Any], below: tuple[str, ...]) -> HandIn:
    sid, email = (str(who.get(key) or "") for key in (":sid", ":email"))
    created = about.get(":created_at")
    time = created.timestamp() if isinstance(created, datetime) else None
    return HandIn(as_id(sid or email), below, (sid, email, str(who.get(":name", ""))), (int(time or 0),), time)


def gradescope(data: bytes) -> dict[str, Any]:
    """Gradescope's metadata by folder, `submission_12345`; nothing when it is none."""
    try:
        found = yaml.load(data, _Plain)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return {
        folder: about
        for folder, about in (found.items() if isinstance(found, dict) else ())
        if isinstance(folder, str) and _GRADESCOPE.fullmatch(folder) and _has_people(about)
    }


def _has_people(about: Any) -> bool:
    people = about.get(":submitters") if isinstance(about, dict) else None
    return isinstance(people, list) and all(isinstance(who, dict) for who in people) and bool(people)


class _Plain(yaml.SafeLoader):
    """Reads Ruby's objects, of which Gradescope's file has some, as the plain values that they hold."""


def _plain(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        values = loader.construct_mapping(node, deep=True)
        return values.get("utc", values) if "TimeWithZone" in suffix else values
    return loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else loader.construct_scalar(node)


_Plain.add_multi_constructor("!", _plain)
