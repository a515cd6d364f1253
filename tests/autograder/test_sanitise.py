"""Nothing active of a student reaches a browser, and everything else reaches it unchanged."""

import base64
import copy
import functools
import http.server
import io
import json
import random
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from autograder.handin.allowed import is_link
from autograder.handin.harmless import harmless
from autograder.handin.sanitise import sanitise

ROOT = Path(__file__).parents[2]
ATTACHED, RESERVED = frozenset({"x.png"}), frozenset({"kl_loss"})


def picture(kind="PNG", size=(2, 2)):
    data = io.BytesIO()
    Image.new("L", size).save(data, kind)
    return base64.b64encode(data.getvalue()).decode()


def notebook(*cells, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def markdown(source, **more):
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": source, **more}


def code(*outputs, source="1", **more):
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": source, "execution_count": 1}
    return {**cell, "outputs": list(outputs), **more}


def display(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


def cleaned(cell):
    """The cell after it was sanitised, and the phrases."""
    book = notebook(copy.deepcopy(cell))
    removed = sanitise(book)
    return book["cells"][0], removed


HARMLESS = [
    "# Title\n\nsome *text*, **bold** `code <b>`, https://a.org, <https://b.org/?q=1&r=2>, <me@b.org>",
    "a < b and c > d & e, a<-b, 5 <3 &lt;",
    "$a<b$, \\\\(x < y\\\\) and $$\\int_0^1 f(x)\\,dx < \\mathbb{E}_{z \\sim q}[\\log p]$$",
    "\\begin{align} a &= b \\\\ c&<d \\end{align}",
    "$\\bbox[yellow]{x}$ and `\\href`",
    "C:\\class_x costs 5 euros",
    "| a | b |\n|:--|--:|\n| 1 | 2 |",
    "- [ ] to do\n- [x] done\n  - deeper\n\n1. one\n2. two",
    "```python\nprint('<script>alert(1)</script>')\n```\n\n    <script>indented</script>\n\nand `<script>`",
    "````html\n```\n<script>alert(1)</script>\n```\n````",
    "> quoted\n> > twice\n\nterm\n: what it means\n\n~~gone~~ a\\*b\n\n---",
    "<b>bold</b><br>H<sub>2</sub>O<br/> <span style='color: red; font-weight:bold'>red</span> <font color=\"#f00\">x</font>",
    "<details><summary>more</summary>\n\ntext\n\n</details>",
    "<!-- a remark -->\n\ntext",
    "<a id='part'></a>\n\n[there](#part), [web](https://e.org \"title\"), [reference][r], [file](notes/a.txt)\n\n[r]: https://e.org",
    "<div align=\"center\">\n<img src=\"plot.png\" width=\"300\" alt=\"p\">\n</div>\n\n![plot](figures/plot 1.png) ![a](attachment:x.png)",
    f"![inline](data:image/png;base64,{picture()})",
    "[![Open](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/x)",
    "```mermaid\ngraph TD;\nA-->B\n```",
    "# About kl_loss\n\n平均 – Émile – \N{GRINNING FACE}",
    "<p>an unclosed paragraph\n\n<li>an unclosed item",
    "",
]  # fmt: skip

ACTIVE = [
    "<script>alert(1)</script>",
    "<ScRiPt >alert(1)</sCrIpT\n>",
    "<img src=x.png onerror=alert(1)>",
    "some text <b onmouseover='alert(1)'>bold</b>",
    "# <img src=x.png onerror=alert(1)>",
    "| <img src=x.png onerror=alert(1)> |\n|-|\n",
    "[<img src=x.png onerror=alert(1)>](https://e.org)",
    "- <svg onload=alert(1)>\n",
    "<svg><script>alert(1)</script></svg>",
    "<math><maction actiontype='statusline' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<iframe src='//e.org'></iframe>",
    "<object data='x.swf'></object><embed src=x>",
    "<style>* {display: none}</style>",
    "<div style='position:fixed; top:0; width:100%'>over all</div>",
    "<div style='background:url(//e.org)'>x</div>",
    "<div class='navbar-fixed-top'>over all</div>",
    "<span data-toggle=tooltip data-html=true title='<img src=x onerror=alert(1)>'>x</span>",
    "<a data-link='javascript:alert(1)'>x</a>",
    "<meta http-equiv=refresh content='0;url=//e.org'>",
    "<base href='//e.org'>",
    "<link rel=stylesheet href='//e.org'>",
    "<form action='//e.org'><input name=a><button>go</button></form>",
    "<input type=image src=x onerror=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<textarea>", "<plaintext>", "<xmp>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!-- open", "<!--> <img src=x onerror=alert(1)> -->", "<!-- a --!><img src=x onerror=alert(1)> -->",
    "<!-- &lt;&lt;&lt; --><script>alert(1)</script>",
    "<![CDATA[a><img src=x onerror=alert(1)>]]>",
    "<scr<script>ipt>alert(1)</script>", "<b <script>alert(1)</script>",
    "</div></div></div></div>", "<details>", "<div>\n\n# still in it",
    "<span lang='end-of-this-cell'></span><!--",
    "``` \"><script>alert(1)</script>\nx\n```",
    "```mermaid\n<script>alert(1)</script>\n```",
    "[x](javascript:alert(1))", "[x](JaVaScript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](javascript&colon;alert(1))",
    "[x](&#1;javascript:alert(1))", "[x](java&Tab;script:alert(1))", "[x](vbscript:x)", "[x](data:text/html,<script>1</script>)",
    "[x](files/javascript:alert(1))", "[x](/files/javascript:alert(1))", "<javascript:alert(1)>", "[x][r]\n\n[r]: javascript:alert(1)",
    "[x](//e.org)", "[x](/logout)", "[x](../../logout)",
    "<a href='javascript:alert(1)'>x</a>", "<a href=https://e.org href=javascript:alert(1)>x</a>", "<a href='https://e.org' ping='//e.org'>x</a>",
    "![x](https://e.org/seen.png)", "![x][r]\n\n[r]: https://e.org/seen.png", "[![x](https://e.org/seen.png)](https://e.org)",
    "<img src='//e.org/seen.png'>", "<img src='plot.png' srcset='//e.org/seen.png'>", "![x](../../../api/shutdown.png)",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)", "![x](data:image/png;base64,PHNjcmlwdD4=)", "![x](attachment:missing.png)",
    "$\\href{javascript:alert(1)}{x}$", "$$\\style{position:fixed}{x}$$", "\\\\(\\bbox[position:fixed;top:0]{x}\\\\)", "$\\class{navbar}{x}$",
    "# kl_loss", "kl_loss\n===", "<a id=kl_loss></a>", "<p id='kl_loss'>",
]  # fmt: skip


@pytest.mark.parametrize("source", HARMLESS)
def test_markdown_without_anything_active_stays_as_it_is(source):
    assert harmless(source, ATTACHED, RESERVED) == (source, ())


@pytest.mark.parametrize("source", ACTIVE)
def test_active_markdown_is_named_and_what_is_shown_instead_is_harmless(source):
    shown, problems = harmless(source, ATTACHED, RESERVED)
    assert problems
    assert shown != source
    assert harmless(shown, ATTACHED, RESERVED) == (shown, ())


@pytest.mark.parametrize("seed", range(4))
def test_no_mixture_of_pieces_comes_through(seed):
    """Pieces of markup, joined at random, become harmless, and stay so."""
    draw = random.Random(seed)
    pieces = [
        *ACTIVE,
        *"<>\"'`$!&;:/\n",
        "<!--",
        "-->",
        "```",
        "~~~",
        "$$",
        "\n\n",
        "<b>",
        "</b>",
        "<a href=",
        "[",
        "](",
        ")",
        "| a |",
        "\n|-|\n",
    ]
    for _ in range(60):
        source = "".join(draw.choice(pieces) for _ in range(draw.randint(2, 7)))
        shown, _ = harmless(source)
        assert harmless(shown) == (shown, ())


def test_the_rest_of_a_mended_cell_stays():
    source = "# Title\n\n$a<b$ `<i>` <b>bold</b> <script>alert(1)</script> [x](javascript:f(1)) ![p](https://e.org/p.png)\n\n```\n<script>\n```"
    shown, _ = harmless(source)
    assert shown == (
        "# Title\n\n$a<b$ `<i>` <b>bold</b> &lt;script>alert(1)&lt;/script> [x](#) [p](https://e.org/p.png)\n\n```\n<script>\n```"
    )


def test_a_badge_that_is_a_link_becomes_the_link():
    assert harmless("[![p](https://e.org/p.png)](https://e.org/page)")[0] == "[p](https://e.org/page)"


def test_what_cannot_be_mended_is_shown_as_source():
    assert harmless("[x](&#106;avascript:alert(1))")[0] == "```text\n[x](&#106;avascript:alert(1))\n```"


@pytest.mark.parametrize(
    "source", ["a" * 100_001, "\\\\[" * 400, "<a " * 500, "<div>" * 300, "[" * 50_000, "> " * 20_000]
)
def test_markdown_made_to_keep_a_renderer_busy_is_dealt_with_soon(source):
    started = time.perf_counter()
    shown, _ = harmless(source)
    page_of("feedback", notebook(markdown(shown)))
    assert time.perf_counter() - started < 20
    assert harmless(shown) == (shown, ())


def test_a_text_longer_than_any_answer_is_cut():
    shown, problems = harmless("word " * 100_000)
    assert len(shown) < 101_000
    assert shown.endswith("… and more\n```")
    assert problems == ("more than can be checked",)


@pytest.mark.parametrize(
    "address",
    ["\x01javascript:x", " javascript:x", "java\nscript:x", "java\u200bscript:x", "\\\\e.org", "blob:x", "//e.org"],
)
def test_addresses_are_read_as_browsers_read_them(address):
    assert not is_link(address)


@pytest.mark.parametrize("path", ["lessons/03_vae/02_vae_fashion.ipynb", "solutions/03_vae/02_vae_fashion.ipynb"])
def test_our_own_notebooks_stay_as_they_are(path):
    book = json.loads((ROOT / path).read_text(encoding="utf-8"))
    before = copy.deepcopy(book)
    assert sanitise(book) == []
    for cell in before["cells"]:
        cell["metadata"].pop("alt", None)  # for the site alone
    assert book["cells"] == before["cells"]
    assert book["metadata"] == {key: before["metadata"][key] for key in ("genlab", "kernelspec")}


def test_text_and_pictures_of_outputs_stay():
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": ["a\n", "b"]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mred\x1b[0m"]},
        {"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {}, "execution_count": 3},
        display(**{"image/png": picture() + "\n", "text/plain": ["<Figure>"]}),
        display(**{"image/jpeg": picture("JPEG")}),
    ]
    assert cleaned(code(*outputs)) == (code(*outputs), [])


