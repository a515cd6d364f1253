"""A picture of every epoch, kept through an interruption: what an animation of the training is made of."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class Frames:
    """The images that a model draws after each epoch, for `genlab.plots.animation`.

    Put it into fit's `state`, beside the networks, and it is saved and comes back with them:

    frames = genlab.Frames()
    genlab.fit(step, images, state={"generator": generator, …, "frames": frames},
               on_epoch=lambda epoch, history: frames.add(epoch, draw()))
    """

    def __init__(self) -> None:
        self.epochs: list[int] = []
        self.images: list[Tensor] = []  # one (N, C, H, W) uint8 for each epoch

    def add(self, epoch: int, images: Tensor) -> None:
        """Keeps images (N, C, H, W), float in [0, 1] or uint8, as those of `epoch`; raises ValueError for other values.

        The frames of this and later epochs, from before an interruption or from an earlier run, go.
        """
        from genlab.plots.pictures import pixels

        pixels(images)  # only to have it checked
        kept = sum(one < epoch for one in self.epochs)
        images = images.detach().cpu()
        if images.dtype != torch.uint8:
            images = (images.float().nan_to_num().clamp(0, 1) * 255).round().to(torch.uint8)
        self.epochs[kept:] = [epoch]
        self.images[kept:] = [images.clone()]

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"epochs": list(self.epochs), "images": list(self.images)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Puts back what `state_dict` gave."""
        self.epochs, self.images = list(state["epochs"]), list(state["images"])

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"Frames({len(self)} epochs)"
