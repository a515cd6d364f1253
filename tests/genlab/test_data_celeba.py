"""CelebA and its like: found in every layout, cut to the middle, prepared once, and resumed where it broke off."""

from __future__ import annotations

import errno
import io
import shutil
import threading
from types import SimpleNamespace

import celeba_files
import numpy as np
import pytest
import torch
from celeba_files import COLUMNS, jpeg
from PIL import Image

from genlab import data, lock
from genlab.data import attribute_files, cache, draft, sources, tables
from genlab.data.attribute_files import square
from genlab.data.errors import DataError


@pytest.fixture(scope="module")
def celeba() -> celeba_files.SmallCeleba:
    return celeba_files.make()


@pytest.fixture
def folder(home, celeba, tmp_path, monkeypatch):
    """The user's folder, as Kaggle's archive unpacks."""
    monkeypatch.setenv("GENLAB_DATA", str(tmp_path))
    return celeba.put(tmp_path / "celeba-dataset")


def test_the_unpacked_archive_with_its_double_folder(folder, celeba, capsys):
    held = data.load(celeba.card, size=64)
    assert celeba.is_in(held) and held.source == "files"
    assert held.train.attributes["Smiling"].equal(celeba.labels["train"][:, COLUMNS.index("Smiling")])
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "(40 + 10 + 10 images; split as its table says, the middle square" in out


def test_the_archive_as_it_came_whatever_its_name(home, celeba, tmp_path, monkeypatch):
    monkeypatch.setenv("GENLAB_DATA", str(tmp_path))
    (tmp_path / "archive (1).zip").write_bytes(celeba.zip())
    assert celeba.is_in(data.load(celeba.card, size=64))


def test_the_authors_text_files_beside_a_zip_of_the_pictures(home, celeba, tmp_path, monkeypatch):
    monkeypatch.setenv("GENLAB_DATA", str(tmp_path))
    lines = celeba.files["list_attr_celeba.csv"].decode().splitlines()
    words = [line.replace(",", "  ") for line in lines[1:]]
    text = [str(len(words)), " ".join(lines[0].split(",")[1:]), *words, ""]
    place = tmp_path / "celeba"
    place.mkdir()
    (place / "list_attr_celeba.txt").write_text("\n".join(text))
    division = celeba.files["list_eval_partition.csv"].decode().split("\n", 1)[1]
    (place / "list_eval_partition.txt").write_text(division.replace(",", " "))
    pictures = {n: c for n, c in celeba.files.items() if n.endswith(".jpg")}
    (place / "img_align_celeba.zip").write_bytes(celeba_files.zipped(pictures))
    assert celeba.is_in(data.load(celeba.card, size=64))


def test_size_32_averages_squares_of_four_pixels(folder, celeba):
    large, small = (data.load(celeba.card, size=size).validation.images for size in (64, 32))
    means = torch.nn.functional.avg_pool2d(large.double(), 2)
    assert small.shape == (10, 3, 32, 32) and (small.double() - means).abs().max() <= 0.5


def test_what_is_above_and_below_the_middle_square_is_cut_off():
    values = np.zeros((218, 178, 3), np.uint8)
    values[:20, :, 1] = values[198:, :, 1] = 255  # green, as far as it must not be seen
    values[20:198, :, 0] = 255
    image = square(3, 64, "x.png", png(values)).float()
    assert image[0].min() == 255 and image[1].max() == 0
    across = square(3, 64, "x.png", png(values.transpose(1, 0, 2).copy())).float()
    assert across[0].min() == 255 and across[1].max() == 0


def png(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, "png")
    return out.getvalue()


def test_half_decoded_pictures_look_like_whole_ones(celeba):
    for name in ("000001", "000002", "000003"):
        content = celeba.files[f"img_align_celeba/img_align_celeba/{name}.jpg"]
        with Image.open(io.BytesIO(content)) as picture:
            whole = np.asarray(picture.resize((64, 64), Image.Resampling.BILINEAR, (0, 20, 178, 198)))
        difference = square(3, 64, name, content).permute(1, 2, 0).float() - torch.tensor(whole).float()
        assert difference.abs().mean() < 1.5 and difference.abs().max() < 10


