"""The page that a student gets: it names the mistake, shows nothing of hidden inputs, and runs nothing."""

import dataclasses
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import torch
from graded_work import LESSON, SEED, graded_notebook, marks, passed, verdict

from autograder import checks
from autograder.card import coded
from autograder.engine.inputs import without_inputs
from autograder.judge import judge
from autograder.pages.feedback import MOST_BYTES, feedback_page
from autograder.pages.gradebook import Mark
from autograder.probes import run_probe
from autograder.report import Report

CANARY = "<script>canary()</script><img src=x onerror=canary()>\"'</code></pre></style>{{7*7}}<svg onload=canary()>"


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += f"{data} "

    @property
    def active(self) -> list[str]:
        """What a browser would run or fetch."""
        bad = [
            tag for tag, _ in self.tags if tag in ("script", "iframe", "object", "embed", "svg", "link", "form", "base")
        ]
        for tag, attributes in self.tags:
            bad += [f"{tag} {name}" for name in attributes if name.startswith("on")]
            addresses = [attributes.get(name) or "" for name in ("src", "href", "action", "srcset", "data")]
            bad += [a for a in addresses if a and not a.startswith(("#", "data:image/png;base64,"))]
        return bad


def page_of(reports, wrong=None, about=None, **more) -> str:
    return feedback_page(graded_notebook(reports, wrong, **(about or {})), LESSON, marks(reports, **more))


def in_order(*reports: Report) -> list[Report]:
    """Reports on the whole lesson: these, and a pass for every other exercise."""
    given = {r.exercise: r for r in [*passed(), *reports]}
    return [given[exercise] for exercise in checks.ids("vae_fashion")]


def test_it_says_what_failed_what_was_seen_and_expected_and_which_mistake_it_is():
    report = verdict("vae_fashion/kl_loss", "wrong_sign")
    text = page_of(in_order(report), {"kl_loss": "wrong_sign"})
    failure = report.failure
    for said in (failure.says, failure.seen, failure.expected, report.sentence):
        assert coded(said) in text
    assert failure.advice and coded(failure.advice) not in text, "the sentence of a known mistake says what helps"
    assert "Wrong sign." in text and coded(checks.find(report.exercise).hints[0]) in text
    assert "19 of 22 points" in text and "7 of 8 exercises pass" in text
    assert len(re.findall("<details>", text)) == 8, "the student's code, folded"


def test_where_the_mistake_has_no_name_it_says_what_to_try():
    report = verdict("vae_fashion/kl_loss", "wrong_sign")
    results = [replace(result, misconception=None) for result in report.results]
    unnamed = replace(report, misconception=None, sentence="", results=results)
    text = page_of(in_order(unnamed), {"kl_loss": "wrong_sign"})
    for said in (unnamed.failure.says, unnamed.failure.seen, unnamed.failure.expected, unnamed.failure.advice):
        assert coded(said) in text


def test_what_follows_from_another_exercise_points_at_it_and_gives_no_hint():
    first = verdict("vae_fashion/kl_loss", "wrong_sign")
    later = Report(
        "vae_fashion/vae_loss", "failed", 3.0, first.results, follows_from=first.exercise, note="calls your kl_loss."
    )
    text = page_of(in_order(first, later))
    assert 'Follows from <a href="#kl_loss">kl_loss</a>, fix that first.' in text
    assert coded(checks.find(later.exercise).hints[0]) not in text


def test_marks_by_hand_comments_lateness_and_what_was_mended_are_said():
    reports = in_order(Report("vae_fashion/latent_grid", "grader_error", 3.0, grader_error="OSError: secret place"))
    given = marks(reports, penalty=2.0, late=7300.0)
    given.exercises["Encoder"] = Mark(1.5, 2.0, 0.0, by_hand=True, extra=0.5, comment="Nice idea!\nSee me.")
    text = feedback_page(graded_notebook(reports, mended=("Its metadata were put back.",)), LESSON, given)
    assert "16.5 of 22 points, so far" in text
    assert "2 hours after the due date: 2 points were taken off the 18.5" in text
    assert "by hand (the checks gave 0)" in text and "0.5 of it are extra credit" in text
    assert "Nice idea!\nSee me." in text and "Its metadata were put back." in text
    assert "not your mistake" in text and "secret place" not in text


def test_a_file_that_could_not_be_read_is_not_called_a_stub():
    reports = [Report(exercise, "not_attempted", 3.0) for exercise in checks.ids("vae_fashion")]
    text = page_of(reports, about={"mended": ("It is cut off in the middle.",)})
    assert "No answer was found" in text and "It is cut off in the middle." in text
    assert "Not attempted" not in text and "stub" not in text
    assert "Not attempted" in page_of(reports)


