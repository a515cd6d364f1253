"""Files that the user has: every common layout is found, every broken file is refused in words."""

from __future__ import annotations

import gzip
import os
import zipfile
from dataclasses import replace

import pytest
import torch

from genlab import data
from genlab.data.errors import DataError

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


def pixels(content: bytes) -> torch.Tensor:
    raw = gzip.decompress(content)[16:]
    return torch.tensor(list(raw), dtype=torch.uint8).view(-1, 1, 28, 28)


@pytest.fixture
def use(home, small, monkeypatch):
    """Loads the small set with GENLAB_DATA set to the given folders."""

    def load(*folders, **options):
        monkeypatch.setenv("GENLAB_DATA", os.pathsep.join(map(str, folders)))
        return data.load(small.card, **options)

    return load


@pytest.mark.parametrize("layout", [".", "fashion_mnist", "FASHION_MNIST", "FashionMNIST/raw", "fashionmnist/Raw"])
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_common_layouts_are_found(use, small, tmp_path, capsys, layout, packed):
    small.put(tmp_path / "mine" / layout, packed)
    held = use(tmp_path / "mine")
    assert held.source == "files"
    assert torch.equal(held.train.images, pixels(small.contents[IMAGES]))
    assert held.train.labels.tolist() == [i % 10 for i in range(40)]
    out = capsys.readouterr().out
    assert "your files in" in out and "identical to the official release" in out
    assert out.count("\n") == 1