def test_grey_and_turned_pictures_and_those_of_other_kinds_are_read():
    values = np.zeros((90, 60, 3), np.uint8)
    values[:45] = 255
    grey = Image.fromarray(values[:, :, 0])
    for mode in ("L", "P", "LA", "RGBA", "CMYK"):
        out = io.BytesIO()
        grey.convert(mode if mode != "LA" else "L").convert(mode).save(out, "tiff" if mode == "CMYK" else "png")
        image = square(3, 64, "x", out.getvalue()).float()
        assert image[:, :20].min() > 250 and image[:, -20:].max() < 5
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    Image.fromarray(values).save(out, "jpeg", exif=exif)
    assert square(3, 64, "x.jpg", out.getvalue()).float()[:, -20:].min() > 240


def test_an_interruption_costs_little(folder, celeba, monkeypatch, capsys):
    monkeypatch.setattr(draft, "_CHUNK", 8)
    decoded: list[str] = []

    def count(channels, side, name, content):
        decoded.append(name)
        if len(decoded) == 45:
            raise KeyboardInterrupt
        return square(channels, side, name, content)

    monkeypatch.setattr(attribute_files, "square", count)
    monkeypatch.setattr("genlab.data.decoding._AT_ONCE", 4)
    with pytest.raises(KeyboardInterrupt):
        data.load(celeba.card)
    monkeypatch.setattr(attribute_files, "square", square)
    before = capsys.readouterr().out
    held = data.load(celeba.card)
    assert celeba.is_in(held) and "going on" not in before
    assert "CelebA: going on after 40 of 60 images." in capsys.readouterr().out
    assert not draft.folder_of(celeba.card).exists()
    small = data.load(celeba.card, size=32)
    means = torch.nn.functional.avg_pool2d(held.test.images.double(), 2)
    assert (small.test.images.double() - means).abs().max() <= 0.5


def test_bytes_after_the_last_note_are_written_anew(folder, celeba, monkeypatch):
    """As after a power cut: files are longer than what is known to be good, and hold anything."""
    interrupt(celeba, monkeypatch)
    path = draft.folder_of(celeba.card) / "train_images.u8"
    content = path.read_bytes()
    good = 16 * 3 * 64 * 64
    path.write_bytes(content[:good] + b"\xff" * 10_000)
    assert celeba.is_in(data.load(celeba.card))


@pytest.mark.parametrize("harm", ["shorter", "gone", "note", "touched"])
def test_a_draft_that_cannot_be_trusted_starts_from_nothing(folder, celeba, monkeypatch, capsys, harm):
    interrupt(celeba, monkeypatch)
    place = draft.folder_of(celeba.card)
    if harm == "shorter":
        (place / "train_images_32.u8").write_bytes(b"short")
    elif harm == "gone":
        (place / "train_images.u8").unlink()
    elif harm == "note":
        (place / "progress.json").write_text("{")
    else:
        table = folder / "list_attr_celeba.csv"
        table.write_bytes(table.read_bytes() + b"\n")
    assert celeba.is_in(data.load(celeba.card))
    assert "going on" not in capsys.readouterr().out


def interrupt(celeba, monkeypatch) -> None:
    """Leaves a draft of 16 images behind."""
    append = draft._append

    def stop(card, files, splits, done, images):
        if done == 16:
            raise KeyboardInterrupt
        append(card, files, splits, done, images)

    with monkeypatch.context() as patch:
        patch.setattr(draft, "_CHUNK", 8)
        patch.setattr(draft, "_append", stop)
        with pytest.raises(KeyboardInterrupt):
            data.load(celeba.card)


