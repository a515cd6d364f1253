"""A small classifier of the data: it measures whether samples are of the kind asked for, and its features compare images."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from genlab.measures import kept
from genlab.measures.images import check_images, spread_over
from genlab.training import checkpoint

WIDTHS = (8, 16, 32, 64, 64)  # channels after each halving, the last ones for small images
FEATURES = WIDTHS[-1]
REFERENCE = 2000  # training images whose features are kept
BATCH = 64


class Classifier:
    """A trained judge of images (C, H, W) = `shape`, with `kinds` classes or attributes.

    reference: (R, F) features of some training images, what samples are compared with.
    used:      the effective number of classes among them, or None for a judge of attributes.
    """

    def __init__(self, shape: tuple[int, ...], kinds: int, attributes: bool, device: torch.device) -> None:
        self.shape, self.kinds, self.attributes, self.device = tuple(shape), kinds, attributes, device
        trunk, head = _network(self.shape, kinds)
        self.trunk, self.head = trunk.to(device), head.to(device)
        self.centre, self.scale = torch.zeros(FEATURES), 1.0
        self.reference = torch.zeros(0, FEATURES)
        self.used: float | None = None

    def features(self, images: Tensor) -> Tensor:
        """(N, F) float32 on the CPU: what the last layer sees.

        Shifted and scaled by one number, so that the training images' features have mean 0 and total variance 1.
        """
        return (self._raw(images) - self.centre) / self.scale

    def probabilities(self, images: Tensor) -> Tensor:
        """(N, K) float32 on the CPU: of each class, rows summing to 1; of each attribute, each by itself."""
        with torch.no_grad():
            logits = self.head(self._raw(images).to(self.device)).cpu()
        return logits.sigmoid() if self.attributes else logits.softmax(1)

    def accuracy(self, images: Tensor, labels: Tensor) -> float | Tensor:
        """The share of images whose label the judge gives, too: a float.

        labels: (N,) int64 classes; for a judge of attributes bool (N, A), giving (A,) shares, or (N,) where there is
        one attribute only, giving a float.
        """
        if len(labels) != len(images):
            raise ValueError(f"there are {len(images)} images but {len(labels)} labels; pass one for each")
        found, truth = self.probabilities(images), labels.cpu()
        if not self.attributes:
            if truth.dim() != 1 or truth.dtype == torch.bool:
                raise ValueError(f"this judge knows classes: labels should be int64 (N,), not {_kind(labels)}")
            return (found.argmax(1) == truth).double().mean().item()
        table = truth[:, None] if truth.dim() == 1 else truth
        if table.dtype != torch.bool or table.shape != found.shape:
            raise ValueError(
                f"this judge knows {self.kinds} attributes: labels should be bool {tuple(found.shape)}, not {_kind(labels)}"
            )
        right = ((found > 0.5) == table).double().mean(0)
        return right.item() if truth.dim() == 1 else right

    def _raw(self, images: Tensor) -> Tensor:
        from genlab.data import batches

        check_images(images, self.shape, least=0)
        if not len(images):
            return torch.zeros(0, FEATURES)
        self.trunk.eval()
        with torch.no_grad():
            return torch.cat([self.trunk(x).cpu() for x in batches(images, 250, device=self.device, shuffle=False)])

    def __repr__(self) -> str:
        return f"Classifier({self.kinds} {'attributes' if self.attributes else 'classes'}, images {self.shape})"


def classifier(
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int = 4,
    seed: int = 0,
    name: str = "judge",
    device: torch.device | str | None = None,
) -> Classifier:
    """A small convolutional network that has learned to tell the labels from the images, as a measure of other images.

    images: (N, C, H, W) uint8 or float in [0, 1], H, W ≥ 16. labels: int64 (N,), classes 0 … K − 1; or bool, attributes
    (N, A), or (N,) for one. It is trained once and kept in GENLAB_HOME under `name` and a digest of data and settings, so
    the next call takes milliseconds. On one CPU core an epoch of 10,000 images 64×64 takes about 10 s, 32×32 5 s. The same
    arguments give the same judge on one machine's CPU; the global random generators are left alone. What a run interrupted has
    learned is kept. Raises TypeError or ValueError for images and labels that are not of these kinds.
    """
    check_images(images, least=2)
    attributes = _check_labels(images, labels)
    table = labels[:, None] if attributes and labels.dim() == 1 else labels
    kinds = table.shape[1] if attributes else int(table.max()) + 1
    if device is None:
        from genlab.scale import device as chosen

        device = chosen()
    file = kept.path(name, images, table, epochs, seed)
    before = checkpoint.random_state()
    try:
        torch.manual_seed(seed)
        judge = Classifier(tuple(images.shape[1:]), kinds, attributes, torch.device(device))
        if not kept.read(judge, file):
            _train(judge, images, table, epochs, seed, file.stem)
            _look_at(judge, images)
            kept.write(judge, file)
    finally:
        checkpoint.set_random_state(before)
    return judge


def _network(shape: tuple[int, ...], kinds: int) -> tuple[nn.Sequential, nn.Linear]:
    """Convolutions that halve the image down to about 4×4 and a linear layer, which give the features; and the last layer."""
    channels, side = shape[0], min(shape[1:])
    halvings = int(math.log2(side)) - 2
    if not 2 <= halvings <= len(WIDTHS):
        raise ValueError(f"a judge takes images of 16 to 128 pixels on a side, and these have shape {tuple(shape)}")
    layers: list[nn.Module] = []
    for width in WIDTHS[-halvings:]:
        layers += _block(channels, width, stride=2)
        if layers[3:]:  # a second look at each size but the largest, which would cost most
            layers += _block(width, width, stride=1)
        channels = width
    # where something is counts: with a mean over the whole image instead, fewer kinds of brick were told apart
    layers += [nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16 * FEATURES, FEATURES), nn.ReLU()]
    return nn.Sequential(*layers), nn.Linear(FEATURES, kinds)


def _block(channels: int, width: int, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]


def _train(judge: Classifier, images: Tensor, labels: Tensor, epochs: int, seed: int, name: str) -> None:
    from genlab.data.bar import progress_bar
    from genlab.training import fit

    network = nn.Sequential(judge.trunk, judge.head)
    steps = epochs * math.ceil(len(images) / BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps + 1)

    def step(x: Tensor, y: Tensor) -> float:
        network.train()
        logits = network(x)
        loss = F.binary_cross_entropy_with_logits(logits, y.float()) if judge.attributes else F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        bar.update(1)
        return loss.item()

    state = {"network": network, "optimizer": optimizer, "schedule": schedule}
    with progress_bar(steps, "Training the judge", unit=" steps") as bar:
        fit(
            step,
            images,
            labels=labels,
            epochs=epochs,
            batch_size=BATCH,
            seed=seed,
            device=judge.device,
            state=state,
            name=name,
            live=False,
        )


def _look_at(judge: Classifier, images: Tensor) -> None:
    """Sets the judge's units, and keeps the features of some training images for comparison."""
    some = images[spread_over(len(images), REFERENCE)]
    found = judge._raw(some)
    judge.centre = found.mean(0)
    judge.scale = (found - judge.centre).square().sum(1).mean().sqrt().clamp(min=1e-12).item()
    judge.reference = judge.features(some)
    judge.used = None if judge.attributes else effective_number(judge.probabilities(some))


def effective_number(probabilities: Tensor) -> float:
    """The effective number of classes among the likeliest of each row (N, K): exp of their entropy (Hill, 1973).

    K where all classes are equally common, 1 where there is only one.
    """
    shares = torch.bincount(probabilities.argmax(1)).double() / len(probabilities)
    return torch.special.entr(shares).sum().exp().item()


def _check_labels(images: Tensor, labels: Tensor) -> bool:
    """Whether the labels are attributes; raises ValueError for labels that are neither they nor classes."""
    if len(labels) != len(images):
        raise ValueError(f"there are {len(images)} images but {len(labels)} labels; pass one for each")
    if labels.dtype == torch.bool and labels.dim() in (1, 2) and labels.numel():
        return True
    if labels.dtype == torch.int64 and labels.dim() == 1 and labels.min() >= 0:
        return False
    raise ValueError(
        f"labels should be int64 (N,) from 0, or bool (N, A) for attributes, and these are {_kind(labels)}"
    )


def _kind(labels: Tensor) -> str:
    return f"{labels.dtype} {tuple(labels.shape)}"
