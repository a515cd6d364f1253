"""Check of `cgan/generate_with_label`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.cgan import generate_with_label_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import close
from autograder.claims.looking import LookingClaims, calls_of
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, failing
from autograder.probes import Plan, Record
from autograder.probes.networks import build_network

PARAMETERS = ["generator", "z", "label"]
LOOKING = LookingClaims("generate_with_label", PARAMETERS, "generator")


def make_plan(draw: Draw) -> Plan:
    """A generator with batch norm and dropout: two labels for one z from train mode, then another size and one image from eval mode."""
    d, k, width = draw.size(6, 9), draw.size(4, 5), 3
    layers = [["linear", d + k, width], ["batch_norm", width], ["tanh"], ["dropout", 0.4]]
    layers += [["linear", width, 3 * 64 * 64], ["tanh"], ["unflatten", 3, 64, 64]]
    network = {"kind": "conditional", "layers": layers, "classes": k, "seed": draw.seed()}

    def case(training: bool, calls: list[tuple[torch.Tensor, int]], dtype: str) -> dict[str, Any]:
        spec = {**network, "training": training, "dtype": dtype}
        rows = [[{"ref": "generator"}, z, label] for z, label in calls]
        return {"networks": {"generator": spec}, "calls": rows, "seed": draw.seed()}

    z, one = draw.normal(draw.size(10, 12), d), draw.normal(1, d, dtype="float64")
    few = draw.normal(draw.size(2, 3), d, dtype="float64")
    return {
        "probe": "spy",
        "cases": [
            case(True, [(z, k - 1), (z, 0)], "float32"),
            case(False, [(few, draw.size(1, k - 2)), (one, 1)], "float64"),
        ],
    }


def pictures(case: dict[str, Any], z: torch.Tensor, labels: torch.Tensor, training: bool = False) -> torch.Tensor:
    """What the plan's generator draws."""
    with torch.no_grad():
        drawn: torch.Tensor = build_network(case["networks"]["generator"]).train(training)(z, labels)
    return drawn


def _labels(arguments: list[Any]) -> torch.Tensor:
    return torch.full((len(arguments[1]),), arguments[2])


