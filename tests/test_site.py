"""The site: every page of it, walked in a browser; and what its parts promise."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip(
    "sphinx", reason="the site's own packages are not installed: pip install -c constraints.txt -e '.[site]'"
)

import nbformat
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.errors import SphinxError

from genlab.course import load_course
from website import executed as executing
from website.build import build
from website.executed import executed
from website.lesson_page import MissingText, lesson_page
from website.mathml import mathml

ROOT = Path(__file__).parents[1]
COURSE = load_course(ROOT / "course.yml")
MEGABYTE = 1 << 20
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # a PNG of one pixel


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "smoke", tmp_path_factory.mktemp("site")).parent


# What a page is like once all its pictures are there, and what is wrong with it.
STATE = """async () => {
    const images = [...document.images];
    images.forEach(image => { image.loading = "eager"; });
    await Promise.all(images.map(image => image.decode().catch(() => null)));
    await document.fonts.ready;
    return {
        broken: images.filter(image => !image.naturalWidth).map(image => image.src),
        silent: images.filter(image => !image.alt).map(image => image.src),
        links: [...document.querySelectorAll("a[href]")].map(link => link.href),
        math: document.querySelectorAll("math").length,
        mathFont: document.fonts.check('16px "STIX Two Math"'),
        open: document.querySelectorAll("article details[open]").length,
    };
}"""
LOOK = """() => ({
    wide: document.documentElement.scrollWidth - window.innerWidth,
    paper: getComputedStyle(document.body).backgroundColor.match(/\\\\d+/g).slice(0, 3).reduce((sum, x) => sum + Number(x), 0),
})""".replace("\\\\", "\\")


def walked(browser, page: Path) -> dict:
    """What a browser finds on a page: its state, its looks on a wide light and a narrow dark screen, what it loaded, and its errors."""
    tab = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme="light")
    loaded, errors = {str(page)}, []
    tab.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: loaded.add(request.url))
    tab.on("requestfailed", lambda request: errors.append(f"{request.url}: {request.failure}"))
    try:
        tab.goto(page.as_uri())
        found = tab.evaluate(STATE) | {"light": tab.evaluate(LOOK)}
        tab.set_viewport_size({"width": 360, "height": 740})
        tab.emulate_media(color_scheme="dark")
        tab.wait_for_timeout(50)
        return found | {"dark": tab.evaluate(LOOK), "loaded": loaded, "errors": errors}
    finally:
        tab.close()


@pytest.mark.notebooks
@pytest.mark.xdist_group("site")
def test_every_page_is_whole_light_and_reads_on_any_screen_without_a_network(site, browser):
    pages = sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)
    assert len(pages) >= 6 + len(COURSE.lessons)
    links, formulas = set(), 0
    for page in pages:
        found, name = walked(browser, page), page.relative_to(site).as_posix()
        assert found["errors"] == [], name
        assert found["broken"] == [] and found["silent"] == [], name
        files = [Path(unquote(urlsplit(url).path)) for url in found["loaded"]]
        assert [url for url in found["loaded"] if urlsplit(url).scheme not in ("", "file", "data")] == [], name
        assert sum(file.stat().st_size for file in set(files) if file.is_file()) < 3 * MEGABYTE, name
        assert found["light"]["wide"] <= 0 and found["dark"]["wide"] <= 0, f"{name} scrolls sideways"
        assert found["light"]["paper"] > 600 > 200 > found["dark"]["paper"], name
        assert found["open"] == 0, f"{name} gives an answer away"
        formulas += found["math"]
        assert found["mathFont"] or not found["math"], name
        links |= {link for link in found["links"] if link.startswith("file:")}
    assert formulas > 400
    for link in links:
        target = Path(unquote(urlsplit(link).path))
        assert target.is_file(), link
        anchor = unquote(urlsplit(link).fragment)
        assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), link


@pytest.mark.notebooks
@pytest.mark.xdist_group("site")
def test_each_exercise_stands_on_its_page_with_a_stub_hints_and_a_folded_solution(site):
    course_map = (site / "map.html").read_text(encoding="utf-8")
    for lesson in COURSE.lessons:
        page = (site / "lessons" / f"{lesson.path}.html").read_text(encoding="utf-8")
        assert page.count("Show the solution") == len(lesson.exercises)
        assert page.count("<summary>Hint 1</summary>") == len(lesson.exercises)
        assert page.count("find the bug in a") == sum(bool(exercise.mends) for exercise in lesson.exercises)
        assert "BEGIN SOLUTION" not in page and "HIDDEN TESTS" not in page
        for exercise in lesson.exercises:
            assert f'id="exercise-{exercise.id}"' in page
            assert f"lessons/{lesson.path}.html#exercise-{exercise.id}" in course_map


def a_page(tmp_path: Path, alt: list[str], pictures: int):
    """A lesson's page from a notebook with one payoff cell."""
    lesson = COURSE.lesson("pytorch_primer")
    cell = new_code_cell("draw()", id="payoff-draw", metadata={"tags": ["payoff"], "alt": alt})
    shown = {"image/png": DOT, "text/plain": "a figure"}
    cell.outputs = [new_output("display_data", shown) for _ in range(pictures)]
    cell.outputs.insert(1, new_output("stream", text="between"))
    notebook = new_notebook(
        cells=[new_markdown_cell("# Title"), cell],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    return lesson_page(COURSE, lesson, notebook, notebook, tmp_path)


def test_a_picture_without_a_text_is_refused(tmp_path):
    with pytest.raises(MissingText, match=r"payoff-draw shows a picture without an alternative text.*alt="):
        a_page(tmp_path, ["The first."], pictures=2)


def test_a_text_without_a_picture_is_refused(tmp_path):
    with pytest.raises(MissingText, match="1 more alt texts than pictures"):
        a_page(tmp_path, ["The first.", "The second.", "The third."], pictures=2)


def test_pictures_and_prints_keep_their_order_and_texts(tmp_path):
    page = a_page(tmp_path, ["The first.", 'The "second".'], pictures=2)
    kinds = [cell.cell_type for cell in page.notebook.cells]
    assert kinds == ["markdown", "code", "markdown", "code", "markdown"]
    assert page.notebook.cells[3].outputs[0].text == "between"
    assert 'alt="The &quot;second&quot;."' in page.notebook.cells[4].source
    assert all((tmp_path / picture.file).is_file() for picture in page.pictures["draw"])


def a_course(tmp_path: Path, code: str):
    """A clone with one notebook, and its lesson."""
    lesson = COURSE.lesson("density")
    path = tmp_path / "solutions" / f"{lesson.path}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [new_markdown_cell("# Title", id="title"), new_code_cell(code, id="payoff-run")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "x"}}), path)
    return lesson, path


def test_a_notebook_is_run_once_until_its_code_changes_and_a_failed_run_is_not_kept(tmp_path, monkeypatch):
    lesson, path = a_course(tmp_path, "import os; print(os.environ['GENLAB_SCALE']); 1 / 0")
    with pytest.raises(CellExecutionError):
        executed(COURSE, lesson, tmp_path, "cpu")
    assert list((tmp_path / "build" / "executed").glob("*.ipynb")) == []

    lesson, path = a_course(tmp_path, "import os; print(os.environ['GENLAB_SCALE'])")
    assert executed(COURSE, lesson, tmp_path, "cpu").cells[1].outputs[0].text == "cpu\n"
    monkeypatch.setattr(executing, "_run", lambda *_: pytest.fail("it was run again"))
    book = nbformat.read(path, as_version=4)
    book.cells[0].source, book.cells[1].metadata["alt"] = "# Another title", ["A dot."]
    nbformat.write(book, path)
    again = executed(COURSE, lesson, tmp_path, "cpu")
    assert again.cells[0].source == "# Another title" and again.cells[1].outputs[0].text == "cpu\n"
    a_course(tmp_path, "print('other code')")
    with pytest.raises(pytest.fail.Exception, match="run again"):
        executed(COURSE, lesson, tmp_path, "cpu")


def test_a_formula_becomes_mathml_or_is_named():
    assert mathml(r"\frac{1}{2}").startswith("<math") and "<mfrac>" in mathml(r"\frac{1}{2}")
    with pytest.raises(SphinxError, match=r"\\nosuchthing"):
        mathml(r"\nosuchthing{x}")
