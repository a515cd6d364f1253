"""Pictures known by their names: found in every layout, divided by pose, made small exactly, refused in words."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import kaggle_server
import numpy as np
import pytest
import torch
import yaml
from kaggle_server import Kaggle, zipped
from PIL import Image

from genlab import data, paths
from genlab.data import cards, named_files
from genlab.data.dataset import Dataset
from genlab.data.errors import DataError

CARD = cards.read("lego_bricks")
KINDS = ("2357 brick corner 1x2x2", "3005 brick 1x1", "43093 Bush 2M friction - Cross axle")
POSES = 20
BROKEN = "3005 brick 1x1 007L.png"


def png(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, "png")
    return out.getvalue()


@dataclass
class Bricks:
    """Two views of 20 poses of three kinds, 128×128 of squares of 2×2 on black, by name; and what they become."""

    files: dict[str, bytes]
    small: dict[str, torch.Tensor]  # (1, 64, 64)

    def put(self, folder: Path) -> Path:
        """Writes the pictures into `folder` and returns it."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder

    def name(self, picture: torch.Tensor) -> str:
        """The file that a small picture was made from."""
        return next((name for name, small in self.small.items() if torch.equal(small, picture)), "")

    def are_in(self, held: Dataset) -> bool:
        """Whether a data set has just these pictures with the labels that their names tell."""
        names = []
        for split in (held.train, held.test):
            for picture, label in zip(split.images, split.labels, strict=True):
                names.append(self.name(picture))
                if not names[-1].startswith(f"{held.classes[label]} "):
                    return False
        return sorted(names) == sorted(self.files)


@pytest.fixture(scope="module")
def bricks() -> Bricks:
    chance, files, small = np.random.default_rng(0), {}, {}
    for kind in KINDS:
        for pose in range(POSES):
            for camera in "LR":
                name = f"{kind} {pose:03}{camera}.png"
                grey = np.zeros((128, 128), np.uint8)
                grey[32:96, 32:96] = np.kron(chance.integers(0, 256, (32, 32)), np.ones((2, 2)))
                files[name] = png(np.dstack([grey, grey, grey]))
                small[name] = torch.from_numpy(grey[::2, ::2].copy())[None]
    return Bricks(files, small)


@pytest.fixture
def use(home, monkeypatch):
    """Loads the bricks with GENLAB_DATA set to the given folders."""

    def load(*folders: Path) -> Dataset:
        monkeypatch.setenv("GENLAB_DATA", os.pathsep.join(map(str, folders)))
        return data.load(CARD)

    return load


LAYOUTS = (".", "dataset", "lego-brick-images/dataset", "LEGO-Brick-Images/Dataset", "lego_bricks/any/thing/below")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pictures_are_found_in_folders(use, bricks, tmp_path, capsys, layout):
    bricks.put(tmp_path / "mine" / layout)
    held = use(tmp_path / "mine")
    assert held.source == "files" and held.classes == KINDS and bricks.are_in(held)
    assert held.train.images.dtype == torch.uint8 and held.train.labels.dtype == torch.int64
    out = capsys.readouterr().out
    assert "(108 + 12 images; 3 kinds)" in out and out.count("\n") == 1


def test_pictures_sorted_into_folders_by_kind_are_found(use, bricks, tmp_path):
    for name, content in bricks.files.items():
        folder = tmp_path / "mine" / "lego_bricks" / name.split()[0]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert bricks.are_in(use(tmp_path / "mine"))


@pytest.mark.parametrize("name", ["any name.zip", "lego-brick-images.tar.gz", "lego_bricks.tar"])
def test_pictures_are_read_from_archives_without_unpacking(use, bricks, tmp_path, name):
    folder = tmp_path / "mine"
    folder.mkdir()
    inside = {f"dataset/{file}": content for file, content in bricks.files.items()}
    if name.endswith(".zip"):
        (folder / name).write_bytes(zipped(inside))
    else:
        with tarfile.open(folder / name, "w:gz" if name.endswith("gz") else "w") as archive:
            for file, content in inside.items():
                info = tarfile.TarInfo(file)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    assert bricks.are_in(use(folder))
    assert sorted(path.name for path in folder.iterdir()) == [name]


