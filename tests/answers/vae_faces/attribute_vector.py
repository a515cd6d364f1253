"""Answers of imaginary students to `vae_faces/attribute_vector`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch


def refuse(has_attribute):
    if has_attribute.dtype != torch.bool:
        raise ValueError(f"has_attribute is {has_attribute.dtype}, not bool")
    if not has_attribute.any() or has_attribute.all():
        raise ValueError("there must be faces with the attribute and faces without it")


# ---------------------------------------------------------------- right answers


def plain(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute].mean(dim=0) - z.mean(dim=0)


def by_weights(z, has_attribute):
    refuse(has_attribute)
    weights = has_attribute.to(z)
    return weights @ z / weights.sum() - z.sum(0) / len(z)


def through_the_others(z, has_attribute):
    """(1 − share) · (mean with − mean without), which is the same."""
    refuse(has_attribute)
    share = has_attribute.to(z.dtype).mean()
    return (1 - share) * (z[has_attribute].mean(0) - z[~has_attribute].mean(0))


def one_by_one(z, has_attribute):
    kinds = set(has_attribute.tolist())
    if has_attribute.dtype is not torch.bool or kinds != {True, False}:
        raise ValueError("labels must be bool, some True and some False")
    having = [row for row, has in zip(z, has_attribute, strict=True) if has]
    return sum(having) / len(having) - sum(z) / len(z)


def centred(z, has_attribute):
    """The mean of what is left of those that have it once the mean of all is taken away."""
    refuse(has_attribute)
    return (z - z.mean(0, keepdim=True))[has_attribute].mean(0)


def share_in_float32(z, has_attribute):
    refuse(has_attribute)
    return (1 - has_attribute.float().mean()) * (z[has_attribute].mean(0) - z[~has_attribute].mean(0))


def by_index(z, has_attribute):
    if has_attribute.dtype != torch.bool:
        raise ValueError("bool, please")
    rows = has_attribute.nonzero().squeeze(1)
    if len(rows) in (0, len(z)):
        raise ValueError("nothing to compare with")
    return z.index_select(0, rows).mean(0).sub(z.mean(0))


class NothingToCompare(ValueError):
    """An error of their own, which is a ValueError."""


def error_of_their_own(z, has_attribute):
    if has_attribute.dtype != torch.bool or has_attribute.sum() in (0, len(z)):
        raise NothingToCompare("has_attribute must be bool, with both kinds of faces")
    return (z[has_attribute] - z.mean(0)).mean(0)


def by_numpy(z, has_attribute):
    refuse(has_attribute)
    codes = z.numpy()
    vector = codes[has_attribute.numpy()].mean(axis=0) - codes.mean(axis=0)
    return torch.from_numpy(np.ascontiguousarray(vector)).to(z)


RIGHT = {
    "plain": plain,
    "by_weights": by_weights,
    "through_the_others": through_the_others,
    "one_by_one": one_by_one,
    "centred": centred,
    "share_in_float32": share_in_float32,
    "by_index": by_index,
    "error_of_their_own": error_of_their_own,
    "by_numpy": by_numpy,
}

# ---------------------------------------------------------------- known mistakes


def minus_without(z, has):
    refuse(has)
    w = has.to(z)
    return w @ z / w.sum() - (1 - w) @ z / (1 - w).sum()


def wrong_sign(z, has):
    refuse(has)
    return -centred(z, has)


def sums(z, has):
    refuse(has)
    return -z[~has].sum(0)


def normalised(z, has):
    refuse(has)
    return torch.nn.functional.normalize(z[has].mean(0) - z[~has].mean(0), dim=0)


def mean_with_alone(z, has):
    refuse(has)
    return has.to(z) @ z / has.sum()


def zeros_counted(z, has):
    refuse(has)
    return torch.where(has[:, None], z, torch.zeros_like(z)).mean(0) - z.mean(0)


def without_minus_all(z, has):
    refuse(has)
    return centred(z, ~has)


def labels_taken_as_bool(z, has):
    """Refuses nobody and everybody and numbers, but takes masks as they were before PyTorch had bool."""
    if has.dtype not in (torch.bool, torch.uint8):
        raise ValueError("a mask, please")
    has = has.bool()
    if not has.any() or has.all():
        raise ValueError("nobody or everybody")
    return z[has].mean(0) - z.mean(0)


def nothing_to_compare(z, has):
    """Refuses nobody only."""
    if has.dtype != torch.bool or not has.any():
        raise ValueError("nobody has it")
    return (z - z.mean(0))[has].mean(0)


MISTAKES = {
    "minus_without": minus_without,
    "wrong_sign": wrong_sign,
    "sums": sums,
    "normalised": normalised,
    "mean_with_alone": mean_with_alone,
    "zeros_counted": zeros_counted,
    "without_minus_all": without_minus_all,
    "labels_taken_as_bool": labels_taken_as_bool,
    "nothing_to_compare": nothing_to_compare,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute].mean(dim=1) - z.mean(dim=1)


def only_returns(z, has_attribute):
    return plain(z, has_attribute)[None]


def only_dtype(z, has_attribute):
    return plain(z, has_attribute).double()


def always_float32(z, has_attribute):
    return plain(z.float(), has_attribute)


def only_finite(z, has_attribute):
    return plain(z, has_attribute).abs().neg().log()


def only_value(z, has_attribute):
    return plain(z, has_attribute) + 0.01


def only_refuses(z, has_attribute):
    """The error is of another kind."""
    if has_attribute.dtype != torch.bool:
        raise TypeError("has_attribute must be bool")
    return plain(z, has_attribute)


def asserted(z, has_attribute):
    assert has_attribute.dtype == torch.bool and has_attribute.any() and not has_attribute.all()
    return z[has_attribute].mean(0) - z.mean(0)


def only_inputs_unchanged(z, has_attribute):
    vector = plain(z, has_attribute)
    z -= z.mean(0)
    return vector


def median(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute].median(0).values - z.median(0).values


def sampled_again(z, has_attribute):
    return plain(z, has_attribute) + 0.1 * torch.randn(z.shape[1]).to(z)


def divided_by_deviation(z, has_attribute):
    return plain(z, has_attribute) / z.std(0, correction=0)


def nearest_face(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute][0] - z.mean(0)


def minus_one_forgotten(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute].sum(0) / (has_attribute.sum() + 1) - z.mean(0)


def half_way(z, has_attribute):
    return plain(z, has_attribute) / 2


def both_means(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute].mean(0), z.mean(0)


def labels_flipped_and_sign(z, has_attribute):
    """mean(without) − mean(with)."""
    return -minus_without(z, has_attribute)


def longest_kept(z, has_attribute):
    vector = plain(z, has_attribute)
    return vector * (vector.abs() >= vector.abs().median())


def nobody_is_zero(z, has_attribute):
    """No error, zeros instead; other dtypes make a TypeError."""
    if has_attribute.dtype != torch.bool:
        raise TypeError("bool, please")
    if not has_attribute.any() or has_attribute.all():
        return torch.zeros_like(z[0])
    return plain(z, has_attribute) * 1.5


def difference_of_lengths(z, has_attribute):
    refuse(has_attribute)
    return z[has_attribute].norm(dim=0) - z.norm(dim=0)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "always_float32": always_float32,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_refuses": only_refuses,
    "asserted": asserted,
    "only_inputs_unchanged": only_inputs_unchanged,
    "median": median,
    "sampled_again": sampled_again,
    "divided_by_deviation": divided_by_deviation,
    "nearest_face": nearest_face,
    "minus_one_forgotten": minus_one_forgotten,
    "half_way": half_way,
    "both_means": both_means,
    "labels_flipped_and_sign": labels_flipped_and_sign,
    "longest_kept": longest_kept,
    "nobody_is_zero": nobody_is_zero,
    "difference_of_lengths": difference_of_lengths,
}
