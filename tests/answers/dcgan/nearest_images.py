"""Answers of imaginary students to `dcgan/nearest_images`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch

# ---------------------------------------------------------------- right answers


def sample_by_sample(samples, images):
    flat = images.flatten(1).float()
    return torch.stack([(flat - s.flatten().float()).abs().mean(1).argmin() for s in samples])


def by_cdist(samples, images):
    return torch.cdist(samples.flatten(1).double(), images.flatten(1).double(), p=1).argmin(dim=1)


def in_chunks(samples, images):
    best = torch.full((len(samples),), float("inf"), dtype=torch.float64)
    index = torch.zeros(len(samples), dtype=torch.long)
    for start in range(0, len(images), 500):
        part = images[start : start + 500].flatten(1).double()
        distances = (samples.flatten(1).double()[:, None] - part).abs().mean(2)
        low, place = distances.min(dim=1)
        index = torch.where(low < best, start + place, index)
        best = torch.minimum(best, low)
    return index


def by_numpy(samples, images):
    wide = images.numpy().astype(np.float64)
    axes = tuple(range(1, wide.ndim))
    return torch.tensor([int(np.abs(wide - s).mean(axes).argmin()) for s in samples.numpy().astype(np.float64)])


def larger_minus_smaller(samples, images):
    found = []
    for s in samples:
        difference = torch.maximum(images, s) - torch.minimum(images, s)
        found.append(difference.flatten(1).double().sum(1).argmin())
    return torch.stack(found)


def preallocated(samples, images):
    index = torch.empty(len(samples), dtype=torch.int64)
    for i, s in enumerate(samples):
        index[i] = (images.double() - s.double()).abs().flatten(1).sum(dim=1).min(dim=0).indices
    return index


RIGHT = {f.__name__: f for f in (sample_by_sample, by_cdist, in_chunks, by_numpy, larger_minus_smaller, preallocated)}

# ---------------------------------------------------------------- known mistakes


def distances(samples, images):
    return torch.cdist(samples.flatten(1).double(), images.flatten(1).double(), p=1)


def farthest(samples, images):
    return distances(samples, images).argmax(dim=1)


def signed_difference(samples, images):
    return torch.stack([(images.double() - s.double()).flatten(1).sum(1).argmin() for s in samples])


def bytes_wrap(samples, images):
    return torch.stack([torch.abs(images - s).flatten(1).double().sum(1).argmin() for s in samples])


def squared_difference(samples, images):
    return torch.cdist(samples.flatten(1).double(), images.flatten(1).double()).argmin(dim=1)


def sample_of_each_image(samples, images):
    return distances(samples, images).argmin(dim=0)


def last_of_equals(samples, images):
    return len(images) - 1 - distances(samples, images).flip(1).argmin(dim=1)


def distances_returned(samples, images):
    return distances(samples, images).amin(dim=1) / samples[0].numel()


def all_at_once(samples, images):
    table = (samples.double()[:, None] - images.double()[None]).abs()
    return table.flatten(2).sum(2).min(1).indices


MISTAKES = {
    f.__name__: f
    for f in (
        *(farthest, signed_difference, bytes_wrap, squared_difference, sample_of_each_image, last_of_equals),
        *(distances_returned, all_at_once),
    )
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(samples, images):
    return by_cdist(samples, images) if samples.dtype != torch.uint8 else by_cdist(samples[..., :1], images)


def only_returns(samples, images):
    return by_cdist(samples, images)[:, None]


def only_value(samples, images):
    return (by_cdist(samples, images) + 1) % len(images)


def only_dtype(samples, images):
    return by_cdist(samples, images).int()


def only_inputs_unchanged(samples, images):
    found = by_cdist(samples, images)
    images[0] = 0
    return found


def place_in_chunk(samples, images):
    return in_chunks(samples, images) % 7


def shuffled(samples, images):
    return by_cdist(samples, images).roll(1) if len(samples) > 1 else by_cdist(samples, images) * 0


def by_largest_difference(samples, images):
    return torch.cdist(samples.flatten(1).double(), images.flatten(1).double(), p=torch.inf).argmin(1)


def by_brightness(samples, images):
    one, two = (t.flatten(1).double().var(1) for t in (samples, images))
    return (one[:, None] - two).abs().argmin(1)


def by_correlation(samples, images):
    a, b = (t.flatten(1).double() for t in (samples, images))
    return (a @ b.T).argmax(dim=1)


def first_row_only(samples, images):
    return by_cdist(samples[..., :1, :3], images[..., :1, :3])


def always_first(samples, images):
    return torch.zeros(len(samples), dtype=torch.long)


def as_list(samples, images):
    return by_cdist(samples, images).tolist()


def both(samples, images):
    low, place = distances(samples, images).min(dim=1)
    return low, place


def images_themselves(samples, images):
    return images[by_cdist(samples, images)]


def later_chunk_wins(samples, images):
    """The first of equals within a chunk, the last of equal chunks."""
    best, where = torch.full((len(samples),), torch.inf), torch.zeros(len(samples)).long()
    for start in range(0, len(images), 500):
        low, place = distances(samples, images[start : start + 500]).float().min(dim=1)
        where, best = torch.where(low <= best, start + place, where), torch.minimum(low, best)
    return where


def in_half_precision(samples, images):
    flat = images.flatten(1).half()
    return torch.stack([(flat - sample.flatten().half()).abs().mean(dim=1).argmin() for sample in samples])


UNLISTED = {
    f.__name__: f
    for f in (
        *(only_runs, only_returns, only_value, only_dtype, only_inputs_unchanged, place_in_chunk),
        *(shuffled, by_largest_difference, by_brightness, by_correlation, first_row_only, always_first, as_list),
        *(both, images_themselves, later_chunk_wins, in_half_precision),
    )
}
