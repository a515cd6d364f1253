"""Faces from JPEG files to batches: preparation against a plain loop with PIL, training batches against a DataLoader.

    python benchmarks/faces_data.py [--images 6000] [--batch 128] [--rounds 3] [--workers 0]

The files are made here, in the layout and of the size of CelebA's: 178×218, 5.7 kB each on average.

- Preparation is `genlab.data.load` from these files with nothing prepared: it reads the tables, decodes, cuts, makes
  the images 64 and 32 pixels large, writes both with checksums and maps them. The plain loop opens one file after the
  other with PIL, cuts the middle square, makes it 64 pixels large and keeps the array in memory.
- Training batches come from `genlab.data.batches`; the peer is a Dataset in the manner of ImageFolder, which opens,
  cuts, resizes and converts the file of each image when a DataLoader asks for it.

Both are measured in turns in one run, so that other work on the machine meets both; the median of the rounds counts.
CPU time tells what the work itself costs; that preparation uses all cores shows only where they are idle.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from genlab import data
from genlab.data import cards, drawn

SIDE = 64
ALL = 202_599  # images of CelebA


def make_files(folder: Path, count: int) -> list[Path]:
    """Drawn faces as JPEG files of CelebA's size, with the tables that CelebA has."""
    place = folder / "img_align_celeba" / "img_align_celeba"
    place.mkdir(parents=True)
    faces = drawn.draw("faces", {"train": count})["train_images"]
    chance = np.random.default_rng(0)
    paths = []
    for number, face in enumerate(faces, start=1):
        large = Image.fromarray(face.permute(1, 2, 0).numpy()).resize((178, 218), Image.Resampling.BICUBIC)
        grain = chance.normal(0, 2.5, (218, 178, 1))
        pixels = (np.asarray(large, np.float32) + grain).clip(0, 255).astype(np.uint8)
        paths.append(place / f"{number:06}.jpg")
        Image.fromarray(pixels).save(paths[-1], quality=80)
    columns = cards.read("celeba").classes
    signs = chance.choice(["-1", "1"], (count, len(columns)))
    rows = [",".join([path.name, *row]) for path, row in zip(paths, signs, strict=True)]
    (folder / "list_attr_celeba.csv").write_text("\n".join([",".join(["image_id", *columns]), *rows]) + "\n")
    parts = [f"{path.name},{[0, 0, 0, 0, 0, 0, 0, 0, 1, 2][i % 10]}" for i, path in enumerate(paths)]
    (folder / "list_eval_partition.csv").write_text("\n".join(["image_id,partition", *parts]) + "\n")
    return paths


def by_pil(path: Path) -> np.ndarray:
    """What a usual loop does with one file: (64, 64, 3) uint8."""
    with Image.open(path) as picture:
        middle = picture.convert("RGB").crop((0, 20, 178, 198))
        return np.asarray(middle.resize((SIDE, SIDE), Image.Resampling.BILINEAR))


class PerFile(TorchDataset[Tensor]):
    """Images (3, 64, 64) float32 in [0, 1], each from its file when it is asked for."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, i: int) -> Tensor:
        return torch.from_numpy(by_pil(self.paths[i]).copy()).permute(2, 0, 1).float().div(255)


def prepare(home: Path) -> data.Dataset:
    """The data set, prepared anew."""
    shutil.rmtree(home / "data", ignore_errors=True)
    with contextlib.redirect_stdout(io.StringIO()):
        return data.load("celeba", size=SIDE, source="files")


def rate(count: int, work: Callable[[], object]) -> tuple[float, float]:
    """How many per second, and microseconds of all cores together for each."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    return count / (time.perf_counter() - began), 1e6 * (time.process_time() - busy) / count


def use(batches: Iterable[Tensor]) -> None:
    """Takes every batch; a sum makes it real."""
    total = torch.zeros(())
    for x in batches:
        total += x[:, 0, 32, 32].sum()


def main() -> None:
    """Measure in turns, and print rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=0, help="processes of the DataLoader")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    rates: dict[str, list[float]] = {"prepared": [], "plain loop": [], "batches": [], "DataLoader": []}
    costs: dict[str, list[float]] = {name: [] for name in rates}
    with tempfile.TemporaryDirectory() as folder:
        files, home = Path(folder, "files"), Path(folder, "home")
        paths = make_files(files, asked.images)
        size = statistics.mean(path.stat().st_size for path in paths)
        print(f"{asked.images:,} JPEG files of {size / 1000:.1f} kB on average, {os.cpu_count()} cores")
        os.environ |= {"GENLAB_DATA": str(files), "GENLAB_HOME": str(home)}
        train = prepare(home).train.images
        own = DataLoader(PerFile(paths[: len(train)]), asked.batch, shuffle=True, num_workers=asked.workers)
        count = len(own)
        works: dict[str, tuple[int, Callable[[], object]]] = {
            "prepared": (len(paths), lambda: prepare(home)),
            "plain loop": (len(paths), lambda: np.stack([by_pil(path) for path in paths])),
            "batches": (count, lambda: use(data.batches(train, asked.batch, device="cpu"))),
            "DataLoader": (count, lambda: use(own)),
        }
        for number in range(1, asked.rounds + 1):
            for name, (amount, work) in works.items():
                each, cost = rate(amount, work)
                rates[name].append(each)
                costs[name].append(cost)
            print(f"round {number}: " + ", ".join(f"{name} {values[-1]:,.1f}/s" for name, values in rates.items()))
    middle = {name: statistics.median(values) for name, values in rates.items()}
    faster = middle["prepared"] / middle["plain loop"]
    print(
        f"preparation: {middle['prepared']:,.0f} images/s, {faster:.2f} times the plain loop's {middle['plain loop']:,.0f}"
    )
    cost = {name: statistics.median(values) for name, values in costs.items()}
    print(f"in CPU time {cost['prepared']:.0f} µs an image against {cost['plain loop']:.0f} µs")
    minutes = ALL / middle["prepared"] / 60
    size_on_disk = ALL * 3 * (64 * 64 + 32 * 32) / 1e9
    print(
        f"all {ALL:,} images would take {minutes:.1f} minutes ({ALL * cost['prepared'] / 1e6:.0f} s of CPU) and {size_on_disk:.2f} GB, in both sizes"
    )
    faster = middle["batches"] / middle["DataLoader"]
    print(
        f"training: {middle['batches']:,.0f} batches of {asked.batch} per second, {faster:.0f} times the "
        f"DataLoader's {middle['DataLoader']:,.1f} ({asked.workers} workers)"
    )


if __name__ == "__main__":
    main()
