"""The one error of this package."""

from __future__ import annotations


class DataError(RuntimeError):
    """A data set could not be had; the message says what is wrong, where, and what to do next."""


class NoRoom(DataError):
    """The disk has too little room; the message says how much is needed, and where."""