@pytest.mark.parametrize(
    ("kind", "content", "phrase"),
    [
        ("text/html", "<b>1</b>", "html output"),
        ("text/markdown", "[x](javascript:alert(1))", "markdown output"),
        ("application/javascript", "alert(1)", "output that a browser could run"),
        ("application/vnd.jupyter.widget-view+json", {"model_id": "x"}, "output that a browser could run"),
        ("image/svg+xml", "<svg/>", "an output that is no picture of a kind that is safe to show"),
        ("image/png", '"><script>alert(1)</script>', "an output that is no picture of a kind that is safe to show"),
        ("image/png", picture("JPEG"), "an output that is no picture of a kind that is safe to show"),
        ("image/jpeg", base64.b64encode(b"<html>").decode(), "an output that is no picture of a kind that is safe to show"),
    ],
)  # fmt: skip
def test_outputs_of_other_kinds_are_left_out_and_their_text_kept(kind, content, phrase):
    cell, removed = cleaned(code(display(**{kind: content, "text/plain": "text"})))
    assert cell["outputs"] == [display(**{"text/plain": "text"})]
    assert removed == [f"cell 1: {phrase}"]
    assert cleaned(code(display(**{kind: content})))[0]["outputs"] == []


def test_latex_is_kept_as_text():
    cell, _ = cleaned(code(display(**{"text/latex": "$x$"})))
    assert cell["outputs"] == [display(**{"text/plain": "$x$"})]


