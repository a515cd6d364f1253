"""What a student may be called: nbgrader makes a folder of the name."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
_INSIDE = ".+@' -"  # beside letters, digits and _


def unsafe(student: str) -> str:
    """Why a student's name cannot be a folder's name, or nothing."""
    if not student:
        return "Its name does not say whose it is. Name it STUDENT.ipynb, or put it into a folder STUDENT."
    good = len(student) <= LONGEST and all(_is_letter(c) or c in _INSIDE for c in student)
    if good and re.match(r"\w", student) and student[-1] not in ". ":
        return ""
    return (
        "This name of a student cannot be the name of a folder. "
        "Rename it: letters, digits and . _ + @ ' - inside, beginning with a letter or digit."
    )


def as_id(name: str) -> str:
    """The nearest text that is safe as a student's name: what a folder's name cannot bear becomes a blank."""
    kept = "".join(c if _is_letter(c) or c in _INSIDE else " " for c in unicodedata.normalize("NFC", name))
    return " ".join(re.sub(r"^\W+", "", " ".join(kept.split()))[:LONGEST].strip(" .").split())


def _is_letter(c: str) -> bool:
    """Whether a character is of a word: Indic and other scripts write vowels as marks, which are no letters by themselves."""
    return c == "_" or c.isalnum() or unicodedata.category(c) in ("Mn", "Mc")
