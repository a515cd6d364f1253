"""The lesson's VAE at the book's setting: 60,000 images, 5 epochs, batch 100, Adam 5e-4, 2 latent dimensions.

    GENLAB_DATA=../shared/data python benchmarks/vae_fashion.py --seeds 0 1 2

prints, for every seed, the book's measure 500·mean BCE + KL on the 10,000 test images with z sampled (public runs: 134.6–135.5), the
seconds of an epoch and where they go.
"""

from __future__ import annotations

import argparse
import os
import time

os.environ["GENLAB_SCALE"] = "gpu"  # the full setting, on whatever device there is


def run(seed: int, epochs: int) -> float:
    """The book's measure after training with this seed."""
    import torch

    import genlab
    from autograder.definitions import load_reference

    lesson = load_reference("vae_fashion")
    data = genlab.data.load("fashion_mnist", size=32)
    torch.manual_seed(seed)
    encoder, decoder = lesson["Encoder"](2).to(lesson["DEVICE"]), lesson["Decoder"](2).to(lesson["DEVICE"])
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lesson["LEARNING_RATE"])
    spent = {"step": 0.0, "test": 0.0}

    def step(x: torch.Tensor) -> dict[str, float]:
        started = time.perf_counter()
        losses = lesson["train_step"](encoder, decoder, x, optimizer, lesson["BETA"])
        spent["step"] += time.perf_counter() - started
        return losses

    def test() -> dict[str, float]:
        started = time.perf_counter()
        losses = lesson["evaluate"](encoder, decoder, data.test.images)
        spent["test"] += time.perf_counter() - started
        return losses

    started = time.perf_counter()
    history = genlab.fit(
        step, data.train.images, epochs=epochs, batch_size=lesson["BATCH_SIZE"], seed=seed, evaluate=test, live=False,
        state={"encoder": encoder, "decoder": decoder, "optimizer": optimizer},
    )  # fmt: skip
    total = time.perf_counter() - started
    for epoch, losses in enumerate(history.evaluations, start=1):
        print(f"seed {seed} epoch {epoch}: " + ", ".join(f"{k} {v:.2f}" for k, v in losses.items()), flush=True)
    rest = total - spent["step"] - spent["test"]
    print(
        f"seed {seed}: {total / epochs:.0f} s an epoch, of which train step {spent['step'] / total:.1%}, "
        f"test images {spent['test'] / total:.1%}, batches, bookkeeping and display {rest / total:.1%}",
        flush=True,
    )
    return history.evaluations[-1]["book"]


def main() -> None:
    """Run the seeds and print their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    scores = [run(seed, options.epochs) for seed in options.seeds]
    each = ", ".join(f"{s:.2f}" for s in scores)
    print(
        f"500·mean BCE + KL on the test images after {options.epochs} epochs: {each}; mean {sum(scores) / len(scores):.2f}"
    )


if __name__ == "__main__":
    main()
