"""A data set of 40 + 10 images in each of CIFAR-10's formats."""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from genlab.data import cards
from genlab.data.cards import Card, File, Member


@dataclass
class SmallCifar:
    """The card, the images and labels, and the content of every batch by its official name."""

    card: Card
    images: dict[str, torch.Tensor]  # (n, 3, 32, 32) by split
    labels: dict[str, torch.Tensor]
    batches: dict[str, bytes]
    archives: dict[str, bytes]

    def put(self, folder: Path, version: int) -> Path:
        """Writes the batches of the python (0) or binary (1) version into `folder`, and returns it."""
        folder.mkdir(parents=True, exist_ok=True)
        for member in self.card.files[version].members:
            (folder / member.name).write_bytes(self.batches[member.name])
        return folder

    def is_in(self, held: object) -> bool:
        """Whether a loaded data set has these images and labels, in their order."""
        return all(
            torch.equal(getattr(held, split).images, self.images[split])
            and torch.equal(getattr(held, split).labels, self.labels[split])
            for split in self.images
        )


def make() -> SmallCifar:
    """Images of noise; labels in no order, every class in each split."""
    card, generator = cards.read("cifar10"), torch.Generator().manual_seed(0)
    splits = {"train": 40, "test": 10}
    images = {
        s: torch.randint(0, 256, (n, 3, 32, 32), generator=generator, dtype=torch.uint8) for s, n in splits.items()
    }
    labels = {s: (torch.arange(n) % 10)[torch.randperm(n, generator=generator)] for s, n in splits.items()}
    batches, files, packed = {}, [], {}
    for file in card.files:
        members = []
        for split, total in splits.items():
            own = [member for member in file.members if member.split == split]
            for number, member in enumerate(own):
                part = slice(number * total // len(own), (number + 1) * total // len(own))
                encode = binary if member.name.endswith(".bin") else python2
                content = encode(images[split][part].flatten(1), labels[split][part].tolist())
                batches[member.name] = content
                members.append(Member(member.name, split, "sha256", hashlib.sha256(content).hexdigest()))
        folder = "cifar-10-batches-bin" if "binary" in file.name else "cifar-10-batches-py"
        archive = tar({f"{folder}/{m.name}": batches[m.name] for m in members} | {f"{folder}/readme.html": b"<html>"})
        packed[file.name] = archive
        digests = hashlib.md5(archive).hexdigest(), hashlib.sha256(archive).hexdigest()
        files.append(File(file.name, len(archive), *digests, members=tuple(members)))
    return SmallCifar(replace(card, splits=splits, files=tuple(files), mirrors=()), images, labels, batches, packed)


def tar(contents: dict[str, bytes], mode: str = "w:gz") -> bytes:
    """A tar archive of these files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def binary(rows: torch.Tensor, labels: list[int]) -> bytes:
    """A batch of the binary version."""
    return torch.cat([torch.tensor(labels, dtype=torch.uint8)[:, None], rows], 1).numpy().tobytes()


def python2(rows: torch.Tensor, labels: list[int]) -> bytes:
    """A batch of the python version as Python 2 and its NumPy pickled it: protocol 2, 8-bit strings."""
    content = rows.numpy().tobytes()
    return b"".join(
        [
            b"\x80\x02}(U\x04data",
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R",
            b"(K\x01",
            b"M" + rows.shape[0].to_bytes(2, "little") + b"M" + rows.shape[1].to_bytes(2, "little") + b"\x86",
            b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
            b"\x89T" + len(content).to_bytes(4, "little") + content + b"tb",
            b"U\x06labels](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e",
            b"U\x0bbatch_labelU\x05small",
            b"U\x09filenames](" + b"".join(b"U\x05%d.png" % (label % 10) for label in labels) + b"e",
            b"u.",
        ]
    )


def python3(rows: torch.Tensor, labels: list[int], protocol: int) -> bytes:
    """The same batch as a newer Python and NumPy pickle it."""
    return pickle.dumps({"data": rows.numpy(), "labels": labels}, protocol=protocol)
