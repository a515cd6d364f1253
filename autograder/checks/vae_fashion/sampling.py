"""Check of `vae_fashion/Sampling`.

The judge never asks for a seeded answer. It recovers the noise ε = (z − mean)/σ from every z and tests its law, and it uses an identity
that holds for any noise: with weights w, ∂(w·z)/∂mean = w and ∂(w·z)/∂log_var = w·(z − mean)/2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.checks.vae_fashion import sampling_mistakes as mistakes
from autograder.claims import show
from autograder.claims.calls import CallClaims
from autograder.claims.compare import close
from autograder.claims.laws import fresh, standard_normal, uniform
from autograder.exercise import Claim, Draw, Exercise, Failure, Misconception, once_a_verdict
from autograder.probes import Plan, Record

LARGE, EVAL, DOUBLE, SMALL, HALF, REPEAT = range(6)  # the cases of the plan, in order
CALLS_MADE = 3  # of the large case


def make_plan(draw: Draw) -> Plan:
    """A large batch called three times, the same in eval mode, float64, batch size 1, bfloat16, and the first seeds once more."""
    d = draw.size(90, 120)
    b = draw.size(130, 160, d)
    seed = draw.seed()

    def case(rows: int, columns: int, dtype: str, **more: Any) -> dict[str, Any]:
        z_mean = draw.normal(rows, columns, mean=0.8, std=1.5, dtype=dtype)
        z_log_var = draw.normal(rows, columns, mean=-0.4, std=0.9, dtype=dtype)
        weight = draw.normal(rows, columns, dtype=dtype)
        return {
            "construct": [],
            "args": [z_mean, z_log_var],
            "grad": [0, 1],
            "cotangents": [weight],
            "seed": seed,
        } | more

    large = case(b, d, "float32", calls=CALLS_MADE)
    cases = [
        large,
        large | {"training": False, "calls": 1, "seed": seed + 7},
        case(draw.size(3, 9), draw.size(10, 15), "float64"),
        case(1, draw.size(3, 9), "float32"),
        case(4, 6, "bfloat16", grad=[], cotangents=[]),
        large | {"calls": 1},
    ]
    return {"probe": "call", "cases": cases}


@once_a_verdict
def noise(
    plan: Plan, record: Record, case: int, call: int = 0, std: Callable[[Any], Any] | None = None
) -> torch.Tensor:
    """ε (B, D), float64, recovered from a call's z; `std` turns the log-variance into the divisor, right by default."""
    z_mean, z_log_var = (a.double() for a in plan["cases"][case]["args"])
    z = record["cases"][case]["calls"][call]["value"]["data"].double()
    scale = torch.exp(0.5 * z_log_var) if std is None else std(z_log_var)
    return (z - z_mean) / scale


def _shape_oracle(z_mean: torch.Tensor, z_log_var: torch.Tensor) -> torch.Tensor:
    return z_mean + torch.exp(0.5 * z_log_var)  # one value of z, for shape and dtype


CALLS = CallClaims("Sampling()", _shape_oracle, ("z",))


def _called(plan: Plan, case: int) -> str:
    return show.call("Sampling()", CALLS.parameters, plan["cases"][case]["args"])


def _is_module(plan: Plan, record: Record) -> Failure | None:
    for case in record["cases"]:
        if case["raised"]:
            return Failure(show.error(case["raised"]), "a module", show.advice(case["raised"]), "Sampling()")
        if case["module"]["parameters"] != 0:
            problem = case["module"]["parameters"]
            seen = f"it is a {case['module']['type']}" if problem is None else f"it has {problem} parameters"
            return Failure(seen, "an nn.Module without parameters", "Keep the class line of the stub.", "Sampling()")
    return None


def _law(plan: Plan, record: Record) -> Failure | None:
    for call in range(CALLS_MADE):
        failure = _law_of(plan, noise(plan, record, LARGE, call), LARGE, "")
        if failure:
            return failure
    return None


