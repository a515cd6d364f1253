"""Answers of imaginary students to `mlp/accuracy`: right ones, known mistakes, unlisted mistakes."""

import contextlib
import copy

import torch
from torch.nn import functional as F


@contextlib.contextmanager
def evaluating(model):
    """Eval mode without gradients, and the mode of before afterwards."""
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(before)


# ---------------------------------------------------------------- right answers


def plain(model, images, labels):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        guesses = model(images).argmax(dim=1)
    model.train(was_training)
    return (guesses == labels).float().mean().item()


def in_parts(model, images, labels):
    right = 0
    with evaluating(model):
        for x, y in zip(images.split(16), labels.split(16), strict=True):
            right += int((model(x).max(1).indices == y).sum())
    return right / len(labels)


def one_at_a_time(model, images, labels):
    with evaluating(model):
        hits = [model(x.unsqueeze(0))[0].argmax().item() == y.item() for x, y in zip(images, labels, strict=True)]
    return sum(hits) / len(hits)


def on_a_copy(model, images, labels):
    twin = copy.deepcopy(model).eval()
    with torch.inference_mode():
        return float((twin(images).softmax(1).argmax(1) == labels).double().mean())


def only_if_needed(model, images, labels):
    if model.training:
        model.eval()
        share = only_if_needed(model, images, labels)
        model.train()
        return share
    with torch.no_grad():
        return torch.mean((torch.argmax(model(images), -1) == labels).float()).tolist()


@torch.no_grad()
def decorated(model, images, labels):
    mode = model.training
    logits = model.eval()(images)
    model.train(mode)
    return (logits.topk(1).indices.squeeze(1) == labels).sum().item() / labels.numel()


def gradient_mode_set_back(model, images, labels):
    mode, grad = model.training, torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    model.eval()
    codes = F.one_hot(model(images).argmax(1), 40)
    model.train(mode)
    torch.set_grad_enabled(grad)
    return codes[range(len(labels)), labels].float().mean().item()


RIGHT = {
    "plain": plain,
    "in_parts": in_parts,
    "one_at_a_time": one_at_a_time,
    "on_a_copy": on_a_copy,
    "only_if_needed": only_if_needed,
    "decorated": decorated,
    "gradient_mode_set_back": gradient_mode_set_back,
}

# ---------------------------------------------------------------- known mistakes


def percent(model, images, labels):
    return round(plain(model, images, labels) * 100, 4)


def counted(model, images, labels):
    with evaluating(model):
        return float(torch.eq(model(images).argmax(1), labels).sum())


def error_rate(model, images, labels):
    return 1.0 - plain(model, images, labels)


@torch.no_grad()
def train_mode(model, images, labels):
    return sum((model(images).argmax(1) == labels).tolist()) / len(labels)


@torch.no_grad()
def left_in_eval(model, images, labels):
    return sum((model.eval()(images).argmax(1) == labels).tolist()) / len(labels)


def left_in_train(model, images, labels):
    share = plain(model, images, labels)
    model.train(True)
    return share


def graph_kept(model, images, labels):
    before = model.training
    hits = (model.eval()(images).detach().argmax(1) == labels).tolist()
    model.train(before)
    return sum(hits) / len(hits)


def tensor_returned(model, images, labels):
    with evaluating(model):
        return torch.eq(model(images).argmax(1), labels).double().mean()


MISTAKES = {
    "percent": percent,
    "counted": counted,
    "error_rate": error_rate,
    "train_mode": train_mode,
    "left_in_eval": left_in_eval,
    "left_in_train": left_in_train,
    "graph_kept": graph_kept,
    "tensor_returned": tensor_returned,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(model, images, labels):
    with evaluating(model):
        return (model(images).argmax(1) == labels).mean().item()


def only_returns(model, images, labels):
    """One value per image."""
    with evaluating(model):
        return (model(images).argmax(1) == labels).float().repeat(2)


def only_share(model, images, labels):
    """The second best counts, too."""
    with evaluating(model):
        return (model(images).topk(2).indices == labels[:, None]).any(1).float().mean().item()


def only_eval_mode(model, images, labels):
    """A look at the model in train mode, which changes nothing."""
    with torch.no_grad():
        copy.deepcopy(model).train()(images.repeat(3, 1, 1, 1))
    return plain(model, images, labels)


def only_no_grad(model, images, labels):
    """Gradients are off afterwards."""
    share = plain(model, images, labels)
    torch.set_grad_enabled(False)
    return share


def only_model_kept(model, images, labels):
    model.requires_grad_(False)
    return plain(model, images, labels)


def only_inputs_unchanged(model, images, labels):
    share = plain(model, images, labels)
    labels.zero_()
    return share


def arguments_swapped(model, images, labels):
    return plain(model, labels, images)


def over_the_batch(model, images, labels):
    with evaluating(model):
        return float((model(images).argmax(0)[:1] == labels[:1]).float().mean())


def smallest_logit(model, images, labels):
    with evaluating(model):
        return (model(images).argmin(1) == labels).float().mean().item()


def off_by_one(model, images, labels):
    return plain(model, images, labels + 1)


def mean_probability(model, images, labels):
    with evaluating(model):
        return model(images).softmax(1)[range(len(labels)), labels].mean().item()


def loss_returned(model, images, labels):
    with evaluating(model):
        return F.cross_entropy(model(images), labels).item()


def always_half(model, images, labels):
    return 0.5


def first_ten(model, images, labels):
    return plain(model, images[:10], labels[:10])


def mean_of_unequal_parts(model, images, labels):
    shares = [plain(model, x, y) for x, y in zip(images.split(50), labels.split(50), strict=True)]
    return sum(shares) / len(shares)


def whole_number(model, images, labels):
    return round(plain(model, images, labels))


def none(model, images, labels):
    print(plain(model, images, labels))


def text(model, images, labels):
    return f"{plain(model, images, labels):.1%}"


def squared(model, images, labels):
    return plain(model, images, labels) ** 2


def in_train_mode_on_purpose(model, images, labels):
    model.train()
    with torch.no_grad():
        return (model(images).argmax(1) == labels).float().mean().item()


def percent_in_train_mode(model, images, labels):
    with torch.no_grad():
        return 100 * (model(images).argmax(1) == labels).float().mean().item()


def gradients_enabled_afterwards(model, images, labels):
    """Whoever had switched them off finds them on again."""
    training = model.training
    model.eval()
    torch.set_grad_enabled(False)
    share = (model(images).argmax(dim=1) == labels).float().mean().item()
    torch.set_grad_enabled(True)
    model.train(training)
    return share


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_share": only_share,
    "only_eval_mode": only_eval_mode,
    "only_no_grad": only_no_grad,
    "only_model_kept": only_model_kept,
    "only_inputs_unchanged": only_inputs_unchanged,
    "arguments_swapped": arguments_swapped,
    "over_the_batch": over_the_batch,
    "smallest_logit": smallest_logit,
    "off_by_one": off_by_one,
    "mean_probability": mean_probability,
    "loss_returned": loss_returned,
    "always_half": always_half,
    "first_ten": first_ten,
    "mean_of_unequal_parts": mean_of_unequal_parts,
    "whole_number": whole_number,
    "none": none,
    "text": text,
    "squared": squared,
    "in_train_mode_on_purpose": in_train_mode_on_purpose,
    "percent_in_train_mode": percent_in_train_mode,
    "gradients_enabled_afterwards": gradients_enabled_afterwards,
}
