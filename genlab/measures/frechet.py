"""The Fréchet distance of two sets of images, seen through a small classifier of the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from genlab.measures.resampling import Measured, measured

if TYPE_CHECKING:
    from genlab.measures.judge import Classifier


def frechet_distance(
    judge: Classifier, images_a: Tensor, images_b: Tensor, *, resamples: int = 100, seed: int = 0
) -> Measured:
    """The Fréchet distance of two sets of images in the judge's feature space, with a 95 % interval from resampling.

    images_a, images_b: (N, C, H, W), (M, C, H, W), uint8 or float in [0, 1]. 0 is equal means and covariances; 1 is the
    total variance of the training images' features, so one real image repeated for ever is about 1 or more away.

    The formula is that of the Fréchet Inception Distance (Heusel et al., 2017, equation 6); the features are another
    network's, so the numbers cannot be compared with those of papers, nor with those of another judge.

    The distance of finite samples is too large on average, by an amount that falls like 1/N (Chong and Forsyth, 2020):
    two sets of real images are not 0 apart (drawn faces, 100, 500 and 2,000 images in each: 0.056, 0.011 and 0.003).
    Compare sets of the same size, use a thousand images or more, and put real against real beside the number. The
    interval tells the scatter, and does not remove this bias.
    Raises ValueError for fewer than 2 images or the wrong shape.
    """
    from genlab.measures.images import check_images

    check_images(images_a, judge.shape, least=2)
    check_images(images_b, judge.shape, least=2)
    a, b = judge.features(images_a).double(), judge.features(images_b).double()

    def distance(weights_a: Tensor, weights_b: Tensor) -> float:
        return frechet_of_gaussians(*_moments(a, weights_a), *_moments(b, weights_b))

    return measured(distance, (len(a), len(b)), resamples, seed)


def frechet_of_gaussians(mean_a: Tensor, cov_a: Tensor, mean_b: Tensor, cov_b: Tensor) -> float:
    """The squared 2-Wasserstein (Fréchet) distance of two Gaussians: ‖m_a − m_b‖² + Tr(C_a + C_b − 2 (C_a C_b)^½).

    means (F,), covariances (F, F), which may be singular (Dowson and Landau, 1982). The trace of the root is the sum of
    the roots of the eigenvalues of C_a^½ C_b C_a^½, which is symmetric where C_a C_b is not.
    """
    mean_a, cov_a, mean_b, cov_b = (x.double() for x in (mean_a, cov_a, mean_b, cov_b))
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T  # C_a^½
    common = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    distance = (mean_a - mean_b).square().sum() + cov_a.trace() + cov_b.trace() - 2 * common
    return max(0.0, distance.item())  # rounding can leave −1e-16


def _moments(features: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (F,) and covariance (F, F) of features (N, F) that count `weights` (N,) times each."""
    count = weights.sum()
    mean = weights @ features / count
    apart = features - mean
    return mean, (apart * weights[:, None]).T @ apart / (count - 1)