def test_too_little_room_is_said_before_anything_is_done(folder, celeba, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    monkeypatch.setattr(attribute_files, "square", None)
    with pytest.raises(DataError, match=r"CelebA needs 0.0 GB in .*free\. Make room there, or set GENLAB_HOME"):
        data.load(celeba.card)


def test_a_disk_that_fills_up_keeps_what_is_done(folder, celeba, monkeypatch, capsys):
    append = draft._append

    def fill(card, files, splits, done, images):
        if done == 24:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(card, files, splits, done, images)

    with monkeypatch.context() as patch:
        patch.setattr(draft, "_CHUNK", 8)
        patch.setattr(draft, "_append", fill)
        with pytest.raises(DataError, match=r"is full; 24 of 60 images are prepared and kept\. Make room"):
            data.load(celeba.card)
    assert celeba.is_in(data.load(celeba.card))
    assert "going on after 24" in capsys.readouterr().out


def test_a_home_that_cannot_be_written_to_is_said(folder, celeba, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot be written to .*set GENLAB_HOME to a folder that you can write to"):
        data.load(celeba.card)


def test_a_second_process_waits_and_finds_the_work_done(folder, celeba, monkeypatch, capsys):
    waiting, decodings = threading.Event(), []
    monkeypatch.setattr(lock, "print", lambda text: waiting.set(), raising=False)

    def slow(*arguments):
        decodings.append(threading.get_ident())
        assert waiting.wait(20)
        return square(*arguments)

    monkeypatch.setattr(attribute_files, "square", slow)
    choices: list[sources.Choice] = []
    both = [threading.Thread(target=lambda: choices.append(sources.choose(celeba.card))) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(choices) == 2 and len(decodings) == 60
    assert cache.verify(choices[0].prepared) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda f: picture(f, 7).unlink(),
            "lacks 1 of the 60 pictures that list_attr_celeba.csv names, 000007.jpg for one",
        ),
        (lambda f: picture(f, 7).write_bytes(b"no picture"), "000007.jpg is not a picture that can be read"),
        (lambda f: picture(f, 7).write_bytes(picture(f, 8).read_bytes()[:900]), "000007.jpg is not a picture"),
        (lambda f: edit(f, "list_attr_celeba.csv", ",-1\n", "\n"), "39 values|40 values"),
        (lambda f: edit(f, "list_attr_celeba.csv", "000002.jpg", "000001.jpg"), "two rows for one picture"),
        (
            lambda f: edit(f, "list_eval_partition.csv", "000002.jpg", "x.jpg"),
            "says nothing about 1 pictures, 000002.jpg",
        ),
        (lambda f: edit(f, "list_eval_partition.csv", "000002.jpg,2", "000002.jpg,9"), "puts 000002.jpg into '9'"),
        (lambda f: (f / "list_attr_celeba.csv").write_bytes(b"\xff\xfe"), "not a table in UTF-8"),
        (lambda f: (f / "list_attr_celeba.csv").write_bytes(b""), "has no rows"),
    ],
)
def test_each_fault_of_the_files_is_named(folder, celeba, change, says):
    change(folder)
    with pytest.raises(DataError, match=says) as caught:
        data.load(celeba.card)
    assert "GENLAB_DATA" in str(caught.value)


def picture(folder, number):
    return folder / "img_align_celeba" / "img_align_celeba" / f"{number:06}.jpg"


def edit(folder, name, old, new):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


def own(tmp_path, monkeypatch, table: str, count: int = 12):
    """A folder of the user's own with pictures a0.jpg, a1.jpg, … and a table."""
    monkeypatch.setenv("GENLAB_DATA", str(tmp_path))
    (tmp_path / "images").mkdir()
    for number in range(count):
        values = np.full((40 + number, 50, 3), 20 * (number % 12), np.uint8)
        (tmp_path / "images" / f"a{number}.jpg").write_bytes(jpeg(values))
    (tmp_path / "attributes.csv").write_text(table)


