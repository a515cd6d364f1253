"""Check of `vae_fashion/train_step`.

A small encoder and decoder with batch norm go in, in eval mode, with SGD with momentum. The noise of every step is read from what the
decoder received; with it the judge replays the three steps and compares losses, weights and running statistics.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

from autograder.checks.vae_fashion import train_step_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import close
from autograder.claims.laws import standard_normal
from autograder.claims.steps import StepClaims, same_steps
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception
from autograder.probes import Plan, Record

KEYS = ("total", "reconstruction", "kl")


def make_plan(draw: Draw) -> Plan:
    """Three steps on different batches of 8×8 images, with a beta far from 1."""
    d, width = draw.size(4, 6), draw.size(10, 14)
    b = draw.size(7, 9)
    trunk = [["flatten"], ["linear", 64, width], ["batch_norm", width], ["tanh"]]
    layers = [["linear", d, width], ["batch_norm", width], ["tanh"], ["linear", width, 64], ["unflatten", 1, 8, 8]]
    encoder = {"kind": "gaussian_encoder", "trunk": trunk, "width": width, "latent_dim": d}
    common = {"training": False, "dtype": "float64"}
    beta = draw.number(2.0, 4.0)
    refs = [{"ref": "encoder"}, {"ref": "decoder"}]
    return {
        "probe": "spy",
        "cases": [
            {
                "networks": {
                    "encoder": {**encoder, **common, "seed": draw.seed()},
                    "decoder": {"kind": "sequential", "layers": layers, **common, "seed": draw.seed()},
                },
                "optimizers": {"optimizer": {"over": ["encoder", "decoder"], "lr": 0.02, "momentum": 0.7}},
                "calls": [
                    [*refs, draw.uniform(b, 1, 8, 8, dtype="float64"), {"ref": "optimizer"}, beta] for _ in range(3)
                ],
                "seed": draw.seed(),
            }
        ],
    }


def replay(
    networks: dict[str, nn.Module], arguments: list[Any], log: list[dict[str, Any]]
) -> tuple[dict[str, float], torch.Tensor]:
    """Losses of one step by torch.distributions, with the ε that the learner's decoder was fed."""
    x, beta = arguments[2], arguments[4]
    z_mean, z_log_var, _ = networks["encoder"](x)
    sigma = torch.exp(0.5 * z_log_var)
    logits = networks["decoder"](z_mean + sigma * epsilon(log))
    reconstruction = -Bernoulli(logits=logits, validate_args=False).log_prob(x).flatten(1).sum(1).mean()
    prior = Normal(torch.zeros_like(z_mean), torch.ones_like(z_mean))
    kl = kl_divergence(Normal(z_mean, sigma), prior).sum(1).mean()
    total = reconstruction + beta * kl
    return {"total": total.item(), "reconstruction": reconstruction.item(), "kl": kl.item()}, total


def epsilon(log: list[dict[str, Any]]) -> torch.Tensor:
    """ε (B, D) of a step: the decoder's input against the mean and log-variance that the encoder gave."""
    z_mean, z_log_var, _ = _last(log, "encoder")["outputs"]
    z = _last(log, "decoder")["inputs"][0]
    return (z - z_mean) / torch.exp(0.5 * z_log_var)


def _last(log: list[dict[str, Any]], network: str) -> dict[str, Any]:
    return [entry for entry in log if entry["network"] == network and entry["grad_enabled"]][-1]


STEP = StepClaims("train_step", ("encoder", "decoder", "x", "optimizer", "beta"), KEYS, replay)


def _both_called(plan: Plan, record: Record) -> Failure | None:
    for case, number, call in STEP._calls(plan, record):
        for network, wanted in (("encoder", case["calls"][number][2]), ("decoder", None)):
            entries = [e for e in call["log"] if e["network"] == network and e["grad_enabled"]]
            called = STEP._called(case, number)
            if not entries:
                seen = f"the {network} was not called with gradients enabled"
                return Failure(
                    seen, "one call of each network", "Run x through the encoder and z through the decoder.", called
                )
            fed = entries[-1]["inputs"][0]
            z_mean_shape = None if wanted is not None else _last(call["log"], "encoder")["outputs"][0].shape
            if (wanted is not None and not (fed.shape == wanted.shape and close(fed, wanted))) or (
                z_mean_shape is not None and fed.shape != z_mean_shape
            ):
                expected = "x as it came" if network == "encoder" else "z, one row per image"
                advice = "The encoder gets x, the decoder gets the z that the encoder returned."
                return Failure(f"the {network} was fed something else", expected, advice, called)
    return None


