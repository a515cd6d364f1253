"""Answers of imaginary students to `mlp/one_hot`: right ones, known mistakes, unlisted mistakes."""

import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def by_library(labels, num_classes):
    return F.one_hot(labels, num_classes).float()


def by_scatter(labels, num_classes):
    return torch.zeros(len(labels), num_classes, device=labels.device).scatter_(1, labels[:, None], 1.0)


def by_eye(labels, num_classes):
    return torch.eye(num_classes, device=labels.device)[labels]


def by_index(labels, num_classes):
    codes = torch.zeros((labels.shape[0], num_classes), device=labels.device)
    codes[range(len(labels)), labels] = 1
    return codes


def in_a_loop(labels, num_classes):
    rows = torch.zeros(len(labels), num_classes, device=labels.device)
    for row, label in enumerate(labels.tolist()):
        rows[row, label] = 1
    return rows


def by_embedding(labels, num_classes):
    return F.embedding(labels, torch.eye(num_classes, device=labels.device))


def by_powers(labels, num_classes):
    """0 to the power of the distance."""
    distance = (labels.unsqueeze(1) - torch.arange(num_classes, device=labels.device)).abs()
    return 0.0**distance


RIGHT = {
    "by_library": by_library,
    "by_scatter": by_scatter,
    "by_eye": by_eye,
    "by_index": by_index,
    "in_a_loop": in_a_loop,
    "by_embedding": by_embedding,
    "by_powers": by_powers,
}

# ---------------------------------------------------------------- known mistakes


def off_by_one(labels, num_classes):
    """Classes are thought to run from 1 to K, and code 0 is added for good measure."""
    return torch.eye(num_classes + 1)[labels + 1]


def transposed(labels, num_classes):
    return (torch.arange(num_classes)[:, None] == labels).float()


def integer_dtype(labels, num_classes):
    return F.one_hot(labels, num_classes).to(torch.int32)


def classes_counted(labels, num_classes):
    return F.one_hot(labels).float()


def label_as_value(labels, num_classes):
    return F.one_hot(labels, num_classes).float() * labels[:, None]


MISTAKES = {
    "off_by_one": off_by_one,
    "transposed": transposed,
    "integer_dtype": integer_dtype,
    "classes_counted": classes_counted,
    "label_as_value": label_as_value,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(labels, num_classes):
    return torch.zeros(len(labels), num_classes)[labels, "label"]


def only_returns(labels, num_classes):
    return by_library(labels, num_classes).squeeze(0)


def only_dtype(labels, num_classes):
    return by_library(labels, num_classes).double()


def only_finite(labels, num_classes):
    return by_library(labels, num_classes).log()


def only_value(labels, num_classes):
    return by_library(labels, num_classes).clamp(max=0.9)


def only_inputs_unchanged(labels, num_classes):
    codes = by_library(labels, num_classes)
    labels += 1
    return codes


def booleans(labels, num_classes):
    return labels[:, None] == torch.arange(num_classes)


def ones_everywhere(labels, num_classes):
    return torch.ones(len(labels), num_classes)


def cold(labels, num_classes):
    return 1 - by_library(labels, num_classes)


def smoothed(labels, num_classes):
    return 0.9 * by_library(labels, num_classes) + 0.1 / num_classes


def signs(labels, num_classes):
    return 2 * by_library(labels, num_classes) - 1


def thermometer(labels, num_classes):
    return (torch.arange(num_classes) <= labels[:, None]).float()


def first_image_for_all(labels, num_classes):
    return by_library(labels[:1], num_classes).expand(len(labels), -1)


def reversed_classes(labels, num_classes):
    return by_library(labels, num_classes).flip(1)


def reversed_batch(labels, num_classes):
    return by_library(labels.sort().values, num_classes) * 0.5


def two_columns_off(labels, num_classes):
    return by_library((labels + 2) % num_classes, num_classes)


def ten_columns(labels, num_classes):
    return by_library(labels, 13)


def counted(labels, num_classes):
    """How often each class occurs."""
    return torch.bincount(labels, minlength=num_classes).float()


def repeated(labels, num_classes):
    return labels[:, None].repeat(1, num_classes).float()


def none(labels, num_classes):
    by_library(labels, num_classes)


def nested_list(labels, num_classes):
    return by_library(labels, num_classes).tolist()


def never_more_than_ten(labels, num_classes):
    return torch.eye(10)[labels][:, :num_classes]


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_inputs_unchanged": only_inputs_unchanged,
    "booleans": booleans,
    "ones_everywhere": ones_everywhere,
    "cold": cold,
    "smoothed": smoothed,
    "signs": signs,
    "thermometer": thermometer,
    "first_image_for_all": first_image_for_all,
    "reversed_classes": reversed_classes,
    "reversed_batch": reversed_batch,
    "two_columns_off": two_columns_off,
    "ten_columns": ten_columns,
    "counted": counted,
    "repeated": repeated,
    "none": none,
    "nested_list": nested_list,
    "never_more_than_ten": never_more_than_ten,
}