def _law_of(plan: Plan, epsilon: torch.Tensor, case: int, where: str) -> Failure | None:
    if standard_normal(epsilon):
        return None
    log_var = plan["cases"][case]["args"][1]
    small, large = (epsilon[half] for half in (log_var < log_var.median(), log_var >= log_var.median()))
    seen = (
        f"has mean {show.number(epsilon.mean())}, and standard deviation {show.number(small.std())} where z_log_var is small, "
        f"{show.number(large.std())} where it is large"
    )
    if any(test(epsilon) for test in (_one_per_batch, _one_per_row, _one_per_column)):
        seen = "is shared by several elements of z"
    return Failure(
        f"the noise (z − z_mean)/σ{where} {seen}",
        "independent draws of N(0, 1), one for every image and latent dimension",
        "Write z for one number first: mean 2 and log-variance log 9 must give 2 + 3·ε.",
        _called(plan, case),
    )


def _gradient(plan: Plan, record: Record) -> Failure | None:
    for case in (LARGE, DOUBLE, SMALL):
        asked, call = plan["cases"][case], record["cases"][case]["calls"][0]
        z_mean, weight = asked["args"][0], asked["cotangents"][0]
        z = call["value"]["data"]
        expected = [weight, weight * (z - z_mean) / 2]
        row = call["grads"][0] if call["grads"] else [None, None]
        for name, seen, truth in zip(CALLS.parameters, row, expected, strict=True):
            if seen is None or not close(seen, truth, torch.float32):
                found = "is missing" if seen is None else f"is {show.tensor(seen)}"
                name = f"{name}, weighted by random w,"
                advice = "Only the noise may be cut off from the graph: no `no_grad`, `.detach()`, `.data` or `.sample()` around z."
                wanted = f"{show.tensor(truth)}, whatever the noise"
                return Failure(f"the gradient of z by {name} {found}", wanted, advice, _called(plan, case))
    return None


def _fresh(plan: Plan, record: Record) -> Failure | None:
    if _law(plan, record) is not None or fresh(noise(plan, record, LARGE, 0), noise(plan, record, LARGE, 1)):
        return None  # freshness can be told of the right law only
    seen = "two calls with the same inputs used the same noise"
    return Failure(seen, "new noise for every call", "Draw ε inside `forward`, at every call.", _called(plan, LARGE))


def _same_draws(z: torch.Tensor, again: torch.Tensor) -> bool:
    """Whether two draws used the same noise: other noise would change each value by about its size.

    Not bit by bit: where torch's exponential runs on MKL, another thread may compute it to four digits only, in some processes.
    """
    return bool(((z - again).abs() <= 0.01 * (1 + again.abs())).all())


def _seeded(plan: Plan, record: Record) -> Failure | None:
    first, again = (record["cases"][LARGE]["calls"][0], record["cases"][REPEAT]["calls"][0])
    advice = "Draw by torch (`torch.randn_like`, `torch.randn`, a distribution's `rsample`), and set no seed inside."
    if not _same_draws(first["value"]["data"], again["value"]["data"]):
        seen = "the same torch seed gave other noise"
        return Failure(seen, "noise that torch.manual_seed makes repeatable", advice, _called(plan, LARGE))
    states = [record["cases"][LARGE]["calls"][i]["next_draw"] for i in range(2)]
    if torch.equal(*states):
        seen = "the call set torch's random state to a fixed value"
        return Failure(seen, "the global random state only moved on by the draw", advice, _called(plan, LARGE))
    return None


def _eval_mode(plan: Plan, record: Record) -> Failure | None:
    if _law(plan, record) is not None:
        return None  # then eval mode is not what is wrong
    return _law_of(plan, noise(plan, record, EVAL), EVAL, " in eval mode")