def test_folders_and_archives_give_the_same_bytes(use, bricks, tmp_path):
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / "bricks.zip").write_bytes(zipped(bricks.files))
    plain, packed = use(bricks.put(tmp_path / "plain")), use(tmp_path / "packed")
    assert torch.equal(plain.train.images, packed.train.images)
    assert torch.equal(plain.test.labels, packed.test.labels)


def test_other_files_beside_them_are_passed_over(use, bricks, tmp_path):
    folder = bricks.put(tmp_path / "mine" / "dataset")
    for other in ("validation.txt", "LEGO brick images v1/train/3005 Brick 1x1/0001.png", "._3005 brick 1x1 001L.png"):
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        (folder / other).write_bytes(b"something else")
    assert bricks.are_in(use(tmp_path / "mine"))


def test_a_picture_that_is_there_twice_counts_once(use, bricks, tmp_path):
    bricks.put(tmp_path / "mine" / "dataset")
    bricks.put(tmp_path / "mine" / "dataset" / "copy")
    assert bricks.are_in(use(tmp_path / "mine"))


def test_both_views_of_a_pose_are_on_the_same_side_and_the_split_never_changes(use, bricks, tmp_path):
    held = use(bricks.put(tmp_path / "mine"))
    names = [[bricks.name(picture) for picture in split.images] for split in (held.train, held.test)]
    poses = [{name.removesuffix("L.png").removesuffix("R.png") for name in side} for side in names]
    assert not poses[0] & poses[1]
    assert held.test.labels.bincount().tolist() == [4, 4, 4]  # a tenth of 20 poses, from two cameras
    assert held.train.labels[:12].unique().numel() == 3  # mixed, not sorted
    assert names[1][0] == "43093 Bush 2M friction - Cross axle 011R.png"


def test_a_picture_added_later_is_seen(use, bricks, tmp_path):
    folder = bricks.put(tmp_path / "mine")
    use(folder)
    (folder / "3005 brick 1x1 100L.png").write_bytes(bricks.files[BROKEN])
    held = use(folder)
    assert len(held.train) + len(held.test) == 121


def test_transparent_pictures_are_laid_on_black():
    colours = np.full((128, 128, 4), 200, np.uint8)
    colours[..., 3] = 0
    colours[:64, :, 3] = 255
    small = named_files._small(64, str, "some.png", png(colours))
    assert small.shape == (1, 64, 64)
    assert (small[:, :32] == 200).all() and (small[:, 32:] == 0).all()


def test_real_pictures_become_just_those_that_others_made_from_them(real_bricks):
    """The 64×64 pictures were made from the same originals elsewhere, and are equal to the last bit."""
    with np.load(real_bricks / "lego_64_gray.npz") as file:
        images = {name: file["images"][file["labels"] == i] for i, name in enumerate(file["classes"].tolist())}
    for kind in ("brick_2x2", "brick_technic_lever_3m"):
        for path in sorted((real_bricks / "originals_sample" / kind).iterdir())[:5]:
            small = named_files._small(64, str, path.name, path.read_bytes())
            assert (images[kind] == small.numpy()).all((1, 2)).any()


def test_real_pictures_load(use, real_bricks, capsys):
    held = use(real_bricks.parent)
    assert len(held.classes) == 13 and "3003 brick 2x2" in held.classes
    assert len(held.train) == 13 * 22 and len(held.test) == 13 * 2
    assert held.source == "files" and "13 kinds" in capsys.readouterr().out


