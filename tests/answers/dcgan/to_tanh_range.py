"""Answers of imaginary students to `dcgan/to_tanh_range`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch

# ---------------------------------------------------------------- right answers


def by_distance(images):
    return (images.to(torch.float32) - 127.5) / 127.5


def by_255(images):
    return images / 255 * 2 - 1


def by_table(images):
    return torch.linspace(-1, 1, 256)[images.long()]


def by_lerp(images):
    x = images.float().div_(255)
    return torch.lerp(-torch.ones_like(x), torch.ones_like(x), x)


def by_numpy(images):
    return torch.from_numpy(np.interp(images.numpy(), [0, 255], [-1, 1]).astype(np.float32))


def in_double(images):
    return images.double().mul(2).sub(255).div(255).float()


RIGHT = {f.__name__: f for f in (by_distance, by_255, by_table, by_lerp, by_numpy, in_double)}

# ---------------------------------------------------------------- known mistakes


def zero_to_one(images):
    return images / 255.0


def by_128(images):
    return (images.to(torch.float32) - 128) / 128


def whole_numbers(images):
    return torch.floor_divide(images, 128).to(torch.float32) * 2 - 1


def bytes_wrap(images):
    return images.sub(127) / 127.5


def half_range(images):
    return (images.float() - 127.5) / 255


def inverted(images):
    return (127.5 - images.float()) / 127.5


def not_shifted(images):
    return 2 * (images / 255)


MISTAKES = {f.__name__: f for f in (zero_to_one, by_128, whole_numbers, bytes_wrap, half_range, inverted, not_shifted)}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(images):
    return images.float().div(127.5).sub(torch.ones(3, 5, 7))


def only_returns(images):
    return by_255(images)[0]


def only_dtype(images):
    return images.double() / 127.5 - 1


def only_finite(images):
    return torch.where(images == 0, torch.nan, by_255(images))


def only_value(images):
    return torch.tanh(by_255(images))


def only_inputs_unchanged(images):
    x = by_255(images)
    images.zero_()
    return x


def not_converted(images):
    return images.float()


def by_100(images):
    return images.float() / 100 - 1


def standardised(images):
    x = images.float()
    return (x - x.mean()) / x.std()


def by_own_extremes(images):
    x = images.float()
    low, high = x.amin((1, 2, 3), keepdim=True), x.amax((1, 2, 3), keepdim=True)
    return 0.99 * (2 * (x - low) / (high - low) - 1)


def half_precision(images):
    return images.half() / 127.5 - 1


def channels_last(images):
    return by_255(images).permute(0, 2, 3, 1)


def transposed(images):
    return by_255(images).transpose(2, 3)


def listed(images):
    return [by_255(images)]


def as_numpy(images):
    return by_255(images).numpy()


def by_extremes_of_the_batch(images):
    """Right for images that have both black and white."""
    x = images.float()
    return 2 * (x - x.min()) / (x.max() - x.min()) - 1


def constant(images):
    return torch.zeros(images.shape)


UNLISTED = {
    f.__name__: f
    for f in (
        *(only_runs, only_returns, only_dtype, only_finite, only_value, only_inputs_unchanged, not_converted, by_100),
        *(standardised, by_own_extremes, half_precision, channels_last, transposed, listed, as_numpy, constant),
        by_extremes_of_the_batch,
    )
}