CLAIMS = (
    Claim("module", "is a module without parameters", _is_module, gate=True),
    CALLS.runs(),
    CALLS.returns(),
    CALLS.finite(),
    Claim("law", "draws z from N(z_mean, σ²), one ε per element", _law),
    Claim("gradient", "lets the gradient through to z_mean and z_log_var", _gradient),
    Claim("fresh", "draws new noise at every call", _fresh),
    Claim("eval_mode", "does the same in eval mode", _eval_mode),
    Claim("seeded", "uses torch's global generator", _seeded),
    CALLS.dtype(),
    CALLS.inputs_unchanged(),
)


def _answered(plan: Plan, record: Record) -> bool:
    return all(claim.judge(plan, record) is None for claim in CLAIMS[:3])


def _noise_is(test: Callable[[torch.Tensor], bool], std: Callable[[Any], Any] | None = None) -> Any:
    """`explains` of a mistake seen in the recovered noise of two calls."""

    def explains(plan: Plan, record: Record) -> bool:
        return _answered(plan, record) and all(test(noise(plan, record, LARGE, i, std)) for i in range(CALLS_MADE))

    return explains


def _spread(values: torch.Tensor) -> bool:
    return bool(values.std() > 0.05)


def _one_per_batch(epsilon: torch.Tensor) -> bool:
    shared = epsilon[0, 0]
    return bool(shared.abs() > 1e-3) and bool((epsilon - shared).abs().max() < 1e-3)


def _one_per_row(epsilon: torch.Tensor) -> bool:
    return bool((epsilon - epsilon[:, :1]).abs().max() < 1e-3) and _spread(epsilon[:, 0])


def _one_per_column(epsilon: torch.Tensor) -> bool:
    return bool((epsilon - epsilon[:1]).abs().max() < 1e-3) and _spread(epsilon[0])


def _uniform(epsilon: torch.Tensor) -> bool:
    edges = ((0.0, 1.0), (-1.0, 1.0), (-0.5, 0.5), (-(3**0.5), 3**0.5))
    return any(uniform(epsilon, *edge) for edge in edges)


def _mean_left_out(plan: Plan, record: Record) -> bool:
    if not _answered(plan, record):
        return False
    sigma = torch.exp(0.5 * plan["cases"][LARGE]["args"][1].double())
    z = [record["cases"][LARGE]["calls"][i]["value"]["data"].double() / sigma for i in range(CALLS_MADE)]
    return all(map(standard_normal, z))


def _no_noise(plan: Plan, record: Record) -> bool:
    return _answered(plan, record) and bool(noise(plan, record, LARGE).abs().max() < 1e-4)


def _cut(plan: Plan, record: Record) -> bool:
    """The law holds and no gradient arrives, neither at the mean nor at the log-variance."""
    if not _answered(plan, record) or _law(plan, record) is not None:
        return False
    grads = record["cases"][LARGE]["calls"][0]["grads"]
    return not grads or all(g is None or not bool(g.any()) for g in grads[0])


def _same_noise_twice(reseeds: bool) -> Any:
    def explains(plan: Plan, record: Record) -> bool:
        if not _answered(plan, record):
            return False
        calls = record["cases"][LARGE]["calls"]
        same = all(_same_draws(call["value"]["data"], calls[0]["value"]["data"]) for call in calls)
        reset = all(torch.equal(call["next_draw"], calls[0]["next_draw"]) for call in calls)
        return same and reset == reseeds and standard_normal(noise(plan, record, LARGE))

    return explains


def _not_like_input(plan: Plan, record: Record) -> bool:
    """Everything holds but for bfloat16 inputs, which come back as float32: noise of torch's default dtype."""
    if not _answered(plan, record):
        return False
    others = [c for c in CLAIMS if c.name not in ("dtype",)]
    half, double = (record["cases"][case]["calls"][0]["value"]["data"].dtype for case in (HALF, DOUBLE))
    return (half, double) == (torch.float32, torch.float64) and all(c.judge(plan, record) is None for c in others)


