"""The measures agree with closed forms and with SciPy, and see what they are there to see: collapse, copies, labels."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import scipy.linalg
import torch
from torch import Tensor

from genlab import measures
from genlab.measures import samples
from genlab.measures.frechet import frechet_of_gaussians
from genlab.measures.resampling import measured


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path))
    monkeypatch.setenv("GENLAB_SCALE", "smoke")
    monkeypatch.setenv("GENLAB_DEVICE", "cpu")
    monkeypatch.delenv("GENLAB_CHECKPOINTS", raising=False)
    return tmp_path


def bars(count: int, seed: int, side: int = 32, channels: int = 1) -> tuple[Tensor, Tensor]:
    """Easy pictures: a bright bar that lies, stands or rises, anywhere, on noise; (N, C, side, side) uint8 and (N,)."""
    chance = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 3, (count,), generator=chance)
    place = torch.randint(side // 4, 3 * side // 4, (count, 1, 1), generator=chance)
    bright = torch.randint(120, 230, (count, 1, 1), generator=chance)
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    across = torch.stack([y.expand(count, -1, -1), x.expand(count, -1, -1), (x + y).expand(count, -1, -1) // 2])
    on = (across[labels, torch.arange(count)] - place).abs() < side // 8
    noise = torch.randint(0, 25, (count, channels, side, side), generator=chance)
    return (noise + (on * bright)[:, None]).to(torch.uint8), labels


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> measures.Classifier:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENLAB_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("GENLAB_DEVICE", "cpu")
        return measures.classifier(*bars(600, seed=1), name="bars")


def covariance(size: int, seed: int, rank: int | None = None) -> Tensor:
    root = torch.randn(size, rank or size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return root @ root.T / size


# the Fréchet distance of Gaussians


def test_the_distance_of_a_gaussian_from_itself_is_zero() -> None:
    mean, cov = torch.randn(7), covariance(7, 1)
    assert frechet_of_gaussians(mean, cov, mean, cov) == pytest.approx(0, abs=1e-8)


def test_a_shift_costs_its_square() -> None:
    mean, shift, cov = torch.zeros(5), torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0]), covariance(5, 2)
    found = frechet_of_gaussians(mean, cov, mean + shift, cov)
    assert found == pytest.approx(shift.square().sum().item(), rel=1e-6)


def test_in_one_dimension_it_is_the_difference_of_means_and_of_deviations() -> None:
    found = frechet_of_gaussians(*(torch.tensor(x) for x in ([1.0], [[4.0]], [4.0], [[25.0]])))
    assert found == pytest.approx((1 - 4) ** 2 + (2 - 5) ** 2)


def test_covariances_of_equal_axes_differ_by_their_roots() -> None:
    axes = torch.linalg.qr(covariance(6, 3)).Q
    a, b = torch.tensor([0.1, 1, 2, 3, 4, 9.0]).double(), torch.tensor([5.0, 1, 0, 2, 8, 1]).double()
    found = frechet_of_gaussians(torch.zeros(6), axes * a @ axes.T, torch.zeros(6), axes * b @ axes.T)
    assert found == pytest.approx((a.sqrt() - b.sqrt()).square().sum().item(), rel=1e-6)


@pytest.mark.parametrize(("seed", "rank"), [(1, None), (2, None), (3, None), (4, 3)])
def test_scipy_s_matrix_root_gives_the_same(seed: int, rank: int | None) -> None:
    a, b = covariance(8, seed), covariance(8, seed + 50, rank)
    mean_a, mean_b = torch.randn(2, 8, dtype=torch.float64)
    root = scipy.linalg.sqrtm((a @ b).numpy()).real
    expected = (mean_a - mean_b).square().sum() + (a + b - 2 * torch.from_numpy(root)).trace()
    assert frechet_of_gaussians(mean_a, a, mean_b, b) == pytest.approx(float(expected), rel=1e-4)


def test_it_is_symmetric_and_the_same_in_any_coordinates() -> None:
    a, b, turn = covariance(6, 1), covariance(6, 2), torch.linalg.qr(covariance(6, 3)).Q
    m, n = torch.randn(2, 6, dtype=torch.float64)
    found = frechet_of_gaussians(m, a, n, b)
    assert frechet_of_gaussians(n, b, m, a) == pytest.approx(found)
    turned = frechet_of_gaussians(turn @ m + 3, turn @ a @ turn.T, turn @ n + 3, turn @ b @ turn.T)
    assert turned == pytest.approx(found)


# the interval


def test_the_interval_of_a_mean_is_that_of_the_textbook() -> None:
    values = torch.randn(400, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    found = measured(lambda w: (w @ values / w.sum()).item(), (400,), 2000, 0, bounds=(-9.0, 9.0))
    half = 1.96 * values.std().item() / 20
    assert found.value == pytest.approx(values.mean().item())
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half), abs=0.01)


def test_nearly_all_intervals_hold_the_mean_of_many_measurements() -> None:
    chance = torch.Generator().manual_seed(8)
    draws = torch.randn(60, 200, generator=chance, dtype=torch.float64)
    spread = [measured(lambda w, x=x: _variance(x, w), (200,), 200, 0) for x in draws]
    held = sum(one.low <= 1 <= one.high for one in spread)
    assert 50 <= held <= 60


def _variance(values: Tensor, weights: Tensor) -> float:
    mean = weights @ values / weights.sum()
    return (weights @ (values - mean).square() / weights.sum()).item()


def test_the_interval_lies_around_the_value_where_images_drawn_twice_shift_the_number() -> None:
    found = measured(lambda w: w.square().mean().item(), (300,), 200, 0)  # 1 as it is, and about 2 when drawn again
    assert found.value == 1
    assert 0.6 < found.low < 1 < found.high < 1.5


def test_a_measured_number_reads_as_one() -> None:
    found = measures.Measured(0.1234, 0.1, 0.15)
    assert f"{found:.2f}" == "0.12 (0.10 … 0.15)"
    assert str(found) == "0.123 (0.1 … 0.15)"
    assert float(found) == 0.1234


# the judge


def test_it_learns_easy_classes(judge: measures.Classifier) -> None:
    images, labels = bars(200, seed=2)
    assert judge.accuracy(images, labels) >= 0.97
    found = judge.probabilities(images)
    assert found.shape == (200, 3)
    assert torch.allclose(found.sum(1), torch.ones(200))
    assert judge.features(images).shape == (200, measures.judge.FEATURES)


@pytest.mark.parametrize(("side", "channels"), [(64, 3), (28, 1), (16, 3)])
def test_it_learns_attributes_each_by_itself(side: int, channels: int) -> None:
    images, kinds = bars(500, 1, side, channels)
    table = torch.stack([kinds == 0, kinds == 2, images.amax((1, 2, 3)) > 180], dim=1)
    judge = measures.classifier(images[:400], table[:400], epochs=8)
    found = judge.accuracy(images[400:], table[400:])
    assert found.shape == (3,)
    assert found[:2].min() >= 0.9
    assert judge.probabilities(images).shape == (500, 3)
    assert judge.used is None


def test_one_attribute_may_be_a_column(judge: measures.Classifier) -> None:
    images, kinds = bars(300, 1)
    one = measures.classifier(images, kinds == 1, epochs=6)
    assert one.accuracy(images, kinds == 1) >= 0.95
    assert one.accuracy(images, (kinds == 1)[:, None]).shape == (1,)


def test_bytes_and_floats_are_the_same_images(judge: measures.Classifier) -> None:
    images, _ = bars(20, 4)
    assert torch.allclose(judge.features(images), judge.features(images.float() / 255), atol=1e-5)


def test_features_of_the_training_images_have_mean_zero_and_total_variance_one(judge: measures.Classifier) -> None:
    found = judge.features(bars(600, 1)[0])
    assert torch.allclose(found.mean(0), torch.zeros(found.shape[1]), atol=1e-4)
    assert found.square().sum(1).mean().item() == pytest.approx(1, rel=1e-3)


def test_it_is_trained_once_and_comes_back_the_same(_home: Path) -> None:
    images, labels = bars(200, 1)
    first = measures.classifier(images, labels, epochs=2)
    began = time.perf_counter()
    again = measures.classifier(images, labels, epochs=2)
    assert time.perf_counter() - began < 0.5
    assert torch.equal(first.features(images), again.features(images))
    assert first.used == again.used
    assert torch.equal(first.reference, again.reference)
    assert [file.suffix for file in (_home / "judges").iterdir()] == [".pt"]


def test_the_same_seed_gives_the_same_judge_anew_and_another_one_another(
    _home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = bars(100, 1)
    first = measures.classifier(images, labels, epochs=1)
    monkeypatch.setenv("GENLAB_HOME", str(_home / "elsewhere"))
    torch.rand(3)
    assert torch.equal(measures.classifier(images, labels, epochs=1).reference, first.reference)
    assert not torch.equal(measures.classifier(images, labels, epochs=1, seed=1).reference, first.reference)


@pytest.mark.parametrize("change", ["images", "labels", "epochs", "name"])
def test_a_change_trains_another(change: str, _home: Path) -> None:
    images, labels = bars(100, 1)
    measures.classifier(images, labels, epochs=1)
    other = {"images": images, "labels": labels, "epochs": 1, "name": "judge"}
    other |= {"images": 255 - images} if change == "images" else {}
    other |= {"labels": labels.roll(1)} if change == "labels" else {}
    other |= {"epochs": 2} if change == "epochs" else {}
    other |= {"name": "other"} if change == "name" else {}
    measures.classifier(other.pop("images"), other.pop("labels"), **other)
    assert len(list((_home / "judges").iterdir())) == 2


def test_a_damaged_file_is_trained_anew(_home: Path) -> None:
    images, labels = bars(100, 1)
    first = measures.classifier(images, labels, epochs=1)
    [file] = (_home / "judges").iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    assert torch.equal(measures.classifier(images, labels, epochs=1).reference, first.reference)


def test_where_nothing_can_be_kept_it_says_so_and_goes_on(_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (_home / "judges").write_text("a file where the folder should be")
    judge = measures.classifier(*bars(100, 1), epochs=1)
    assert judge.kinds == 3
    assert "cannot be kept" in capsys.readouterr().out


def test_the_global_generators_are_left_alone(judge: measures.Classifier) -> None:
    images, labels = bars(100, 1)
    torch.manual_seed(3)
    np.random.seed(3)
    expected = torch.rand(2), np.random.rand()
    torch.manual_seed(3)
    np.random.seed(3)
    for _ in range(2):  # trained, and read
        measures.classifier(images, labels, epochs=1)
    measures.frechet_distance(judge, images, images, resamples=3)
    measures.diversity(judge, images, resamples=3)
    measures.memorisation(images, images, resamples=3)
    assert torch.equal(torch.rand(2), expected[0])
    assert np.random.rand() == expected[1]


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (torch.rand(4, 1, 32, 32) * 2 - 1, torch.arange(4), r"\[0, 1\].*tanh"),
        (torch.rand(4, 32, 32), torch.arange(4), r"\(N, C, H, W\)"),
        (torch.rand(4, 1, 32, 32), torch.arange(5), "4 images but 5 labels"),
        (torch.rand(4, 1, 32, 32), torch.rand(4), "int64"),
        (torch.rand(4, 1, 8, 8), torch.arange(4), "16 to 128 pixels"),
        (torch.full((4, 1, 32, 32), float("nan")), torch.arange(4), r"\[0, 1\]"),
    ],
)
def test_what_cannot_be_judged_is_refused(images: Tensor, labels: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        measures.classifier(images, labels)


def test_a_training_that_was_interrupted_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: object) -> None:
        raise KeyboardInterrupt

    images, labels = bars(200, 1)
    whole = measures.classifier(images, labels, epochs=2, name="whole")
    with monkeypatch.context() as patch:
        patch.setattr("genlab.measures.judge._look_at", stop)
        with pytest.raises(KeyboardInterrupt):
            measures.classifier(images, labels, epochs=2)
    with monkeypatch.context() as patch:
        patch.setattr("genlab.training.loop._Run._end_epoch", stop)
        with pytest.raises(KeyboardInterrupt):
            measures.classifier(images, labels, epochs=2)
    assert torch.equal(measures.classifier(images, labels, epochs=2).reference, whole.reference)


# what the measures see


def test_real_images_are_near_and_worse_ones_further_and_further(judge: measures.Classifier) -> None:
    real, other = bars(300, 5)[0], bars(300, 6)[0]
    noise = torch.rand(real.shape, generator=torch.Generator().manual_seed(0))
    ladder = [(1 - share) * real / 255 + share * noise for share in (0.0, 0.2, 0.5, 1.0)]
    found = [measures.frechet_distance(judge, images, other, resamples=20) for images in ladder]
    assert found[0].value < 0.05
    assert [one.value for one in found] == sorted(one.value for one in found)
    assert all(one.low <= one.value <= one.high for one in found)
    assert found[1].low > found[0].high


def test_equal_sets_are_at_no_distance(judge: measures.Classifier) -> None:
    images, _ = bars(100, 5)
    assert measures.frechet_distance(judge, images, images.flip(0), resamples=0).value == pytest.approx(0, abs=1e-6)


def test_real_images_are_as_diverse_as_real_images(judge: measures.Classifier) -> None:
    found = measures.diversity(judge, bars(500, 7)[0])
    assert found.spread.value == pytest.approx(1, abs=0.05)
    assert found.nearest.value == pytest.approx(1, abs=0.15)
    assert found.classes == pytest.approx(3, abs=0.1)


def test_pairs_are_of_two_different_images() -> None:
    points = torch.randn(9, 4)
    apart, weights = samples._apart(points), torch.tensor([2.0, 1, 0, 1, 3, 1, 1, 0, 1]).double()
    assert samples._mean_of_pairs(apart, torch.ones(9).double()) == pytest.approx(torch.pdist(points).mean().item())
    twice = points.repeat_interleave(weights.long(), 0)
    pairs = torch.pdist(twice)
    assert samples._mean_of_pairs(apart, weights) == pytest.approx(pairs[pairs > 0].mean().item())


def test_one_picture_for_ever_has_no_diversity(judge: measures.Classifier) -> None:
    found = measures.diversity(judge, bars(1, 7)[0].expand(50, -1, -1, -1))
    assert found.spread.value == pytest.approx(0, abs=1e-4)
    assert found.classes == 1


def test_a_few_pictures_repeated_are_found_by_the_nearest_and_a_lost_class_by_the_classes(
    judge: measures.Classifier,
) -> None:
    images, labels = bars(500, 7)
    few = measures.diversity(judge, images[:15].repeat(20, 1, 1, 1))
    assert few.spread.value > 0.7
    assert few.nearest.value == pytest.approx(0, abs=1e-4)
    lost = measures.diversity(judge, images[labels != 1])
    assert lost.classes == pytest.approx(2, abs=0.1)
    assert lost.real_classes == pytest.approx(3, abs=0.1)


def test_a_training_set_of_copies_is_no_measure_of_diversity() -> None:
    images, labels = bars(1, 1)[0].expand(20, -1, -1, -1), torch.arange(20) % 2
    with pytest.raises(ValueError, match="twin"):
        measures.diversity(measures.classifier(images, labels, epochs=1), bars(20, 2)[0])


def test_copies_are_nearer_to_the_training_set_than_real_images() -> None:
    train, held_out = bars(400, 1)[0], bars(150, 2)[0]
    noise = torch.randint(0, 3, (100, 1, 32, 32), generator=torch.Generator().manual_seed(0))
    copies = (train[:100].long() + noise).clamp(0, 255).to(torch.uint8)
    for unseen in (held_out, None):
        found = measures.memorisation(copies, train, unseen)
        assert found.closer.value > 0.99
        assert found.copies > 0.99
    assert measures.memorisation(train[:20], train).distances.tolist() == [0.0] * 20


def test_copies_are_found_where_some_real_images_are_in_the_training_set_as_well() -> None:
    train, unseen = bars(300, 1)[0], bars(100, 2)[0]
    found = measures.memorisation(train[:50], train, torch.cat([train[50:60], unseen]))
    assert found.copies == 1
    assert found.closer.value == pytest.approx((100 + 10 / 2) / 110)


def test_unseen_real_images_are_no_copies() -> None:
    train, held_out, unseen = (bars(n, seed)[0] for n, seed in ((400, 1), (200, 2), (200, 3)))
    for real in (held_out, None):
        found = measures.memorisation(unseen, train, real)
        assert found.closer.low <= 0.55
        assert found.closer.high >= 0.45
        assert found.copies <= 0.05


def test_noise_is_further_from_the_training_set_than_real_images() -> None:
    found = measures.memorisation(torch.rand(50, 1, 32, 32), bars(400, 1)[0])
    assert found.closer.value == 0


def test_the_nearest_training_image_is_found_in_every_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genlab.measures.samples._CHUNK", 7)
    images, train = torch.rand(5, 3, 16, 16), torch.rand(30, 3, 16, 16)
    pairs = (images[:, None] - train).square().mean((2, 3, 4)).sqrt()
    found = measures.memorisation(images, train, resamples=0)
    assert torch.allclose(found.distances, pairs.min(1).values)
    others = (train[:, None] - train).square().mean((2, 3, 4)).sqrt().fill_diagonal_(9)
    assert torch.allclose(found.usual, others.min(1).values)