def test_a_table_of_ones_own_gives_its_columns(home, celeba, tmp_path, monkeypatch, capsys):
    rows = [f"images/a{n}.jpg,{n % 2},{'yes' if n < 3 else 'No'},{'FM'[n % 2]},1980-01-{n + 10},x" for n in range(12)]
    table = "\n".join(["file,odd,first,gender,birthday,same", *rows])
    own(tmp_path, monkeypatch, table)
    held = data.load(celeba.card, size=32)
    assert held.classes == ("odd", "first", "gender=F", "gender=M")
    assert (len(held.train), len(held.validation), len(held.test)) == (10, 1, 1)
    grey = torch.cat([s.images.float().mean((1, 2, 3)) for s in (held.train, held.validation, held.test)])
    number = (grey / 20).round().long()
    assert sorted(number.tolist()) == list(range(12))
    labels = torch.cat([held.train.labels, held.validation.labels, held.test.labels])
    assert (
        labels[:, 0].equal(number % 2 == 1) and labels[:, 1].equal(number < 3) and labels[:, 2].equal(number % 2 == 0)
    )
    assert "10 + 1 + 1 images; split by chance" in capsys.readouterr().out
    assert data.load(celeba.card, size=32).train.labels.equal(held.train.labels)


def test_a_table_of_ones_own_may_say_the_split(home, celeba, tmp_path, monkeypatch):
    names = ["train"] * 8 + ["val"] * 2 + ["Test"] * 2
    own(tmp_path, monkeypatch, "\n".join(["image,split,odd", *(f"a{n}.jpg,{s},{n % 2}" for n, s in enumerate(names))]))
    held = data.load(celeba.card)
    assert (len(held.train), len(held.validation), len(held.test)) == (8, 2, 2) and held.classes == ("odd",)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("image,day\n" + "\n".join(f"a{n}.jpg,{n}{n}" for n in range(22)), "no column of 1 and -1"),
        ("image,odd\na0.jpg,1\na1.jpg,0", "has 2 pictures; at least 10"),
        (
            "image,split,odd\n" + "\n".join(f"a{n}.jpg,train,{n % 2}" for n in range(12)),
            "no picture for validation and test",
        ),
        ("image,odd,odd\n" + "\n".join(f"a{n}.jpg,1,0" for n in range(12)), "two columns of one name"),
    ],
)
def test_a_table_that_does_not_do_is_refused_in_words(home, celeba, tmp_path, monkeypatch, table, says):
    own(tmp_path, monkeypatch, table, count=22)
    with pytest.raises(DataError, match=says):
        data.load(celeba.card)


def test_real_portraits_with_a_table(home, real_data, monkeypatch):
    folder = real_data / "congress_faces"
    if not (folder / "attributes.csv").exists():
        pytest.skip(f"needs the portraits in {folder}")
    monkeypatch.setenv("GENLAB_DATA", str(folder))
    held = data.load("celeba", size=64)
    assert len(held.train) + len(held.validation) + len(held.test) == 879
    assert {"gender=F", "gender=M", "chamber=sen"} <= set(held.classes) and "birthday" not in str(held.classes)
    images = held.train.images.float()
    assert images.shape[1:] == (3, 64, 64) and 60 < images.mean() < 160 and images.std((2, 3)).mean() > 30


def test_an_attribute_that_is_not_there_is_said_with_those_that_are(home, celeba, capsys):
    held = data.load(celeba.card, source="drawn")
    assert "Smiling" in held.train.attributes and len(held.train.attributes) == 15
    with pytest.raises(KeyError, match="no attribute 'Goatee'; there is Bangs, Black_Hair"):
        held.train.attributes["Goatee"]


def test_values_of_tables_in_all_spellings():
    table = tables.read("t.csv", b"\xef\xbb\xbfimage, smile ,hat\na.jpg,-1,TRUE\nb.jpg, 1,false\n")
    columns, labels = tables.attributes(table, "here")
    assert columns == ("smile", "hat") and labels.tolist() == [[0, 1], [1, 0]]
