"""The pages that show the course as a whole: home with its three doors, the map of exercises, the gallery."""

from __future__ import annotations

from html import escape

from genlab.course import Chapter, Course, Lesson
from website.lesson_page import Page, dots

Pages = dict[str, Page]  # by the lesson's id

# What learners' own models draw: the payoff cells whose pictures are shown, in the order of the course.
GALLERY = (
    "density/mixture",
    "cnn/filters",
    "autoencoder/box_samples",
    "vae_fashion/samples",
    "vae_fashion/grid",
    "vae_fashion/interpolation",
    "vae_faces/samples",
    "vae_faces/dialled",
    "vae_faces/morphs",
    "dcgan/samples",
    "dcgan/epochs",
    "wgan_gp/samples",
    "wgan_gp/walk",
    "cgan/same_noise",
)
FRONT = ("vae_fashion/grid", "vae_faces/dialled", "dcgan/samples", "cgan/same_noise")
REHEARSAL_FRONT = (
    "density/world",
    "vae_faces/data",
    "vae_fashion/kl_pull",
    "dcgan/data",
)  # no model has learnt anything
SMOKE = (
    "These pictures come from a rehearsal of a few seconds per lesson (`make site SCALE=smoke`), so what the models draw is "
    "mostly noise. `make site SCALE=cpu` makes the real ones."
)


def home(course: Course, pages: Pages, guides: list[tuple[str, str]], scale: str) -> str:
    """The first page in Markdown: what this is, the three doors, the lessons, and the lists for the sidebar.

    guides: name and title of each page of docs/.
    """
    names = dict(guides)
    exercises = sum(len(lesson.exercises) for lesson in course.lessons)
    first = next(lesson for lesson in course.lessons if lesson.exercises)
    teach = "guides/teaching.html" if "teaching" in names else f"https://github.com/{course.repository}#teach"
    doors = (
        _door(
            "Learn",
            f"Read a lesson here, or open it in Colab and solve it: {exercises} exercises in "
            f"{sum(bool(lesson.exercises) for lesson in course.lessons)} lessons, judged at once by checks that name the mistake.",
            [("The first lesson", f"lessons/{first.path}.html"), ("All exercises", "map.html")],
        ),
        _door(
            "Teach",
            "Hand the same notebooks to a class. nbgrader grades them, each submission in a sandbox of its own, with "
            "feedback that says what to mend.",
            [("How to teach with it", teach), ("How strong the checks are", "checks.html")],
        ),
        _door(
            "Contribute",
            "One file is written for each lesson, and the notebooks are built from it. Add a mistake that you have "
            "seen, a lesson, a data set.",
            [
                ("How a lesson is written", "guides/authoring.html"),
                ("The repository", f"https://github.com/{course.repository}"),
            ],
        ),
    )
    front = [_shown(name, pages, "") for name in (REHEARSAL_FRONT if scale == "smoke" else FRONT)]
    contents = [
        f"# {course.title}",
        '<p class="lead">A course that you do rather than read. You write the pieces that matter – the sampling layer, the loss, '
        "the train step – and a check judges each one at once and says <em>which</em> mistake it is. Then the model is trained "
        "with your own code, and you look at what it draws.</p>",
        f'<div class="doors">{"".join(doors)}</div>',
        '<div class="front">' + "".join(front) + "</div>",
        "## The lessons",
        *(_chapter_list(chapter) for chapter in course.chapters),
        "It follows the chapters of “Generative Deep Learning” (2nd edition) by David Foster, is for people who know some Python "
        "and PyTorch, and does not replace the book.",
    ]
    return "\n\n".join([*contents, *_sidebar(course, guides)]) + "\n"


def exercise_map(course: Course) -> str:
    """The map in Markdown: chapters, their lessons, and in each lesson its exercises with points, minutes and difficulty."""
    lessons = [lesson for lesson in course.lessons if lesson.exercises]
    minutes = sum(exercise.minutes for lesson in lessons for exercise in lesson.exercises)
    count = sum(len(lesson.exercises) for lesson in lessons)
    points = sum(lesson.points for lesson in lessons)
    parts = [
        "# Exercise map",
        f"{count} exercises, {points} points, about {round(minutes / 60)} hours of writing code; reading and training come on top. "
        "Within a lesson each exercise may use those before it.",
    ]
    for number, chapter in enumerate(course.chapters):
        parts += [f"## {number}. {chapter.title}" if number else f"## {chapter.title}"]
        parts += [f'<div class="map">{"".join(_mapped(lesson) for lesson in chapter.lessons)}</div>']
    return "\n\n".join(parts) + "\n"


def gallery(course: Course, pages: Pages, scale: str) -> str:
    """The gallery in Markdown. Raises LookupError where a lesson shows no picture in a cell that is named here."""
    said = SMOKE if scale == "smoke" else f"All of it was trained at the scale `{scale}`."
    parts = [
        "# Gallery",
        "What the models draw that learners build in this course. Every picture was made by the answers in the lessons’ own "
        f"notebooks, run from top to bottom. {said}",
    ]
    for name in GALLERY:
        lesson = course.lesson(name.partition("/")[0])
        caption = f'<a href="lessons/{lesson.path}.html">{escape(lesson.title)}</a>'
        parts.append(_shown(name, pages, caption))
    return "\n\n".join(parts) + "\n"


def _shown(name: str, pages: Pages, caption: str) -> str:
    lesson, _, cell = name.partition("/")
    found = pages[lesson].pictures.get(cell) if lesson in pages else None
    if not found:
        known = ", ".join(pages[lesson].pictures) if lesson in pages else "no such lesson"
        raise LookupError(f"website/overview.py names {name}, where no picture is shown. There are: {known}.")
    picture = found[-1]  # the first may be the curve of the training
    return picture.figure("", f"{escape(picture.alt)} {caption}" if caption else "")


def _door(title: str, text: str, links: list[tuple[str, str]]) -> str:
    entries = "".join(f'<a href="{target}">{label}</a>' for label, target in links)
    return f'<section class="door"><h2>{title}</h2><p>{text}</p><p class="links">{entries}</p></section>'


def _chapter_list(chapter: Chapter) -> str:
    lines = [f"**{chapter.title}**", ""]
    for lesson in chapter.lessons:
        more = f", {len(lesson.exercises)} exercises" if lesson.exercises else ""
        lines.append(f"- [{lesson.title}](lessons/{lesson.path}.ipynb) – {lesson.minutes} minutes{more}")
    return "\n".join(lines)


def _mapped(lesson: Lesson) -> str:
    page = f"lessons/{lesson.path}.html"
    rows = "".join(
        f'<li><a href="{page}#exercise-{e.id}"><code>{e.id}</code></a><span>{e.points} p</span>'
        f"<span>{e.minutes} min</span>{dots(e.difficulty)}</li>"
        for e in lesson.exercises
    )
    facts = f"{lesson.minutes} minutes" + (f", {lesson.points} points" if lesson.exercises else ", nothing to hand in")
    return (
        f'<section class="mapped"><h3><a href="{page}">{escape(lesson.title)}</a></h3><p>{facts}</p>'
        f"<ol>{rows}</ol></section>"
    )


def _sidebar(course: Course, guides: list[tuple[str, str]]) -> list[str]:
    trees = {
        "The course": ["map", "gallery", "data", "checks"],
        **{chapter.title: [f"lessons/{one.path}" for one in chapter.lessons] for chapter in course.chapters},
        "Guides": [f"guides/{name}" for name, _ in guides],
    }
    return [
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(docs) + "\n```"
        for caption, docs in trees.items()
    ]
