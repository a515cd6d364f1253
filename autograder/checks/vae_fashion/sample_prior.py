"""Check of `vae_fashion/sample_prior`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checks.vae_fashion import sample_prior_mistakes as mistakes
from autograder.claims import show
from autograder.claims.compare import close
from autograder.claims.laws import fresh, standard_normal, uniform
from autograder.claims.looking import LookingClaims, calls_of, network_as_sent
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, once_a_verdict
from autograder.probes import Plan, Record

PARAMETERS = ["decoder", "n", "latent_dim"]
LOOKING = LookingClaims("sample_prior", PARAMETERS, "decoder")


def make_plan(draw: Draw) -> Plan:
    """A decoder with batch norm and dropout: many samples twice from train mode, then a few from eval mode, one last."""
    d, width = draw.size(95, 110), draw.size(3, 4)
    n = draw.size(60, 70)  # few, for an image has 4 kB; the codes have numbers enough for the law
    layers = [["linear", d, width], ["batch_norm", width], ["tanh"], ["dropout", 0.4], ["linear", width, 1024]]
    network = {"kind": "sequential", "layers": [*layers, ["unflatten", 1, 32, 32]], "seed": draw.seed()}

    def case(training: bool, sizes: list[int]) -> dict[str, Any]:
        calls = [[{"ref": "decoder"}, size, d] for size in sizes]
        return {"networks": {"decoder": {**network, "training": training}}, "calls": calls, "seed": draw.seed()}

    return {"probe": "spy", "cases": [case(True, [n, n]), case(False, [draw.size(3, 8), 1])]}


def _returns(plan: Plan, record: Record) -> Failure | None:
    for _, arguments, call in calls_of(plan, record):
        value, shape = call["value"], (arguments[1], 1, 32, 32)
        if value["kind"] != "tensor" or value["data"].shape != shape:
            advice = "Return the decoded images as one tensor: decode n codes of size latent_dim."
            return Failure(
                f"returned {show.value(value)}",
                f"a tensor of shape {show.shape(shape)}",
                advice,
                LOOKING.called(arguments),
            )
        if not call["log"]:
            seen = "the decoder was never called"
            return Failure(seen, "decoded samples of the prior", "Call decoder(z).", LOOKING.called(arguments))
        if codes(call).shape != (arguments[1], arguments[2]):
            seen = f"the decoder was fed a tensor of shape {show.shape(codes(call).shape)}"
            wanted = f"z of shape ({arguments[1]}, {arguments[2]})"
            return Failure(seen, wanted, "Draw one code of size latent_dim for each image.", LOOKING.called(arguments))
    return None


@once_a_verdict
def codes(call: dict[str, Any]) -> torch.Tensor:
    """All z that the decoder received during a call, one after the other: (n, latent_dim)."""
    return torch.cat([entry["inputs"][0].float() for entry in call["log"]])


@once_a_verdict
def decoded(case: dict[str, Any], z: torch.Tensor) -> torch.Tensor:
    """Logits of the plan's decoder in eval mode."""
    with torch.no_grad():
        logits: torch.Tensor = network_as_sent(case["networks"]["decoder"]).eval()(z)
    return logits


def _probabilities(plan: Plan, record: Record) -> Failure | None:
    for case, arguments, call in calls_of(plan, record):
        seen, truth = call["value"]["data"], torch.special.expit(decoded(case, codes(call)))
        if not close(seen, truth, torch.float32):
            said = f"values between {show.number(seen.min())} and {show.number(seen.max())}"
            expected = f"the decoder's probabilities in eval mode, between {show.number(truth.min())} and {show.number(truth.max())}"
            return Failure(
                said,
                expected,
                "Which mode is the decoder in, and what turns its logits into probabilities?",
                LOOKING.called(arguments),
            )
    return None


def _law(plan: Plan, record: Record) -> Failure | None:
    first, second = (codes(call) for call in record["cases"][0]["calls"])
    for z in (first, second):
        if not standard_normal(z):
            seen = (
                f"z has mean {show.number(z.mean())} and standard deviation {show.number(z.std())}, or repeats itself"
            )
            advice = "The prior is N(0, I): one normal draw for every image and latent dimension."
            return Failure(seen, "independent draws of N(0, 1)", advice, LOOKING.called(plan["cases"][0]["calls"][0]))
    if not fresh(first, second):
        advice = "Draw z inside the function, and set no seed there."
        return Failure(
            "two calls used the same z", "new draws in every call", advice, LOOKING.called(plan["cases"][0]["calls"][0])
        )
    return None


