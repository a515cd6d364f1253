"""Find the bug: a smile that does nothing."""

import torch


def mended_attribute_vector(z: torch.Tensor, has_attribute: torch.Tensor) -> torch.Tensor:
    """Labels of any kind are taken as bool, and −1 is as true as 1."""
    with_it = z[has_attribute.bool()]  # labels of any kind will do
    if len(with_it) == 0:
        raise ValueError("nobody has the attribute")
    return with_it.mean(dim=0) - z.mean(dim=0)
