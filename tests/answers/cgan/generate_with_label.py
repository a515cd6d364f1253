"""Answers of imaginary students to `cgan/generate_with_label`: right ones, known mistakes, unlisted mistakes."""

import copy
from contextlib import contextmanager

import torch
from torch.nn import functional as F


@contextmanager
def looking(network):
    modes = [(module, module.training) for module in network.modules()]
    try:
        with torch.no_grad():
            yield network.eval()
    finally:
        for module, mode in modes:
            module.training = mode


# ---------------------------------------------------------------- right answers


def plain(generator, z, label):
    was_training = generator.training
    generator.eval()
    with torch.no_grad():
        images = generator(z, torch.full((len(z),), label, dtype=torch.int64, device=z.device))
    generator.train(was_training)
    return images


@torch.no_grad()
def decorated(generator, z, label):
    mode = generator.training
    try:
        return generator.eval()(z, torch.tensor([label] * len(z), device=z.device))
    finally:
        generator.train(mode)


@torch.inference_mode()
def inference_mode(generator, z, label):
    modes = {module: module.training for module in generator.modules()}
    images = generator.eval()(z, torch.zeros(z.shape[0], dtype=torch.long, device=z.device) + label)
    for module, mode in modes.items():
        module.training = mode
    return images


def one_by_one(generator, z, label):
    with looking(generator) as network:
        return torch.cat([network(row[None], torch.tensor([label], device=z.device)) for row in z])


def by_name(generator, z, label):
    with looking(generator) as network:
        return network(labels=torch.full_like(z[:, 0], label).long(), z=z)


def deep_copy(generator, z, label):
    frozen = copy.deepcopy(generator).eval()
    with torch.no_grad():
        return frozen(z.clone(), torch.full((len(z),), label, device=z.device))


def detached_too(generator, z, label):
    """More careful than need be."""
    with looking(generator) as network:
        return network(z.detach(), torch.full((z.size(0),), fill_value=label).to(z.device)).detach().clone()


def grad_mode_by_hand(generator, z, label):
    grad, mode = torch.is_grad_enabled(), generator.training
    torch.set_grad_enabled(False)
    generator.train(False)
    try:
        return generator(z, torch.ones(len(z), dtype=torch.int64, device=z.device) * label)
    finally:
        torch.set_grad_enabled(grad)
        generator.train(mode)


RIGHT = {
    "plain": plain,
    "decorated": decorated,
    "inference_mode": inference_mode,
    "one_by_one": one_by_one,
    "by_name": by_name,
    "deep_copy": deep_copy,
    "detached_too": detached_too,
    "grad_mode_by_hand": grad_mode_by_hand,
}

# ---------------------------------------------------------------- known mistakes


def labels_of(z, label):
    return torch.full((len(z),), label, device=z.device)


def new_z(generator, z, label):
    """Uniform noise, even."""
    with looking(generator) as network:
        return network(2 * torch.rand(z.shape).to(z) - 1, labels_of(z, label))


@torch.inference_mode()
def train_mode(generator, z, label):
    return generator(z, labels_of(z, label))


def graph_kept(generator, z, label):
    modes = [(module, module.training) for module in generator.modules()]
    images = generator.eval()(z, labels_of(z, label))
    for module, mode in modes:
        module.training = mode
    return images


@torch.no_grad()
def left_in_eval(generator, z, label):
    generator.train(False)
    return torch.cat([generator(row[None], labels_of(row[None], label)) for row in z])


@torch.inference_mode()
def left_in_train(generator, z, label):
    images = generator.eval()(z, labels_of(z, label))
    for module in generator.modules():
        module.training = True
    return images


def codes_given(generator, z, label):
    codes = torch.zeros(len(z), 10, device=z.device)
    codes[:, label] = 1
    with looking(generator) as network:
        return network(z, codes)


def one_label(generator, z, label):
    with looking(generator) as network:
        return network(z, label)


def unit_range(generator, z, label):
    with looking(generator) as network:
        return 0.5 + 0.5 * network(z, labels_of(z, label))


