"""An instructor's own checks add to the kit's; a broken one costs nobody a point."""

from pathlib import Path

import pytest

from autograder import private
from autograder.engine.verdicts import Examiner
from autograder.probes import run_probe
from tests.strength import sealed

EXERCISE = "vae_fashion/kl_loss"
HEAD = "from autograder.exercise import Claim, Failure\n"
FAILS = HEAD + 'CLAIMS = {"kl_loss": [Claim("own", "is what we said", lambda p, r: Failure("a", "b", "Ask us."))]}'


def kl_loss(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(dim=1).mean()


def verdict(tmp_path, source, answer=kl_loss):
    """The report on an answer in a course with this file of private checks."""
    (tmp_path / "private").mkdir(exist_ok=True)
    (tmp_path / "private" / "vae_fashion.py").write_text(source)
    examiner = Examiner(b"secret", "about", private.read(tmp_path))
    plan = examiner.plan(EXERCISE, 1)
    if plan is not None:
        examiner.judge(EXERCISE, plan, sealed(run_probe(plan, answer)))
    return examiner.finish()[EXERCISE]


def test_a_claim_of_ones_own_fails_what_the_kit_passes(tmp_path):
    report = verdict(tmp_path, FAILS)
    assert report.status == "failed" and report.failure.name == "own" and "Ask us." in report.headline


def test_a_variant_adds_inputs_that_the_kits_claims_judge(tmp_path):
    source = (
        "import torch\n"
        "def large(draw, plan):\n"
        "    mean = draw.normal(40, 3)\n"
        "    case = plan['cases'][0] | {'args': [mean, draw.normal(40, 3)]}\n"
        "    return plan | {'cases': [*plan['cases'], case]}\n"
        "VARIANTS = {'kl_loss': [large]}\n"
    )
    assert verdict(tmp_path, source).passed
    right_for_few = lambda m, v: kl_loss(m, v) * (1 if len(m) < 40 else 2)  # noqa: E731
    assert verdict(tmp_path, source, right_for_few).status == "failed"
    (tmp_path / "private" / "vae_fashion.py").unlink()
    assert private.read(tmp_path) == ""


def test_submissions_with_the_same_inputs_share_a_plan_and_other_checks_make_another(tmp_path):
    (tmp_path / "private").mkdir()

    def plan(source):
        (tmp_path / "private" / "vae_fashion.py").write_text(source)
        return Examiner(b"secret", "about", private.read(tmp_path)).plan(EXERCISE, 1)

    assert plan(FAILS) is plan(FAILS)
    assert plan(FAILS) is not plan(FAILS.replace("Ask us", "Tell us"))


@pytest.mark.parametrize(
    "source",
    [
        "def (",
        "1 / 0",
        "CLAIMS = {'kl_loss': 3}",
        "CLAIMS = {'kl_loss': [len]}",
        "CLAIMS = {'kl_los': []}",
        HEAD + "CLAIMS = {'kl_loss': [Claim('own', 'x', lambda p, r: 1 / 0)]}",
        HEAD + "CLAIMS = {'kl_loss': [Claim('own', 'x', lambda p, r: 'no')]}",
        "VARIANTS = {'kl_loss': [lambda draw, plan: None]}",
        "VARIANTS = {'kl_loss': [lambda draw, plan: 1 / 0]}",
    ],
)
def test_a_broken_one_gives_no_score(tmp_path, source):
    report = verdict(tmp_path, source)
    assert report.status == "grader_error" and report.grader_error


def test_problems_are_told_before_a_release(tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "nothing.py").write_text("")
    (tmp_path / "private" / "vae_fashion.py").write_text(FAILS)
    found = private.problems(tmp_path, ["vae_fashion"], range(1))
    assert len(found) == 2 and "no lesson nothing" in found[0] and "solution of kl_loss fails it" in found[1]


def test_the_example_of_the_teaching_guide_works(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "teaching.md").read_text(encoding="utf-8")
    source = page[page.index("# private/vae_fashion.py") :].partition("```")[0]
    assert verdict(tmp_path, source).passed
    [line] = private.accepted(tmp_path, ["density", "vae_fashion"])
    assert line == "private/vae_fashion.py, kl_loss: “is finite”, inputs of wide"
    assert private.problems(tmp_path, ["vae_fashion"], range(1)) == []
    assert verdict(tmp_path, source, lambda m, v: kl_loss(m, v) * (1 if m.shape[1] < 300 else 2)).status == "failed"
