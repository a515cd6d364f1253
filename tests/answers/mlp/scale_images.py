"""Answers of imaginary students to `mlp/scale_images`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- right answers


def permuted_last(images):
    return (images.float() / 255).permute(0, 3, 1, 2)


def moved(images):
    return torch.movedim(images, -1, 1).to(torch.float32).mul(1 / 255)


def transposed_twice(images):
    return images.transpose(1, 3).transpose(2, 3).div(255.0).contiguous()


def channel_by_channel(images):
    n, h, w, c = images.shape
    x = torch.zeros(n, c, h, w, device=images.device)
    for channel in range(c):
        x[:, channel] = images[..., channel] / 255
    return x


def by_numpy(images):
    x = np.moveaxis(images.cpu().numpy(), 3, 1).astype(np.float32) / 255
    return torch.from_numpy(x).to(images.device)


def by_einsum(images):
    return torch.einsum("nhwc->nchw", images.float()) / 255.0


def image_by_image(images):
    return torch.stack([image.permute(2, 0, 1) for image in images]).double().div(255).float()


def flattened_on_the_way(images):
    n, h, w, _ = images.shape
    return images.reshape(n, h * w, 3).transpose(1, 2).reshape(n, 3, h, w) / 255


RIGHT = {
    "permuted_last": permuted_last,
    "moved": moved,
    "transposed_twice": transposed_twice,
    "channel_by_channel": channel_by_channel,
    "by_numpy": by_numpy,
    "by_einsum": by_einsum,
    "image_by_image": image_by_image,
    "flattened_on_the_way": flattened_on_the_way,
}

# ---------------------------------------------------------------- known mistakes


def reshaped(images):
    return images.to(torch.float32).div(255).view(len(images), 3, images.shape[1], -1)


def integer_division(images):
    return torch.floor_divide(images, 255).movedim(3, 1).to(torch.float32)


def channels_last(images):
    return torch.stack([image.to(torch.float32) * (1 / 255) for image in images])


def minus_one_to_one(images):
    return 2 * (images.movedim(3, 1).float() / 255) - 1


def not_scaled(images):
    return images.to(torch.float32).movedim(-1, -3)


def divided_by_256(images):
    return images.movedim(-1, 1).float().mul(2.0**-8)


def height_and_width_swapped(images):
    return images.transpose(1, 3) / 255.0


def channels_reversed(images):
    return torch.stack([images[..., c] for c in (2, 1, 0)], dim=1).float() / 255


MISTAKES = {
    "reshaped": reshaped,
    "integer_division": integer_division,
    "channels_last": channels_last,
    "minus_one_to_one": minus_one_to_one,
    "not_scaled": not_scaled,
    "divided_by_256": divided_by_256,
    "height_and_width_swapped": height_and_width_swapped,
    "channels_reversed": channels_reversed,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(images):
    return images.permute(0, 1, 2) / 255


def only_returns(images):
    return permuted_last(images).squeeze(0)


def only_dtype(images):
    return images.permute(0, 3, 1, 2).double() / 255


def only_finite(images):
    return permuted_last(images) / torch.zeros(())


def only_value(images):
    return permuted_last(images).clamp(max=0.9)


def only_inputs_unchanged(images):
    x = permuted_last(images).clone()
    images.zero_()
    return x


def half_precision(images):
    return permuted_last(images).half()


def scaled_by_largest(images):
    """Right only where a picture has a white point."""
    x = images.permute(0, 3, 1, 2).float()
    return (x - x.min()) / (x.max() - x.min()) * 0.97


def scaled_by_each_image(images):
    x = images.permute(0, 3, 1, 2).float()
    return x / x.mean((1, 2, 3), keepdim=True)


def standardised(images):
    x = permuted_last(images)
    return (x - x.mean()) / x.std()


def upside_down(images):
    return permuted_last(images).flip(2)


def grey(images):
    return permuted_last(images).mean(1, keepdim=True).expand(-1, 3, -1, -1)


def wrapped_around(images):
    """The arithmetic is done in bytes."""
    return (images.permute(0, 3, 1, 2) * 2).float() / 510


def mean_subtracted(images):
    return permuted_last(images) - 0.5


def flat(images):
    return permuted_last(images).flatten(1)


def numpy_array(images):
    return permuted_last(images).numpy()


def none(images):
    permuted_last(images)


def padded(images):
    return F.pad(permuted_last(images), (1, 1, 1, 1))


def inverted(images):
    return 1 - permuted_last(images)


def divided_by_largest(images):
    """Right only where there is white in the batch."""
    return images.permute(0, 3, 1, 2) / images.max()


def stretched(images):
    """Right only where there is black and white in the batch."""
    x = images.permute(0, 3, 1, 2).float()
    return (x - x.min()) / (x.max() - x.min())


UNLISTED = {
    "only_runs": only_runs,
    "only_returns": only_returns,
    "only_dtype": only_dtype,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_inputs_unchanged": only_inputs_unchanged,
    "half_precision": half_precision,
    "scaled_by_largest": scaled_by_largest,
    "scaled_by_each_image": scaled_by_each_image,
    "standardised": standardised,
    "upside_down": upside_down,
    "grey": grey,
    "wrapped_around": wrapped_around,
    "mean_subtracted": mean_subtracted,
    "flat": flat,
    "numpy_array": numpy_array,
    "none": none,
    "padded": padded,
    "inverted": inverted,
    "divided_by_largest": divided_by_largest,
    "stretched": stretched,
}
