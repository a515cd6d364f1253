"""CIFAR-10's files: both official formats, packed or not, and pictures in folders by class."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import cifar_files
import pytest
import torch
from cifar_files import SmallCifar, python3, tar
from PIL import Image

from genlab import data
from genlab.data import cards
from genlab.data.errors import DataError


@pytest.fixture(scope="module")
def cifar() -> SmallCifar:
    return cifar_files.make()


@pytest.fixture
def use(home, cifar, monkeypatch):
    """Loads the small set with GENLAB_DATA set to a folder."""

    def load(folder, card=cifar.card):
        monkeypatch.setenv("GENLAB_DATA", str(folder))
        return data.load(card, source="files")

    return load


@pytest.mark.parametrize("version", [0, 1], ids=["python", "binary"])
@pytest.mark.parametrize("layout", [".", "CIFAR10", "cifar-10-batches-py", "cifar10/cifar-10-batches-bin"])
def test_batches_lying_in_common_folders_are_read(use, cifar, tmp_path, capsys, version, layout):
    cifar.put(tmp_path / layout, version)
    assert cifar.is_in(use(tmp_path))
    assert "identical to the official release" in capsys.readouterr().out


@pytest.mark.parametrize("version", [0, 1], ids=["python", "binary"])
def test_an_official_archive_is_read_without_unpacking(use, cifar, tmp_path, capsys, version):
    name = cifar.card.files[version].name
    (tmp_path / name).write_bytes(cifar.archives[name])
    assert cifar.is_in(use(tmp_path))
    out = capsys.readouterr().out
    assert "identical to the official release" in out and name in out
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == [name]


def test_a_zip_with_batches_or_with_the_archive_inside_is_read(use, cifar, tmp_path):
    archive = cifar.card.files[0].name
    for number, contents in enumerate(
        [
            {f"any/{m.name}": cifar.batches[m.name] for m in cifar.card.files[0].members},
            {archive: cifar.archives[archive]},
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with zipfile.ZipFile(folder / "download.zip", "w") as packed:
            for name, content in contents.items():
                packed.writestr(name, content)
        assert cifar.is_in(use(folder))


def test_batches_pickled_anew_are_taken_and_said_to_differ(use, cifar, tmp_path, capsys):
    folder = cifar.put(tmp_path / "mine", 0)
    (folder / "test_batch").write_bytes(
        python3(cifar.images["test"].flatten(1), cifar.labels["test"].tolist(), protocol=5)
    )
    assert cifar.is_in(use(folder))
    assert "differ from the official release" in capsys.readouterr().out


BROKEN = {
    "cut batch": (0, "test_batch", lambda c: c[:-200], "cannot be unpickled"),
    "hostile batch": (0, "data_batch_3", lambda c: b"cos\nsystem\n(S'false'\ntR.", "asks for os.system"),
    "not a dict": (0, "data_batch_1", lambda c: b"]K\x01a.", "lacks data and labels"),
    "too few": (
        0,
        "data_batch_1",
        lambda c: cifar_files.python2(torch.zeros(7, 3072, dtype=torch.uint8), [0] * 7),
        "7",
    ),
    "odd label": (
        0,
        "test_batch",
        lambda c: cifar_files.python2(torch.ones(10, 3072, dtype=torch.uint8), [10] * 10),
        "label 10",
    ),
    "short bytes": (1, "data_batch_2.bin", lambda c: c[:-1], "is cut short"),
    "long bytes": (1, "data_batch_2.bin", lambda c: c + b"x", "goes on after its last image"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_batch_is_named_and_never_enters_the_cache(use, home, cifar, tmp_path, kind):
    version, name, spoil, says = BROKEN[kind]
    folder = cifar.put(tmp_path / "mine", version)
    (folder / name).write_bytes(spoil(cifar.batches[name]))
    with pytest.raises(DataError, match=says) as caught:
        use(folder)
    assert str(folder) in str(caught.value) and "Get this file again" in str(caught.value)
    assert not list(home.rglob("*.u8"))


def test_a_missing_batch_is_named(use, cifar, tmp_path):
    folder = cifar.put(tmp_path / "mine", 0)
    (folder / "data_batch_4").unlink()
    with pytest.raises(DataError, match="lacks data_batch_4"):
        use(folder)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda a: a[: len(a) // 2], "cut short|damaged"),
        (lambda a: b"<html>404</html>", "damaged"),
        (lambda a: tar({"something/else.txt": b"?"}), "holds no pictures"),
        (lambda a: tar({"cifar-10-batches-py/data_batch_1": b"?"}), "lacks data_batch_2"),
    ],
)
def test_a_broken_archive_is_named(use, cifar, tmp_path, content, says):
    name = cifar.card.files[0].name
    (tmp_path / name).write_bytes(content(cifar.archives[name]))
    with pytest.raises(DataError, match=says) as caught:
        use(tmp_path)
    assert name in str(caught.value)


def test_archives_of_other_data_sets_are_passed_over(use, tmp_path):
    (tmp_path / "cifar-100-python.tar.gz").write_bytes(b"")
    (tmp_path / "faces.zip").write_bytes(b"")
    with pytest.raises(DataError, match="holds none of its files"):
        use(tmp_path)


def test_the_download_is_read_and_said_to_be_official(home, cifar, server, monkeypatch, capsys):
    monkeypatch.delenv("GENLAB_OFFLINE")
    server.contents |= cifar.archives
    card = replace(cifar.card, mirrors=(server.url,))
    held = data.load(card)
    assert held.source == "official" and cifar.is_in(held)
    assert [name for name, _ in server.asked] == [card.files[0].name]  # one version is enough
    assert "the official images (40 + 10)" in capsys.readouterr().out
    server.asked.clear()
    assert data.load(card).source == "official" and not server.asked


# Pictures.


def jpeg(image: torch.Tensor, ending: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image.permute(1, 2, 0).numpy()).save(out, "PNG" if ending == ".png" else "JPEG", quality=90)
    return out.getvalue()


def tree(cifar: SmallCifar, ending: str = ".png", top: str = "") -> dict[str, bytes]:
    """The images as files `train/cat/3.png`, numbered within their class from 1 and not in order."""
    files, seen = {}, {}
    for split in cifar.images:
        for image, label in zip(cifar.images[split], cifar.labels[split].tolist(), strict=True):
            name = f"{split}/{cifar.card.classes[label]}"
            seen[name] = seen.get(name, 0) + 1
            files[f"{top}{name}/{seen[name]}{ending}"] = jpeg(image, ending)
    return dict(reversed(files.items()))


def put(files: dict[str, bytes], folder) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def same_pictures(cifar: SmallCifar, held) -> bool:
    """Whether every image has its own label, in whatever order."""
    for split in cifar.images:
        mine = {(i.numpy().tobytes(), int(k)) for i, k in zip(cifar.images[split], cifar.labels[split], strict=True)}
        part = getattr(held, split)
        if {(i.numpy().tobytes(), int(k)) for i, k in zip(part.images, part.labels, strict=True)} != mine:
            return False
    return True


def test_pictures_in_folders_are_read_with_labels_in_the_official_order(use, cifar, tmp_path, capsys):
    put(tree(cifar), tmp_path)
    held = use(tmp_path)
    assert same_pictures(cifar, held)
    assert "pictures in folders, not the official files" in capsys.readouterr().out
    assert held.train.labels.tolist() != sorted(held.train.labels.tolist())  # mixed, for the first of them may be all


@pytest.mark.parametrize("name", ["cifar10.tar", "cifar10_jpeg.tar.xz", "cifar-10.tgz", "anything.zip"])
def test_archives_of_pictures_are_read_in_the_same_order_as_folders(use, cifar, tmp_path, name):
    files = tree(cifar, top="some/where/")
    (tmp_path / "a").mkdir()
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / "a" / name, "w") as packed:
            for path, content in files.items():
                packed.writestr(path, content)
    else:
        mode = {"r": "w", "z": "w:xz", "gz": "w:gz"}[name[-1] if not name.endswith("gz") else "gz"]
        (tmp_path / "a" / name).write_bytes(tar(files, mode))
    put(tree(cifar), tmp_path / "b")
    packed, loose = use(tmp_path / "a"), use(tmp_path / "b")
    assert same_pictures(cifar, packed)
    assert torch.equal(packed.train.images, loose.train.images)
    assert torch.equal(packed.test.labels, loose.test.labels)


def test_ten_comes_after_two(use, cifar, tmp_path):
    card = replace(cifar.card, splits={"train": 120, "test": 10})
    for split, each in (("train", 12), ("test", 1)):
        for label, kind in enumerate(card.classes):
            for number in range(1, each + 1):
                image = torch.full((3, 32, 32), 20 * label + number, dtype=torch.uint8)
                put({f"{split}/{kind}/{number}.png": jpeg(image, ".png")}, tmp_path)
    held = use(tmp_path, card)
    order = torch.randperm(120, generator=torch.Generator().manual_seed(1))
    wanted = torch.tensor([20 * label + number for label in range(10) for number in range(1, 13)])[order]
    assert torch.equal(held.train.images[:, 0, 0, 0].long(), wanted)


def test_jpegs_come_back_nearly_as_they_were(use, cifar, tmp_path):
    smooth = torch.linspace(40, 200, 32).to(torch.uint8).expand(3, 32, 32)
    files = {name: jpeg(smooth, ".jpg") for name in tree(cifar, ".jpg")}
    put(files, tmp_path)
    assert (use(tmp_path).train.images.int() - smooth.int()).abs().max() < 4


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda c: c[:40], "not a picture that can be read"),
        (lambda c: b"<html>", "not a picture that can be read"),
        (lambda c: jpeg(torch.zeros(3, 40, 32, dtype=torch.uint8), ".png"), "is 32×40 pixels; expected 32×32"),
    ],
)
def test_a_broken_picture_is_named(use, home, cifar, tmp_path, spoil, says):
    files = tree(cifar)
    files["train/frog/1.png"] = spoil(files["train/frog/1.png"])
    put(files, tmp_path)
    with pytest.raises(DataError, match=says) as caught:
        use(tmp_path)
    assert "1.png" in str(caught.value) and not list(home.rglob("*.u8"))


def test_missing_pictures_are_counted(use, cifar, tmp_path):
    files = tree(cifar)
    del files["train/ship/2.png"]
    put(files, tmp_path)
    with pytest.raises(DataError, match=r"39 pictures in train; expected 40.*ship 3"):
        use(tmp_path)


def test_a_folder_without_one_class_is_not_taken_for_the_set(use, cifar, tmp_path):
    put({name: content for name, content in tree(cifar).items() if "ship" not in name}, tmp_path)
    with pytest.raises(DataError, match="holds none of its files"):
        use(tmp_path)


def test_the_real_pictures_load(home, monkeypatch, real_cifar, capsys):
    monkeypatch.setenv("GENLAB_DATA", str(real_cifar))
    held = data.load("cifar10")
    for part, count in ((held.train, 50_000), (held.test, 10_000)):
        assert part.images.shape == (count, 3, 32, 32)
        assert part.labels.bincount().tolist() == [count // 10] * 10
    airplanes = held.train.images[held.train.labels == 0].float().mean((0, 2, 3))
    frogs = held.train.images[held.train.labels == 6].float().mean((0, 2, 3))
    assert airplanes[2] > airplanes[0] and frogs[2] < frogs[0]  # a blue sky, and no blue in the mud
    assert cards.read("cifar10").classes[0] == "airplane"
