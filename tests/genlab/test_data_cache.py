"""Prepared data: made once, checked on every load, never half there."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from genlab import data
from genlab.data import cache, drawn
from genlab.data.errors import DataError

DRAWN = Path("data/fashion_mnist/drawn")


@pytest.fixture
def drawings(monkeypatch):
    """Counts how often the stand-in is drawn."""
    calls, draw = [], drawn.draw
    monkeypatch.setattr(drawn, "draw", lambda *args: calls.append(args) or draw(*args))
    return calls


def test_the_second_load_draws_nothing_and_gives_the_same(home, small, drawings):
    first, second = data.load(small.card, size=32), data.load(small.card, size=32)
    assert len(drawings) == 1
    assert torch.equal(first.train.images, second.train.images)
    assert torch.equal(first.test.labels, second.test.labels)


def test_size_32_is_size_28_with_two_black_pixels_around(home, small):
    inner, outer = (data.load(small.card, size=s).train.images for s in (28, 32))
    assert inner.shape == (40, 1, 28, 28) and outer.shape == (40, 1, 32, 32)
    assert torch.equal(outer, torch.nn.functional.pad(inner, (2, 2, 2, 2)))
    assert data.load(small.card).train.images.shape == inner.shape


def test_what_load_gives_has_the_promised_types(home, small):
    held = data.load(small.card)
    assert held.train.images.dtype == torch.uint8 and held.train.labels.dtype == torch.int64
    assert held.train.images.is_contiguous() and held.classes[9] == "Ankle boot"
    assert "source='drawn'" in repr(held) and len(repr(held)) < 250


def test_changing_images_in_place_changes_no_later_load(home, small):
    held = data.load(small.card, size=32)
    before = held.train.images.clone()
    held.train.images.zero_()
    assert data.verify(small.card) == {"drawn": None}
    assert torch.equal(data.load(small.card, size=32).train.images, before)


def spoil_size(folder: Path) -> None:
    with open(folder / "train_images.u8", "r+b") as file:
        file.truncate(100)


def spoil_byte(folder: Path) -> None:
    with open(folder / "train_images.u8", "r+b") as file:
        file.seek(2000)
        file.write(b"spoilt")


def spoil_header(folder: Path) -> None:
    (folder / "header.json").write_text('{"format": 1, "arr')


def spoil_format(folder: Path) -> None:
    header = json.loads((folder / "header.json").read_text())
    (folder / "header.json").write_text(json.dumps({**header, "format": 0}))


def spoil_file(folder: Path) -> None:
    (folder / "test_labels.u8").unlink()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (spoil_size, "has 100 bytes of"),
        (spoil_byte, "train_images.u8 has changed"),
        (spoil_header, "header.json cannot be read"),
        (spoil_format, "another version of genlab"),
        (spoil_file, "No such file"),
    ],
)
def test_a_damaged_cache_is_said_and_prepared_again(home, small, drawings, capsys, spoil, says):
    good = data.load(small.card).train.images.clone()
    spoil(home / DRAWN)
    assert data.verify(small.card)["drawn"] is not None
    assert data.describe(small.card).cached[0].problem is not None
    capsys.readouterr()
    assert torch.equal(data.load(small.card).train.images, good)
    damage, line = capsys.readouterr().out.splitlines()
    assert "cannot be used" in damage and str(home) in damage and says in damage
    assert "DRAWN STAND-IN" in line
    assert len(drawings) == 2
    assert data.verify(small.card) == {"drawn": None}
    assert [p.name for p in (home / DRAWN).parent.iterdir()] == ["drawn"]


def test_verify_sees_what_the_quick_check_may_miss(home, small, monkeypatch):
    data.load(small.card)
    spoil_byte(home / DRAWN)
    monkeypatch.setattr(cache, "_spots", lambda path: None)
    header = json.loads((home / DRAWN / "header.json").read_text())
    for entry in header["arrays"].values():
        entry["spots"] = None
    (home / DRAWN / "header.json").write_text(json.dumps(header))
    assert "train_images.u8" in data.verify(small.card)["drawn"]


def test_a_newer_artist_draws_again(home, small, drawings):
    from dataclasses import replace

    data.load(small.card)
    data.load(replace(small.card, artist_version=small.card.artist_version + 1))
    assert len(drawings) == 2


def test_a_full_disk_is_said_and_leaves_nothing(home, small, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match=r"disk is full.*GENLAB_HOME"):
        data.load(small.card)
    assert list((home / DRAWN).parent.iterdir()) == []


def test_a_home_that_cannot_be_written_is_said(home, small, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(DataError, match=r"cannot be written to.*GENLAB_HOME"):
        data.load(small.card)


def test_what_a_killed_process_left_is_swept_away(home, small):
    parent = (home / DRAWN).parent
    old, new = parent / ".drawn-old", parent / ".drawn-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    data.load(small.card)
    assert not old.exists() and new.exists()


RACE = """
from dataclasses import replace
from genlab import data
from genlab.data import cards
card = replace(cards.read("fashion_mnist"), splits={"train": 1000, "test": 100})
input()
held = data.load(card)
print(int(held.train.images.long().sum()))
"""


def test_two_processes_that_prepare_at_once_both_succeed(home):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", RACE]
    runs = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in "ab"]
    for run in runs:
        run.stdin.write("go\n")  # read when the imports are done, which takes both equally long
        run.stdin.flush()
    results = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], results
    assert len({out.splitlines()[-1] for out, _ in results}) == 1
    assert [p.name for p in (home / DRAWN).parent.iterdir()] == ["drawn"]


def tiny(value: int) -> dict[str, torch.Tensor]:
    return {"train_images": torch.full((4, 2, 2), value, dtype=torch.uint8)}


def test_other_data_in_the_same_place_is_replaced_whole(tmp_path):
    for value in (0, 1):
        held = cache.write(tmp_path / "place", tiny(value), {"key": value})
        assert held.header["key"] == value
        assert held.array("train_images").unique().tolist() == [value]
    assert [p.name for p in tmp_path.iterdir()] == ["place"]


def test_the_same_data_from_a_faster_process_is_kept(tmp_path):
    first = cache.write(tmp_path / "place", tiny(7), {"key": 1})
    before = (first.folder / "header.json").stat().st_ino
    second = cache.write(tmp_path / "place", tiny(7), {"key": 1})
    assert (second.folder / "header.json").stat().st_ino == before
    assert [p.name for p in tmp_path.iterdir()] == ["place"]


def test_many_writers_at_once_never_meet_half_a_cache(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(cache.write, tmp_path / "place", tiny(7), {"key": 1}) for _ in range(200)]
        assert all(job.result().header["key"] == 1 for job in jobs)
    assert [p.name for p in tmp_path.iterdir()] == ["place"]


def test_describe_tells_what_is_here_and_what_load_would_use(home, small, tmp_path, monkeypatch):
    told = data.describe(small.card)
    assert told.cached == () and told.would_use == "drawn (GENLAB_OFFLINE is set)"
    monkeypatch.setenv("GENLAB_DATA", str(small.put(tmp_path / "mine")))
    assert told.card.licence.startswith("MIT")
    assert data.describe(small.card).would_use.startswith("files (your files in")
    folder = data.get(small.card)
    cached = data.describe(small.card).cached
    assert [(c.source, c.path, c.bytes) for c in cached] == [("files", folder, 60 * 1025)]
    monkeypatch.delenv("GENLAB_DATA")
    assert data.describe(small.card).would_use == "files (prepared)"


def test_unknown_names_sizes_and_sources_are_answered_with_the_known(home, small):
    with pytest.raises(ValueError, match=r"no data set called 'mnist'.*fashion_mnist"):
        data.load("mnist")
    with pytest.raises(ValueError, match="size=28 or size=32"):
        data.load(small.card, size=64)
    with pytest.raises(ValueError, match="'files', 'official', 'kaggle', 'drawn'"):
        data.load(small.card, source="floppy")


def test_where_only_prepared_data_may_be_used_nothing_is_drawn(home, small, drawings, monkeypatch):
    monkeypatch.setenv("GENLAB_PREPARED_ONLY", "1")
    with pytest.raises(data.DataError, match="genlab data get fashion_mnist"):
        data.load(small.card)
    assert not drawings
    monkeypatch.delenv("GENLAB_PREPARED_ONLY")
    drawn = data.load(small.card)
    monkeypatch.setenv("GENLAB_PREPARED_ONLY", "1")
    assert torch.equal(data.load(small.card).train.images, drawn.train.images)
    assert len(drawings) == 1


def test_a_limit_draws_only_so_far_and_never_replaces_the_whole(home, small, drawings, capsys):
    few = data.load(small.card, limit=12)
    assert (len(few.train), len(few.test), few.train.labels.shape) == (12, 12, (12,))
    assert "(12 + 12 images)" in capsys.readouterr().out
    assert drawings[0][1] == {"train": 12, "test": 12}
    assert torch.equal(data.load(small.card, limit=12).train.images, few.train.images) and len(drawings) == 1
    whole = data.load(small.card)
    assert (len(whole.train), len(whole.test)) == (40, 20) and len(drawings) == 2
    assert torch.equal(data.load(small.card, limit=12).train.images, whole.train.images[:12])  # what is there is used
    assert len(data.load(small.card, limit=30).test) == 20 and len(drawings) == 2
    with pytest.raises(ValueError, match="limit=0 leaves no image"):
        data.load(small.card, limit=0)


def test_a_limit_of_prepared_data_is_found_while_grading(home, small, monkeypatch):
    data.load(small.card, limit=12)
    monkeypatch.setenv("GENLAB_PREPARED_ONLY", "1")
    assert len(data.load(small.card, limit=12).train) == 12
    with pytest.raises(data.DataError):
        data.load(small.card)
