"""Check of `dcgan/nearest_images`.

Every sample of the plan has one image that differs a little everywhere, and another that differs much in a few places: the mean absolute
difference prefers the second, a squared one the first. Differences have both signs, so that bytes wrap around. The last case is
large: it tells whether all pairs are held at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.claims.calls import CallClaims
from autograder.claims.compare import same_values
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record, run_probe


def oracle(samples: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """By torch's own L1 distances, in float64; sums of bytes are exact there, and argmin takes the first of equals."""
    distances = torch.cdist(samples.flatten(1).double(), images.flatten(1).double(), p=1)
    return (distances == distances.amin(dim=1, keepdim=True)).double().argmax(dim=1)


def make_plan(draw: Draw) -> Plan:
    """Bytes and floats, gray and coloured, not square, one sample, more samples than images, with ties; at last many images, some of them nearly as near."""
    h = draw.size(7, 11)
    w = draw.size(8, 13, h)

    def case(s: int, shape: tuple[int, ...], dtype: str) -> dict[str, Any]:
        samples = draw.uniform(s, *shape, low=80, high=170, dtype="float64").floor()
        sign = draw.normal(s, *shape, dtype="float64").sign()
        a_little = samples + 5 * sign  # L1 5, L2 5
        spots = (draw.uniform(s, *shape, dtype="float64") < 0.1).double()
        in_spots = samples + 30 * spots * sign  # L1 about 3, L2 about 9
        others = draw.uniform(s + 2, *shape, high=256, dtype="float64").floor()
        images = torch.cat([others, a_little, in_spots, in_spots])  # the nearest occurs twice
        moved = draw.uniform(len(images)).argsort()
        pair = [samples, images[moved]]
        pair = [t.to(torch.uint8) if dtype == "uint8" else (t / 255).to(getattr(torch, dtype)) for t in pair]
        return {"args": pair, "seed": draw.seed()}

    cases = [
        case(draw.size(6, 9), (1, h, w), "uint8"),
        case(1, (1, w, h), "float32"),
        case(draw.size(4, 5), (3, h, w), "float64"),
    ]
    few = case(draw.size(11, 13), (1, h, w), "uint8")
    few["args"][1] = few["args"][1][:3]
    samples = draw.uniform(16, 1, 18, 18, low=60, high=190).to(torch.uint8)
    images = draw.uniform(4000, 1, 18, 18, high=256).to(torch.uint8)
    places = draw.uniform(16, high=1900).long()
    images[places] = samples + 40
    images[places, 0, 0, 0] += 1  # an image further on is nearer by one level of one pixel, and its like comes later
    images[places + 1 + draw.uniform(16, high=900).long()] = samples + 40
    images[places + 1000 + draw.uniform(16, high=1000).long()] = samples + 40
    large = {"args": [samples, images], "seed": draw.seed(), "operators": True}
    return {"probe": "call", "cases": [*cases, few, large]}


CALLS = CallClaims("nearest_images", oracle, ("indices",))


def _chunks(plan: Plan, record: Record) -> Failure | None:
    case, call = plan["cases"][-1], record["cases"][-1]["calls"][0]
    pairs = len(case["args"][0]) * case["args"][1].numel()  # S · N · pixels
    if call["largest"] <= pairs // 2:
        return None
    seen = f"it made a tensor of {call['largest']:,} values: the differences of all samples and all images at once"
    expected = "work in chunks, so that 40,000 images of 64×64 fit into a gigabyte"
    advice = (
        "Go through the samples one by one (or the images in chunks of a few hundred), and keep only the distances."
    )
    return Failure(seen, expected, advice, CALLS._called(case))


CLAIMS = (
    CALLS.runs(),
    CALLS.returns(),
    CALLS.value(
        "Take one sample and three images, print the mean absolute difference to each, and see which is smallest."
    ),
    CALLS.dtype(torch.int64),
    Claim("chunks", "works in chunks: never holds all differences at once", _chunks, recomputed=False),
    CALLS.inputs_unchanged(),
)


def _small(plan_or_record: dict[str, Any]) -> dict[str, Any]:
    """Without the large case, whose cost a mistake need not pay again."""
    return plan_or_record | {"cases": plan_or_record["cases"][:-1]}