def test_a_picture_too_large_for_a_browser_is_left_out():
    huge = picture(size=(20_000, 5_000))
    assert cleaned(code(display(**{"image/png": huge})))[0]["outputs"] == []


def test_what_goes_with_an_output_is_left_out():
    output = display(**{"image/png": picture()}) | {
        "metadata": {"image/png": {"width": "1 onerror=alert(1)"}, "filenames": {"image/png": "//e.org"}},
        "transient": {"display_id": "x"},
        "svg_filename": "//e.org",
    }
    assert cleaned(code(output))[0]["outputs"] == [display(**{"image/png": picture()})]


@pytest.mark.parametrize("count", ["<script>alert(1)</script>", [1], True, 1.5])
def test_a_count_that_is_no_number_is_left_out(count):
    result = {"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {}, "execution_count": count}
    cell, _ = cleaned(code(result, execution_count=count))
    assert cell["execution_count"] is None
    assert cell["outputs"][0]["execution_count"] is None


def test_a_raw_cell_becomes_text():
    source = "<script>alert(1)</script>\n```\n</pre>"
    cell, removed = cleaned(
        {"cell_type": "raw", "id": "r", "metadata": {"raw_mimetype": "text/html"}, "source": source}
    )
    assert cell == markdown(f"````text\n{source}\n````", id="r")
    assert removed == ["cell 1: raw text, shown as text"]


def test_attachments_are_pictures():
    good = {"x.png": {"image/png": picture()}}
    bad = {"y.svg": {"image/svg+xml": "<svg/>"}, "z.png": {"image/png": "PHNjcmlwdD4="}, "w": "text"}
    cell, removed = cleaned(markdown("![x](attachment:x.png) ![y](attachment:y.svg)", attachments=good | bad))
    assert cell == markdown("![x](attachment:x.png) [y](#)", attachments=good)
    assert "cell 1: an attachment that is no picture" in removed
    assert "attachments" not in cleaned(code(attachments=good))[0]


def test_of_a_cells_metadata_stays_what_grading_needs():
    nbgrader = {
        "cell_type": "code", "checksum": "0" * 32, "grade": True, "grade_id": "kl_loss",
        "locked": True, "points": 3, "schema_version": 3, "solution": False, "task": False,
    }  # fmt: skip
    kept = {"deletable": False, "editable": False, "nbgrader": nbgrader, "tags": ["payoff"]}
    more = {"magics_language": "<b>", "vscode": {"x": 1}, "alt": '" onerror="alert(1)'}
    cell, removed = cleaned(code(metadata=kept | more | {"tags": ["payoff", '"><script>']}))
    assert cell["metadata"] == kept
    assert removed == ["cell 1: metadata with markup"]


@pytest.mark.parametrize("grade_id", ['"><script>alert(1)</script>', 7, None, "", "a b"])
def test_a_graded_cell_without_a_proper_name_is_an_ordinary_cell(grade_id):
    cell, removed = cleaned(code(metadata={"nbgrader": {"grade": True, "grade_id": grade_id, "points": 3}}))
    assert cell["metadata"] == {}
    assert len(removed) == 1


def test_points_that_are_no_number_are_left_out():
    for points in ("<b>", float("nan"), float("inf"), True, None, {}):
        cell, _ = cleaned(code(metadata={"nbgrader": {"grade_id": "a", "grade": True, "points": points}}))
        assert cell["metadata"] == {"nbgrader": {"grade_id": "a", "grade": True}}


def test_of_the_notebooks_metadata_stay_the_lesson_and_python():
    genlab = {"lesson": "vae_fashion", "sha256": {"lessons": "17b3"}}
    book = notebook(
        genlab=genlab | {"note": "<script>"},
        kernelspec={"name": "<script>", "display_name": "R"},
        language_info={
            "name": "<script>",
            "version": "3.11.7",
            "pygments_lexer": ["x"],
            "codemirror_mode": {"version": 3},
        },
        title="</title><script>alert(1)</script>",
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {}}},
    )
    book["extra"] = "<script>"
    assert sanitise(book) == ["the notebook: metadata with markup"]
    assert book == notebook(
        genlab=genlab,
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={
            "name": "python",
            "version": "3.11.7",
            "pygments_lexer": "ipython3",
            "codemirror_mode": {"version": 3},
        },
    )