def _returns(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        value, shape = call["value"], (len(arguments[1]), 3, 64, 64)
        if value["kind"] != "tensor" or value["data"].shape != shape or not value["data"].is_floating_point():
            advice = "Return what the generator gives for z and its labels, as one tensor."
            seen = f"returned {show.value(value)}"
            return Failure(seen, f"images of shape {show.shape(shape)}", advice, LOOKING.called(arguments))
        if not call["log"]:
            seen = "the generator was never called"
            advice = "Call the generator with z and one label for each row of z."
            return Failure(seen, "the generator's images", advice, LOOKING.called(arguments))
    return None


def _images(plan: Plan, record: Record) -> Failure | None:
    for case, arguments, call in calls_of(plan, record):
        truth = pictures(case, arguments[1], _labels(arguments))
        if not close(call["value"]["data"], truth, torch.float32):
            fed = call["log"][-1]["inputs"]
            same_z = fed[0].shape == arguments[1].shape and close(fed[0], arguments[1])
            what = "" if same_z else "; the generator was fed another z than the one given"
            seen = f"images that begin with {show.tensor(call['value']['data'])}{what}"
            expected = f"{show.tensor(truth)}, from the z given, label {arguments[2]} and eval mode"
            advice = "Three things decide the images: z as it came, the label for every row, and the generator's mode. Look at each of them."
            return Failure(seen, expected, advice, LOOKING.called(arguments))
    return None


def _inputs_unchanged(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        after = call["args_after"][0]
        if after["kind"] != "tensor" or not torch.equal(after["data"], arguments[1]):
            advice = "Avoid in-place operations on z: the caller will use it again, under another label."
            return Failure("the argument z was changed", "it left as it was", advice, LOOKING.called(arguments))
    return None


CLAIMS = (
    LOOKING.runs("images"),
    Claim("returns", "returns one image for each row of z", _returns, gate=True),
    Claim("images", "draws the given z under the given label, in eval mode", _images),
    LOOKING.mode_restored(),
    LOOKING.no_grad(),
    LOOKING.kept(),
    Claim("inputs_unchanged", "leaves z unchanged", _inputs_unchanged, recomputed=False),
)

Calls = list[tuple[dict[str, Any], list[Any], dict[str, Any]]]


def _fails(plan: Plan, record: Record, *names: str) -> bool:
    return failing(CLAIMS, plan, record) == set(names)


def _new_z(plan: Plan, record: Record) -> bool:
    """Right but for z, of which the generator got another one of the same shape, not a multiple of it."""
    if not _fails(plan, record, "images"):
        return False
    _, first, call = calls_of(plan, record)[0]
    fed = torch.cat([entry["inputs"][0] for entry in call["log"]])
    if fed.shape != first[1].shape or bool(torch.cosine_similarity(fed.flatten(), first[1].flatten(), dim=0) > 0.75):
        return False
    for case, arguments, call in calls_of(plan, record):
        z = torch.cat([entry["inputs"][0] for entry in call["log"]])
        if z.shape != arguments[1].shape or bool((z - arguments[1]).abs().median() < 1e-3):
            return False
        if not close(call["value"]["data"], pictures(case, z.to(arguments[1]), _labels(arguments)), torch.float32):
            return False
    return True


def _train_mode(plan: Plan, record: Record) -> bool:
    """Right but for the mode, which is the one in which the generator came; or train mode, in which batch norm refuses a single row."""
    raised = [call["raised"] for _, _, call in calls_of(plan, record) if call["raised"]]
    if raised:
        return all("more than 1 value per channel when training" in error["message"] for error in raised)
    if not failing(CLAIMS, plan, record) <= {"images", "generator_kept"}:
        return False
    for case, arguments, call in calls_of(plan, record):
        came, fed = case["networks"]["generator"]["training"], call["log"]
        if any(entry["training"] != came for entry in fed):
            return False
        whole = [torch.cat([entry["inputs"][i] for entry in fed]) for i in (0, 1)]
        if not (close(whole[0], arguments[1]) and torch.equal(whole[1], _labels(arguments))):
            return False
        if not close(call["value"]["data"], torch.cat([entry["outputs"][0] for entry in fed]), torch.float32):
            return False
    return bool(_images(plan, record))


def _graph_kept(plan: Plan, record: Record) -> bool:
    enabled = all(entry["grad_enabled"] for _, _, call in calls_of(plan, record) for entry in call["log"])
    return enabled and _fails(plan, record, "no_grad")


def _left_in(mode: str) -> Callable[[Plan, Record], bool]:
    def explains(plan: Plan, record: Record) -> bool:
        modes = {call["modes"]["generator"] for _, _, call in calls_of(plan, record)}
        return _fails(plan, record, "mode_restored") and modes == {mode}

    return explains


def _unit_range(plan: Plan, record: Record) -> bool:
    return _fails(plan, record, "images") and all(
        close(call["value"]["data"], (pictures(case, arguments[1], _labels(arguments)) + 1) / 2, torch.float32)
        for case, arguments, call in calls_of(plan, record)
    )


def _codes_given(plan: Plan, record: Record) -> bool:
    """The generator's second input is a table of one-hot codes, which it does not take."""
    _, arguments, call = calls_of(plan, record)[0]
    fed = call["log"][-1]["inputs"] if call["log"] else []
    if not call["raised"] or len(fed) != 2 or fed[1].ndim != 2:
        return False
    codes = fed[1].double()
    return torch.equal(codes.argmax(1), _labels(arguments)) and bool((codes.sum(1) == codes.amax(1)).all())


def _one_label(plan: Plan, record: Record) -> bool:
    """The generator's second input is the number itself, or a tensor of it alone."""
    _, arguments, call = calls_of(plan, record)[0]
    if not call["raised"] or not call["log"]:
        return False
    second = call["log"][-1]["inputs"][1:]
    given = second[0].tolist() if second and second[0].numel() == 1 else None
    plain = not second and "not int" in call["raised"]["message"]  # torch's own words for a number in place of a tensor
    return plain or given in (arguments[2], [arguments[2]], [[arguments[2]]])


MISCONCEPTIONS = (
    Misconception(
        "new_z",
        "new noise is drawn instead of using the z that was given",
        "The images come from another z than the one given: with new noise for each label nobody can see what the label alone changes.",
        mistakes.new_z,
        _new_z,
    ),
    Misconception(
        "train_mode",
        "the generator is called in the mode in which it comes, train mode included, or put in train mode",
        "The generator is not put in eval mode: batch norm then makes each image depend on the others of its batch.",
        mistakes.train_mode,
        _train_mode,
    ),
    Misconception(
        "graph_kept",
        "the generator runs with gradients enabled",
        "The generator runs with gradients enabled: looking at pictures needs no graph, so put the call under `torch.no_grad()`.",
        mistakes.graph_kept,
        _graph_kept,
    ),
    Misconception(
        "left_in_eval",
        "the generator is left in eval mode, even if it came in train mode",
        "The generator is left in eval mode: put it back in the mode in which it came, or training goes on without batch statistics.",
        mistakes.left_in_eval,
        _left_in("eval"),
    ),
    Misconception(
        "left_in_train",
        "the generator is left in train mode, even if it came in eval mode",
        "The generator is left in train mode even when it came in eval mode: remember `generator.training` and set it back.",
        mistakes.left_in_train,
        _left_in("train"),
    ),
    Misconception(
        "codes_given",
        "the generator is given one-hot codes instead of labels",
        "The generator was given one-hot codes. It makes them itself: hand it the labels, int64 of shape (B,).",
        mistakes.codes_given,
        _codes_given,
    ),
    Misconception(
        "one_label",
        "the generator is given a single label (the number itself, or a tensor of one number) instead of one for each row of z",
        "The generator was given one label for all rows: it takes one label for each row of z, a tensor of shape (B,).",
        mistakes.one_label,
        _one_label,
    ),
    Misconception(
        "unit_range",
        "the images are rescaled from [-1, 1] to [0, 1]",
        "The images are right, but rescaled to [0, 1]: this exercise asks for them as the generator draws them, in [-1, 1].",
        mistakes.unit_range,
        _unit_range,
    ),
)

EXERCISE = Exercise(
    id="cgan/generate_with_label",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "What may differ between two calls with the same z and different labels? Nothing but the label: no noise, and no other image of the batch.",
        "Remember the generator's mode, put it in eval mode, call it under `torch.no_grad()` with z and a tensor of B equal labels, set the mode back.",
        "`torch.full((len(z),), label, device=z.device)` makes the labels; it has dtype int64 when `label` is an int.",
    ),
)
