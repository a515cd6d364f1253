"""`genlab demo`: the kit's whole job in a few minutes – train, make a class, grade it, and show it all on one page."""

from __future__ import annotations

import base64
import html
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import genlab
from autograder import checks
from autograder.card import as_html
from autograder.definitions import load_reference
from autograder.lesson_file import code_cells
from autograder.report import Report
from autograder.selfcheck import check_cells
from genlab.storing import write

LESSON = "vae_fashion"
BLANK, SOLUTION = "", "solution"
# Twelve students: for each, the exercises that are not as in the solution – left blank, or with the named mistake.
CLASS: dict[str, dict[str, str]] = {
    "ada": {},
    "boris": {"kl_loss": "mean_over_latent"},
    "chandra": {"Sampling": "exp_log_var_as_std", "latent_grid": "quantiles_0_and_1"},
    "dmitri": {"vae_loss": "beta_on_reconstruction"},
    "emmy": {},
    "farid": dict.fromkeys(
        ("Encoder", "vae_loss", "train_step", "mended_vae_loss", "sample_prior", "latent_grid"), BLANK
    ),
    "grace": {"train_step": "stale_gradients", "sample_prior": "left_in_eval"},
    "hedy": {"kl_loss": "wrong_sign", "sample_prior": "logits_returned"},
    "ivan": {"Sampling": "detached", "Encoder": "activation_on_log_var"},
    "jia": {"mended_vae_loss": "summed_over_batch", "latent_grid": "linear_spacing"},
    "kofi": {"vae_loss": "pixel_mean", "train_step": "uses_z_mean", "latent_grid": BLANK},
    "lise": {"Sampling": "one_noise_per_image", "kl_loss": "log_var_as_variance", "sample_prior": "uniform_draws"},
}
SOURCES = {
    "files": "Fashion-MNIST, from your files",
    "official": "Fashion-MNIST, from the official release",
    "drawn": "the drawn stand-in for Fashion-MNIST: garments of the same ten classes, drawn by the kit; these are not photographs, "
    "and the numbers are not those of Fashion-MNIST",
}
SHOWN = "chandra"  # the student whose feedback is on the page


@dataclass(frozen=True)
class Graded:
    """One student's reports, in the course's order."""

    student: str
    reports: list[Report]

    @property
    def points(self) -> float:
        """Points reached."""
        return sum(r.points for r in self.reports)

    @property
    def diagnosis(self) -> str:
        """What went wrong, in a line."""
        parts = [_why(r) for r in self.reports if not r.passed]
        return "; ".join(parts) if parts else "all right"


def run_demo(root: Path, page: Path | None = None) -> Path:
    """The page that was written: pictures of the trained model, the class's marks, one student's feedback."""
    page = page or root / "build" / "demo" / "index.html"
    started = time.perf_counter()
    print(f"1. Training the reference solution of {LESSON} …")
    pictures, numbers, source = train_reference()
    print(f"2. Grading a class of {len(CLASS)} …")
    graded = [Graded(student, grade(root, wrong)) for student, wrong in CLASS.items()]
    _print_table(graded)
    write_page(page, pictures, numbers, source, graded)
    print(f"3. Written: {page} ({time.perf_counter() - started:.0f} s in all)")
    return page


def train_reference() -> tuple[dict[str, bytes], dict[str, float], str]:
    """PNG pictures by caption, test losses, and where the data came from, of the reference solution after a short training."""
    import torch

    from genlab import plots

    lesson = load_reference(LESSON)
    data = genlab.data.load("fashion_mnist", size=32)
    images = data.train.images[: genlab.pick(smoke=256, cpu=20_000, gpu=60_000)]
    test = data.test.images[: genlab.pick(smoke=200, cpu=2_000, gpu=10_000)]
    encoder, decoder, history = lesson["train_vae"](lesson["BETA"], images, genlab.pick(smoke=1, cpu=1, gpu=5), test)
    x = test.to(lesson["DEVICE"]).float() / 255
    torch.manual_seed(0)
    with torch.no_grad():
        _, _, z = encoder(x)
        rebuilt = torch.sigmoid(decoder(z[:10]))
        n = 15
        plane = torch.sigmoid(decoder(lesson["latent_grid"](n).to(lesson["DEVICE"])))
    samples = lesson["sample_prior"](decoder, 20, lesson["LATENT_DIM"])
    figures = {
        "Test images, and what comes back after a passage through two numbers": plots.compare(
            {"image": x[:10], "rebuilt": rebuilt}
        ),
        "Garments that nobody made: decoded draws from the prior": plots.image_grid(samples, rows=2, cols=10),
        "The latent plane: one dot for each test image, coloured by a class that the model never saw": plots.latent_map(
            z, data.test.labels[: len(z)], data.classes
        ),
        "The same plane, decoded at normal quantiles": plots.decoded_grid(plane, n),
    }
    return (
        {caption: plots.png(figure) for caption, figure in figures.items()},
        history.evaluations[-1],
        SOURCES[data.source],
    )


