"""Check of `autoencoder/train_step`.

A small encoder and decoder with batch norm go in, in eval mode, with SGD with momentum; the judge replays the three steps.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.distributions import Bernoulli

from autograder.checks.autoencoder import train_step_mistakes as wrong
from autograder.claims.compare import close
from autograder.claims.steps import StepClaims, same_steps
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record, run_probe
from autograder.probes.networks import build_network

LR = 0.05


def make_plan(draw: Draw) -> Plan:
    """Three steps on batches of unequal sizes of small images that are not square; the last hidden layer has more units than a batch images."""
    d, width = draw.size(3, 4), draw.size(13, 17)
    h = draw.size(4, 6)
    w = draw.size(4, 6, h)
    sizes = [draw.size(7, 8), draw.size(9, 11), draw.size(5, 6)]
    down = [["flatten"], ["linear", h * w, width], ["batch_norm", width], ["tanh"], ["linear", width, d]]
    up = [["linear", d, width], ["batch_norm", width], ["tanh"], ["linear", width, h * w], ["unflatten", 1, h, w]]
    common = {"kind": "sequential", "training": False, "dtype": "float64"}
    references = [{"ref": "encoder"}, {"ref": "decoder"}]
    return {
        "probe": "spy",
        "cases": [
            {
                "networks": {
                    "encoder": {"layers": down, **common, "seed": draw.seed()},
                    "decoder": {"layers": up, **common, "seed": draw.seed()},
                },
                "optimizers": {"optimizer": {"over": ["encoder", "decoder"], "lr": LR, "momentum": 0.7}},
                "calls": [
                    [*references, draw.uniform(b, 1, h, w, dtype="float64"), {"ref": "optimizer"}] for b in sizes
                ],
                "seed": draw.seed(),
            }
        ],
    }


def replay(
    networks: dict[str, nn.Module], arguments: list[Any], log: list[dict[str, Any]]
) -> tuple[dict[str, float], torch.Tensor]:
    """The loss of one step by torch.distributions."""
    x = arguments[2]
    logits = networks["decoder"](networks["encoder"](x))
    bce = -Bernoulli(logits=logits, validate_args=False).log_prob(x).mean()
    return {"bce": bce.item()}, bce


STEP = StepClaims("train_step", ("encoder", "decoder", "x", "optimizer"), ("bce",), replay)


def _both_called(plan: Plan, record: Record) -> Failure | None:
    for case, number, call in STEP._calls(plan, record):
        logs = {name: [e for e in call["log"] if e["network"] == name] for name in ("encoder", "decoder")}
        called = STEP._called(case, number)
        for name, entries in logs.items():
            if not entries:
                advice = "Run x through the encoder and what comes out through the decoder."
                return Failure(f"the {name} was not called", "one call of each network", advice, called)
        x = case["calls"][number][2]
        if not any(_same_input(entry["inputs"][0], x) for entry in logs["encoder"]):
            advice = "The encoder gets x, just as it came."
            return Failure("the encoder was fed something else", "x as it came", advice, called)
        codes = [entry["outputs"][0] for entry in logs["encoder"]]
        if not any(_same_input(logs["decoder"][-1]["inputs"][0], z) for z in codes):
            advice = "The decoder gets what the encoder returned, just as it came."
            return Failure("the decoder was fed something else", "the encoder's output", advice, called)
    return None


def _same_input(fed: torch.Tensor, wanted: torch.Tensor) -> bool:
    return fed.shape == wanted.shape and close(fed, wanted)


CLAIMS = (
    STEP.runs(),
    STEP.returns(),
    Claim(
        "both_called",
        "runs x through the encoder and its output through the decoder",
        _both_called,
        gate=True,
        own=True,
    ),
    STEP.losses(),
    STEP.update("Three lines belong together: `optimizer.zero_grad()`, `bce.backward()`, `optimizer.step()`."),
    STEP.buffers(),
    STEP.train_mode(),
    STEP.floats(),
    STEP.flags_kept(),
    STEP.inputs_unchanged(),
)


def _tensors(plan: Plan, record: Record) -> bool:
    """Every claim holds but the one on plain floats, and what came back are tensors."""
    others = [claim for claim in CLAIMS if claim.name != "floats"]
    if not all(claim.judge(plan, record) is None for claim in others):
        return False
    return all(call["value"]["kind"] == "tensor" for _, _, call in STEP._calls(plan, record))


def _other_target(plan: Plan, record: Record) -> bool:
    """The first step is a clean one for the cross-entropy with something else than x.

    The gradient of the last layer is Σ (sigmoid(logits) − target) ⊗ hidden / pixels over the batch. There are more hidden units than images,
    so the target can be had from the change of the weights; the loss that was told must then be the cross-entropy with it.
    """
    if any(claim.judge(plan, record) for claim in CLAIMS[:3]):
        return False
    (case, _, call), *_ = STEP._calls(plan, record)
    x, value = case["calls"][0][2], call["value"]
    encoder, decoder = (build_network(case["networks"][name]).train() for name in ("encoder", "decoder"))
    last: Any = decoder[3]  # type: ignore[index]
    before = torch.cat([last.weight, last.bias[:, None]], dim=1).detach()  # (pixels, width + 1)
    state = call["state"]["decoder"]
    after = torch.cat([state["3.weight"], state["3.bias"][:, None]], dim=1)
    with torch.no_grad():
        hidden = decoder[:3](encoder(x))  # type: ignore[index]
        logits = last(hidden)  # (B, pixels)
    inputs = torch.cat([hidden, torch.ones(len(x), 1).to(hidden)], dim=1)  # (B, width + 1)
    gradient = (before - after) / LR
    errors = torch.linalg.lstsq(inputs.T, gradient.T).solution * logits.numel()  # (B, pixels)
    if not close(inputs.T @ errors / logits.numel(), gradient.T, torch.float32):
        return False
    target = torch.sigmoid(logits) - errors
    told = float(value["data"] if value["kind"] == "tensor" else value["value"])
    bce = (nn.functional.softplus(logits) - target * logits).mean()
    as_told = close(torch.tensor(told), bce, torch.float32)
    return as_told and not close(target, x.flatten(1), torch.float32)


def _as_one_of(*wrongs: Any) -> Any:
    """`explains`: the same was done as by one of these."""
    return lambda plan, record: any(same_steps(plan, record, run_probe(plan, one)) for one in wrongs)


def _after_the_update(plan: Plan, record: Record) -> bool:
    """The weights are right, and each value is the loss of the batch with the weights after the step, in train or eval mode."""
    if any(claim.judge(plan, record) for claim in (*CLAIMS[:3], CLAIMS[4])):
        return False
    return any(_loss_after(plan, record, training) for training in (True, False))


def _loss_after(plan: Plan, record: Record, training: bool) -> bool:
    for case, number, call in STEP._calls(plan, record):
        networks = {name: build_network(spec).train(training) for name, spec in case["networks"].items()}
        for name, network in networks.items():
            network.load_state_dict(call["state"][name])
        with torch.no_grad():
            later, _ = replay(networks, case["calls"][number], [])
        value = call["value"]
        told = float(value["data"] if value["kind"] == "tensor" else value["value"])
        if not close(torch.tensor(told), torch.tensor(later["bce"]), torch.float32):
            return False
    return True


MISCONCEPTIONS = (
    Misconception(
        "encoder_left_out",
        "only the decoder learns: the path from the loss to the encoder is cut (no_grad, .detach())",
        "Only the decoder learns: the path from the loss back to the encoder is cut. Hand the encoder's output to the decoder as it is, without "
        "`no_grad` or `.detach()`.",
        wrong.encoder_left_out,
    ),
    Misconception(
        "decoder_left_out",
        "only the encoder learns: the decoder's weights stay as they are",
        "Only the encoder learns: the decoder's weights stay as they are. One `optimizer.step()` moves both, if both have their gradients.",
        wrong.decoder_left_out,
    ),
    Misconception(
        "other_target",
        "the output is compared with something else than the input, such as black and white pixels, the output itself or another image",
        "The logits are compared with something else than x: an autoencoder's target is its input, pixel by pixel, as it came.",
        wrong.other_target,
        _other_target,
    ),
    Misconception(
        "stale_gradients",
        "the gradients are never zeroed, so they pile up from step to step",
        "The gradients of earlier steps are still there and pile up: `optimizer.zero_grad()` is missing.",
        wrong.stale_gradients,
    ),
    Misconception(
        "no_update",
        "the weights never change: optimizer.step() is missing, or the gradients are zeroed just before it",
        "The weights never change: `optimizer.step()` is missing, comes before `backward()`, or finds gradients that were zeroed in between.",
        wrong.no_update,
    ),
    Misconception(
        "rmse_minimised",
        "backward runs on the rmse instead of the bce (whichever is returned)",
        "The weights go down the gradient of the rmse: this exercise asks for the bce, the first of the two losses.",
        wrong.rmse_minimised,
        _as_one_of(wrong.rmse_minimised, wrong._rmse_minimised_and_returned),
    ),
    Misconception(
        "sigmoid_twice",
        "a sigmoid is applied to the decoder's logits before the loss, which applies one itself",
        "The sigmoid is applied twice: the decoder gives logits, and the loss takes them as they are.",
        wrong.sigmoid_twice,
    ),
    Misconception(
        "mode_as_found",
        "the networks are not put in train mode",
        "The networks stay in the mode in which they came: call `.train()` on both, or batch norm uses its running statistics.",
        wrong.mode_as_found,
    ),
    Misconception(
        "tensor_returned",
        "the loss is returned as a tensor instead of a float",
        "Everything is right but the form: the loss comes back as a tensor, which keeps the graph of every step in memory. Return a float by `.item()`.",
        wrong.tensor_returned,
        _tensors,
    ),
    Misconception(
        "loss_after_the_update",
        "the loss that is returned is computed anew after the update",
        "This is the loss after the update, which costs a second forward pass: return the one that the step has just minimised.",
        wrong.loss_after_the_update,
        _after_the_update,
    ),
)

EXERCISE = Exercise(
    id="autoencoder/train_step",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    same=same_steps,
    hints=(
        "Every train step has the same five beats: train mode, forward, loss, gradients, update. Here two networks stand one behind the other.",
        "Logits from `decoder(encoder(x))`. Your reconstruction_losses compares them with x and returns two numbers; the first is the one to minimise.",
        "Zero the gradients, `bce.backward()`, `optimizer.step()`. The optimizer holds the parameters of both networks, so one step moves both. "
        "`bce.item()` is what the function returns.",
    ),
    depends=("autoencoder/reconstruction_losses",),
)
