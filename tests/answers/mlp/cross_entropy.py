"""Answers of imaginary students to `mlp/cross_entropy`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch.distributions import Categorical
from torch.nn import functional as F


def own(values, labels):
    return values[range(len(labels)), labels]


# ---------------------------------------------------------------- right answers


def by_library(logits, labels):
    return F.cross_entropy(logits, labels)


def by_nll(logits, labels):
    return F.nll_loss(F.log_softmax(logits, dim=-1), labels)


def by_gather(logits, labels):
    return -logits.log_softmax(1).gather(1, labels.unsqueeze(1)).mean()


def from_scratch(logits, labels):
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    normaliser = shifted.exp().sum(dim=1).log()
    return (normaliser - own(shifted, labels)).sum() / len(labels)


def from_scratch_detached_maximum(logits, labels):
    """The maximum cancels, so its gradient may be left out."""
    shifted = logits - logits.detach().amax(1, keepdim=True)
    return torch.mean(torch.log(torch.exp(shifted).sum(1)) - own(shifted, labels))


def with_one_hot(logits, labels):
    codes = F.one_hot(labels, logits.shape[1]).to(logits)
    return -(codes * torch.log_softmax(logits, 1)).sum(1).mean()


def soft_targets(logits, labels):
    return F.cross_entropy(logits, F.one_hot(labels, logits.shape[-1]).to(logits.dtype))


def by_distributions(logits, labels):
    return Categorical(logits=logits).log_prob(labels).neg().mean()


def image_by_image(logits, labels):
    losses = [torch.logsumexp(row, 0) - row[label] for row, label in zip(logits, labels, strict=True)]
    return torch.stack(losses).mean()


def normalised_twice(logits, labels):
    """A second log-softmax changes nothing."""
    return F.cross_entropy(torch.log_softmax(logits, 1), labels)


def pairwise_differences(logits, labels):
    return torch.logsumexp(logits - own(logits, labels)[:, None], dim=1).mean()


RIGHT = {
    "by_library": by_library,
    "by_nll": by_nll,
    "by_gather": by_gather,
    "from_scratch": from_scratch,
    "from_scratch_detached_maximum": from_scratch_detached_maximum,
    "with_one_hot": with_one_hot,
    "soft_targets": soft_targets,
    "by_distributions": by_distributions,
    "image_by_image": image_by_image,
    "normalised_twice": normalised_twice,
    "pairwise_differences": pairwise_differences,
}

# ---------------------------------------------------------------- known mistakes


def naive(logits, labels):
    """The logarithm of the sum as it stands: infinite for large logits, and right for very negative ones beside a 0."""
    return (logits.exp().sum(dim=1).log() - own(logits, labels)).mean()


def epsilon_in_logarithm(logits, labels):
    """The small number depends on the dtype."""
    p = logits.softmax(dim=1) + torch.finfo(logits.dtype).eps
    return -own(p, labels).log().mean()


def sum_over_batch(logits, labels):
    return (logits.logsumexp(1) - own(logits, labels)).sum()


def per_image(logits, labels):
    return logits.logsumexp(1) - own(logits, labels)


def double_softmax(logits, labels):
    p = logits.softmax(1)
    return (p.logsumexp(1) - own(p, labels)).mean()


def class_mean(logits, labels):
    return by_library(logits, labels) / logits.shape[1]


def wrong_sign(logits, labels):
    return own(logits.log_softmax(1), labels).mean()


def logarithm_missing(logits, labels):
    return (-Categorical(logits=logits).probs.gather(1, labels[:, None])).mean()


def softmax_over_batch(logits, labels):
    return F.nll_loss(F.log_softmax(logits, dim=0), labels)


def normalisation_missing(logits, labels):
    return F.nll_loss(logits, labels)


MISTAKES = {
    "naive": naive,
    "epsilon_in_logarithm": epsilon_in_logarithm,
    "sum_over_batch": sum_over_batch,
    "per_image": per_image,
    "double_softmax": double_softmax,
    "class_mean": class_mean,
    "wrong_sign": wrong_sign,
    "logarithm_missing": logarithm_missing,
    "softmax_over_batch": softmax_over_batch,
    "normalisation_missing": normalisation_missing,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(logits, labels):
    return F.cross_entropy(labels, logits)


def only_returns(logits, labels):
    return by_library(logits, labels)[None, None]


def only_dtype(logits, labels):
    return by_library(logits.double(), labels).float() if logits.dtype == torch.float64 else by_library(logits, labels)


def only_finite(logits, labels):
    return by_library(logits, labels) * torch.tensor(float("nan"), dtype=logits.dtype)


def only_value(logits, labels):
    """A constant too much: the gradient is right."""
    return by_library(logits, labels) + 0.5


def only_gradient(logits, labels):
    """The normaliser is detached."""
    return (logits.logsumexp(1).detach() - own(logits, labels)).mean()


def only_inputs_unchanged(logits, labels):
    loss = by_library(logits, labels.clone())
    labels.zero_()
    return loss


def graph_cut(logits, labels):
    with torch.no_grad():
        return by_library(logits, labels)


def python_float(logits, labels):
    return by_library(logits, labels).item()


def in_bits(logits, labels):
    return by_library(logits, labels) / torch.tensor(2.0, dtype=logits.dtype).log()


def smoothed(logits, labels):
    return F.cross_entropy(logits, labels, label_smoothing=0.1)


def class_balanced(logits, labels):
    counts = torch.bincount(labels, minlength=logits.shape[1]).to(logits)
    return F.cross_entropy(logits, labels, weight=1 / (1 + counts))


def batch_size_less_one(logits, labels):
    return F.cross_entropy(logits, labels, reduction="sum") / max(len(labels) - 1, 1)


def label_neighbour(logits, labels):
    return by_library(logits, (labels + 1) % logits.shape[1])


def first_label_only(logits, labels):
    return by_library(logits, labels[:1].expand(len(labels)))


def binary(logits, labels):
    return F.binary_cross_entropy_with_logits(logits, F.one_hot(labels, logits.shape[1]).to(logits))


def squared_error(logits, labels):
    return (logits.softmax(1) - F.one_hot(labels, logits.shape[1])).square().sum(1).mean()


def perplexity(logits, labels):
    return by_library(logits.clamp(-20, 20), labels).exp()


def hinge(logits, labels):
    return F.multi_margin_loss(logits, labels)


def logits_clamped(logits, labels):
    return by_library(logits.clamp(-30, 30), labels)


def median(logits, labels):
    return per_image(logits, labels).median()


def largest_of_batch(logits, labels):
    """One maximum for the whole batch: rows far below it underflow."""
    shifted = logits - logits.max()
    return (shifted.exp().sum(1).log() - own(shifted, labels)).mean()


def none(logits, labels):
    by_library(logits, labels)


def with_accuracy(logits, labels):
    return by_library(logits, labels), (logits.argmax(1) == labels).float().mean()


def backward_inside(logits, labels):
    loss = F.cross_entropy(logits, labels)
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    return loss


def never_more_than_ten(logits, labels):
    return -(torch.eye(10)[labels, : logits.shape[1]] * F.log_softmax(logits, dim=1)[:, :10]).sum() / len(labels)


def in_a_tuple(logits, labels):
    """A comma too many."""
    return (F.cross_entropy(logits, labels),)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_gradient": only_gradient,
    "only_inputs_unchanged": only_inputs_unchanged,
    "graph_cut": graph_cut,
    "python_float": python_float,
    "in_bits": in_bits,
    "smoothed": smoothed,
    "class_balanced": class_balanced,
    "batch_size_less_one": batch_size_less_one,
    "label_neighbour": label_neighbour,
    "first_label_only": first_label_only,
    "binary": binary,
    "squared_error": squared_error,
    "perplexity": perplexity,
    "hinge": hinge,
    "logits_clamped": logits_clamped,
    "median": median,
    "none": none,
    "with_accuracy": with_accuracy,
    "backward_inside": backward_inside,
    "never_more_than_ten": never_more_than_ten,
    "in_a_tuple": in_a_tuple,
}
