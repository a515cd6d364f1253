"""What an answer depends on in its file, as one text for each exercise: while it is the same, so is the verdict."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.cells import bound, defines, definitions, reused, without_magics
from autograder.lesson_file import NotALesson, cells_of
from autograder.reusing import notebooks_of


@dataclass(frozen=True)
class _Piece:
    """A statement that is run when the file is judged."""

    text: str
    binds: frozenset[str]
    uses: frozenset[str]
    reuses: str | None = None  # an exercise of an earlier lesson


def fingerprints(cells: Iterable[str], names: list[str], folder: Path) -> dict[str, str]:
    """A fingerprint for each name: of its definition and, through all that they use, of the file's other definitions.

    folder: where notebooks lie whose pieces are reused.
    """
    pieces = [piece for source in cells for piece in _pieces(source, names)]
    return {name: _fingerprint(name, pieces, folder, ()) for name in names}


def _fingerprint(name: str, pieces: list[_Piece], folder: Path, within: tuple[str, ...]) -> str:
    wanted, seen = {name}, set[str]()
    chosen: dict[int, _Piece] = {}
    while wanted - seen:
        seen |= wanted
        chosen |= {place: piece for place, piece in enumerate(pieces) if piece.binds & wanted}
        wanted = {used for piece in chosen.values() for used in piece.uses}
    digest = hashlib.sha256()
    for place in sorted(chosen):
        piece = chosen[place]
        digest.update(f"{piece.text}\0".encode("utf-8", "replace"))
        if piece.reuses and piece.reuses not in within:
            digest.update(_elsewhere(piece.reuses, folder, (*within, piece.reuses)).encode())
    return digest.hexdigest()


def _elsewhere(exercise: str, folder: Path, within: tuple[str, ...]) -> str:
    """The fingerprints of a piece in the notebooks of an earlier lesson, any of which may be taken."""
    name = exercise.split("/")[1]
    found = []
    for path in notebooks_of(exercise, (folder,)):
        try:
            pieces = [piece for source in cells_of(path) for piece in _pieces(source, [name])]
        except NotALesson:
            continue
        found.append(_fingerprint(name, pieces, folder, within))
    return " ".join(found)


def _pieces(source: str, names: list[str]) -> list[_Piece]:
    """The statements of a cell that count; a cell that is not Python counts as a whole for the exercises in it."""
    text = without_magics(source)
    mentioned = frozenset(name for name in names if defines(text, name))
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [_Piece(text, mentioned, frozenset())] if mentioned else []
    lines = text.splitlines()
    return [
        _Piece(
            "\n".join(lines[_first_line(node) - 1 : node.end_lineno]),
            frozenset(bound(node)),
            frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name)),
            reused(node),
        )
        for node in definitions(body, assignments=bool(mentioned))
    ]


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])
