"""Pictures with a table of attributes."""

from __future__ import annotations

from pathlib import Path

from genlab.data.cards import Card
from genlab.data.found import Found


def look(card: Card, folder: Path) -> tuple[Found | None, list[str]]:
    """What is found in one folder; such files are not read yet."""
    return None, []