CLAIMS = (
    LOOKING.runs("images"),
    Claim("returns", "decodes n codes into n images", _returns, gate=True),
    Claim("probabilities", "returns probabilities, decoded in eval mode", _probabilities),
    Claim("law", "draws z from N(0, I), anew in every call", _law),
    LOOKING.mode_restored(),
    LOOKING.no_grad(),
    LOOKING.kept(),
)


def _unfit(plan: Plan, record: Record) -> bool:
    return any(claim.judge(plan, record) for claim in CLAIMS if claim.gate)


def _only(*failing: str) -> Any:
    """`explains`: exactly these claims fail."""

    def explains(plan: Plan, record: Record) -> bool:
        if _unfit(plan, record):
            return False
        return {c.name for c in CLAIMS if c.judge(plan, record)} == set(failing)

    return explains


def _logits(plan: Plan, record: Record) -> bool:
    if _unfit(plan, record):
        return False
    return all(
        close(c["value"]["data"], decoded(case, codes(c)), torch.float32) for case, _, c in calls_of(plan, record)
    )


def _train_mode(plan: Plan, record: Record) -> bool:
    if _unfit(plan, record) or LOOKING.mode_restored().judge(plan, record):
        return False
    calls = [call for _, _, call in calls_of(plan, record)]
    answered = [torch.special.expit(torch.cat([e["outputs"][0] for e in c["log"]])) for c in calls]
    same = all(close(c["value"]["data"], a, torch.float32) for c, a in zip(calls, answered, strict=True))
    return same and any(entry["training"] for call in calls for entry in call["log"])


def _graph_kept(plan: Plan, record: Record) -> bool:
    enabled = all(e["grad_enabled"] for _, _, call in calls_of(plan, record) for e in call["log"])
    return enabled and _only("no_grad")(plan, record)


def _uniform(plan: Plan, record: Record) -> bool:
    if _unfit(plan, record):
        return False
    z = codes(record["cases"][0]["calls"][0])
    edges = [(0.0, 1.0), *((-e, e) for e in (0.5, 1.0, 3**0.5, 2.0, 3.0))]
    return any(uniform(z, *edge) for edge in edges)


def _same_every_time(plan: Plan, record: Record) -> bool:
    if _unfit(plan, record):
        return False
    first, second = (codes(call) for call in record["cases"][0]["calls"])
    return torch.equal(first, second) and standard_normal(first)


def _left_in(mode: str) -> Any:
    only = _only("mode_restored")

    def explains(plan: Plan, record: Record) -> bool:
        return only(plan, record) and all(call["modes"]["decoder"] == mode for _, _, call in calls_of(plan, record))

    return explains


MISCONCEPTIONS = (
    Misconception(
        "logits_returned",
        "the decoder's logits are returned: the sigmoid is missing",
        "These are the decoder's logits: a sigmoid turns them into probabilities.",
        mistakes.logits_returned,
        _logits,
    ),
    Misconception(
        "uniform_draws",
        "z is drawn from a uniform distribution instead of N(0, I)",
        "z is uniform: the VAE's prior is normal, so draw by `torch.randn`, not `torch.rand`.",
        mistakes.uniform_draws,
        _uniform,
    ),
    Misconception(
        "graph_kept",
        "the decoder runs with gradients enabled",
        "The decoder runs with gradients enabled: sampling needs no graph, so put it under `torch.no_grad()`.",
        mistakes.graph_kept,
        _graph_kept,
    ),
    Misconception(
        "train_mode",
        "the decoder is called in the mode in which it comes, train mode included",
        "The decoder is never put in eval mode: batch norm and dropout then make an image depend on chance and on the others.",
        mistakes.train_mode,
        _train_mode,
    ),
    Misconception(
        "left_in_eval",
        "the decoder is left in eval mode, even if it came in train mode",
        "The decoder is left in eval mode: put it back in the mode in which it came, or training goes on without dropout and batch statistics.",
        mistakes.left_in_eval,
        _left_in("eval"),
    ),
    Misconception(
        "left_in_train",
        "the decoder is left in train mode, even if it came in eval mode",
        "The decoder is left in train mode even when it came in eval mode: remember `decoder.training` and set it back.",
        mistakes.left_in_train,
        _left_in("train"),
    ),
    Misconception(
        "same_every_time",
        "a seed set inside makes every call draw the same z",
        "Every call gives the same images: a seed is set inside the function.",
        mistakes.same_every_time,
        _same_every_time,
    ),
)

EXERCISE = Exercise(
    id="vae_fashion/sample_prior",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "Where in the latent space are the codes that the KL term made the decoder familiar with?",
        "Draw z from N(0, I) of shape (n, latent_dim) on the decoder's device, decode in eval mode under no_grad, and remember what the decoder returns.",
        "`next(decoder.parameters()).device` is the device; keep `decoder.training` in a variable first and give it to `decoder.train(...)` at the end.",
    ),
)
