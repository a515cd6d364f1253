"""What must hold for the check of every exercise. Three seeds here; `make strength` runs twenty."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder import checks, examine
from autograder.definitions import load_reference, run
from autograder.demo import hand_in
from autograder.exercise import Claim
from autograder.judge import judge
from autograder.lesson_file import code_cells
from autograder.probes import run_probe
from autograder.sandbox.wire import pack
from genlab.course import load_course
from tests.strength import END, START, Examined, answers, examined, strength, table

EXAMINATIONS = [(0, False), (1, True), (2, False)]  # seed, hidden
IDS = [exercise for exercise in checks.ids() if not checks.mended(exercise)]  # test_mending.py has the others
ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT / "course.yml")


@functools.cache
def all_answers(exercise: str) -> Examined:
    """The reports on all answers, which several tests of an exercise look at, one after another in one process."""
    return examined(exercise, EXAMINATIONS)


each_examined = pytest.mark.parametrize("exercise", [pytest.param(i, marks=pytest.mark.xdist_group(i)) for i in IDS])


@each_examined
def test_the_strength_is_complete_and_readme_tells_it(exercise: str) -> None:
    row = strength(exercise, all_answers(exercise))
    assert (row.named, row.second_named) == (row.mistakes, row.second), "every known mistake is rejected and named"
    assert row.unlisted_rejected == row.unlisted, "every other wrong answer is rejected"
    assert row.misnamed == 0, "what matches nothing gets no name"
    assert row.accepted == row.right >= 5, "every right answer is accepted"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = readme[readme.index(START) : readme.index(END)]
    assert table([row]).splitlines()[2] in told, "README's table is stale: run `make strength`"


BESIDE = ("cnn/batch_norm", "vae_fashion/latent_grid", "wgan_gp/train_step")


@pytest.mark.parametrize("exercise", [pytest.param(i, marks=pytest.mark.xdist_group(i)) for i in BESIDE])
def test_of_two_mistakes_at_once_a_known_one_is_named(exercise: str) -> None:
    for name, known in answers(exercise).BESIDE.items():
        for report in all_answers(exercise).unlisted[name]:
            assert report.misconception == known
            failed = [result for result in report.results if not result.passed and result.reached]
            assert [result.misconception for result in failed] == [known, *[None] * (len(failed) - 1)]


@each_examined
def test_every_claim_is_needed_by_an_answer_that_fails_no_other(exercise: str) -> None:
    first = [reports[0] for reports in all_answers(exercise).wrong]
    failed = [{r.name for r in report.results if not r.passed and r.reached} for report in first]
    idle = {c.name for c in checks.find(exercise).claims} - set().union(*(names for names in failed if len(names) == 1))
    assert not idle, "without these claims every wrong answer would still be rejected"


@each_examined
def test_messages_say_what_was_seen_expected_and_one_thing_to_try(exercise: str) -> None:
    for reports in all_answers(exercise).wrong:
        failure = reports[0].failure
        assert failure.seen and failure.expected and failure.advice and failure.called


@pytest.mark.parametrize("exercise", IDS)
def test_a_recomputed_claim_rejects_every_constant_answer(exercise: str) -> None:
    assert sum(c.recomputed and not c.gate for c in checks.find(exercise).claims) >= 1


@pytest.mark.parametrize("exercise", IDS)
def test_the_untouched_stub_is_not_attempted(exercise: str) -> None:
    lesson, name = exercise.split("/")
    cells = code_cells(
        json.loads((ROOT / "lessons" / f"{COURSE.lesson(lesson).path}.ipynb").read_text(encoding="utf-8"))
    )
    report = examine(exercise, run(cells, [name]).names[name])
    assert (report.status, report.points, report.results) == ("not_attempted", 0.0, [])


@pytest.mark.parametrize("exercise", IDS)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return None", "None"),
        ("raise ValueError('no idea')", "raised ValueError: no idea"),
        ("return 'text'", "text"),
        ("import sys; sys.exit(3)", "raised SystemExit"),
    ],
)
def test_answers_of_the_wrong_kind_are_told_so(exercise: str, body: str, said: str) -> None:
    spec = checks.find(exercise)
    name = spec.name
    answer = run([f"def {name}(*args):\n    {body}\n"], [name]).names[name]
    report = examine(exercise, answer)
    assert report.status == "failed" and report.misconception is None
    if spec.plan(0, False)["probe"] == "value":
        said = "a function"
    assert said in report.failure.message or "NoneType" in report.failure.message or "str" in report.failure.message


def bent(answer: Any, bend: Callable[[Any], Any]) -> Any:
    """The answer, with something done to what it returns."""
    if inspect.isclass(answer):
        return type(answer.__name__, (answer,), {"forward": lambda self, *args: bend(answer.forward(self, *args))})
    return lambda *args: bend(answer(*args))


def each(bend: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[Any], Any]:
    def done(value: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return type(value)(map(done, value))
        return bend(value) if isinstance(value, torch.Tensor) else value

    return done


FORMS = {
    "in a tuple": lambda value: (value,),
    "without axes of one": each(torch.squeeze),
    "booleans": each(torch.Tensor.bool),
    "nothing but NaN": each(lambda tensor: tensor.double() * float("nan")),
    "empty": each(lambda tensor: tensor.flatten()[:0]),
    "another axis": each(lambda tensor: tensor[None]),
    "complex": each(lambda tensor: tensor.to(torch.complex64)),
}


@pytest.mark.parametrize("exercise", [i for i in IDS if callable(load_reference(i.split("/")[0])[i.split("/")[1]])])
def test_results_of_odd_forms_never_break_a_check(exercise: str) -> None:
    lesson, name = exercise.split("/")
    for bend in FORMS.values():
        assert examine(exercise, bent(load_reference(lesson)[name], bend)).status in ("failed", "passed")
    assert examine(exercise, bent(load_reference(lesson)[name], FORMS["in a tuple"])).status == "failed"


@pytest.mark.parametrize("exercise", IDS)
def test_hints_rise_and_no_two_mistakes_share_a_line(exercise: str) -> None:
    spec = checks.find(exercise)
    assert 1 <= len(spec.hints) <= 3 and all(len(h) > 40 for h in spec.hints)
    assert (
        len({m.line for m in spec.misconceptions})
        == len({m.name for m in spec.misconceptions})
        == len(spec.misconceptions)
    )


@pytest.mark.parametrize("exercise", IDS)
def test_the_same_seed_gives_the_same_report(exercise: str) -> None:
    spec = checks.find(exercise)
    wrong = spec.misconceptions[0].wrong
    assert examine(exercise, wrong, seed=5).results == examine(exercise, wrong, seed=5).results


@pytest.mark.parametrize("exercise", IDS)
def test_plan_and_record_are_plain_data_and_tensors(exercise: str) -> None:
    def walk(value: object) -> None:
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            list(map(walk, value.values()))
        elif isinstance(value, (list, tuple)):
            list(map(walk, value))
        else:
            assert value is None or isinstance(value, (bool, int, float, str, torch.Tensor)), type(value)

    spec = checks.find(exercise)
    plan = spec.plan(0, True)
    walk(plan)
    walk(run_probe(plan, spec.misconceptions[0].wrong))


@pytest.mark.parametrize("exercise", IDS)
def test_judging_changes_neither_plan_nor_record_and_is_the_same_again(exercise: str) -> None:
    """A plan is judged for one answer after the other: what is kept of it must be what a new one gives."""
    spec, lesson = checks.find(exercise), exercise.split("/")[0]
    wrong = [m.wrong for m in spec.misconceptions[:2]]
    plan = spec.plan(11, True)
    assert spec.plan(11, True) is plan
    frame = pack(plan)
    for answer in (load_reference(lesson)[spec.name], *wrong, load_reference(lesson)[spec.name]):
        record = run_probe(plan, answer)
        told = pack(record)
        assert judge(spec, plan, record).results == judge(spec, dict(plan), record).results
        assert (pack(plan), pack(record)) == (frame, told)


def test_a_failure_points_at_the_earlier_exercise_that_causes_it() -> None:
    source = """
        import torch
        from torch.nn import functional as F
        def kl_loss(z_mean, z_log_var):
            return (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(1).mean()
        def vae_loss(logits, x, z_mean, z_log_var, beta):
            r = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
            k = kl_loss(z_mean, z_log_var)
            return r + beta * k, r, k
        def train_step(encoder, decoder, x, optimizer, beta):
            encoder.train(), decoder.train()
            z_mean, z_log_var, z = encoder(x)
            t, r, k = vae_loss(decoder(z), x, z_mean, z_log_var, beta)
            optimizer.zero_grad(); t.backward(); optimizer.step()
            return {"total": t.item(), "reconstruction": r.item(), "kl": k.item()}
    """
    names = run([textwrap.dedent(source)], ["kl_loss", "vae_loss", "train_step"]).names
    for later in ("vae_loss", "train_step"):
        report = examine(f"vae_fashion/{later}", names[later])
        assert (report.status, report.follows_from) == ("failed", "vae_fashion/kl_loss")
        assert "Fix" in report.headline and "kl_loss" in report.headline
    unwritten = run(
        [textwrap.dedent(source).replace("return (z_mean**2", "raise NotImplementedError\n    return (z_mean**2")], []
    )
    report = examine("vae_fashion/vae_loss", unwritten.names["vae_loss"])
    assert report.status == "failed" and "kl_loss, which is not written yet" in report.headline


def test_a_wrong_head_is_not_blamed_on_a_wrong_sampling() -> None:
    sampling = checks.find("vae_fashion/Sampling").misconceptions[0].source("Sampling")
    encoder = next(m for m in checks.find("vae_fashion/Encoder").misconceptions if m.name == "relu_missing").source(
        "Encoder"
    )
    own_draw = "z_mean + torch.exp(0.5 * z_log_var) * torch.randn_like(z_mean)"
    assert own_draw in encoder
    cells = ["import torch\nfrom torch import nn", sampling, encoder.replace(own_draw, "Sampling()(z_mean, z_log_var)")]
    report = examine("vae_fashion/Encoder", run(cells, ["Sampling", "Encoder"]).names["Encoder"])
    assert report.status == "failed" and report.follows_from is None


def test_a_mistake_of_its_own_is_not_blamed_on_an_earlier_exercise() -> None:
    lesson = load_reference("vae_fashion")
    source = "def vae_loss(l, x, m, v, beta):\n    k = kl_loss(m, v)\n    return k, k, k\n"
    wrong = run([source], ["vae_loss"]).names
    wrong["kl_loss"] = lesson["kl_loss"]
    assert examine("vae_fashion/vae_loss", wrong["vae_loss"]).follows_from is None


@pytest.mark.parametrize("exercise", IDS)
def test_every_mistake_can_be_handed_in_as_text(exercise: str) -> None:
    spec = checks.find(exercise)
    cells = code_cells(hand_in(ROOT, {}))
    for misconception in spec.misconceptions:
        names = run([*cells, misconception.source(spec.name)], [spec.name]).names
        assert examine(exercise, names[spec.name]).misconception == misconception.name


@pytest.mark.parametrize(
    "cell",
    [
        "taxonomy: dict[str, str] = {}\ntaxonomy |= RIGHT",
        "taxonomy = dict(RIGHT)",
        "taxonomy = {}\nfor family in RIGHT:\n    pass\ntaxonomy = RIGHT | taxonomy",
    ],
)
def test_a_table_is_found_however_it_is_made(cell: str) -> None:
    right = f"RIGHT = {load_reference('density')['taxonomy']!r}"
    assert examine("density/taxonomy", run([right, cell], ["taxonomy"]).names["taxonomy"]).passed


def test_a_table_with_gaps_says_which_is_first() -> None:
    table = load_reference("density")["taxonomy"] | {"diffusion": ..., "gan": ...}
    report = examine("density/taxonomy", table)
    assert report.status == "failed" and report.misconception is None
    assert "'diffusion' is `...`, which is still to be filled in" in report.headline


def test_a_broken_check_is_no_verdict_on_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.checks.vae_fashion import kl_loss

    def broken(plan, record):
        raise ZeroDivisionError("in the judge")

    claims = (Claim("broken", "breaks", broken),)
    monkeypatch.setattr(kl_loss, "EXERCISE", dataclasses.replace(kl_loss.EXERCISE, claims=claims))
    report = examine("vae_fashion/kl_loss", lambda z_mean, z_log_var: None)
    assert report.status == "grader_error" and report.points == 0 and "in the judge" in report.grader_error


def test_examining_leaves_the_learners_random_state_and_gradient_mode_alone() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    with torch.no_grad():
        assert examine("vae_fashion/Sampling", load_reference("vae_fashion")["Sampling"]).passed
        assert not torch.is_grad_enabled()
    assert torch.equal(before, torch.get_rng_state())


def test_an_unknown_exercise_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(KeyError, match="vae_fashion/kl_loss"):
        examine("vae_fashion/kl_los", None)


def test_the_probes_import_nothing_of_the_judges() -> None:
    code = (
        "import sys, autograder.probes\n"
        "own = [m for m in sys.modules if m.startswith(('autograder', 'genlab'))]\n"
        "assert all(m == 'autograder' or m.startswith('autograder.probes') for m in own), own\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_probes_compute_in_full_float32_and_leave_the_setting_as_it_was() -> None:
    matmul = torch.backends.cuda.matmul
    before, during = matmul.fp32_precision, []
    try:
        matmul.fp32_precision = "tf32"
        run_probe({"probe": "call", "cases": [{"args": [], "seed": 0}]}, lambda: during.append(matmul.fp32_precision))
        assert (during, matmul.fp32_precision) == (["ieee"], "tf32")
    finally:
        matmul.fp32_precision = before


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("exercise", IDS)
def test_checks_judge_on_the_gpu_as_on_the_cpu(exercise: str) -> None:
    spec = checks.find(exercise)
    assert examine(exercise, load_reference(spec.lesson)[spec.name], device="cuda").passed
    for misconception in spec.misconceptions:
        assert examine(exercise, misconception.wrong, device="cuda").status == "failed"
