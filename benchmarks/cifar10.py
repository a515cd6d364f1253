"""A lesson's classifier on CIFAR-10: 50,000 images, 10 epochs, Adam 5e-4, batches of 32, and what each change brings.

    GENLAB_DATA=../shared/data python benchmarks/cifar10.py mlp --recipes book lesson --seeds 0 1 2

prints, for every recipe and seed, the accuracy on the 10,000 test images after every epoch, the last one on 10,000
training images, and the mean over the seeds. `mlp` trains the class MLP of the lesson mlp, `cnn` the class CNN of the
lesson cnn, both by the train step of the lesson mlp. To beat after 10 epochs, from public runs of the book's notebooks on
the official files: MLP 49.6 %, CNN 70.8 %.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass

os.environ["GENLAB_SCALE"] = "gpu"  # the full setting, on whatever device there is

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import genlab
from autograder.definitions import load_reference


@dataclass(frozen=True)
class Recipe:
    """How to train: what is done to the images, the learning rate, the size of a batch.

    average: weight of the past in a running mean of the weights, which is what is tested; 0 for none.
    rising:  share of the steps in which the learning rate rises to `rate`, before it falls.
    """

    normalise: bool = True
    falling: bool = True
    mirror: bool = True
    average: float = 0.0
    batch_size: int = 32
    rate: float = 5e-4
    rising: float = 0.0


RECIPES = {
    "book": Recipe(normalise=False, falling=False, mirror=False),
    "normalised": Recipe(falling=False, mirror=False),
    "falling": Recipe(normalise=False, mirror=False),
    "normalised-falling": Recipe(mirror=False),
    "lesson": Recipe(),
    "normalised-averaged": Recipe(falling=False, mirror=False, average=0.999),
    "rising": Recipe(normalise=False, mirror=False, batch_size=32, rate=2e-3, rising=0.2),
    "rising-mirrored": Recipe(normalise=False, batch_size=64, rate=4e-3, rising=0.2),  # the recipe of the lesson cnn
    "large-batches": Recipe(batch_size=128),
    "large-batches-and-rate": Recipe(batch_size=128, rate=1e-3),
}


def run(name: str, recipe: Recipe, seed: int, epochs: int, data: genlab.data.Dataset) -> float:
    """The test accuracy after training the class of lesson `name` with this seed."""
    lesson, device = load_reference("mlp"), genlab.device()
    torch.manual_seed(seed)
    model = load_reference(name)[name.upper()]().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.rate)
    steps = epochs * -(-len(data.train) // recipe.batch_size)
    rise = round(recipe.rising * steps)

    def share(t: int) -> float:
        """Of the rate, in step t: up in a straight line, then down to zero in another."""
        if not recipe.falling:
            return 1.0
        return (t + 1) / rise if t < rise else (steps - t) / (steps - rise)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(recipe.average), use_buffers=True)
    tested = average if recipe.average else model
    prepare = lesson["normaliser"](data.train.images) if recipe.normalise else lesson["unchanged"]
    augment = lesson["mirrored"] if recipe.mirror else lesson["unchanged"]

    def step(x: torch.Tensor, labels: torch.Tensor) -> float:
        loss = lesson["train_step"](model, prepare(augment(x)), labels, optimizer)
        schedule.step()
        if recipe.average:
            average.update_parameters(model)
        return loss

    def score(split: genlab.data.Split) -> float:
        parts = genlab.data.batches(split.images[:10_000], 500, labels=split.labels[:10_000], shuffle=False)
        scores = [(lesson["accuracy"](tested, prepare(x), labels), len(x)) for x, labels in parts]
        return sum(share * count for share, count in scores) / sum(count for _, count in scores)

    began = time.perf_counter()
    history = genlab.fit(
        step, data.train.images, labels=data.train.labels, epochs=epochs, batch_size=recipe.batch_size, seed=seed,
        state={"model": model, "optimizer": optimizer}, evaluate=lambda: {"test": score(data.test)}, live=False,
    )  # fmt: skip
    found = [losses["test"] for losses in history.evaluations]
    print(
        f"  seed {seed}: test {' '.join(f'{share:.2%}' for share in found)}, training {score(data.train):.2%}, "
        f"{(time.perf_counter() - began) / epochs:.1f} s an epoch",
        flush=True,
    )
    return found[-1]


def main() -> None:
    """Run the recipes, each with all seeds, and print their means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", choices=["mlp", "cnn"])
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=["book", "lesson"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    data = genlab.data.load("cifar10")
    for name in options.recipes:
        print(f"{name}: {RECIPES[name]}", flush=True)
        scores = [run(options.lesson, RECIPES[name], seed, options.epochs, data) for seed in options.seeds]
        print(f"  mean test accuracy of {options.lesson}, {name}: {sum(scores) / len(scores):.2%}", flush=True)


if __name__ == "__main__":
    main()
