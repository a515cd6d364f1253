"""Which source of a data set is used, and making it ready.

The order: files the user names in GENLAB_DATA, official files prepared before, official download,
Kaggle for those who have an account there, drawn stand-in. Every choice comes with one line that says so.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from genlab import paths
from genlab.data import cache, draft, drawn, files, kaggle
from genlab.data.cards import Card
from genlab.data.download import Patience, fetch
from genlab.data.draft import Stored
from genlab.data.errors import DataError, NoRoom
from genlab.data.found import Found
from genlab.data.resize import other_sizes
from genlab.lock import locked

Made = tuple[Mapping[str, Tensor | Stored], dict[str, Any]]  # arrays, and what the header says of them
SOURCES = ("files", "official", "kaggle", "drawn")
_ASK_AGAIN_SECONDS = 3600  # after a failed download, that long the stand-in is used at once


@dataclass(frozen=True)
class Choice:
    """A prepared source, and the line that tells the user about it."""

    source: str
    prepared: cache.Prepared
    line: str


def choose(
    card: Card,
    source: str | None = None,
    *,
    retry: bool = False,
    patience: Patience | None = None,
    limit: int | None = None,
) -> Choice:
    """The source to use, prepared; `source` forces one, `retry` asks a silent network again.

    With a `limit` a stand-in need have no more images than that in each split.

    Raises ValueError for an unknown source, DataError when a forced one cannot be had or the
    user's files are broken. With GENLAB_PREPARED_ONLY set, as while grading, only what is prepared
    already is used.
    """
    if os.environ.get("GENLAB_PREPARED_ONLY"):
        return _prepared(card, source, limit)
    if source is not None:
        return _forced(card, source, patience, limit)
    without = []
    if files.folders():
        try:
            found = files.find(card)
        except DataError as error:
            without.append(f"GENLAB_DATA is set, but {error}")
        else:
            return _from_files(card, found)
    for name in ("official", "files", "kaggle"):
        held = _held(card, name)
        if held is not None and (held.header["official"] or name == "kaggle"):
            return Choice(name, held, _held_line(card, held, *without))
    for from_there in (_from_network, _from_kaggle) if card.downloads else (_from_kaggle,):
        try:
            return from_there(card, retry, patience)
        except DataError as error:
            without.append(str(error))
        except kaggle.NoAccount as nobody:
            if not without:  # most people have none and need not be told of more than one reason
                without.append(str(nobody))
    return _drawn(card, without, limit)


def would_use(card: Card) -> str:
    """What `choose` would do now, in words, without doing it or touching the network."""
    if files.folders():
        try:
            return f"files (your files in {files.find(card).folder})"
        except DataError:
            pass
    for source in ("official", "files", "kaggle"):
        held = _peek(card, source)
        if held is not None and (held.header["official"] or source == "kaggle"):
            return f"{source} (prepared)"
    reason = _no_network(
        paths.home() / "downloads" / card.name / ("failed.json" if card.downloads else "kaggle/failed.json")
    )
    if card.downloads:
        return f"drawn ({reason})" if reason else "official (download), or drawn if that fails"
    try:
        kaggle.check_account()
    except kaggle.NoAccount as nobody:
        reason = str(nobody)
    return f"drawn ({reason})" if reason else "kaggle (download), or drawn if that fails"


def _prepared(card: Card, source: str | None, limit: int | None) -> Choice:
    """The best source that is prepared already. Raises DataError when there is none."""
    for name in SOURCES if source is None else (source,):
        held = _held(card, name)
        if held is None and name == "drawn" and limit is not None:
            held = _held(card, _few(limit))
        if held is not None:
            kind = "drawn stand-in" if name == "drawn" else "images"
            return Choice(name, held, f"{card.title}: the {kind} prepared in {held.folder}.")
    raise DataError(
        f"{card.title} is not prepared on this machine, and here nothing is downloaded or drawn. "
        f"Run `genlab data get {card.name}` before grading."
    )


def _forced(card: Card, source: str, patience: Patience | None, limit: int | None) -> Choice:
    if source not in SOURCES:
        known = ", ".join(repr(s) for s in SOURCES)
        raise ValueError(f"source={source!r} is unknown; choose from {known}, or None for the best.")
    if source == "drawn":
        return _drawn(card, ["it was asked for"], limit)
    if source == "files":
        try:
            found = files.find(card)
        except DataError as error:
            names = ", ".join(file.name for file in card.downloads) or "its pictures"
            raise DataError(
                f'{card.title} with source="files" is not possible: {error}. Set GENLAB_DATA to '
                f"the folder that holds {names} (see {card.origin})."
            ) from error
        return _from_files(card, found)
    held = _held(card, source)
    if held is not None:
        return Choice(source, held, _held_line(card, held))
    try:
        from_there = _from_kaggle if source == "kaggle" else _from_network
        return from_there(card, True, patience)
    except (DataError, kaggle.NoAccount) as error:
        raise DataError(
            f'{card.title} with source="{source}" is not possible: {error}. '
            f"Try again later, or set GENLAB_DATA to a folder with its files (see {card.origin})."
        ) from error


def _from_files(card: Card, found: Found) -> Choice:
    def make() -> Made:
        try:
            return _facts(found, str(found.folder))
        except NoRoom:
            raise
        except DataError as error:
            raise DataError(
                f"{error} Get this file again (see {card.origin}), or take its folder out of "
                "GENLAB_DATA to go on without it."
            ) from error

    held = _ready(card, "files", {"stamp": found.stamp}, make)
    line = f"{card.title}: your files in {found.folder} ({_counts(card, held)} images; {held.header['kind']})."
    return Choice("files", held, line)


def _facts(found: Found, made_from: str) -> Made:
    """The arrays in the files, and what the header says of them."""
    contents = found.read()
    facts = {"official": contents.official, "kind": contents.kind, "made_from": made_from}
    return contents.arrays, facts | ({"classes": list(contents.classes)} if contents.classes else {})


def _from_network(card: Card, retry: bool, patience: Patience | None) -> Choice:
    downloads = paths.home() / "downloads" / card.name
    failure = downloads / "failed.json"
    reason = _no_network(failure, retry)
    if reason:
        raise DataError(reason)
    try:
        fetched = fetch(card, downloads, patience)
    except DataError as error:
        _remember(failure, str(error))
        raise
    failure.unlink(missing_ok=True)
    found = files.downloaded(card, fetched)
    held = _ready(card, "official", _official_key(card), lambda: _facts(found, card.origin))
    return Choice("official", held, _held_line(card, held))


def _from_kaggle(card: Card, retry: bool, patience: Patience | None) -> Choice:
    """Kaggle's copy of the set. Raises DataError, and kaggle.NoAccount without credentials."""
    folder = paths.home() / "downloads" / card.name / "kaggle"
    failure = folder / "failed.json"
    kaggle.check_account()
    reason = _no_network(failure, retry)
    if reason:
        raise DataError(reason)
    try:
        kaggle.fetch(card, folder)
    except DataError as error:
        _remember(failure, str(error))
        raise
    failure.unlink(missing_ok=True)
    found, _ = files.search(card, folder)
    if found is None:
        raise DataError(f"Kaggle's {card.kaggle} holds other files than expected (it was saved in {folder})")

    def make() -> Made:
        try:
            return _facts(found, f"kaggle.com/{card.kaggle}")
        except NoRoom:
            raise
        except DataError as error:
            raise DataError(f"{str(error).rstrip('.')}; remove {folder} to have it fetched again") from error

    held = _ready(card, "kaggle", {"kaggle": card.kaggle}, make)
    return Choice("kaggle", held, _held_line(card, held))


