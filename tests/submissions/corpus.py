"""The hostile hand-ins of `attacks/`, and the honest ones that look strange. They run inside the engine only, never here.

An attack that gets at something prints ESCAPED, or what it got; files it leaves are called TRACE…, and so are processes.
"""

from __future__ import annotations

import ast
import copy
import os
import re
import site
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "attacks"
ESCAPED = "ESCAPED"  # sources spell it in lower case, so that a traceback that quotes them is no alarm
TRACE = re.compile("genlab[-_]attack")

# What the harness puts in place of these words in the sources.
PLACEHOLDERS = {
    "CANARY_FILE": "path of a file outside the sandbox that holds a secret text",
    "CANARY_TCP_PORT": "number of a port of 127.0.0.1 with a listener",
    "CANARY_UDP_PORT": "the same by UDP",
    "COURSE": "path of a course's root; a copy, for attacks write there where they can",
    "GRADEBOOK": "path of its gradebook.db",
    "NEIGHBOUR": "path of another student's submission",
    "SOLUTIONS": "path of its solutions folder",
    "VICTIM_PID": "number of a process started for this run: it must stay alive, undisturbed",
}


@dataclass(frozen=True)
class Attack:
    """A hand-in: right answers, but for one cell. Fields as in the file's head; `source` is the cell's text.

    lost: names of exercises that must get nothing, then perhaps "any": others may be lost too. ("none",): full points.
    """

    name: str
    sentence: str
    where: str
    lost: tuple[str, ...]
    seconds: float
    source: str

    @property
    def must_lose(self) -> tuple[str, ...]:
        """Exercises that must get no points."""
        return tuple(name for name in self.lost if name not in ("none", "any"))

    @property
    def may_lose(self) -> bool:
        """Whether the other exercises, all answered right, may lose their points."""
        return "any" in self.lost


def load() -> list[Attack]:
    """All attacks, by name. Raises ValueError, naming the file, for one with a head that cannot be read."""
    return [parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.py"))]


def parse(name: str, text: str) -> Attack:
    """The attack that a file's text describes. Raises ValueError."""
    sentence = ast.get_docstring(ast.parse(text))
    head, _, source = text.partition("\n\n")
    fields = dict(re.findall(r"^# (\w+): (.+)$", head, flags=re.MULTILINE))
    if not sentence or not {"where", "lost"} <= fields.keys() <= {"where", "lost", "seconds"}:
        raise ValueError(
            f'{name}.py needs a docstring, "# where: …", "# lost: …", perhaps "# seconds: …", an empty line, then its code'
        )
    lost = tuple(fields["lost"].split())
    return Attack(
        name, sentence, fields["where"], lost, float(fields.get("seconds", 60)), _with_magics(source.strip("\n"))
    )


def submission(
    attack: Attack, released: dict[str, Any], answers: Mapping[str, str], places: Mapping[str, object]
) -> dict[str, Any]:
    """The notebook that is handed in: `released`, with `answers` by exercise and the attack where it belongs.

    An exercise that the attack is to win from another cell stays a stub. places: what stands for PLACEHOLDERS.
    Raises KeyError for a placeholder without a value.
    """
    notebook = copy.deepcopy(released)
    source = fill(attack.source, places)
    written = dict(answers)
    if attack.where in ("first", "last"):
        for name in attack.must_lose:
            del written[name]
        at = (
            1 + [cell["id"] for cell in notebook["cells"]].index("setup")
            if attack.where == "first"
            else len(notebook["cells"])
        )
        extra = {
            "cell_type": "code",
            "id": "scratch",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        notebook["cells"].insert(at, extra)
    else:
        written[attack.where] = source
    for cell in notebook["cells"]:
        name = cell["id"].removesuffix("-solution")
        if cell["id"] != name and name in written:
            cell["source"] = written[name]
    return notebook


def fill(source: str, places: Mapping[str, object]) -> str:
    """The source with values in place of PLACEHOLDERS. Raises KeyError for one that is missing."""
    return re.sub(rf"\b({'|'.join(PLACEHOLDERS)})\b", lambda found: str(places[found[1]]), source)


def traces(*folders: str | Path) -> list[Path]:
    """Files that attacks left directly in `folders` or in the places of this machine that they try."""
    usual = [
        "/",
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/run",
        "/run/lock",
        "/etc",
        "/root",
        "/home",
        "/opt",
        "/srv",
        "/mnt",
        "/usr/local/bin",
    ]
    python = [*sys.path, *site.getsitepackages(), site.getusersitepackages(), Path(sys.executable).parent]
    looked = {Path(f or ".").resolve() for f in [*folders, *usual, *python, tempfile.gettempdir(), Path.home(), Path()]}
    return sorted(path for folder in looked for path in _entries(folder) if TRACE.match(path.name))


def survivors() -> list[int]:
    """Numbers of processes on this machine that attacks left running."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            names = (
                (process / "comm").read_text(),
                (process / "cmdline").read_bytes().partition(b"\0")[0].decode(errors="replace"),
            )
        except OSError:  # it has ended meanwhile
            continue
        if any(TRACE.match(name) for name in names):
            found.append(int(process.name))
    return found


def _entries(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            yield from [Path(entry.path) for entry in entries]
    except OSError:
        return


def _with_magics(source: str) -> str:
    """Source with IPython's own lines, which files keep as comments, brought to life."""
    return re.sub(r"^# (?=[%!]|\w+ = [%!]|\w+\?$)", "", source, flags=re.MULTILINE)
