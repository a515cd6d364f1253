"""A data set of 40 + 10 + 10 pictures in CelebA's layouts, made of drawn faces."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from kaggle_server import zipped
from PIL import Image

from genlab import data
from genlab.data import cards
from genlab.data.attribute_files import square
from genlab.data.cards import Card

COLUMNS = cards.read("celeba").classes


@dataclass
class SmallCeleba:
    """The card, the content of every file by its path, and what the splits should hold."""

    card: Card
    files: dict[str, bytes]
    images: dict[str, torch.Tensor]  # (n, 3, 64, 64) by split
    labels: dict[str, torch.Tensor]  # (n, 40) bool

    def put(self, folder: Path) -> Path:
        """Writes the files into `folder`, as Kaggle's archive unpacks, and returns it."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder

    def zip(self, **changed: bytes | None) -> bytes:
        """Kaggle's archive, with some files (by their last name without its ending) changed or left out."""
        files = {name: changed.get(Path(name).stem, content) for name, content in self.files.items()}
        return zipped({name: content for name, content in files.items() if content is not None})

    def is_in(self, held: data.Dataset) -> bool:
        """Whether a loaded data set has these images and labels, in their order."""
        splits = {"train": held.train, "validation": held.validation, "test": held.test}
        return held.classes == COLUMNS and all(
            torch.equal(split.images, self.images[name]) and torch.equal(split.labels, self.labels[name])
            for name, split in splits.items()
            if split is not None
        )


def jpeg(values: np.ndarray, quality: int = 90) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, "jpeg", quality=quality)
    return out.getvalue()


def make() -> SmallCeleba:
    """Blurred noise, 178×218; attributes by chance; splits in turns, so that no order is right by accident."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(60, 3, 12, 10, generator=generator)
    pictures = torch.nn.functional.interpolate(coarse, (218, 178), mode="bicubic").clamp(0, 1)
    pixels = (pictures * 255).byte().permute(0, 2, 3, 1).numpy()
    names = [f"{number:06}.jpg" for number in range(1, 61)]
    attributes = torch.rand(60, 40, generator=generator) < 0.4
    where = (["train", "test", "train", "validation", "train", "train"] * 10)[:60]
    numbers = {"train": 0, "validation": 1, "test": 2}
    files = {f"img_align_celeba/img_align_celeba/{name}": jpeg(p) for name, p in zip(names, pixels, strict=True)}
    rows = [",".join([name, *("1" if a else "-1" for a in row)]) for name, row in zip(names, attributes, strict=True)]
    files["list_attr_celeba.csv"] = "\n".join([",".join(["image_id", *COLUMNS]), *rows, ""]).encode()
    division = [f"{name},{numbers[split]}" for name, split in zip(names, where, strict=True)]
    files["list_eval_partition.csv"] = "\n".join(["image_id,partition", *division, ""]).encode()
    files["list_bbox_celeba.csv"] = b"image_id,x_1,y_1,width,height\n000001.jpg,1,2,3,4\n"
    small = torch.stack([square(3, 64, n, files[f"img_align_celeba/img_align_celeba/{n}"]) for n in names])
    at = {split: torch.tensor([i for i, s in enumerate(where) if s == split]) for split in numbers}
    card = replace(
        cards.read("celeba"),
        splits={split: len(rows) for split, rows in at.items()},
        drawn_splits={"train": 30, "validation": 10, "test": 10},
        kaggle_bytes=100_000,
    )
    return SmallCeleba(card, files, {s: small[i] for s, i in at.items()}, {s: attributes[i] for s, i in at.items()})