def _no_network(failure: Path, retry: bool = False) -> str | None:
    """Why the network is not asked, or None when it may be; `failure` remembers an earlier try."""
    if _offline():
        return "GENLAB_OFFLINE is set"
    if retry:
        return None
    try:
        failed = json.loads(failure.read_text(encoding="utf-8"))
        minutes = (time.time() - failed["time"]) / 60
        if 0 <= minutes < _ASK_AGAIN_SECONDS / 60:
            return f"{failed['reason']} (tried {minutes:.0f} min ago)"
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _offline() -> bool:
    return os.environ.get("GENLAB_OFFLINE", "0").lower() not in ("", "0", "false", "no")


def _remember(path: Path, reason: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"time": time.time(), "reason": reason}), encoding="utf-8")
    except OSError:
        pass  # a read-only home only means that the network is asked again next time


def _few(limit: int) -> str:
    """The name under which a stand-in of so many images in each split is kept."""
    return f"drawn-{limit}"


def _drawn(card: Card, why: list[str], limit: int | None) -> Choice:
    """The stand-in. With a `limit` only so much of it is drawn, unless all of it is there."""
    key = {"artist": card.artist, "version": card.artist_version}
    name, splits = "drawn", card.drawn_splits or card.splits
    if limit is not None:
        whole = _peek(card, "drawn")
        if whole is None or whole.header["key"] != key:
            name, splits = _few(limit), {split: min(n, limit) for split, n in splits.items()}

    def make() -> Made:
        arrays = drawn.draw(card.artist, splits, f"Drawing {card.artist}")
        facts = {"official": False, "made_from": f"genlab.data.drawn.{card.artist}"}
        columns = drawn.attributes(card.artist)
        return arrays, facts | ({"classes": list(columns)} if columns else {})

    held = _ready(card, name, key, make)
    counts = " + ".join(f"{n:,}" for n in splits.values())
    online = "online" if card.downloads else "online with an account of Kaggle"
    line = (
        f"{card.title}: DRAWN STAND-IN, {card.artist_about} ({counts} images), because "
        f"{'; '.join(why)}. For the real images run `genlab data get {card.name}` {online}, or set "
        "GENLAB_DATA to a folder with the official files."
    )
    return Choice("drawn", held, line)