def test_nothing_that_a_student_or_a_teacher_wrote_runs_or_fetches():
    def raising(z_mean, z_log_var):
        raise ValueError(CANARY)

    spec = checks.find("vae_fashion/kl_loss")
    plan = spec.plan(SEED, True)
    report = without_inputs(judge(spec, plan, run_probe(plan, raising)), plan)
    noted = Report("vae_fashion/Encoder", "failed", 2.0, note=CANARY)
    reports = in_order(report, noted)
    notebook = graded_notebook(reports, mended=(CANARY,), notes=(CANARY,))
    for cell in notebook["cells"]:
        if cell["id"].endswith("-solution"):
            cell["source"] = CANARY
        if cell["id"] == "kl_loss":
            cell["outputs"][0]["data"]["text/html"] += '<img alt="yours image" src="data:image/png;base64,PHN2Zz4=">'
    given = marks(reports, student=CANARY)
    given.exercises["Sampling"] = dataclasses.replace(given.exercises["Sampling"], comment=CANARY)
    page = Page(feedback_page(notebook, LESSON, given))
    assert page.active == []
    assert page.text.count("canary()") >= 12 and "49" not in page.text, "it is all there, as text"
    assert not any(tag == "img" for tag, _ in page.tags), "what is no PNG is no picture"
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "content-security" in str(a).lower())
    assert "default-src 'none'" in policy and "script" not in policy


def numbers_of(plan) -> tuple[set[tuple[str, ...]], set[str]]:
    """Rows of three values as messages write them, and arguments that are no small whole numbers."""
    rows: set[tuple[str, ...]] = set()
    single: set[str] = set()

    def look(value) -> None:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            texts = [f"{v:.4g}" for v in value.detach().double().flatten().tolist()]
            rows.update(zip(texts, texts[1:], texts[2:], strict=False))
        elif isinstance(value, float):
            single.add(f"{value:.4g}")
        elif isinstance(value, dict):
            [look(v) for v in value.values()]
        elif isinstance(value, (list, tuple)):
            [look(v) for v in value]

    look(plan["cases"])
    return {row for row in rows if all("." in text for text in row)}, {text for text in single if len(text) > 4}


@pytest.mark.parametrize(
    "exercise",
    [
        "vae_fashion/kl_loss",
        "vae_fashion/vae_loss",
        "cnn/dropout",
        "cnn/conv_output_size",
        "vae_faces/morph",
        "density/histogram_density",
    ],
)
def test_no_number_of_the_hidden_inputs_is_in_a_report(exercise):
    spec = checks.find(exercise)
    rows, single = numbers_of(spec.plan(SEED, True))
    bare = 0
    for mistake in spec.misconceptions:
        told = verdict(exercise, mistake.name)
        for result in told.results:
            text = f"{result.called} | {result.seen} | {result.expected} | {result.advice} | {result.message}"
            found = re.findall(r"-?[\d.]+(?:e[-+]\d+)?", text)
            assert not rows & set(zip(found, found[1:], found[2:], strict=False)), text
            assert not single & set(found), text
            assert not re.search(r"[a-z] -?\d[\d.]*[,)]", result.called), result.called
            bare += "·" in text
    if exercise != "vae_fashion/kl_loss":
        assert bare, "nothing was there to hide: this test would prove nothing"


def test_an_error_that_quotes_its_inputs_does_not_tell_them():
    def telling(z_mean, z_log_var):
        raise ValueError(f"{z_mean[0, 0].item()} {z_mean.flatten().tolist()}")

    spec = checks.find("vae_fashion/kl_loss")
    plan = spec.plan(SEED, True)
    seen = without_inputs(judge(spec, plan, run_probe(plan, telling)), plan).failure.seen
    assert "ValueError: · [·, ·" in seen and not re.search(r"\d\.\d\d", seen)


def test_the_page_of_a_report_is_as_silent_and_says_why():
    wrong = {"vae_loss": "beta_on_reconstruction"}
    text = page_of(in_order(verdict("vae_fashion/vae_loss", wrong["vae_loss"])), wrong)
    _, single = numbers_of(checks.find("vae_fashion/vae_loss").plan(SEED, True))
    assert single and not single & set(re.findall(r"[\d.]+", Page(text).text))
    assert "beta ·" in text and "stays hidden" in text


def test_a_page_is_small_whatever_was_handed_in():
    reports = in_order(*(Report(e, "failed", 1.0, note="<" * 5000) for e in checks.ids("vae_fashion")))
    notebook = graded_notebook(reports, mended=("&" * 3000,) * 50, notes=("x" * 3000,) * 50)
    for cell in notebook["cells"]:
        cell["source"] = "x = '<&>'\n" * 20_000
    assert len(feedback_page(notebook, LESSON, marks(reports)).encode()) <= MOST_BYTES


def test_what_something_else_graded_still_has_its_marks():
    reports = in_order(Report("vae_fashion/kl_loss", "failed", 3.0))
    notebook = graded_notebook(reports)
    del notebook["metadata"]["genlab"]
    text = feedback_page(notebook, LESSON, marks(reports))
    assert "19 of 22 points" in text and "7 of 8 exercises pass" in text