@pytest.mark.parametrize("cell_id", ['" onclick="alert(1)', "", None, "a b", "x" * 65, 7])
def test_a_cell_id_that_is_no_name_is_replaced(cell_id):
    assert cleaned(markdown("x", id=cell_id))[0]["id"] == "cell-1"


@pytest.mark.parametrize(
    "book",
    [
        {},
        {"cells": None, "metadata": []},
        {"cells": [None, 7, "x", [], {}, {"cell_type": "strange", "source": {"a": 1}}]},
        notebook(
            code(
                None,
                7,
                {},
                {"output_type": []},
                {"output_type": "stream"},
                {"output_type": "display_data", "data": [1]},
            )
        ),
        notebook(code(outputs={"a": 1}, source=None), markdown(["a", 1]), markdown("x", attachments=[1], metadata=7)),
        notebook(markdown("\ud800 lone"), code({"output_type": "stream", "name": "stdout", "text": "\udfff"})),
    ],
)
def test_any_json_becomes_a_notebook_that_can_be_written(book):
    sanitise(book)
    assert isinstance(book["cells"], list) and isinstance(book["metadata"], dict)
    assert {cell["cell_type"] for cell in book["cells"]} <= {"code", "markdown"}
    json.dumps(book, ensure_ascii=False, allow_nan=False).encode("utf-8")
    again = copy.deepcopy(book)
    sanitise(again)
    assert again == book