MISCONCEPTIONS = (
    Misconception(
        "exp_log_var_as_std",
        "exp(z_log_var), which is the variance, is used as the standard deviation",
        "This is exactly what you get when exp(z_log_var) is used as the standard deviation: it is the variance, σ is its square root.",
        mistakes.exp_log_var_as_std,
        _noise_is(standard_normal, torch.exp),
    ),
    Misconception(
        "log_var_as_std",
        "z_log_var itself is used as the standard deviation",
        "This is exactly what you get when the log-variance is used as a standard deviation: a σ is never negative, a logarithm can be.",
        mistakes.log_var_as_std,
        _noise_is(standard_normal, lambda log_var: log_var),
    ),
    Misconception(
        "one_noise_per_batch",
        "a single ε is drawn and shared by the whole batch",
        "One single ε is shared by the whole batch: every image and every latent dimension needs its own draw.",
        mistakes.one_noise_per_batch,
        _noise_is(_one_per_batch),
    ),
    Misconception(
        "one_noise_per_image",
        "one ε is drawn per image and shared by its latent dimensions",
        "Each image has one ε that all its latent dimensions share: draw one per element, of the shape of z_mean.",
        mistakes.one_noise_per_image,
        _noise_is(_one_per_row),
    ),
    Misconception(
        "one_noise_per_dimension",
        "one ε is drawn per latent dimension and shared by all images of the batch",
        "All images share the ε of a latent dimension: draw one per element, of the shape of z_mean.",
        mistakes.one_noise_per_dimension,
        _noise_is(_one_per_column),
    ),
    Misconception(
        "uniform_noise",
        "ε is drawn from a uniform distribution instead of the normal one",
        "The noise is uniform, not normal: `rand` draws from U(0, 1), `randn` from N(0, 1).",
        mistakes.uniform_noise,
        _noise_is(_uniform),
    ),
    Misconception(
        "fixed_noise",
        "ε is drawn once and reused at every later call",
        "The noise was drawn once and kept: draw it inside `forward`, so that every call gets its own.",
        mistakes.fixed_noise,
        _same_noise_twice(reseeds=False),
    ),
    Misconception(
        "reseeded",
        "torch.manual_seed is called inside forward, so every call draws the same ε",
        "A seed is set inside `forward`: every call then draws the same noise, and so does everything after it. Set seeds outside.",
        mistakes.reseeded,
        _same_noise_twice(reseeds=True),
    ),
    Misconception(
        "detached",
        "the path from z back to z_mean and z_log_var is cut (no_grad, .sample(), .data, .detach())",
        "z has the right law, but no gradient flows back through it (`no_grad`, `.detach()`, `.data`, or `.sample()` where `.rsample()` belongs): "
        "the encoder could not learn.",
        mistakes.detached,
        _cut,
    ),
    Misconception(
        "noise_not_like_input",
        "ε is created with torch's default dtype (and device), not with those of z_mean",
        "The noise has torch's default dtype and device, not those of z_mean: `torch.randn_like(z_mean)` takes both over. On a GPU yours would fail.",
        mistakes.noise_not_like_input,
        _not_like_input,
    ),
    Misconception(
        "mean_left_out",
        "z is σ·ε: the mean is not added",
        "This is σ·ε without the mean: z must be centred at z_mean.",
        mistakes.mean_left_out,
        _mean_left_out,
    ),
    Misconception(
        "no_noise",
        "z_mean is returned: nothing is sampled",
        "z equals z_mean: nothing is sampled, so this is an autoencoder again.",
        mistakes.no_noise,
        _no_noise,
    ),
)

EXERCISE = Exercise(
    id="vae_fashion/Sampling",
    make_plan=make_plan,
    claims=CLAIMS,
    misconceptions=MISCONCEPTIONS,
    hints=(
        "z has to be random, and yet differentiable in z_mean and z_log_var. Put all the randomness into a variable that depends on neither.",
        "z = z_mean + σ·ε with ε from N(0, I). The encoder gives log σ²: how do you get σ from it in one line?",
        "σ = exp(½·log σ²), and `torch.randn_like(z_mean)` draws one ε per element on the right device.",
    ),
)
