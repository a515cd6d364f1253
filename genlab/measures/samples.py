"""What the Fréchet distance does not tell: whether samples differ from one another, and whether they were copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from genlab.measures.images import check_images, spread_over, unit
from genlab.measures.resampling import Measured, measured

if TYPE_CHECKING:
    from genlab.measures.judge import Classifier

AT_MOST = 1000  # images whose pairs are compared
_CHUNK = 1000  # training images compared at a time


@dataclass(frozen=True)
class Diversity:
    """How different samples are from one another, beside as many real images.

    spread:  the mean distance of two samples in feature space, divided by that of two real images: 1 as different as
             real ones, 0 all the same.
    nearest: the median distance of a sample from the one most like it, divided by that of real images: near 0 where a
             few pictures are repeated, which hardly shows in the spread.
    classes: the effective number of classes that the judge sees in the samples, from 1 to K; None without classes.
    real_classes: the same of real images.
    """

    spread: Measured
    nearest: Measured
    classes: float | None
    real_classes: float | None


def diversity(judge: Classifier, images: Tensor, *, resamples: int = 100, seed: int = 0) -> Diversity:
    """How different the images (N ≥ 2, C, H, W) are from one another, beside as many of the judge's training images.

    At most 1,000 of them are compared with one another, evenly spread. Intervals are of the samples alone. See Diversity
    for what the numbers mean. Compare sets of the same size. Raises ValueError for images of the wrong shape, and where
    most training images are copies of one another.
    """
    from genlab.measures.judge import effective_number

    check_images(images, judge.shape, least=2)
    count = min(len(images), len(judge.reference), AT_MOST)
    found = judge.features(images[spread_over(len(images), count)])
    apart = _apart(found)  # (N, N)
    real = _apart(judge.reference[spread_over(len(judge.reference), count)])
    ones = torch.ones(count, dtype=torch.float64)
    real_spread, real_nearest = _mean_of_pairs(real, ones), _median(_closest(real), ones)
    if not real_nearest:
        raise ValueError(
            "half of the judge's training images have a twin among them: there is no diversity to compare with"
        )
    closest = _closest(apart)
    return Diversity(
        spread=measured(lambda w: _mean_of_pairs(apart, w) / real_spread, (count,), resamples, seed),
        nearest=measured(lambda w: _median(closest, w) / real_nearest, (count,), resamples, seed),
        classes=None if judge.attributes else effective_number(judge.probabilities(images)),
        real_classes=judge.used,
    )


@dataclass(frozen=True)
class Memorisation:
    """How near samples lie to their nearest training image, beside real images that were not trained on.

    distances: (S,) of each sample from its nearest training image: the root of the mean squared pixel difference.
    usual:     (R,) the same of the real images.
    closer:    the share of pairs (sample, real image) in which the sample is the nearer one: ½ where samples lie as far
               from the training set as unseen real images, towards 1 where they are copied from it.
    copies:    the share of samples as near as the nearest 1 in 100 of the real images: about 0.01 without copies.
    """

    distances: Tensor = field(repr=False)
    usual: Tensor = field(repr=False)
    closer: Measured
    copies: float


def memorisation(
    images: Tensor, train_images: Tensor, held_out: Tensor | None = None, *, resamples: int = 100, seed: int = 0
) -> Memorisation:
    """Whether samples (S, C, H, W) are copies of training images (N, C, H, W): a test on pixels, no judge needed.

    held_out: real images (R, C, H, W) that were not trained on. Without them each of some training images is compared
    with all the others. At most 1,000 samples and as many real images are compared, evenly spread.

    `closer` is the test of Meehan, Chaudhuri and Dasgupta (2020), a Mann–Whitney statistic. Blurred images lie nearer to
    everything, unseen images included: samples of a VAE exceed ½ without copying. Pixels see no copy that was shifted.
    Raises ValueError for images of different shapes.
    """
    check_images(images)
    check_images(train_images, images.shape[1:], least=2)
    samples = images[spread_over(len(images), AT_MOST)]
    distances = _from_nearest(samples, train_images)
    if held_out is None:
        chosen = spread_over(len(train_images), AT_MOST)
        usual = _from_nearest(train_images[chosen], train_images, left_out=chosen)
    else:
        check_images(held_out, images.shape[1:])
        usual = _from_nearest(held_out[spread_over(len(held_out), AT_MOST)], train_images)
    nearer = (distances[:, None] < usual).double() + 0.5 * (distances[:, None] == usual).double()  # (S, R)
    closer = measured(
        lambda s, r: (s @ nearer @ r / (s.sum() * r.sum())).item(), tuple(nearer.shape), resamples, seed, (0.0, 1.0)
    )
    copies = (distances <= torch.quantile(usual, 0.01)).double().mean().item()
    return Memorisation(distances, usual, closer, copies)


def _apart(features: Tensor) -> Tensor:
    """The distances (N, N) float64 of all pairs."""
    # not by inner products, which lose the small distances
    return torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist").double()


def _mean_of_pairs(apart: Tensor, weights: Tensor) -> float:
    """The mean distance of two different things that count `weights` (N,) times each."""
    pairs = weights.sum().square() - weights.square().sum()
    return (weights @ apart @ weights / pairs).item()


def _closest(apart: Tensor) -> Tensor:
    """The distance (N,) of each from the nearest other."""
    others = apart.clone()
    others.fill_diagonal_(float("inf"))
    return others.min(1).values


def _median(values: Tensor, weights: Tensor) -> float:
    """The median of values (N,) that count `weights` (N,) times each."""
    return torch.quantile(values.repeat_interleave(weights.long()), 0.5).item()


def _from_nearest(samples: Tensor, train_images: Tensor, left_out: Tensor | None = None) -> Tensor:
    """How far each sample is from its nearest training image, (S,): root mean square over pixels, float32.

    left_out: (S,) the training image that each sample must not be compared with.
    """
    from genlab.scale import device

    where = device()
    x = unit(samples.to(where)).flatten(1)  # (S, P)
    best = torch.full((len(x),), float("inf"), device=where)
    index = torch.zeros(len(x), dtype=torch.int64, device=where)
    rows = torch.arange(len(x), device=where)
    for start in range(0, len(train_images), _CHUNK):
        y = unit(train_images[start : start + _CHUNK].to(where)).flatten(1)
        score = y.square().sum(1) - 2 * x @ y.T  # (S, chunk): the squared distance less ‖x‖²
        if left_out is not None:
            own = left_out.to(where) - start
            inside = (own >= 0) & (own < len(y))
            score[rows[inside], own[inside]] = float("inf")
        low, at = score.min(1)
        index = torch.where(low < best, at + start, index)
        best = torch.minimum(low, best)
    nearest = unit(train_images[index.to(train_images.device)].to(where)).flatten(1)
    return (x - nearest).square().mean(1).sqrt().cpu()  # exact, where the score is rounded