def test_a_notebook_of_endless_markdown_is_shown_as_text():
    book = notebook(*(markdown(f"{k}" + "a " * 45_000) for k in range(8)))
    removed = sanitise(book)
    assert removed == [f"cell {k}: more Markdown than can be checked" for k in range(4, 9)]


# ---------------------------------------------------------------- in a browser

FIRE = "(window.canary=window.canary||[]).push('{}');fetch('/canary/{}')"


def canaries():
    """A notebook in which everything that could run says so."""

    def fire(name):
        return FIRE.format(name, name)

    def script(name):
        return f"<script>{fire(name)}</script>"

    def image(name):
        return f'<img src="/canary/{name}" alt="x" onerror="{fire(name)}">'

    nbgrader = {
        "schema_version": 3,
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": 3,
        "cell_type": "code",
    }
    cells = [
        markdown(script("script")),
        markdown(f"text {image('onerror')} text"),
        markdown(f"# heading {image('heading')}"),
        markdown(f"| {image('table')} |\n|-|\n"),
        markdown(f'<svg onload="{fire("svg")}"></svg>'),
        markdown(f'<details open ontoggle="{fire("toggle")}">x</details>'),
        markdown(f'<b onmouseover="{fire("mouseover")}">hover</b>'),
        markdown(f'<input autofocus onfocus="{fire("focus")}">'),
        markdown('<iframe src="/canary/iframe"></iframe>'),
        markdown('<object data="/canary/object"></object>'),
        markdown('<link rel="stylesheet" href="/canary/link">'),
        markdown('<style>body {background: url("/canary/style")}</style>'),
        markdown('<div style="position:fixed; inset:0; background:white">over all</div>'),
        markdown('<div class="navbar-fixed-top">over all</div>'),
        markdown('<form action="/canary/form"><input name="a"></form>'),
        markdown("[link](javascript:document.title='link') [files](files/javascript:1)\n\n<a href='javascript:1'>x</a> [r][r]\n\n[r]: javascript:1"),
        markdown("![picture](/canary/picture) ![by reference][r]\n\n[r]: /canary/reference"),
        markdown(f"```mermaid\n{script('mermaid')}\n```"),
        markdown(f"<!-- &lt; -->{script('comment')}"),
        markdown(f"<a title='x' href=https://e.org href=\"javascript:{fire('twice')}\">x</a>"),
        markdown(f'<span data-toggle="tooltip" data-html="true" title="&lt;img src=x onerror={fire("tooltip")}&gt;">x</span>'),
        markdown("![a](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": picture()}}),
        {"cell_type": "raw", "id": "r", "metadata": {}, "source": script("raw")},
        {"cell_type": "raw", "id": "rm", "metadata": {"raw_mimetype": "text/html"}, "source": script("raw-mime")},
        code(source=f"%%html\n</pre>{script('code-html')}"),
        code(source=f"# {script('code')}\n'''</pre>{script('code-string')}"),
        code(display(**{"text/html": script("html")})),
        code(display(**{"text/html": script("isolated")}) | {"metadata": {"text/html": {"isolated": True}}}),
        code(display(**{"text/markdown": script("markdown")})),
        code(display(**{"application/javascript": fire("javascript")})),
        code(display(**{"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{script('svg-output')}</svg>"})),
        code(display(**{"image/png": f'x" onerror="{fire("png")}'})),
        code(display(**{"image/png": picture()}) | {"metadata": {"image/png": {"width": f"1 onload={fire('width')}"}}}),
        code(display(**{"image/jpeg": "x"}) | {"metadata": {"filenames": {"image/jpeg": "/canary/filename"}}}),
        code(display(**{"text/latex": f"$x$ {script('latex')}"})),
        code(display(**{"text/plain": f"</pre>{script('plain')}"})),
        code({"output_type": "stream", "name": "stdout", "text": f"\x1b[31m</pre>\x1b]0;{script('stream')}\x07"}),
        code({"output_type": "error", "ename": script("ename"), "evalue": script("evalue"), "traceback": [f"\x1b[1m{script('traceback')}"]}),
        code(metadata={"tags": [f'"><img src="/canary/tag">{script("tag")}'], "nbgrader": nbgrader | {"grade_id": f'"></a>{script("grade-id")}'}}),
    ]  # fmt: skip
    for number, cell in enumerate(cells):
        if cell["id"] in ("m", "c"):
            cell["id"] = f"cell{number}"
    return notebook(*cells, title=script("title"), language_info={"name": f'"><script>{fire("lexer")}</script>'})