FAULTS = {
    "truncated": (lambda c: c[: len(c) // 2], "is not a picture"),
    "corrupted": (lambda c: c[:200] + bytes(200) + c[400:], "is not a picture"),
    "web page": (lambda c: b"<!DOCTYPE html><html>404</html>", "is not a picture"),
    "empty": (lambda c: b"", "is not a picture"),
    "too small": (lambda c: png(np.zeros((32, 32), np.uint8)), r"is 32×32 pixels; expected a square of 64"),
    "not square": (lambda c: png(np.zeros((64, 128), np.uint8)), r"is 128×64 pixels; expected a square"),
    "too large": (lambda c: png(np.zeros((5000, 5000), np.uint8)), r"is 5000×5000 pixels"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_broken_picture_is_named_and_never_enters_the_cache(use, home, bricks, tmp_path, fault, packed):
    spoil, says = FAULTS[fault]
    folder = tmp_path / "mine"

    def put(content: bytes) -> None:
        files = bricks.files | {BROKEN: content}
        if packed:
            folder.mkdir(exist_ok=True)
            (folder / "bricks.zip").write_bytes(zipped(files))
        else:
            Bricks(files, {}).put(folder)

    put(spoil(bricks.files[BROKEN]))
    with pytest.raises(DataError, match=says) as caught:
        use(folder)
    assert BROKEN in str(caught.value) and str(folder) in str(caught.value)
    assert "Get this file again" in str(caught.value)
    assert not list(home.rglob("header.json"))
    put(bricks.files[BROKEN])  # the advice helps
    assert bricks.are_in(use(folder))


def test_a_damaged_archive_is_named(use, bricks, tmp_path):
    whole = zipped(bricks.files)
    (tmp_path / "bricks.zip").write_bytes(whole[:5000] + bytes(500) + whole[5500:])
    with pytest.raises(DataError, match=r"bricks\.zip \(2357 .*\.png\) (cannot be read: Bad CRC|is not a picture)"):
        use(tmp_path)


def test_a_picture_that_cannot_be_opened_is_named(use, bricks, tmp_path):
    folder = bricks.put(tmp_path / "mine")
    (folder / BROKEN).unlink()
    (folder / BROKEN).symlink_to(folder / "nowhere")
    with pytest.raises(DataError, match=r"007L\.png cannot be read: No such file"):
        use(folder)


def test_too_few_pictures_are_said(use, bricks, tmp_path):
    (tmp_path / BROKEN).write_bytes(bricks.files[BROKEN])
    with pytest.raises(DataError, match="too few to divide"):
        use(tmp_path)


def test_a_tar_without_such_pictures_is_said(use, tmp_path):
    with tarfile.open(tmp_path / "lego_bricks.tar", "w"):
        pass
    with pytest.raises(DataError, match="pictures of 0 kinds; expected 50"):
        use(tmp_path)


def test_folders_without_pictures_give_the_stand_in(use, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("GENLAB_DATA", str(tmp_path))
    held = data.load(CARD, limit=50)
    assert held.source == "drawn" and len(held.classes) == 50
    assert "holds none of its files" in capsys.readouterr().out


@pytest.fixture
def server(home, bricks, monkeypatch) -> Iterator[Kaggle]:
    """The server with the pictures as Kaggle packs them."""
    packed = zipped({f"dataset/{name}": content for name, content in bricks.files.items()} | {"validation.txt": b""})
    with kaggle_server.serving(packed, monkeypatch) as state:
        yield state


def test_kaggles_archive_is_read_and_asked_for_once(server, bricks, account, capsys):
    held = data.load(CARD)
    assert held.source == "kaggle" and held.classes == KINDS and bricks.are_in(held)
    out = capsys.readouterr().out
    assert "images from Kaggle's joosthazelzet/lego-brick-images (108 + 12; 3 kinds)" in out
    assert any(path.endswith("DownloadDataset") for path, _ in server.asked)
    server.asked.clear()
    again = data.load(CARD)
    assert again.source == "kaggle" and again.classes == KINDS and not server.asked


def test_after_an_interruption_the_archive_is_not_fetched_again(server, bricks, account, monkeypatch):
    def interrupted(*_: object) -> torch.Tensor:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(named_files, "_small", interrupted)
        with pytest.raises(KeyboardInterrupt):
            data.load(CARD)
    server.asked.clear()
    assert bricks.are_in(data.load(CARD)) and not server.asked


def test_an_interrupted_preparation_goes_on_where_it_was(use, bricks, tmp_path, monkeypatch, capsys):
    folder, done = bricks.put(tmp_path / "mine"), []
    small = named_files._small

    def interrupted(*given: object) -> torch.Tensor:
        if len(done) == 100:
            raise KeyboardInterrupt
        done.append(given)
        return small(*given)

    monkeypatch.setattr("os.cpu_count", lambda: 1)
    monkeypatch.setattr("genlab.data.decoding._AT_ONCE", 10)
    monkeypatch.setattr("genlab.data.draft._CHUNK", 20)
    with monkeypatch.context() as patched:
        patched.setattr(named_files, "_small", interrupted)
        with pytest.raises(KeyboardInterrupt):
            use(folder)
    assert bricks.are_in(use(folder))
    assert "going on after 100 of 120 images" in capsys.readouterr().out


@pytest.mark.parametrize(("status", "says"), [(401, "not valid"), (403, "terms"), (500, "try again later")])
def test_a_refusal_is_said_and_the_stand_in_used(server, account, capsys, status, says):
    server.status = status
    assert data.load(CARD, limit=50).source == "drawn"
    assert says in capsys.readouterr().out
    asked = len(server.asked)
    assert data.load(CARD, limit=50).source == "drawn" and len(server.asked) == asked  # not asked again at once


def test_without_an_account_that_is_said_and_the_stand_in_used(server, capsys):
    assert data.load(CARD, limit=50).source == "drawn"
    assert not server.asked and "no Kaggle credentials" in capsys.readouterr().out
    with pytest.raises(DataError, match="no Kaggle credentials"):
        data.load(CARD, source="kaggle")


def test_offline_nobody_is_asked(server, account, monkeypatch, capsys):
    monkeypatch.setenv("GENLAB_OFFLINE", "1")
    assert data.load(CARD, limit=50).source == "drawn"
    assert not server.asked and "GENLAB_OFFLINE is set" in capsys.readouterr().out


def test_a_damaged_download_is_never_kept(server, home, account):
    server.archive = server.archive[: len(server.archive) // 2]
    with pytest.raises(DataError, match="arrived damaged"):
        data.load(CARD, source="kaggle")
    assert not list(home.rglob("*.zip"))


def test_a_broken_picture_in_kaggles_archive_is_told_with_the_way_out(server, home, bricks, account):
    whole = server.archive
    server.archive = zipped(bricks.files | {BROKEN: b"<html>"})
    with pytest.raises(DataError, match=r"007L\.png.*is not a picture.*remove .* to have it fetched again"):
        data.load(CARD, source="kaggle")
    assert not list(home.rglob("header.json"))
    server.archive = whole
    next(home.rglob("*.zip")).unlink()
    assert bricks.are_in(data.load(CARD, source="kaggle"))


def test_an_archive_of_something_else_is_said(server, account):
    server.archive = zipped({"readme.txt": b"hello"})
    with pytest.raises(DataError, match="holds other files than expected"):
        data.load(CARD, source="kaggle")


@pytest.mark.parametrize("given", [True, False], ids=["account", "nobody"])
def test_what_would_be_used_is_told_without_asking(server, given, monkeypatch):
    if given:
        monkeypatch.setenv("KAGGLE_API_TOKEN", "token")
    told = data.describe(CARD).would_use
    assert told.startswith("kaggle (download)" if given else "drawn (there are no Kaggle credentials")
    assert not server.asked


def test_official_files_are_none(server):
    with pytest.raises(DataError, match='source="official" is not possible'):
        data.load(CARD, source="official")


def test_a_card_of_such_pictures_names_no_official_files(tmp_path):
    raw = yaml.safe_load(paths.find("datasets/lego_bricks.yml").read_text(encoding="utf-8"))
    raw["files"] = [{"name": "bricks.zip", "bytes": 1, "md5": "0", "sha256": "0"}]
    (tmp_path / "lego_bricks.yml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(DataError, match="have no official files"):
        cards.read_file(tmp_path / "lego_bricks.yml")
