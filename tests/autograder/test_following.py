"""A mistake is paid for once: what follows from an earlier exercise says so, within a lesson and across notebooks."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from autograder import checks, examine, judge
from autograder.definitions import run, solution_source
from autograder.demo import hand_in
from autograder.engine.verdicts import Examiner
from autograder.lesson_file import code_cells
from autograder.probes import run_probe
from autograder.selfcheck import check_notebook
from tests.strength import sealed

ROOT = Path(__file__).parents[2]
KL = "vae_fashion/kl_loss"
DIVERGENCE = {"beta_vae_loss": "sum(dim=1).mean()", "vae_loss": "sum(dim=1).mean()", "kl_per_dimension": "mean(dim=0)"}
MISTAKES = {"factor_half_missing": "(", "one_forgotten": "0.5 * (1 + ", "wrong_sign": "-0.5 * (", "right": "0.5 * ("}
IN = "import torch\nfrom torch.nn import functional as F\n"


def divergence(mistake: str, reduced: str) -> str:
    return f"{MISTAKES[mistake]}z_mean**2 + z_log_var.exp() - 1 - z_log_var).{reduced}"


def kl_loss(mistake: str) -> str:
    return f"{IN}def kl_loss(z_mean, z_log_var):\n    return {divergence(mistake, 'sum(dim=1).mean()')}\n"


def written_anew(exercise: str, mistake: str) -> str:
    """A right answer to a later exercise, but that its divergence has the mistake and calls no kl_loss."""
    name = exercise.split("/")[1]
    anew = divergence(mistake, DIVERGENCE[name])
    if name == "kl_per_dimension":
        return f"def {name}(z_mean, z_log_var):\n    return {anew}\n"
    return solution_source(exercise).replace("kl_loss(z_mean, z_log_var)", anew)


def report_on(exercise: str, *cells: str):
    name = exercise.split("/")[1]
    return examine(exercise, run(cells, [name]).names[name])


LATER = ["vae_fashion/vae_loss", "vae_faces/beta_vae_loss", "vae_faces/kl_per_dimension"]


@pytest.mark.parametrize("exercise", LATER)
@pytest.mark.parametrize("mistake", ["factor_half_missing", "one_forgotten", "wrong_sign"])
def test_the_same_mistake_made_again_is_not_named_twice(exercise, mistake):
    report = report_on(exercise, kl_loss(mistake), written_anew(exercise, mistake))
    assert (report.status, report.follows_from, report.misconception) == ("failed", KL, None)
    assert "makes the mistake of your kl_loss" in report.headline and "then mend it here" in report.headline


@pytest.mark.parametrize("exercise", LATER)
@pytest.mark.parametrize("earlier", ["right", "one_forgotten"])
def test_another_mistake_than_the_earlier_one_is_its_own(exercise, earlier):
    report = report_on(exercise, kl_loss(earlier), written_anew(exercise, "factor_half_missing"))
    assert report.status == "failed" and report.follows_from is None


def test_an_answer_that_is_wrong_elsewhere_does_not_follow_from_a_mistake_that_does_not_show_in_it():
    """Averaged over the latent dimensions too, each column alone is right: that is not why this one fails."""
    mean = kl_loss("right").replace("sum(dim=1).mean()", "mean()")
    cut_off = (
        written_anew(LATER[2], "right").replace("return ", "return 1.0 * ").replace("z_mean**2", "z_mean.detach()**2")
    )
    report = report_on(LATER[2], mean, cut_off)
    assert report.status == "failed" and report.follows_from is None


def test_a_mended_loss_follows_from_the_kl_loss_that_it_calls():
    report = report_on(
        "vae_fashion/mended_vae_loss", kl_loss("wrong_sign"), solution_source("vae_fashion/mended_vae_loss")
    )
    assert (report.status, report.follows_from) == ("failed", KL)


def with_kl_loss(mistake: str) -> dict:
    """The solved VAE lesson with another kl_loss."""
    notebook = hand_in(ROOT, {}, "vae_fashion")
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "kl_loss-solution")
    cell["source"] = kl_loss(mistake)
    return notebook


def faces(**answers: str) -> dict:
    """The solved faces lesson with other answers."""
    notebook = hand_in(ROOT, {}, "vae_faces")
    for cell in notebook["cells"]:
        cell["source"] = answers.get(re.sub("-solution$", "", cell["id"]), cell["source"])
    return notebook


def test_what_calls_an_exercise_that_is_not_there_follows_from_it():
    report = report_on(LATER[0], f"{IN}{solution_source(LATER[0])}")
    assert report.follows_from == KL and "calls your kl_loss, which is not defined" in report.headline


def test_what_follows_from_another_exercise_is_not_searched_for_a_name(monkeypatch):
    diagnose = judge.diagnose

    def diagnosed(exercise, *about):
        assert exercise.id == KL
        return diagnose(exercise, *about)

    monkeypatch.setattr(judge, "diagnose", diagnosed)
    assert report_on(LATER[0], kl_loss("wrong_sign"), solution_source(LATER[0])).follows_from == KL


def test_the_same_record_has_another_verdict_where_nothing_before_it_is_wrong():
    without_beta = solution_source(LATER[0]).replace("+ beta * kl,", "+ kl,")
    right, wrong = (run([kl_loss(m), without_beta], ["kl_loss", "vae_loss"]).names for m in ("right", "wrong_sign"))

    def verdict(kl_loss):
        """On the later exercise, after this answer to the earlier one."""
        examiner = Examiner(b"secret", "about")
        for exercise, answer in ((KL, kl_loss), (LATER[0], right["vae_loss"])):
            plan = examiner.plan(exercise, 1)
            examiner.judge(exercise, plan, sealed(run_probe(plan, answer)))
        report = examiner.finish()[LATER[0]]
        return report.follows_from, report.misconception

    assert [verdict(each["kl_loss"]) for each in (wrong, right, wrong)] == [
        (KL, None),
        (None, "beta_ignored"),
        (KL, None),
    ]


def test_a_piece_that_reuse_refuses_is_what_the_next_lesson_follows_from(tmp_path, monkeypatch):
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path / "home"))
    anew = faces(beta_vae_loss=written_anew("vae_faces/beta_vae_loss", "one_forgotten"))
    for notebook, reason in [
        (faces(), "calls your kl_loss of the lesson vae_fashion, which does not pass"),
        (anew, "again"),
    ]:
        (tmp_path / "02_vae_fashion.ipynb").write_text(json.dumps(with_kl_loss("one_forgotten")), encoding="utf-8")
        (tmp_path / "03_vae_faces.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        reports = {r.exercise: r for r in check_notebook(tmp_path / "03_vae_faces.ipynb")}
        assert reports["vae_faces/beta_vae_loss"].follows_from == KL
        assert reason in reports["vae_faces/beta_vae_loss"].headline


@pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux")
@pytest.mark.xdist_group("engine")
def test_grading_looks_at_the_earlier_notebook_that_the_student_handed_in():
    from autograder.engine.client import Engine
    from autograder.engine.grading import grade

    exercise = "vae_faces/beta_vae_loss"
    anew = written_anew(exercise, "factor_half_missing")
    no_lesson = "calls your kl_loss of the lesson vae_fashion, which was not taken over from your notebook"
    with Engine.start() as engine:
        for earlier, answers, follows, told in [
            ("factor_half_missing", {}, KL, "does not pass its own check. Fix kl_loss first"),
            ("factor_half_missing", {"beta_vae_loss": anew}, KL, "makes the mistake of your kl_loss"),
            ("right", {"beta_vae_loss": anew}, None, "kl is"),
            (None, {}, KL, no_lesson),
        ]:
            lent = {"vae_fashion": code_cells(with_kl_loss(earlier))} if earlier else {}
            outcome = grade(engine, faces(**answers), "vae_faces", b"s" * 32, lent=lent)
            assert set(outcome.reports) == set(checks.ids("vae_faces"))
            report = outcome.reports[exercise]
            assert (report.status, report.follows_from, report.misconception) == ("failed", follows, None)
            assert told in report.headline