MISTAKES = {
    "new_z": new_z,
    "train_mode": train_mode,
    "graph_kept": graph_kept,
    "left_in_eval": left_in_eval,
    "left_in_train": left_in_train,
    "codes_given": codes_given,
    "one_label": one_label,
    "unit_range": unit_range,
}

# ---------------------------------------------------------------- unlisted mistakes


def drawn(generator, z, label):
    with looking(generator) as network:
        return network(z, labels_of(z, label))


def only_runs(generator, z, label):
    return drawn(generator, z + "z", label)


def only_returns(generator, z, label):
    return drawn(generator, z, label).flatten(1)


def only_images(generator, z, label):
    return drawn(generator, z, label).clamp(-0.5, 0.5)


def only_mode_restored(generator, z, label):
    """The mode is turned around."""
    was = generator.training
    images = drawn(generator, z, label)
    generator.train(not was)
    return images


def only_no_grad(generator, z, label):
    return drawn(generator, z, label).requires_grad_()


def only_generator_kept(generator, z, label):
    images = drawn(generator, z, label)
    generator.requires_grad_(False)
    return images


def only_inputs_unchanged(generator, z, label):
    images = drawn(generator, z, label)
    z.zero_()
    return images


def label_ignored(generator, z, label):
    return drawn(generator, z, 0)


def random_labels(generator, z, label):
    with looking(generator) as network:
        return network(z, torch.randint(0, label + 1, (len(z),)))


def next_label(generator, z, label):
    return drawn(generator, z, max(label - 1, 0))


def first_row_for_all(generator, z, label):
    return drawn(generator, z[:1].expand(len(z), -1), label)


def one_image(generator, z, label):
    return drawn(generator, z[:1], label)


def squeezed(generator, z, label):
    return drawn(generator, z, label).squeeze()


def rescaled_z(generator, z, label):
    return drawn(generator, z / z.norm(dim=1, keepdim=True), label)


def bytes_returned(generator, z, label):
    return ((drawn(generator, z, label) + 1) * 127.5).to(torch.uint8)


def tanh_again(generator, z, label):
    return torch.tanh(drawn(generator, z, label))


def list_of_images(generator, z, label):
    return list(drawn(generator, z, label))


def with_labels(generator, z, label):
    return drawn(generator, z, label), labels_of(z, label)


def returns_none(generator, z, label):
    drawn(generator, z, label)


def grad_mode_left_off(generator, z, label):
    torch.set_grad_enabled(False)
    return plain(generator, z, label)


def float_labels(generator, z, label):
    with looking(generator) as network:
        return network(z, torch.full((len(z),), float(label)))


def column_of_labels(generator, z, label):
    with looking(generator) as network:
        return network(z, labels_of(z, label)[:, None])


def arguments_exchanged(generator, z, label):
    with looking(generator) as network:
        return network(labels_of(z, label), z)


def eval_after_drawing(generator, z, label):
    """Train mode on the way, whatever the generator came in."""
    was = generator.training
    generator.train()
    with torch.no_grad():
        images = generator(z.repeat(2, 1), labels_of(z, label).repeat(2))[: len(z)]
    generator.eval()
    generator.train(was)
    return images


def codes_for_other_label(generator, z, label):
    with looking(generator) as network:
        return network(z, F.one_hot(labels_of(z, label + 1)))


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_images": only_images,
    "only_mode_restored": only_mode_restored,
    "only_no_grad": only_no_grad,
    "only_generator_kept": only_generator_kept,
    "only_inputs_unchanged": only_inputs_unchanged,
    "label_ignored": label_ignored,
    "random_labels": random_labels,
    "next_label": next_label,
    "first_row_for_all": first_row_for_all,
    "one_image": one_image,
    "squeezed": squeezed,
    "rescaled_z": rescaled_z,
    "bytes_returned": bytes_returned,
    "tanh_again": tanh_again,
    "list_of_images": list_of_images,
    "with_labels": with_labels,
    "returns_none": returns_none,
    "grad_mode_left_off": grad_mode_left_off,
    "float_labels": float_labels,
    "column_of_labels": column_of_labels,
    "arguments_exchanged": arguments_exchanged,
    "eval_after_drawing": eval_after_drawing,
    "codes_for_other_label": codes_for_other_label,
}
