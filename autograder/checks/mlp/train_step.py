"""Check of `mlp/train_step`.

A small network with batch norm goes in, in eval mode, with SGD with momentum; the judge replays the three steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F

from autograder.checks.mlp import train_step_mistakes as mistakes
from autograder.claims.compare import close
from autograder.claims.steps import StepClaims, same_steps
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record, run_probe
from autograder.probes.networks import build_network


def make_plan(draw: Draw) -> Plan:
    """Three steps on batches of unequal sizes of small images that are not square."""
    h = draw.size(4, 6)
    w, k, width = draw.size(4, 6, h), draw.size(5, 7), draw.size(9, 13)
    layers = [["flatten"], ["linear", 3 * h * w, width], ["batch_norm", width], ["tanh"], ["linear", width, k]]
    sizes = [draw.size(7, 9), draw.size(10, 12), draw.size(5, 6)]
    calls = [
        [
            {"ref": "model"},
            draw.uniform(n, 3, h, w, dtype="float64"),
            draw.uniform(n, high=k).long(),
            {"ref": "optimizer"},
        ]
        for n in sizes
    ]
    network = {"kind": "sequential", "layers": layers, "training": False, "dtype": "float64", "seed": draw.seed()}
    return {
        "probe": "spy",
        "cases": [
            {
                "networks": {"model": network},
                "optimizers": {"optimizer": {"over": ["model"], "lr": 0.05, "momentum": 0.7}},
                "calls": calls,
                "seed": draw.seed(),
            }
        ],
    }


def replay(
    networks: dict[str, nn.Module], arguments: list[Any], log: list[dict[str, Any]]
) -> tuple[dict[str, float], torch.Tensor]:
    """The loss of one step by torch.distributions."""
    loss = -Categorical(logits=networks["model"](arguments[1])).log_prob(arguments[2]).mean()
    return {"loss": loss.item()}, loss


STEP = StepClaims("train_step", ("model", "images", "labels", "optimizer"), ("loss",), replay, ("images", "labels"))


def _called_on_images(plan: Plan, record: Record) -> Failure | None:
    for case, number, call in STEP._calls(plan, record):
        fed = [entry["inputs"][0] for entry in call["log"] if entry["grad_enabled"]]
        images = case["calls"][number][1]
        if not fed or fed[-1].shape != images.shape or not close(fed[-1], images):
            seen = "the model was fed something else" if fed else "the model was not called with gradients enabled"
            advice = "Call the model on the batch of images, just as it came."
            return Failure(seen, "one call of the model on the images", advice, STEP._called(case, number))
    return None


CLAIMS = (
    STEP.runs(),
    STEP.returns(),
    Claim("called_on_images", "runs the images through the model", _called_on_images, gate=True, own=True),
    STEP.losses(),
    STEP.update("Three lines belong together: `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`."),
    STEP.buffers(),
    STEP.train_mode(),
    STEP.floats(),
    STEP.flags_kept(),
    STEP.inputs_unchanged(),
)


def _eval_mode_until_the_end(model, images, labels, optimizer):
    loss = mistakes.eval_mode(model, images, labels, optimizer)
    model.train()
    return loss


def _mean_told(model, images, labels, optimizer):
    return mistakes.summed_loss(model, images, labels, optimizer) / len(labels)


def _one_of(*wrongs: Callable[..., float]) -> Callable[[Plan, Record], bool]:
    """`explains`: the same was done as by one of these."""
    return lambda plan, record: any(same_steps(plan, record, run_probe(plan, wrong)) for wrong in wrongs)


def _values(plan: Plan, record: Record) -> bool:
    """Every claim holds but the one on plain floats, and what came back are tensors."""
    others = [claim for claim in CLAIMS if claim.name != "floats"]
    if not all(claim.judge(plan, record) is None for claim in others):
        return False
    return all(call["value"]["kind"] == "tensor" for _, _, call in STEP._calls(plan, record))


def _after_the_update(plan: Plan, record: Record) -> bool:
    """The weights are right, and each value is the loss of the batch with the weights after the step, in train or eval mode."""
    claims = {claim.name: claim.judge(plan, record) for claim in CLAIMS if claim.name in ("runs", "returns")}
    if any(claims.values()) or CLAIMS[4].judge(plan, record):
        return False
    return any(_loss_after(plan, record, training) for training in (True, False))


def _loss_after(plan: Plan, record: Record, training: bool) -> bool:
    for case, number, call in STEP._calls(plan, record):
        model = build_network(case["networks"]["model"])
        model.load_state_dict(call["state"]["model"])
        _, images, labels, _ = case["calls"][number]
        with torch.no_grad():
            later = F.cross_entropy(model.train(training)(images), labels)
        value = call["value"]
        seen = value["data"].reshape(()) if value["kind"] == "tensor" else torch.tensor(float(value["value"]))
        if not close(seen, later, torch.float32):
            return False
    return True


MISCONCEPTIONS = (
    Misconception(
        "stale_gradients",
        "the gradients are never zeroed, so they pile up from step to step",
        "The gradients of earlier steps are still there and pile up: `optimizer.zero_grad()` is missing.",
        mistakes.stale_gradients,
    ),
    Misconception(
        "no_update",
        "the weights never change: optimizer.step() is missing, or the gradients are zeroed just before it",
        "The weights never change: `optimizer.step()` is missing, comes before `backward()`, or finds gradients that were zeroed in between.",
        mistakes.no_update,
    ),
    Misconception(
        "tensor_returned",
        "the loss is returned as a tensor instead of a float",
        "Everything is right but the form: the loss comes back as a tensor, which keeps the graph of every step in memory. Return a float by `.item()`.",
        mistakes.tensor_returned,
        _values,
    ),
    Misconception(
        "eval_mode",
        "the model is not in train mode during the step: it stays in eval mode or is put there",
        "The model was in eval mode during the step: call `model.train()` first. This MLP works alike in both, but batch norm and dropout, in the next lesson, do not.",
        mistakes.eval_mode,
        _one_of(mistakes.eval_mode, _eval_mode_until_the_end),
    ),
    Misconception(
        "loss_after_the_update",
        "the loss that is returned is computed anew after the update",
        "This is the loss after the update, which costs a second forward pass: return the one that the step has just minimised.",
        mistakes.loss_after_the_update,
        _after_the_update,
    ),
    Misconception(
        "summed_loss",
        "the loss is summed over the batch instead of averaged",
        "The loss is summed over the batch: the size of a step then grows with the batch. Take the mean.",
        mistakes.summed_loss,
        _one_of(mistakes.summed_loss, _mean_told),
    ),
    Misconception(
        "double_softmax",
        "a softmax is applied to the logits before a cross-entropy that takes logits",
        "The softmax is applied twice: the cross-entropy takes the model's logits as they are.",
        mistakes.double_softmax,
    ),
)

EXERCISE = Exercise(
    id="mlp/train_step",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    same=same_steps,
    hints=(
        "Every train step has the same five beats: train mode, forward, loss, gradients, update. Which of them must know about the step before?",
        "Logits from the model, the mean cross-entropy with the labels. Then zero the gradients, backward, step.",
        "`loss.item()` makes a plain float of the loss; that is what the function returns.",
    ),
    depends=("mlp/cross_entropy",),
)
