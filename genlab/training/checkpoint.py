"""Checkpoints of an unfinished training run: one file per run, written whole or not at all."""

from __future__ import annotations

import os
import pickle
import random
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

VERSION = 2  # raise it when checkpoints written before cannot be used
KEPT_ASIDE = 3

Content = dict[str, Any]


def wanted() -> bool:
    """Whether runs are saved at all: not with GENLAB_CHECKPOINTS=off, as in grading."""
    return os.environ.get("GENLAB_CHECKPOINTS") != "off"


def folder() -> Path:
    """The folder of the checkpoints: GENLAB_CHECKPOINTS (a mounted Drive, say), else one in the user's cache."""
    asked = os.environ.get("GENLAB_CHECKPOINTS", "").strip()
    if asked:
        return Path(asked).expanduser()
    from genlab.paths import home

    return home() / "checkpoints"


def path(name: str) -> Path:
    """The file of the run `name`; raises ValueError for a name that no file can have on every system."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", name):
        raise ValueError(
            f"{name!r} cannot name a checkpoint; use letters, digits, '_' and '-' only, as in name='vae_fashion'."
        )
    return folder() / f"{name}.pt"


def save(file: Path, content: Content) -> None:
    """Writes `content` to `file`, whole or not at all; tensors, numbers, strings and containers of them only."""
    import torch

    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        torch.save({"version": VERSION, **content}, part)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def load(file: Path) -> Content | None:
    """The content of `file`, on the CPU, or None where there is no file; raises ValueError for a damaged one.

    Nothing in the file is executed: only tensors and plain values are read.
    """
    import torch

    try:
        content = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except (
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        KeyError,
        pickle.UnpicklingError,
        zipfile.BadZipFile,
    ) as error:
        raise ValueError(f"{file.name} cannot be read") from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise ValueError(f"{file.name} is not a checkpoint of this version of genlab")
    return content


def set_aside(file: Path) -> Path:
    """The new name of `file`, which is moved out of the way; the last three of a run are kept."""
    earlier = sorted(_aside(file), key=_aside_number)
    for old in earlier[: len(earlier) - KEPT_ASIDE + 1]:
        old.unlink(missing_ok=True)
    number = _aside_number(earlier[-1]) + 1 if earlier else 1
    moved = file.with_name(f"{file.stem}.aside-{number}{file.suffix}")
    os.replace(file, moved)
    return moved


def forget(name: str) -> None:
    """Removes the checkpoint of the run `name`, so that its next training starts from the beginning."""
    path(name).unlink(missing_ok=True)


def random_state() -> Content:
    """The states of the random generators of torch (CPU, CUDA, MPS), Python and NumPy, as tensors and numbers."""
    import torch

    state: Content = {"torch": torch.get_rng_state(), "python": random.getstate()}
    if torch.cuda.is_initialized():
        state["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    if "numpy" in sys.modules:
        kind, keys, *rest = sys.modules["numpy"].random.get_state()
        # weights_only loading knows no numpy arrays; uint32 fits into int64
        state["numpy"] = (kind, torch.from_numpy(keys.astype("int64")), *rest)
    return state


def set_random_state(state: Content) -> None:
    """Puts every generator of this machine that `state` speaks of back to where `random_state` saw it."""
    import torch

    torch.set_rng_state(state["torch"])
    random.setstate(state["python"])
    if "cuda" in state and torch.cuda.is_available():
        # a checkpoint may come from a machine with another number of GPUs
        for index, one in enumerate(state["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(one, index)
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])
    if "numpy" in state:
        import numpy as np

        kind, keys, *rest = state["numpy"]
        np.random.set_state((kind, keys.numpy().astype("uint32"), *rest))


def _aside(file: Path) -> list[Path]:
    return [p for p in file.parent.glob(f"{file.stem}.aside-*{file.suffix}") if _aside_number(p)]


def _aside_number(file: Path) -> int:
    tail = file.stem.rpartition(".aside-")[2]
    return int(tail) if tail.isdigit() else 0