def page_of(template, book):
    """The page that nbgrader makes of a notebook: `feedback` for the student, `formgrade` for the grader."""
    nbformat = pytest.importorskip("nbformat")
    exporters = pytest.importorskip("nbconvert.exporters")
    nbgrader = pytest.importorskip("nbgrader")
    home = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    exporter = exporters.HTMLExporter(
        template_name=template,
        extra_template_basedirs=[str(home / "templates")],
        extra_template_paths=[str(home / "static" / "node_modules" / "bootstrap" / "dist" / "css")],
    )
    resources = {
        "nbgrader": {"notebook": "lesson", "score": 1, "max_score": 3, "late_penalty": 0},
    }
    resources |= {"assignment_id": "03_vae", "notebook_id": "lesson", "submission_id": "s", "index": 0, "total": 1}
    resources |= {"base_url": "", "student": "ada", "last_name": "", "first_name": "", "notebook_path": "x"}
    book = copy.deepcopy(book)
    for cell in book["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"score": 1.0, "comment": None}  # as nbgrader's GetGrades does
    return exporter.from_notebook_node(nbformat.from_dict(book), resources)[0], home / "static"


class Server(http.server.SimpleHTTPRequestHandler):
    """One page at /, formgrader's own scripts, and a list of who asked for a canary."""

    page = ""
    asked: list[str] = []  # noqa: RUF012 - one list for all requests

    def do_GET(self):
        if self.path.startswith("/canary/"):
            self.asked.append(self.path.removeprefix("/canary/"))
            self.send_error(404)
        elif self.path == "/":
            content = self.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        else:
            self.path = self.path.removeprefix("/formgrader/static")
            super().do_GET()

    def log_message(self, *arguments):
        pass


def what_fires(browser, page, static):
    """Names of the canaries that ran or were asked for, and what else a page must not have of a student."""
    Server.page, Server.asked = page, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=str(static)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    tab = browser.new_page()
    try:
        tab.route("**/*", lambda route: route.continue_() if route.request.url.startswith(origin) else route.abort())
        tab.goto(f"{origin}/", wait_until="load")
        tab.evaluate(
            """() => document.querySelectorAll("#notebook-container *").forEach(element =>
                ["mouseover", "mouseenter", "click", "focus", "toggle", "load", "error"].forEach(kind =>
                    element.dispatchEvent(new Event(kind))))"""
        )
        tab.wait_for_timeout(300)
        found = tab.evaluate(
            """() => ({
                ran: window.canary || [],
                title: document.title,
                links: [...document.querySelectorAll("#notebook-container a[href]")].map(a => a.protocol),
                elements: [...document.querySelectorAll("#notebook-container *")].map(e => e.localName),
                over: [...document.querySelectorAll("#notebook-container *")].filter(e => getComputedStyle(e).position == "fixed").length,
                last: document.querySelector("#notebook-container").innerText.includes("the end"),
            })"""
        )
    finally:
        tab.close()
        server.shutdown()
        server.server_close()
    return {*found["ran"], *Server.asked}, found


@pytest.mark.parametrize("template", ["feedback", "formgrade"])
def test_no_canary_sings_in_a_browser(browser, template):
    book = canaries()
    sanitise(book)
    book["cells"].append(markdown("the end", id="end"))
    page, static = page_of(template, book)
    fired, found = what_fires(browser, page, static)
    assert fired == set()
    assert found["title"] == "lesson"
    assert set(found["links"]) <= {"http:", "https:"}
    assert not {"script", "style", "iframe", "object", "embed", "form", "link", "meta", "svg"} & set(found["elements"])
    assert found["over"] == 0
    assert found["last"]


@pytest.mark.parametrize("template", ["feedback", "formgrade"])
def test_the_same_canaries_sing_where_nobody_sanitised(browser, template):
    """So that the test above can fail: most of these do run, or are asked for, on nbgrader's own pages."""
    book = canaries()
    page, static = page_of(template, book)
    fired, found = what_fires(browser, page, static)
    known = {
        "script",
        "onerror",
        "heading",
        "table",
        "svg",
        "mouseover",
        "iframe",
        "link",
        "picture",
        "mermaid",
        "html",
    }
    assert known <= fired
    assert "javascript:" in found["links"]
    assert found["over"]
