"""Check of `mlp/accuracy`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.mlp import accuracy_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import as_tensor
from autograder.claims.looking import LookingClaims, calls_of
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record
from autograder.probes.networks import build_network

PARAMETERS = ["model", "images", "labels"]
LOOKING = LookingClaims("accuracy", PARAMETERS, "model")


def make_plan(draw: Draw) -> Plan:
    """A network with batch norm and dropout, in train mode, and in eval mode with gradients disabled; labels that it gets right in known shares.

    The labels are the network's own answers in eval mode, some of them changed, so that no share is near chance.
    """
    h = draw.size(3, 5)
    w, k, width = draw.size(3, 5, h), draw.size(5, 8), draw.size(9, 14)
    layers = [["flatten"], ["linear", 3 * h * w, width], ["batch_norm", width], ["tanh"], ["dropout", 0.5]]
    network = {"kind": "sequential", "layers": [*layers, ["linear", width, k]], "seed": draw.seed()}

    def call(model: dict[str, Any], n: int, wrong: int) -> list[Any]:
        images = draw.normal(n, 3, h, w)
        with torch.no_grad():
            labels, second = build_network(model).eval()(images).topk(2).indices.T.contiguous()
        labels[1:wrong:2] = (labels[1:wrong:2] + 1) % k
        labels[:wrong:2] = second[:wrong:2]  # who counts the second best answer, too, is found out
        order = draw.uniform(n).argsort()
        return [{"ref": "model"}, images[order], labels[order]]

    cases = []
    for training in (True, False):
        model = {**network, "training": training}
        n = draw.size(60, 90)
        calls = [call(model, n, draw.size(n // 5, n // 4)), call(model, draw.size(17, 25), draw.size(9, 13))]
        calls += [call(model, 2, 1)] if training else [call(model, 1, 0), call(model, 1, 1)]
        cases.append({"networks": {"model": model}, "calls": calls, "seed": draw.seed(), "gradients": training})
    return {"probe": "spy", "cases": cases}


def truth(case: dict[str, Any], arguments: list[Any]) -> float:
    """The share of images whose largest logit, in eval mode, is that of their label."""
    _, images, labels = arguments
    with torch.no_grad():
        logits = build_network(case["networks"]["model"]).eval()(images)
    return sum(int(row.argmax()) == int(label) for row, label in zip(logits, labels, strict=True)) / len(labels)


def _number(call: dict[str, Any]) -> float:
    number = as_tensor(call["value"])
    return float("nan") if number is None else float(number)


def _right(case: dict[str, Any], arguments: list[Any], call: dict[str, Any]) -> bool:
    return abs(_number(call) - truth(case, arguments)) < 1e-5


def _returns(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        number = as_tensor(call["value"])
        if number is None or number.numel() != 1:
            advice = "Return one number for all images together."
            return Failure(f"returned {show.value(call['value'])}", "one number", advice, LOOKING.called(arguments))
        if not call["log"]:
            advice = "Let the model judge the images: call it."
            return Failure("the model was never called", "its answer to every image", advice, LOOKING.called(arguments))
    return None


def _share(plan: Plan, record: Record) -> Failure | None:
    for case, arguments, call in calls_of(plan, record):
        if not _right(case, arguments, call):
            expected = f"{truth(case, arguments):.4g}, the share of images that the model gets right in eval mode"
            advice = "Take a few images and count by hand: the model's answer is the class of the largest logit."
            return Failure(f"returned {show.number(_number(call))}", expected, advice, LOOKING.called(arguments))
    return None


def _float(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        if call["value"]["kind"] != "float":
            advice = "`.item()` turns a scalar tensor into a float."
            return Failure(f"returned {show.value(call['value'])}", "a Python float", advice, LOOKING.called(arguments))
    return None


def _eval_mode(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        if any(entry["training"] for entry in call["log"]):
            advice = "Call `model.eval()` before the model sees an image."
            return Failure("the model was called in train mode", "eval mode", advice, LOOKING.called(arguments))
    return None


def _inputs_unchanged(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        for name, before, after in zip(PARAMETERS[1:], arguments[1:], call["args_after"], strict=True):
            if after["kind"] != "tensor" or not torch.equal(after["data"], before):
                advice = "Avoid in-place operations on arguments: make new tensors."
                return Failure(
                    f"the argument {name} was changed", "it left as it was", advice, LOOKING.called(arguments)
                )
    return None


CLAIMS = (
    LOOKING.runs("a number"),
    Claim("returns", "returns one number for all images", _returns, gate=True),
    Claim("share", "returns the share of right answers, in [0, 1]", _share),
    Claim("eval_mode", "calls the model in eval mode", _eval_mode, recomputed=False),
    LOOKING.mode_restored(),
    LOOKING.no_grad(),
    Claim("float", "returns a plain float", _float, recomputed=False),
    LOOKING.kept(),
    Claim("inputs_unchanged", "leaves its arguments unchanged", _inputs_unchanged, recomputed=False),
)


def _failing(plan: Plan, record: Record) -> set[str]:
    """The names of the claims that fail; of the gates alone when one of them does."""
    gates = {claim.name for claim in CLAIMS if claim.gate and claim.judge(plan, record)}
    return gates or {claim.name for claim in CLAIMS if not claim.gate and claim.judge(plan, record)}


def _only(*names: str) -> Callable[[Plan, Record], bool]:
    """`explains`: exactly these claims fail."""
    return lambda plan, record: _failing(plan, record) == set(names)


def _instead(wrong: Callable[[float, int], float]) -> Callable[[Plan, Record], bool]:
    """`explains`: every number is this function of the true share and the number of images, and little else is wrong."""

    def explains(plan: Plan, record: Record) -> bool:
        if not _failing(plan, record) <= {"share", "float"}:
            return False
        return all(
            abs(_number(call) - wrong(truth(case, arguments), len(arguments[2]))) < 1e-3
            for case, arguments, call in calls_of(plan, record)
        )

    return explains


def _left_in(mode: str) -> Callable[[Plan, Record], bool]:
    def explains(plan: Plan, record: Record) -> bool:
        modes = {call["modes"]["model"] for _, _, call in calls_of(plan, record)}
        return _failing(plan, record) == {"mode_restored"} and modes == {mode}

    return explains


def _train_mode(plan: Plan, record: Record) -> bool:
    """The network is always called in the mode in which it came; where that was eval mode all is right."""
    failing = _failing(plan, record)
    if not {"eval_mode"} <= failing <= {"share", "eval_mode", "model_kept"}:
        return False
    for case, arguments, call in calls_of(plan, record):
        came = case["networks"]["model"]["training"]
        if any(entry["training"] != came for entry in call["log"]) or not (came or _right(case, arguments, call)):
            return False
    return True


def _graph(plan: Plan, record: Record) -> bool:
    logs = [(case, call["log"]) for case, _, call in calls_of(plan, record)]
    enabled = all(entry["grad_enabled"] for case, log in logs if case["gradients"] for entry in log)
    return enabled and _failing(plan, record) == {"no_grad"}


def _tensor(plan: Plan, record: Record) -> bool:
    kinds = {call["value"]["kind"] for _, _, call in calls_of(plan, record)}
    return kinds == {"tensor"} and _failing(plan, record) == {"float"}


MISCONCEPTIONS = (
    Misconception(
        "percent",
        "the share is returned in percent",
        "This is the accuracy in percent: this exercise asks for a share between 0 and 1.",
        mistakes.percent,
        _instead(lambda share, n: 100 * share),
    ),
    Misconception(
        "counted",
        "the number of right answers is returned, not their share",
        "This is the number of right answers: divide by the number of images.",
        mistakes.counted,
        _instead(lambda share, n: n * share),
    ),
    Misconception(
        "error_rate",
        "the share of wrong answers is returned",
        "This is the share of wrong answers, the error rate: one minus what is asked for.",
        mistakes.error_rate,
        _instead(lambda share, n: 1 - share),
    ),
    Misconception(
        "train_mode",
        "the model is called in the mode in which it comes, train mode included",
        "The model is never put in eval mode: batch norm and dropout then make an answer depend on chance and on the other images.",
        mistakes.train_mode,
        _train_mode,
    ),
    Misconception(
        "left_in_eval",
        "the model is left in eval mode, even if it came in train mode",
        "The model is left in eval mode: put it back in the mode in which it came, or training goes on without dropout and batch statistics.",
        mistakes.left_in_eval,
        _left_in("eval"),
    ),
    Misconception(
        "left_in_train",
        "the model is left in train mode, even if it came in eval mode",
        "The model is left in train mode even when it came in eval mode: remember `model.training` and set it back.",
        mistakes.left_in_train,
        _left_in("train"),
    ),
    Misconception(
        "graph_kept",
        "the model runs with gradients enabled",
        "The model runs with gradients enabled: counting needs no graph, so put it under `torch.no_grad()`.",
        mistakes.graph_kept,
        _graph,
    ),
    Misconception(
        "tensor_returned",
        "the share is returned as a tensor instead of a float",
        "The number is right, but it is a tensor: return a plain float by `.item()`.",
        mistakes.tensor_returned,
        _tensor,
    ),
)

EXERCISE = Exercise(
    id="mlp/accuracy",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "The model's answer to an image is the class with the largest logit. When is it right, and how many of them are?",
        "`argmax(dim=1)` gives the answers; the mean of a comparison, as floats, is a share. In which mode must the model be, and in which do you leave it?",
        "Keep `model.training` in a variable, call `model.eval()`, compute under `torch.no_grad()`, then `model.train(...)` with what you kept.",
    ),
)