def _sampled(plan: Plan, record: Record) -> Failure | None:
    draws = torch.cat([epsilon(call["log"]) for _, _, call in STEP._calls(plan, record)])
    if standard_normal(draws) and not _shared(draws):
        return None
    seen = f"(z − z_mean)/σ of the decoder's inputs has standard deviation {show.number(draws.std())}"
    advice = "Decode z, the third output of the encoder."
    return Failure(seen, "the encoder's sample z", advice, STEP._called(plan["cases"][0], 0))


def _shared(draws: torch.Tensor) -> bool:
    """Whether two rows or two columns agree to 1e-4: by chance below 300·(1e-4)⁴, as a row has at least four draws."""
    return any(bool((torch.cdist(m, m, p=torch.inf) + torch.eye(len(m)) < 1e-4).any()) for m in (draws, draws.T))


CLAIMS = (
    STEP.runs(),
    STEP.returns(),
    Claim("both_called", "runs x through the encoder and z through the decoder", _both_called, gate=True, own=True),
    Claim("sampled", "decodes a sample of the posterior", _sampled, own=True),
    STEP.losses(),
    STEP.update("Three lines belong together: `optimizer.zero_grad()`, `total.backward()`, `optimizer.step()`."),
    STEP.buffers(),
    STEP.train_mode(),
    STEP.floats(),
    STEP.flags_kept(),
    STEP.inputs_unchanged(),
)


def _tensors(plan: Plan, record: Record) -> bool:
    """Every claim holds but the one on plain floats, and what came back are tensors."""
    others = [c for c in CLAIMS if c.name != "floats"]
    if not all(c.judge(plan, record) is None for c in others):
        return False
    return all(
        item["kind"] == "tensor" for _, _, call in STEP._calls(plan, record) for item in call["value"]["items"].values()
    )


MISCONCEPTIONS = (
    Misconception(
        "uses_z_mean",
        "z_mean is decoded instead of the sample z",
        "The decoder is fed z_mean, not the sample z: without noise in training this is an autoencoder with a penalty, not a VAE.",
        mistakes.uses_z_mean,
    ),
    Misconception(
        "stale_gradients",
        "the gradients are never zeroed, so they pile up from step to step",
        "The gradients of earlier steps are still there and pile up: `optimizer.zero_grad()` is missing.",
        mistakes.stale_gradients,
    ),
    Misconception(
        "kl_dropped",
        "backward runs on the reconstruction alone, so the KL is reported but not minimised",
        "The KL is reported, but the weights move as if it were not there: call `backward()` on the total.",
        mistakes.kl_dropped,
    ),
    Misconception(
        "no_update",
        "the weights never change: optimizer.step() is missing, or the gradients are zeroed just before it",
        "The weights never change: `optimizer.step()` is missing, comes before `backward()`, or finds gradients that were zeroed in between.",
        mistakes.no_update,
    ),
    Misconception(
        "mode_as_found",
        "the networks are not put in train mode",
        "The networks stay in the mode in which they came: call `.train()` on both, or batch norm uses its running statistics.",
        mistakes.mode_as_found,
    ),
    Misconception(
        "tensors_returned",
        "the losses are returned as tensors instead of floats",
        "Everything is right but the form: the losses come back as tensors, which keep the graph of every step in memory. Return floats by `.item()`.",
        mistakes.tensors_returned,
        _tensors,
    ),
    Misconception(
        "beta_dropped",
        "beta is not passed on: the loss is that of beta = 1",
        "The losses are those of beta = 1: pass beta on to vae_loss.",
        mistakes.beta_dropped,
    ),
)

EXERCISE = Exercise(
    id="vae_fashion/train_step",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    same=same_steps,
    hints=(
        "Every train step has the same five beats: train mode, forward, loss, gradients, update. Which of them must know about the step before?",
        "Encode x, decode z (not z_mean), hand everything to your vae_loss. Then zero the gradients, backward on the total, step.",
        "The returned dict has the keys total, reconstruction and kl; `.item()` makes a float of each.",
    ),
    depends=("vae_fashion/vae_loss",),
)