def _equals(*wrongs: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Callable[[Plan, Record], bool]:
    """`explains`: the small cases came back as from one of these."""
    return lambda plan, record: any(
        same_values(_small(plan), _small(record), run_probe(_small(plan), wrong)) for wrong in wrongs
    )


def _all_at_once(plan: Plan, record: Record) -> bool:
    return all((claim.judge(plan, record) is not None) == (claim.name == "chunks") for claim in CLAIMS)


def farthest(samples, images):
    flat = images.flatten(1).double()
    return torch.stack([(flat - sample.flatten().double()).abs().mean(dim=1).argmax() for sample in samples])


def signed_difference(samples, images):
    flat = images.flatten(1).double()
    return torch.stack([(flat - sample.flatten().double()).mean(dim=1).argmin() for sample in samples])


def _signed_the_other_way(samples, images):
    flat = images.flatten(1).double()
    return torch.stack([(flat - sample.flatten().double()).mean(dim=1).argmax() for sample in samples])


def _signed_then_absolute(samples, images):
    flat = images.flatten(1).double()
    return torch.stack([(flat - sample.flatten().double()).mean(dim=1).abs().argmin() for sample in samples])


def bytes_wrap(samples, images):
    return torch.stack([(images - sample).abs().flatten(1).double().mean(dim=1).argmin() for sample in samples])


def _bytes_wrap_the_other_way(samples, images):
    return torch.stack([(sample - images).abs().flatten(1).double().mean(dim=1).argmin() for sample in samples])


def squared_difference(samples, images):
    flat = images.flatten(1).double()
    return torch.stack([(flat - sample.flatten().double()).square().mean(dim=1).argmin() for sample in samples])


def sample_of_each_image(samples, images):
    return torch.cdist(images.flatten(1).double(), samples.flatten(1).double(), p=1).argmin(dim=1)


def last_of_equals(samples, images):
    flat = images.flatten(1).double().flip(0)
    last = len(images) - 1
    return torch.stack([last - (flat - sample.flatten().double()).abs().sum(dim=1).argmin() for sample in samples])


def distances_returned(samples, images):
    flat = images.flatten(1).double()
    return torch.stack([(flat - sample.flatten().double()).abs().mean(dim=1).min() for sample in samples])


def all_at_once(samples, images):
    return (samples.flatten(1)[:, None].float() - images.flatten(1)[None].float()).abs().mean(dim=2).argmin(dim=1)


MISCONCEPTIONS = (
    Misconception(
        "farthest",
        "the image that differs most is found (argmax)",
        "These are the images that differ most: the nearest has the smallest difference.",
        farthest,
        _equals(farthest),
    ),
    Misconception(
        "signed_difference",
        "the differences are averaged with their signs, so that brighter and darker pixels cancel",
        "The differences are averaged with their signs: brighter and darker pixels cancel, and two images of the same mean brightness count as equal.",
        signed_difference,
        _equals(signed_difference, _signed_the_other_way, _signed_then_absolute),
    ),
    Misconception(
        "bytes_wrap",
        "bytes are subtracted as bytes, so that negative differences wrap around to large ones",
        "The subtraction happens in bytes, which know no negative numbers: 3 − 5 gives 254. Convert to a type that has them, before you subtract.",
        bytes_wrap,
        _equals(bytes_wrap, _bytes_wrap_the_other_way),
    ),
    Misconception(
        "squared_difference",
        "the squared (Euclidean) difference is used instead of the absolute one",
        "This is the nearest image by squared differences: a good measure, too, but this exercise asks for absolute ones, as the book does.",
        squared_difference,
        _equals(squared_difference),
    ),
    Misconception(
        "sample_of_each_image",
        "the axes are exchanged: for each image the nearest sample is found",
        "This is the nearest sample of every image, N of them: find the nearest image of every sample.",
        sample_of_each_image,
        _equals(sample_of_each_image),
    ),
    Misconception(
        "last_of_equals",
        "among equally near images the last is taken instead of the first",
        "Where several images are equally near, this takes the last: the exercise asks for the first.",
        last_of_equals,
        _equals(last_of_equals),
    ),
    Misconception(
        "distances_returned",
        "the smallest differences are returned instead of the numbers of the images",
        "These are the differences themselves: return the numbers of the images, where the smallest stand.",
        distances_returned,
        _equals(distances_returned),
    ),
    Misconception(
        "all_at_once",
        "the differences of all samples and all images are held at once",
        "The result is right, but the differences of all samples and images are held at once: with 40,000 images that is nearly ten gigabytes. "
        "Go through them in chunks.",
        all_at_once,
        _all_at_once,
    ),
)

EXERCISE = Exercise(
    id="dcgan/nearest_images",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "For a single sample: how different is it from each of the N images? That is a tensor of N numbers; where is its smallest?",
        "Bytes cannot hold a negative difference: convert first. Flatten everything but the first axis, and take the mean of the absolute values.",
        "A loop over the samples (there are few) with `.argmin()` on the N differences, and `torch.stack` in the end.",
    ),
)