def test_upper_case_and_dotted_names_are_found(use, small, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in small.contents.items():
        odd = name.replace("-idx", ".idx").upper()
        (folder / odd).write_bytes(content)
    assert use(folder).source == "files"


def test_a_zip_archive_is_read_without_unpacking(use, small, tmp_path, capsys):
    folder = tmp_path / "mine"
    folder.mkdir()
    with zipfile.ZipFile(folder / "archive.zip", "w") as archive:
        for name, content in small.contents.items():
            archive.writestr(f"inside/{name.removesuffix('.gz')}", gzip.decompress(content))
    held = use(folder)
    assert torch.equal(held.train.images, pixels(small.contents[IMAGES]))
    assert "identical" in capsys.readouterr().out


def test_csv_tables_are_read(use, small, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for split, name in small.card.user_csv.items():
        images = small.contents[small.card.file(split, "images").name]
        rows = pixels(images).flatten(1).tolist()
        lines = [",".join(["label", *(f"pixel{i}" for i in range(784))])]
        lines += [",".join(map(str, [i % 10, *row])) for i, row in enumerate(rows)]
        (folder / name).write_text("\n".join(lines) + "\n")
    held = use(folder)
    assert torch.equal(held.train.images, pixels(small.contents[IMAGES]))
    assert held.test.labels.tolist() == [i % 10 for i in range(20)]


def test_the_second_of_two_folders_is_searched_too(use, small, tmp_path):
    (tmp_path / "empty").mkdir()
    assert use(tmp_path / "empty", small.put(tmp_path / "full")).source == "files"


def test_other_valid_files_are_taken_and_said_to_differ(use, small, tmp_path, capsys):
    folder = small.put(tmp_path / "mine")
    raw = bytearray(gzip.decompress(small.contents[IMAGES]))
    raw[500] ^= 255
    (folder / IMAGES).write_bytes(gzip.compress(bytes(raw)))
    assert use(folder).source == "files"
    assert "differ from the official release" in capsys.readouterr().out


def header(magic: int, *sizes: int) -> bytes:
    return b"".join(n.to_bytes(4, "big") for n in (magic, *sizes))


BROKEN = {
    "truncated gzip": (IMAGES, lambda c: c[: len(c) // 2], "is cut short"),
    "corrupted gzip": (IMAGES, lambda c: c[:60] + bytes(40) + c[100:], "is damaged|cut short"),
    "flipped checksum": (IMAGES, lambda c: c[:-6] + b"\0" + c[-5:], "is damaged"),
    "web page": (IMAGES, lambda c: b"\n<!DOCTYPE html><html>404</html>", "is a web page"),
    "LFS pointer": (IMAGES, lambda c: b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
    "zip in gzip's name": (IMAGES, lambda c: b"PK\3\4" + bytes(50), "is a zip archive"),
    "empty": (IMAGES, lambda c: b"", "is empty"),
    "labels for images": (IMAGES, lambda c: gzip.compress(header(0x801, 40)), "not an IDX file"),
    "wrong count": (IMAGES, lambda c: header(0x803, 39, 28, 28) + bytes(39 * 784), "39 × 28 × 28"),
    "wrong size": (IMAGES, lambda c: header(0x803, 40, 32, 32) + bytes(40 * 1024), "40 × 32 × 32"),
    "short inside": (IMAGES, lambda c: gzip.compress(gzip.decompress(c)[:-5]), "is cut short"),
    "long inside": (IMAGES, lambda c: gzip.compress(gzip.decompress(c) + b"x"), "goes on after"),
    "label 10": (LABELS, lambda c: header(0x801, 40) + bytes([10] * 40), "holds the label 10"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_named_and_never_enters_the_cache(use, home, small, tmp_path, kind):
    name, spoil, says = BROKEN[kind]
    folder = small.put(tmp_path / "mine")
    (folder / name).write_bytes(spoil(small.contents[name]))
    with pytest.raises(DataError, match=says) as caught:
        use(folder)
    assert str(folder / name) in str(caught.value)
    assert "Get this file again" in str(caught.value)
    assert not list(home.rglob("*.u8"))
    (folder / name).write_bytes(small.contents[name])  # the advice helps
    assert use(folder).source == "files"


def test_a_folder_without_files_is_said_and_the_stand_in_used(use, tmp_path, capsys):
    held = use(tmp_path)
    out = capsys.readouterr().out
    assert held.source == "drawn"
    assert "GENLAB_DATA is set, but" in out and "holds none of its files" in out
    assert out.count("\n") == 1


def test_an_incomplete_folder_is_said_with_what_it_lacks(use, small, tmp_path, capsys):
    folder = small.put(tmp_path / "mine")
    (folder / LABELS).unlink()
    assert use(folder).source == "drawn"
    assert f"lacks {LABELS}" in capsys.readouterr().out


def test_a_folder_that_does_not_exist_is_said(use, tmp_path, capsys):
    assert use(tmp_path / "nowhere").source == "drawn"
    assert "nowhere does not exist" in capsys.readouterr().out


def test_asking_for_files_without_any_is_an_error(use, home, small, tmp_path, monkeypatch):
    with pytest.raises(DataError, match=r"none of its files.*train-images-idx3-ubyte\.gz"):
        use(tmp_path, source="files")
    monkeypatch.delenv("GENLAB_DATA")
    with pytest.raises(DataError, match="GENLAB_DATA is not set"):
        data.load(small.card, source="files")


def test_a_cached_stand_in_never_shadows_real_files(use, home, small, tmp_path):
    assert data.load(small.card).source == "drawn"
    assert use(small.put(tmp_path / "mine")).source == "files"


def test_changed_files_are_prepared_anew(use, small, tmp_path):
    folder = small.put(tmp_path / "mine")
    before = use(folder).train.images[0, 0, 0, 0].item()
    raw = bytearray(gzip.decompress(small.contents[IMAGES]))
    raw[16] ^= 255
    (folder / IMAGES).write_bytes(gzip.compress(bytes(raw)))
    assert use(folder).train.images[0, 0, 0, 0].item() == before ^ 255


def test_official_files_once_prepared_are_used_without_genlab_data(use, home, small, tmp_path, monkeypatch, capsys):
    use(small.put(tmp_path / "mine"))
    monkeypatch.delenv("GENLAB_DATA")
    assert data.load(small.card).source == "files"
    assert "the official images" in capsys.readouterr().out


def test_differing_files_are_used_only_while_genlab_data_names_them(use, home, small, tmp_path, monkeypatch):
    folder = small.put(tmp_path / "mine")
    odd = replace(small.card, files=tuple(replace(f, content_sha256="0") for f in small.card.files))
    monkeypatch.setenv("GENLAB_DATA", str(folder))
    assert data.load(odd).source == "files"
    monkeypatch.delenv("GENLAB_DATA")
    assert data.load(odd).source == "drawn"


def test_the_real_files_load_as_published(home, real_data, monkeypatch, capsys):
    monkeypatch.setenv("GENLAB_DATA", str(real_data))
    held = data.load("fashion_mnist", size=28)
    assert "identical to the official release" in capsys.readouterr().out
    for split, name, count in (("train", "train", 60000), ("test", "t10k", 10000)):
        raw = gzip.decompress((real_data / f"fashion_mnist/{name}-images-idx3-ubyte.gz").read_bytes())
        part = getattr(held, split)
        assert part.images.shape == (count, 1, 28, 28)
        assert part.images.numpy().tobytes() == raw[16:]
        assert part.labels.bincount().tolist() == [count // 10] * 10
    assert held.classes[int(held.train.labels[0])] == "Ankle boot"
