"""What a learner sees after a check."""

from __future__ import annotations

import time

import pytest
import torch

from autograder import CheckFailed, NotAttempted, check, checks, examination, examine
from autograder.card import as_html, as_text, coded
from autograder.report import Pictures, Report, Result
from genlab import progress

KL = "vae_fashion/kl_loss"
MISTAKES = {m.name: m for m in checks.find(KL).misconceptions}


def right(z_mean, z_log_var):
    return 0.5 * (z_mean**2 + z_log_var.exp() - 1 - z_log_var).sum(1).mean()


def test_a_pass_is_shown_and_returns_nothing(capsys: pytest.CaptureFixture) -> None:
    assert check(KL, right) is None
    shown = capsys.readouterr()
    assert "✓ vae_fashion/kl_loss: passed · 3 of 3 points" in shown.out and shown.err == ""


def test_a_failure_is_one_line_that_names_the_mistake(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(CheckFailed) as caught:
        check(KL, MISTAKES["wrong_sign"].wrong)
    assert isinstance(caught.value, AssertionError)
    assert MISTAKES["wrong_sign"].sentence in str(caught.value)
    below_the_card = "CheckFailed: vae_fashion/kl_loss does not pass yet; the card above says more."
    assert caught.value._render_traceback_() == [below_the_card]
    assert capsys.readouterr().err == ""


def test_an_untouched_stub_is_told_kindly() -> None:
    def kl_loss(z_mean, z_log_var):
        raise NotImplementedError

    with pytest.raises(NotAttempted) as caught:
        check(KL, kl_loss)
    assert isinstance(caught.value, NotImplementedError) and "not attempted yet" in str(caught.value)
    assert "is not attempted yet; the card above" in caught.value._render_traceback_()[0]


def test_what_learner_code_prints_and_warns_reaches_nobody(capfd: pytest.CaptureFixture) -> None:
    def loud(z_mean, z_log_var):
        import sys
        import warnings

        print("working …")
        print("progress", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return right(z_mean, z_log_var)

    check(KL, loud)
    shown = capfd.readouterr()
    assert "working" not in shown.out and shown.err == ""


def test_text_of_a_learner_is_escaped_in_the_html() -> None:
    def nasty(z_mean, z_log_var):
        raise ValueError("<script>alert(1)</script>")

    html = as_html(examine(KL, nasty))
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_image_like_results_are_shown_beside_the_expected_and_their_difference() -> None:
    pictures = Pictures(torch.rand(1, 8, 8), torch.rand(1, 8, 8))
    failure = Result("value", False, "m", seen="s", expected="e", advice="a", pictures=pictures)
    html = as_html(Report("x/y", "failed", 1.0, [failure]))
    assert html.count("data:image/png;base64,") == 3 and "difference image" in html
    assert html.count("border:1px solid #8a8f98") == 3, "a white picture has an edge on a white page"


def test_a_card_without_a_known_mistake_has_a_headline_too() -> None:
    def unbound(z_mean, z_log_var):
        return z_mean + nowhere  # noqa: F821

    for answer, headline in [
        (unbound, "It stops with an error, NameError, before there is anything to judge."),
        (lambda z_mean, z_log_var: right(z_mean, z_log_var) + 1, "The value of kl is not right yet."),
        (
            lambda z_mean, z_log_var: right(z_mean, z_log_var).double(),
            "This does not hold yet: it returns the right dtype.",
        ),
        (MISTAKES["wrong_sign"].wrong, MISTAKES["wrong_sign"].sentence),
    ]:
        report = examine(KL, answer)
        assert as_text(report).splitlines()[1].strip() == headline
        assert as_html(report).index(headline) < as_html(report).index("called")


@pytest.mark.parametrize(
    ("answer", "tries"),
    [(MISTAKES["mean_over_latent"].wrong, False), (lambda z_mean, z_log_var: 1.37 * right(z_mean, z_log_var), True)],
    ids=["named", "without a name"],
)
def test_the_plain_card_has_seen_expected_one_thing_to_try_and_a_tick_for_each_claim(answer, tries) -> None:
    text = as_text(examine(KL, answer))
    for label in ("called:", "seen:", "expected:", "genlab hint vae_fashion/kl_loss"):
        assert label in text
    assert ("try:" in text) is tries  # the sentence of a known mistake says what helps
    assert text.count("✓") + text.count("✗") - 1 == len(checks.find(KL).claims)


def test_a_check_is_noted_in_the_learners_progress(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENLAB_HOME", str(tmp_path))
    monkeypatch.setenv("GENLAB_PROGRESS", "on")
    check(KL, right)
    assert progress.load()[KL]["status"] == "passed"
    (tmp_path / "progress.json").write_text("{", encoding="utf-8")
    check(KL, right)  # a damaged file is no reason to stop a lesson


def test_code_is_set_as_code_and_a_word_emphasised() -> None:
    assert (
        coded("the *mean* of `a*b*c` & x * y * z, *args")
        == "the <em>mean</em> of <code>a*b*c</code> &amp; x * y * z, *args"
    )


def test_whoever_waits_long_for_a_check_is_told_the_line_that_runs(monkeypatch, capsys):
    monkeypatch.setattr(examination, "PATIENCE", 0.2)
    names = {"time": time}
    source = "def conv_parameters(c_in, c_out, kernel):\n    time.sleep(0.5)\n    return 0\n"
    exec(compile(source, "/tmp/ipykernel_7/12.py", "exec"), names)
    with pytest.raises(CheckFailed):
        check("cnn/conv_parameters", names["conv_parameters"])
    told = capsys.readouterr().out
    assert told.count("cnn/conv_parameters is still being checked after 0.2 seconds, in line 2 of its cell.") == 1