def _official_key(card: Card) -> dict[str, Any]:
    return {"sha256": [file.sha256 for file in card.downloads]}


def _counts(card: Card, held: cache.Prepared) -> str:
    """The number of images that are prepared, such as "60,000 + 10,000"."""
    return " + ".join(f"{held.header['arrays'][f'{split}_labels']['shape'][0]:,}" for split in card.splits)


def _held_line(card: Card, held: cache.Prepared, *notes: str) -> str:
    where = "".join(f" ({note})" for note in notes)
    official = held.header["official"]
    what = "the official images" if official else f"images from Kaggle's {card.kaggle}"
    kind = "" if official else f"; {held.header['kind']}"
    return f"{card.title}: {what} ({_counts(card, held)}{kind}), prepared in {held.folder}{where}."


def _peek(card: Card, source: str) -> cache.Prepared | None:
    try:
        return cache.open_folder(cache.place(card.name, source))
    except cache.Damaged:
        return None


def _held(card: Card, source: str) -> cache.Prepared | None:
    """The prepared source if it is there and sound; says in one line when it is damaged."""
    folder = cache.place(card.name, source)
    try:
        return cache.open_folder(folder)
    except cache.Damaged as damage:
        print(f"{card.title}: the data prepared in {folder} cannot be used: {damage}.")
        return None


def _ready(
    card: Card,
    source: str,
    key: dict[str, Any],
    make: Callable[[], Made],
) -> cache.Prepared:
    """The prepared source with this key, made now unless it is there."""
    held = _held(card, source)
    if held is not None and held.header["key"] == key:
        return held
    if card.layout not in ("attributes", "named") or source not in ("files", "kaggle"):
        return _make(card, source, key, make)
    # This takes minutes and keeps its progress on disk, which two processes must not do at once.
    try:
        with locked(cache.place(card.name, ".lock"), f"preparing {card.title}"):
            held = _peek(card, source)
            if held is None or held.header["key"] != key:
                held = _make(card, source, key, make)
                draft.clear(card)
            return held
    except OSError as error:
        raise DataError(
            f"Prepared data cannot be written to {cache.place(card.name, source)}: {error.strerror or error}. "
            "Make room there, or set GENLAB_HOME to a folder that you can write to."
        ) from error


def _make(card: Card, source: str, key: dict[str, Any], make: Callable[[], Made]) -> cache.Prepared:
    arrays, facts = make()
    facts = {"name": card.name, "source": source, "key": key, **facts}
    return cache.write(cache.place(card.name, source), other_sizes(card, arrays), facts)