def grade(root: Path, wrong: dict[str, str]) -> list[Report]:
    """Reports of a simulated hand-in: the released lesson with the solution in every cell but those in `wrong`."""
    return check_cells(code_cells(hand_in(root, wrong)), LESSON, hidden=True)


def hand_in(root: Path, wrong: dict[str, str], lesson: str = LESSON) -> dict[str, Any]:
    """A student's notebook, made of a released lesson; `wrong`: exercise → name of a misconception, or blank."""
    from autograder.definitions import solution_source
    from genlab.course import load_course

    path = root / "lessons" / f"{load_course().lesson(lesson).path}.ipynb"
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for exercise in checks.ids(lesson):
        name = exercise.split("/")[1]
        choice = wrong.get(name, SOLUTION)
        if choice == BLANK:
            continue
        cell = next(c for c in notebook["cells"] if c["id"] == f"{name}-solution")
        known = {m.name: m for m in checks.find(exercise).misconceptions}
        cell["source"] = solution_source(exercise) if choice == SOLUTION else known[choice].source(name)
    return notebook


def write_page(
    page: Path, pictures: dict[str, bytes], numbers: dict[str, float], source: str, graded: list[Graded]
) -> None:
    """Write one HTML file with everything inside it: no other file, no address outside."""
    shown = next(g for g in graded if g.student == SHOWN)
    most = sum(r.max_points for r in shown.reports)
    rows = "".join(
        f"<tr><td>{g.student}</td><td>{g.points:g} of {most:g}</td>{''.join(map(_cell, g.reports))}<td>{html.escape(g.diagnosis)}</td></tr>"
        for g in graded
    )
    names = "".join(f'<th class="name">{r.exercise.split("/")[1]}</th>' for r in shown.reports)
    figures = "".join(
        f'<figure><img alt="{html.escape(caption)}" src="data:image/png;base64,{base64.b64encode(data).decode()}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        for caption, data in pictures.items()
    )
    losses = ", ".join(f"{name} {value:.1f}" for name, value in numbers.items())
    text = TEMPLATE.format(
        figures=figures,
        losses=losses,
        source=source,
        names=names,
        rows=rows,
        student=SHOWN,
        feedback="".join(as_html(r) for r in shown.reports),
        students=len(graded),
    )
    write(page, text.encode())


def _why(report: Report) -> str:
    name = report.exercise.split("/")[1]
    if report.status == "not_attempted":
        return f"{name}: not attempted"
    if report.follows_from:
        return f"{name}: follows from {report.follows_from.split('/')[1]}"
    return f"{name}: {(report.misconception or 'no known mistake').replace('_', ' ')}"


def _cell(report: Report) -> str:
    mark = {"passed": "✓", "not_attempted": "○"}.get(report.status, "↳" if report.follows_from else "✗")
    return f'<td class="mark" title="{html.escape(report.headline)}">{mark}</td>'


def _print_table(graded: list[Graded]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("student", "score", "diagnosis", box=box.SIMPLE_HEAD, pad_edge=False)
    most = sum(r.max_points for r in graded[0].reports)
    for g in graded:
        table.add_row(g.student, f"{g.points:g} of {most:g}", g.diagnosis)
    Console().print(table)


TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>genlab demo</title>
<style>
:root {{ color-scheme: light dark; --line: #8884; }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }}
h1, h2 {{ line-height: 1.2; }} h2 {{ margin-top: 2.5rem; }}
figure {{ margin: 1.2rem 0; }} figure img {{ max-width: 100%; border-radius: 6px; background: white; }}
figcaption, .note {{ opacity: .75; }}
.wide {{ overflow-x: auto; }} table {{ border-collapse: collapse; }}
.class th, .class td {{ text-align: left; padding: .35rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }}
.class th {{ font-weight: 600; white-space: nowrap; }} .class td:nth-child(2) {{ white-space: nowrap; }}
.class td:last-child {{ min-width: 18rem; }} .class .mark {{ text-align: center; }} .class th {{ font-size: .85em; vertical-align: bottom; }}
.class .name {{ writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: .7rem .35rem; border: none; }}
</style>
</head>
<body>
<h1>What the kit does, in one page</h1>
<p>The reference solution of the lesson on variational autoencoders was trained just now, for a short while, and a class of
{students} simulated students was graded. No pixel of this page comes from anywhere else.</p>
<h2>The model</h2>
<p>Trained on {source}.</p>
<p class="note">On test images, in nats per image: {losses} (“book” is 500·mean BCE + KL, the measure of the book’s notebook).</p>
{figures}
<h2>The class</h2>
<p>Students are made of the lesson's solution and of mistakes that people make. ✓ passed, ✗ failed, ↳ follows from an
earlier exercise, ○ not attempted. Graded with other numbers and sizes than the notebook's own checks.</p>
<div class="wide"><table class="class"><tr><th>student</th><th>score</th>{names}<th>diagnosis</th></tr>{rows}</table></div>
<h2>What {student} reads</h2>
{feedback}
</body>
</html>
"""
