"""The lesson's autoencoder at the book's setting: 60,000 images, 3 epochs, batch 100, Adam 1e-3, 2 latent dimensions.

The one difference is the lesson's: the learning rate falls to zero in the last third of the steps.

    GENLAB_DATA=../shared/data OMP_NUM_THREADS=2 python benchmarks/autoencoder.py --seeds 0 1 2

prints, for every seed, the mean pixel BCE and the RMSE on the 10,000 test images after every epoch (public runs of the book's notebook:
BCE 0.2535–0.2555) and the seconds of an epoch. An interrupted seed goes on where it was.
"""

from __future__ import annotations

import argparse
import math
import os
import time

os.environ["GENLAB_SCALE"] = "gpu"  # the full setting, on whatever device there is


def run(seed: int, epochs: int) -> float:
    """The test BCE after training with this seed."""
    import torch

    import genlab
    from autograder.definitions import load_reference

    lesson = load_reference("autoencoder")
    data = genlab.data.load("fashion_mnist", size=32)
    torch.manual_seed(seed)
    encoder, decoder = (lesson[name](lesson["EMBEDDING_DIM"]).to(lesson["DEVICE"]) for name in ("Encoder", "Decoder"))
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lesson["LEARNING_RATE"])
    schedule = lesson["settle"](optimizer, epochs * math.ceil(len(data.train.images) / lesson["BATCH_SIZE"]))
    started = time.perf_counter()

    def step(x: torch.Tensor) -> dict[str, float]:
        losses = {"bce": lesson["train_step"](encoder, decoder, x, optimizer)}
        schedule.step()
        return losses

    def test() -> dict[str, float]:
        losses: dict[str, float] = lesson["evaluate"](encoder, decoder, data.test.images)
        said = ", ".join(f"{name} {value:.4f}" for name, value in losses.items())
        print(f"seed {seed}, {time.perf_counter() - started:.0f} s: test {said}", flush=True)
        return losses

    history = genlab.fit(
        step, data.train.images, epochs=epochs, batch_size=lesson["BATCH_SIZE"], seed=seed, evaluate=test, live=False,
        state={"encoder": encoder, "decoder": decoder, "optimizer": optimizer, "schedule": schedule},
        name=f"benchmark-autoencoder-{seed}",
    )  # fmt: skip
    return history.evaluations[-1]["bce"]


def main() -> None:
    """Run the seeds and print their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    scores = [run(seed, options.epochs) for seed in options.seeds]
    each = ", ".join(f"{score:.4f}" for score in scores)
    print(f"test BCE after {options.epochs} epochs: {each}; mean {sum(scores) / len(scores):.4f}")


if __name__ == "__main__":
    main()
