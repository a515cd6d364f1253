"""Where trained judges are kept: one file each in GENLAB_HOME, named by a digest of data and settings."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from genlab import paths
from genlab.training import checkpoint, fingerprint

if TYPE_CHECKING:
    from genlab.measures.judge import Classifier

VERSION = 2  # raise it when a judge trained before must not be used any more


def path(name: str, images: Tensor, labels: Tensor, epochs: int, seed: int) -> Path:
    """The file of the judge `name` that is trained on this with these settings; raises ValueError for an impossible name."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,49}", name):
        raise ValueError(f"{name!r} cannot name a judge; use letters, digits, '_' and '-' only, as in name='faces'.")
    made_of = (
        f"{VERSION} {epochs} {seed} {fingerprint.of_data(images, None)} "
        + hashlib.sha256(labels.cpu().contiguous().numpy().tobytes()).hexdigest()
    )
    return paths.home() / "judges" / f"{name}-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.pt"


def read(judge: Classifier, file: Path) -> bool:
    """Fills the judge from its file; whether there was one that could be used."""
    try:
        content = checkpoint.load(file)
        if content is None:
            return False
        judge.trunk.load_state_dict(content["trunk"])
        judge.head.load_state_dict(content["head"])
        judge.centre, judge.scale = content["centre"], content["scale"]
        judge.reference, judge.used = content["reference"], content["used"]
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return False  # damaged, or of another make: trained and written anew
    return True


def write(judge: Classifier, file: Path) -> None:
    """Keeps the judge in its file, whole or not at all; a disk that is full is said, and ends nothing."""
    if not checkpoint.wanted():
        return
    content = {
        "trunk": judge.trunk.state_dict(),
        "head": judge.head.state_dict(),
        "centre": judge.centre,
        "scale": judge.scale,
        "reference": judge.reference,
        "used": judge.used,
    }
    try:
        checkpoint.save(file, content)
    except (OSError, RuntimeError) as error:
        print(f"The judge cannot be kept ({error}): it will be trained again next time.")
