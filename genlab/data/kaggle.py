"""Kaggle's copies of data sets, by Kaggle's own package, for those who have an account there."""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import io
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genlab.data.bar import progress_bar
from genlab.data.cards import Card
from genlab.data.draft import check_room
from genlab.data.errors import DataError, NoRoom
from genlab.lock import locked

_TOKEN = "make a token on kaggle.com/settings and put it in ~/.kaggle/kaggle.json, the environment or .env"
_VARIABLES = ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR")


class NoAccount(Exception):
    """There are no Kaggle credentials on this machine; the message says where they would be."""


def check_account() -> None:
    """Nothing; raises NoAccount when there are no Kaggle credentials.

    They come from the environment, from a `.env` file here or above, or from Kaggle's own files.
    """
    with _environment():
        if not _has_credentials():
            raise NoAccount(f"there are no Kaggle credentials on this machine ({_TOKEN})")


def fetch(card: Card, folder: Path) -> None:
    """Puts the zip archive of the card's Kaggle data set into `folder`, unless it is there.

    A download that breaks off is taken up the next time. Raises DataError when Kaggle or the disk refuses.
    """
    archive = folder / f"{card.kaggle.split('/')[-1]}.zip"
    if zipfile.is_zipfile(archive):
        return
    with _environment():
        if importlib.util.find_spec("kaggle") is None:
            raise DataError('Kaggle needs its package: pip install "genlab[kaggle]"')
        try:
            with locked(folder / ".lock", f"downloading {card.title}"):
                if not zipfile.is_zipfile(archive):
                    _fetch(card, archive)
        except OSError as error:
            raise _refused(card, folder, error) from error


def _fetch(card: Card, archive: Path) -> None:
    arrived = archive.parent / ".partial" / archive.name
    arrived.parent.mkdir(exist_ok=True)
    have = arrived.stat().st_size if arrived.exists() else 0
    check_room(archive.parent, card.kaggle_bytes - have, f"the archive of {card.title}")
    with _watched(arrived, card):
        _download(card.kaggle, str(arrived.parent))
        if have and not zipfile.is_zipfile(arrived):  # the package takes a part of a longer version for the whole
            arrived.unlink()
            _download(card.kaggle, str(arrived.parent))
    whole = zipfile.is_zipfile(arrived)
    if whole:
        os.replace(arrived, archive)
    shutil.rmtree(arrived.parent, ignore_errors=True)
    if not whole:
        raise DataError(f"Kaggle's {card.kaggle} arrived damaged: it is no whole zip archive; {_again(card)}")


def _again(card: Card) -> str:
    return f"run `genlab data get {card.name}` to try again"


def _refused(card: Card, folder: Path, error: OSError) -> DataError:
    """What to say of a connection or a disk that failed."""
    if error.errno == errno.ENOSPC:
        return NoRoom(
            f"the disk of {folder} is full, and the archive of {card.title} does not fit. "
            "Make room there, or set GENLAB_HOME to a folder on a larger disk"
        )
    if isinstance(error, PermissionError):
        return DataError(f"{folder} cannot be written to. Set GENLAB_HOME to a folder that you can write to")
    have = sum(path.stat().st_size for path in (folder / ".partial").glob("*.zip"))
    if have:
        return DataError(
            f"the connection to Kaggle broke off after {have / 1e6:,.1f} MB of {card.kaggle}, which are kept "
            f"({type(error).__name__}); run `genlab data get {card.name}` to go on from there"
        )
    return DataError(
        f"Kaggle's {card.kaggle} cannot be had ({type(error).__name__}: {error.strerror or str(error)[:200]}); "
        f"is this machine online? Then {_again(card)}"
    )


@contextlib.contextmanager
def _watched(growing: Path, card: Card) -> Iterator[None]:
    """Shows how much of the archive is there, which Kaggle's package would write in red."""
    over = threading.Event()
    with progress_bar(card.kaggle_bytes or None, f"Downloading {card.title}", unit="B", unit_scale=True) as bar:

        def watch() -> None:
            while not over.wait(0.5):
                with contextlib.suppress(OSError):
                    bar.update(growing.stat().st_size - bar.n)

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()


def _download(slug: str, folder: str) -> None:
    """Leaves the data set's zip archive in `folder`; what Kaggle's package prints is kept from the reader.

    The package goes on with what is there of the same version, and takes up a cut connection five times.
    """
    said = io.StringIO()
    try:
        # Importing or logging in ends the process where credentials do not do, hence SystemExit.
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            from kaggle.api.kaggle_api_extended import KaggleApi

            api: Any = KaggleApi()
            api.authenticate()
            api.dataset_download_files(slug, path=folder, force=False, quiet=True, unzip=False)
    except SystemExit as error:
        raise DataError(f"Kaggle does not accept the credentials on this machine: {_TOKEN}") from error
    except OSError as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status is None:
            raise
        meaning = {
            401: f"the credentials are not valid: {_TOKEN}",
            403: f"accept the data set's terms on its page first (kaggle.com/datasets/{slug})",
            404: "the data set is no longer there under this name",
            429: "too many requests; try again in some minutes",
        }
        raise DataError(f"Kaggle answered {status} for {slug}: {meaning.get(status, 'try again later')}") from error
    except Exception as error:  # the package raises its own kinds, by version
        raise DataError(f"Kaggle's {slug} cannot be had ({type(error).__name__}: {str(error)[:200]})") from error


def _has_credentials() -> bool:
    if os.environ.get("KAGGLE_API_TOKEN") or (os.environ.get("KAGGLE_USERNAME") and os.environ.get("KAGGLE_KEY")):
        return True
    home = Path.home() / ".kaggle"
    chosen = Path(os.environ.get("KAGGLE_CONFIG_DIR") or home)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "kaggle"
    places = [chosen / "kaggle.json", config / "kaggle.json", home / "access_token", home / "access_token.txt"]
    return any(place.is_file() for place in places)


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """The Kaggle variables of a `.env` file, for a while, where the environment does not set them."""
    from dotenv import dotenv_values, find_dotenv

    values = dotenv_values(find_dotenv(usecwd=True))
    added = {k: v for k, v in values.items() if k in _VARIABLES and v and not os.environ.get(k)}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
