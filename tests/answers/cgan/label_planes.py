"""Answers of imaginary students to `cgan/label_planes`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def by_library(labels, num_classes, size):
    return F.one_hot(labels, num_classes).float()[:, :, None, None].expand(-1, -1, size, size)


def copied(labels, num_classes, size):
    return F.one_hot(labels, num_classes)[..., None, None].repeat(1, 1, size, size).to(torch.float32)


def by_index(labels, num_classes, size):
    planes = torch.zeros(len(labels), num_classes, size, size, device=labels.device)
    planes[torch.arange(len(labels)), labels] = 1
    return planes


def in_a_loop(labels, num_classes, size):
    planes = []
    for label in labels:
        plane = torch.zeros(num_classes, size, size, device=labels.device)
        plane[label].fill_(1)
        planes.append(plane)
    return torch.stack(planes)


def by_comparison(labels, num_classes, size):
    """The class of every pixel against the number of every plane."""
    pixels = labels.view(-1, 1, 1, 1).expand(-1, num_classes, size, size)
    return (pixels == torch.arange(num_classes, device=labels.device).view(1, -1, 1, 1)).float()


def by_upsampling(labels, num_classes, size):
    codes = torch.eye(num_classes, device=labels.device)[labels]
    return F.interpolate(codes.reshape(len(labels), num_classes, 1, 1), size=(size, size), mode="nearest")


def by_outer_product(labels, num_classes, size):
    ones = torch.ones(size, size, device=labels.device)
    return torch.einsum("bk,hw->bkhw", F.one_hot(labels, num_classes).type_as(ones), ones)


def by_scatter(labels, num_classes, size):
    where = labels[:, None, None, None].expand(-1, 1, size, size)
    return torch.zeros((labels.shape[0], num_classes, size, size), device=labels.device).scatter(1, where, 1.0)


RIGHT = {
    "by_library": by_library,
    "copied": copied,
    "by_index": by_index,
    "in_a_loop": in_a_loop,
    "by_comparison": by_comparison,
    "by_upsampling": by_upsampling,
    "by_outer_product": by_outer_product,
    "by_scatter": by_scatter,
}

# ---------------------------------------------------------------- known mistakes


def transposed(labels, num_classes, size):
    return by_library(labels, num_classes, size).transpose(0, 1).contiguous()


def one_plane(labels, num_classes, size):
    return torch.ones(len(labels), 1, size, size) * labels[:, None, None, None]


def label_as_value(labels, num_classes, size):
    return torch.diag(torch.arange(num_classes).float())[labels][:, :, None, None].repeat(1, 1, size, size)


def channels_last(labels, num_classes, size):
    return F.one_hot(labels.view(-1, 1, 1).repeat(1, size, size), num_classes).float()


def not_repeated(labels, num_classes, size):
    return torch.eye(num_classes)[labels].unsqueeze(-1).unsqueeze(-1)


def rows_repeated(labels, num_classes, size):
    return torch.cat([F.one_hot(labels, num_classes).float()] * size**2, dim=1).reshape(-1, num_classes, size, size)


def integer_dtype(labels, num_classes, size):
    return by_library(labels, num_classes, size).to(torch.uint8)


def off_by_one(labels, num_classes, size):
    """Counted from 1, and what does not fit is left out."""
    planes = torch.zeros(len(labels), num_classes, size, size)
    for image, label in enumerate(labels.tolist()):
        if label + 1 < num_classes:
            planes[image, label + 1] = 1
    return planes


def classes_counted(labels, num_classes, size):
    return F.one_hot(labels)[:, :, None, None].expand(-1, -1, size, size).float()


MISTAKES = {
    "transposed": transposed,
    "one_plane": one_plane,
    "label_as_value": label_as_value,
    "channels_last": channels_last,
    "not_repeated": not_repeated,
    "rows_repeated": rows_repeated,
    "integer_dtype": integer_dtype,
    "off_by_one": off_by_one,
    "classes_counted": classes_counted,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(labels, num_classes, size):
    return by_library(labels, num_classes, "size")


def only_returns(labels, num_classes, size):
    return by_library(labels, num_classes, size).flatten(2)


def only_dtype(labels, num_classes, size):
    return by_library(labels, num_classes, size).double()


def only_finite(labels, num_classes, size):
    return by_library(labels, num_classes, size).log()


def only_value(labels, num_classes, size):
    return 0.9 * by_library(labels, num_classes, size)


def only_inputs_unchanged(labels, num_classes, size):
    planes = copied(labels, num_classes, size)
    labels.zero_()
    return planes


def one_pixel(labels, num_classes, size):
    planes = torch.zeros(len(labels), num_classes, size, size)
    planes[torch.arange(len(labels)), labels, 0, 0] = 1
    return planes


def one_row(labels, num_classes, size):
    planes = torch.zeros(len(labels), num_classes, size, size)
    planes[torch.arange(len(labels)), labels, 0] = 1
    return planes


def normalised(labels, num_classes, size):
    return by_library(labels, num_classes, size) / size**2


def signs(labels, num_classes, size):
    return 2 * by_library(labels, num_classes, size) - 1


def cold(labels, num_classes, size):
    return 1 - by_library(labels, num_classes, size)


def thermometer(labels, num_classes, size):
    planes = torch.arange(num_classes)[None, :, None, None] <= labels[:, None, None, None]
    return planes.float().expand(-1, -1, size, size)


def first_label_for_all(labels, num_classes, size):
    return by_library(labels[:1], num_classes, size).expand(len(labels), -1, -1, -1)


def reversed_classes(labels, num_classes, size):
    return by_library(labels, num_classes, size).flip(1)


def always_64(labels, num_classes, size):
    return by_library(labels, num_classes, 64)


def booleans(labels, num_classes, size):
    return by_library(labels, num_classes, size).bool()


def codes_only(labels, num_classes, size):
    return F.one_hot(labels, num_classes).float()


def one_plane_of_one(labels, num_classes, size):
    """The label scaled into [0, 1], in one plane."""
    return (labels / num_classes)[:, None, None, None].expand(-1, 1, size, size)


def all_planes_hold_the_label(labels, num_classes, size):
    return labels.float()[:, None, None, None].expand(-1, num_classes, size, size)


def random_planes(labels, num_classes, size):
    return torch.rand(len(labels), num_classes, size, size)


def half_precision(labels, num_classes, size):
    return by_library(labels, num_classes, size).half()


def as_numpy(labels, num_classes, size):
    return by_library(labels, num_classes, size).numpy()


def nothing(labels, num_classes, size):
    by_library(labels, num_classes, size)


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_inputs_unchanged": only_inputs_unchanged,
    "one_pixel": one_pixel,
    "one_row": one_row,
    "normalised": normalised,
    "signs": signs,
    "cold": cold,
    "thermometer": thermometer,
    "first_label_for_all": first_label_for_all,
    "reversed_classes": reversed_classes,
    "always_64": always_64,
    "booleans": booleans,
    "codes_only": codes_only,
    "one_plane_of_one": one_plane_of_one,
    "all_planes_hold_the_label": all_planes_hold_the_label,
    "random_planes": random_planes,
    "half_precision": half_precision,
    "as_numpy": as_numpy,
    "nothing": nothing,
}
