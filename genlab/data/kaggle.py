"""Kaggle's copies of data sets, by Kaggle's own package, for those who have an account there."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genlab.data.cards import Card
from genlab.data.errors import DataError

_VARIABLES = ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR")


class NoAccount(Exception):
    """There are no Kaggle credentials on this machine; the message says where they would be."""


def check_account() -> None:
    """Nothing; raises NoAccount when there are no Kaggle credentials.

    They come from the environment, from a `.env` file here or above, or from Kaggle's own files.
    """
    with _environment():
        if not _has_credentials():
            raise NoAccount("there are no Kaggle credentials (environment, .env or ~/.kaggle/kaggle.json)")


def fetch(card: Card, folder: Path) -> None:
    """Puts the zip archive of the card's Kaggle data set into `folder`, unless it is there.

    Raises DataError when Kaggle or the disk refuses.
    """
    archive = folder / f"{card.kaggle.split('/')[-1]}.zip"
    if zipfile.is_zipfile(archive):
        return
    with _environment():
        if importlib.util.find_spec("kaggle") is None:
            raise DataError('Kaggle needs its package: pip install "genlab[kaggle]"')
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".kaggle-", dir=folder) as fresh:
                _download(card.kaggle, fresh)
                arrived = Path(fresh) / archive.name
                if not zipfile.is_zipfile(arrived):
                    raise DataError(f"Kaggle's {card.kaggle} arrived damaged: it is no whole zip archive")
                shutil.move(arrived, archive)
        except OSError as error:
            raise DataError(
                f"Kaggle's {card.kaggle} cannot be had ({type(error).__name__}: {error.strerror or str(error)[:200]})"
            ) from error


def _download(slug: str, folder: str) -> None:
    """Leaves the data set's zip archive in `folder`; what Kaggle's package prints is kept from the reader."""
    said = io.StringIO()
    try:
        # Importing or logging in ends the process where credentials do not do, hence SystemExit.
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            from kaggle.api.kaggle_api_extended import KaggleApi

            api: Any = KaggleApi()
            api.authenticate()
            api.dataset_download_files(slug, path=folder, force=True, quiet=True, unzip=False)
    except SystemExit as error:
        raise DataError("Kaggle does not accept the credentials on this machine") from error
    except OSError as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status is None:
            raise
        meaning = {401: "the credentials are not valid", 403: "accept the data set's terms on its page first"}
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
