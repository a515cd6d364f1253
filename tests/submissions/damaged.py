"""Honest hand-ins as they come back from editors, browsers, mail programs and disks, and files that are no notebooks.

Every case starts from a lesson with the right answers. `CASES` says what each must be graded as.
"""

from __future__ import annotations

import copy
import json
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]
Made = bytes | Callable[[Path], None]  # a file's content, or what puts something else at its path

FILE = "02_vae_fashion.ipynb"
EXERCISES = (
    "Sampling",
    "kl_loss",
    "Encoder",
    "vae_loss",
    "train_step",
    "mended_vae_loss",
    "sample_prior",
    "latent_grid",
)
ALL = EXERCISES


@dataclass(frozen=True)
class Case:
    """A damaged hand-in. `make(released, answers)` gives what lies in the student's folder, by name.

    lost:  exercises that get no points; all others get theirs, for their answers are right
    state: ok, mended, refused or missing, as in the report's row
    says:  words that the row's notes hold
    """

    name: str
    sentence: str
    make: Callable[[Notebook, Mapping[str, str]], dict[str, Made]]
    lost: tuple[str, ...]
    state: str
    says: tuple[str, ...]


CASES: list[Case] = []


def place(case: Case, folder: Path, released: Notebook, answers: Mapping[str, str]) -> None:
    """Put the case's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in case.make(released, answers).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(made, bytes):
            path.write_bytes(made)
        else:
            made(path)


def solved(released: Notebook, answers: Mapping[str, str]) -> Notebook:
    """The lesson with these answers, run and saved as Jupyter does it."""
    notebook = copy.deepcopy(released)
    for number, cell in enumerate(notebook["cells"]):
        name = cell["id"].removesuffix("-solution")
        if cell["id"] != name and name in answers:
            cell["source"] = answers[name].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["as it was\n"]}]
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
    return notebook


def dumped(notebook: Notebook, **options: Any) -> bytes:
    return (json.dumps(notebook, **({"indent": 1} | options)) + "\n").encode()


def notebook_case(says: str = "", lost: tuple[str, ...] = (), state: str = "", file: str = FILE) -> Any:
    """A case whose function edits the solved notebook in place."""

    def register(edit: Callable[[Notebook], None]) -> Callable[[Notebook], None]:
        def make(released: Notebook, answers: Mapping[str, str]) -> dict[str, Made]:
            notebook = solved(released, answers)
            edit(notebook)
            return {file: dumped(notebook)}

        _register(edit, make, says, lost, state)
        return edit

    return register


def files_case(says: str = "", lost: tuple[str, ...] = (), state: str = "") -> Any:
    """A case whose function gets the solved notebook and returns the files."""

    def register(files: Callable[[Notebook], dict[str, Made]]) -> Callable[[Notebook], dict[str, Made]]:
        def make(released: Notebook, answers: Mapping[str, str]) -> dict[str, Made]:
            return files(solved(released, answers))

        _register(files, make, says, lost, state)
        return files

    return register


def _register(function: Any, make: Any, says: str, lost: tuple[str, ...], state: str) -> None:
    words = tuple(part.strip() for part in says.split("…") if part.strip())
    CASES.append(Case(function.__name__, function.__doc__, make, lost, state or ("mended" if words else "ok"), words))


def refused(says: str) -> Any:
    """A case that is refused, so that every exercise is lost."""
    return files_case(says, ALL, "refused")


def cell(notebook: Notebook, cell_id: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if c.get("id") == cell_id)


def source(notebook: Notebook, cell_id: str) -> str:
    return "".join(cell(notebook, cell_id)["source"])


def code(text: str, **more: Any) -> dict[str, Any]:
    """A learner's own code cell."""
    whole = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text}
    return whole | {"id": f"own{zlib.crc32(text.encode()):x}"} | more


def insert(notebook: Notebook, where: str, *cells: dict[str, Any], behind: bool = True) -> None:
    """Insert cells behind (or before) the one with this id."""
    place = notebook["cells"].index(cell(notebook, where)) + behind
    notebook["cells"][place:place] = cells


def drop(notebook: Notebook, *ids: str) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if c.get("id") not in ids]


def strip_ids(notebook: Notebook) -> None:
    for c in notebook["cells"]:
        del c["id"]


# ---- nothing is wrong -----------------------------------------------------------------------------------------------


@notebook_case()
def as_jupyter_saves_it(notebook):
    """Nothing happened to it."""


@notebook_case(lost=("sample_prior", "latent_grid"))
def two_exercises_left_alone(notebook):
    """Two exercises are still stubs."""
    for name in ("sample_prior", "latent_grid"):
        head = source(notebook, f"{name}-solution").split('"""')
        cell(notebook, f"{name}-solution")["source"] = f'{head[0]}"""{head[1]}"""\n    raise NotImplementedError'


@notebook_case()
def sources_as_one_string(notebook):
    """Sources are one string each, as Colab and scripts write them, in place of a list of lines."""
    for c in notebook["cells"]:
        c["source"] = "".join(c["source"])


@notebook_case()
def cells_of_ones_own(notebook):
    """A learner has tried things in cells of their own, with checks in them and an error."""
    insert(notebook, "kl_loss", code('for _ in range(2):\n    check("vae_fashion/kl_loss", kl_loss)'), code("1 / 0"))


@files_case()
def windows_newlines_in_the_file(notebook):
    """The lines of the file end as on Windows; JSON does not mind."""
    return {FILE: dumped(notebook).replace(b"\n", b"\r\n")}


@notebook_case()
def payoff_cells_edited_or_gone(notebook):
    """Somebody played with a picture and threw away the trainings, none of which is graded."""
    cell(notebook, "payoff-samples")["source"] = "plots.image_grid(sample_prior(decoder, 60, LATENT_DIM), rows=6)"
    drop(notebook, "payoff-train", "payoff-betas", "payoff-autoencoder")


@files_case()
def other_files_beside_it(notebook):
    """A scratch notebook, a picture and a script lie in the folder, too."""
    scratch = {"cells": [code("1 + 1")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {FILE: dumped(notebook), "scratch.ipynb": dumped(scratch), "notes.txt": b"notes", "broken.ipynb": b"{"}


# ---- what editors do to ids and metadata ----------------------------------------------------------------------------


@notebook_case("metadata of 45 cells … lost")
def all_metadata_stripped(notebook):
    """The metadata of the notebook and of every cell is gone."""
    notebook["metadata"] = {}
    for c in notebook["cells"]:
        c["metadata"] = {}


@notebook_case("id or grading metadata … lost … format 4.4")
def ids_lost(notebook):
    """The cells have no ids, as before format 4.5."""
    notebook["nbformat_minor"] = 4
    strip_ids(notebook)


@notebook_case("id or grading metadata … lost")
def ids_and_metadata_lost(notebook):
    """Neither ids nor metadata are left."""
    all_metadata_stripped(notebook)
    strip_ids(notebook)


@files_case("id or grading metadata … lost … notebook's own metadata")
def no_metadata_keys_at_all(notebook):
    """Neither the notebook nor its cells have so much as a metadata key."""
    strip_ids(notebook)
    del notebook["metadata"]
    for c in notebook["cells"]:
        del c["metadata"]
    return {FILE: dumped(notebook)}


@notebook_case("format 4.0 … id or grading metadata of")
def format_4_0(notebook):
    """Saved in notebook format 4.0, without ids."""
    notebook["nbformat_minor"] = 0
    strip_ids(notebook)


@notebook_case("format 4.2 … id or grading metadata of")
def format_4_2(notebook):
    """Saved in notebook format 4.2, without ids."""
    notebook["nbformat_minor"] = 2
    strip_ids(notebook)


@notebook_case("format 4.0")
def as_colab_saves_it(notebook):
    """Colab's way: format 4.0, ids moved into the metadata, metadata of its own, sources as lists, no display names."""
    notebook["nbformat_minor"] = 0
    notebook["metadata"]["colab"] = {"provenance": [], "gpuType": "T4", "toc_visible": True}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a1": {"model_name": "HBoxModel"}}}
    for c in notebook["cells"]:
        c["metadata"] |= {"id": c.pop("id")}
        if c["cell_type"] == "code":
            c["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "5f-a"}


@notebook_case("format 4.0")
def as_drive_saves_it(notebook):
    """The older Colab: ids of its own invention, `colab_type` in each cell, no grading metadata."""
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"colab": {"name": "x.ipynb"}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for number, c in enumerate(notebook["cells"]):
        del c["id"]
        c["metadata"] = {"id": f"aB{number}_-xyz", "colab_type": "code", "outputId": f"id{number}"}


@notebook_case("id or grading metadata of 85 cells … 1 cell was missing, malformed")
def as_vs_code_saves_it(notebook):
    """VS Code's way: `vscode` metadata and ids with a # in them."""
    insert(notebook, "kl_loss", code("a_cell_of_my_own = 1"))
    notebook["metadata"]["kernelspec"] = {"display_name": ".venv", "language": "python", "name": "python3"}
    for number, c in enumerate(notebook["cells"]):
        c["id"] = f"#VSC-{number:08x}"
        c["metadata"] |= {"vscode": {"languageId": "python"}}


@notebook_case("another release of the lesson (3f3f3f3f)")
def made_from_another_release(notebook: Notebook) -> None:
    """The lesson was released anew after the student had got it."""
    notebook["metadata"]["genlab"]["sha256"]["lessons"] = "3f" * 32


@notebook_case()
def forged_verdicts(notebook: Notebook) -> None:
    """The metadata hold what grading writes there: verdicts, and what was mended."""
    exercises = [{"exercise": f"vae_fashion/{name}", "status": "passed", "points": 99.0} for name in EXERCISES]
    notebook["metadata"]["genlab"] |= {"format": 1, "kit": "forged", "mended": ["forged"], "exercises": exercises}


@notebook_case("another kernel, “ir”")
def kernel_is_r(notebook):
    """The kernel is R's."""
    notebook["metadata"]["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}


@notebook_case("another kernel, “python2”")
def kernel_is_python_2(notebook):
    """The kernel is Python 2's."""
    notebook["metadata"]["kernelspec"] = {"display_name": "Python 2", "language": "python", "name": "python2"}


@notebook_case("another kernel, “conda-env-vae-py”")
def kernel_of_a_conda_environment(notebook):
    """The kernel is one that only the student's machine has."""
    spec = {"display_name": "Python [conda env:vae]", "language": "python", "name": "conda-env-vae-py"}
    notebook["metadata"]["kernelspec"] = spec


@notebook_case("notebook's own metadata")
def kernel_missing(notebook):
    """No kernel is named."""
    del notebook["metadata"]["kernelspec"]


@notebook_case("points of kl_loss were others than the course's")
def points_edited(notebook):
    """Somebody gave themselves a hundred points."""
    cell(notebook, "kl_loss")["metadata"]["nbgrader"]["points"] = 100


@notebook_case("metadata of kl_loss-solution, kl_loss … changed")
def locked_and_solution_edited(notebook):
    """The locked check is open, and the solution is locked."""
    cell(notebook, "kl_loss")["metadata"]["nbgrader"]["locked"] = False
    cell(notebook, "kl_loss-solution")["metadata"]["nbgrader"] |= {"locked": True, "solution": False}


@notebook_case("removed from 1 cell")
def grade_cell_of_ones_own(notebook):
    """Somebody made a graded cell of their own, whose last line is worth full points."""
    nbgrader = cell(notebook, "kl_loss")["metadata"]["nbgrader"] | {"grade_id": "bonus", "points": 50}
    insert(notebook, "kl_loss", code("50.0", metadata={"nbgrader": nbgrader}))


@notebook_case("metadata of … changed")
def schema_versions_wrong(notebook):
    """The versions of the grading metadata are old, missing, absurd or no numbers."""
    ids = ("kl_loss", "Sampling", "Encoder", "vae_loss", "train_step")
    for cell_id, version in zip(ids, (1, 2, None, 10**9, "3"), strict=True):
        nbgrader = cell(notebook, cell_id)["metadata"]["nbgrader"]
        nbgrader["schema_version"] = version
        if version is None:
            del nbgrader["schema_version"]


@notebook_case("id or grading metadata of")
def grading_metadata_of_wrong_types(notebook):
    """Where the grading metadata should be, there is text, a list, null, nothing, and an id that is a list."""
    for cell_id, value in {"kl_loss": "x", "Sampling": [1], "Encoder": None, "vae_loss": {}}.items():
        cell(notebook, cell_id)["metadata"]["nbgrader"] = value
    cell(notebook, "train_step")["metadata"]["nbgrader"]["grade_id"] = ["train_step"]


@notebook_case("removed from 1 cell")
def empty_grading_metadata(notebook):
    """A cell holds an empty `nbgrader`, which nbgrader leaves behind itself and then stops at."""
    insert(notebook, "kl_loss", code("1", metadata={"nbgrader": {}}))


@notebook_case("metadata of kl_loss-solution … changed")
def answer_marked_as_not_to_be_run(notebook):
    """An answer carries the tag of cells that grading passes over."""
    cell(notebook, "kl_loss-solution")["metadata"]["tags"] = ["payoff"]


@notebook_case("removed from 1 cell … not unique")
def check_metadata_on_a_cell_of_ones_own(notebook):
    """A learner's cell, made by splitting, carries the id and metadata of a check."""
    insert(notebook, "kl_loss", copy.deepcopy(cell(notebook, "kl_loss")) | {"source": "my_try = kl_loss"})


@notebook_case("check of kl_loss was missing")
def check_metadata_on_the_answer(notebook):
    """The answer carries the check's metadata, and the check is gone."""
    cell(notebook, "kl_loss-solution")["metadata"] = copy.deepcopy(cell(notebook, "kl_loss")["metadata"])
    drop(notebook, "kl_loss")


@notebook_case("lost")
def two_cells_with_the_same_id(notebook):
    """An answer and a given cell carry the id of a check."""
    for cell_id in ("kl_loss-solution", "given-training"):
        cell(notebook, cell_id)["id"] = "Encoder"


@notebook_case("lost")
def ids_of_all_cells_alike(notebook):
    """Every cell has the same id."""
    for c in notebook["cells"]:
        c["id"] = "cell"


@notebook_case("Malformed")
def cell_metadata_malformed(notebook):
    """Metadata of cells are lists, text and tags of the wrong kind."""
    cell(notebook, "kl_loss")["metadata"]["tags"] = "payoff"
    cell(notebook, "Encoder")["metadata"] = []
    cell(notebook, "payoff-score")["metadata"]["jupyter"] = "hidden"
    for c in notebook["cells"][:3]:
        c["metadata"] = None


# ---- checks ---------------------------------------------------------------------------------------------------------


@notebook_case("check of Sampling, kl_loss, Encoder, vae_loss … changed")
def checks_retyped(notebook):
    """Checks were retyped: spaces, single quotes, several lines, a comment; ids and metadata are gone."""
    retyped = {
        "Sampling": "check( 'vae_fashion/Sampling',Sampling )",
        "kl_loss": 'check(\n    "vae_fashion/kl_loss",\n    kl_loss,\n)',
        "Encoder": '# does it work now?\ncheck("vae_fashion/Encoder", Encoder)  # yes!\n',
        "vae_loss": 'from autograder import check\ncheck("vae_fashion/vae_loss", vae_loss);',
    }
    for name, text in retyped.items():
        cell(notebook, name)["source"] = text
    ids_and_metadata_lost(notebook)


@notebook_case("check of kl_loss … changed")
def check_edited(notebook):
    """A check judges something else than the answer."""
    cell(notebook, "kl_loss")["source"] = 'check("vae_fashion/kl_loss", lambda m, v: 0)'


@notebook_case("check of kl_loss … changed")
def check_broken(notebook):
    """A check was half deleted."""
    cell(notebook, "kl_loss")["source"] = 'check("vae_fashion/kl_loss", kl_l'


@notebook_case("check of kl_loss … changed")
def check_emptied(notebook):
    """A check cell is there, and empty."""
    cell(notebook, "kl_loss")["source"] = []


@notebook_case("check of kl_loss had been replaced by other code")
def check_replaced(notebook):
    """In a check cell there is something else."""
    cell(notebook, "kl_loss")["source"] = 'print("passed")  # to do'


@notebook_case("check of kl_loss shared a cell")
def code_added_to_a_check(notebook):
    """In a check cell, a helper was defined and something printed."""
    text = "def helper():\n    return 3\n\n" + source(notebook, "kl_loss") + "\nprint(helper())"
    cell(notebook, "kl_loss")["source"] = text


@notebook_case("check of kl_loss was there more than once")
def check_duplicated(notebook):
    """A check cell was copied, with its id and metadata, to the end."""
    notebook["cells"].append(copy.deepcopy(cell(notebook, "kl_loss")))


@notebook_case("more than once")
def whole_notebook_pasted_twice(notebook):
    """All cells are there twice, with the same ids and metadata."""
    notebook["cells"] += copy.deepcopy(notebook["cells"])


@notebook_case("check of Sampling, kl_loss, Encoder … was moved")
def checks_moved_to_the_front(notebook):
    """All checks stand before the first answer."""
    checks = [cell(notebook, name) for name in EXERCISES]
    drop(notebook, *EXERCISES)
    insert(notebook, "Sampling-solution", *checks, behind=False)


@notebook_case()
def checks_moved_to_the_end(notebook):
    """All checks stand at the end, backwards."""
    checks = [cell(notebook, name) for name in reversed(EXERCISES)]
    drop(notebook, *EXERCISES)
    notebook["cells"] += checks


@notebook_case("moved")
def all_cells_backwards(notebook):
    """The cells are in the opposite order."""
    notebook["cells"].reverse()


@notebook_case("check of kl_loss, latent_grid was missing")
def checks_deleted(notebook):
    """Two checks were deleted."""
    drop(notebook, "kl_loss", "latent_grid")


@notebook_case("check of … was missing")
def only_answers_left(notebook):
    """Nothing is left but the answers, in new cells."""
    answers = [code(source(notebook, f"{name}-solution")) for name in EXERCISES]
    notebook["cells"] = answers


@notebook_case("check of kl_loss shared a cell")
def check_merged_into_the_answer(notebook):
    """Answer and check were merged into one cell, which kept the answer's metadata."""
    merged = source(notebook, "kl_loss-solution") + "\n\n" + source(notebook, "kl_loss")
    cell(notebook, "kl_loss-solution")["source"] = merged
    drop(notebook, "kl_loss")


@notebook_case("check of kl_loss shared a cell")
def answer_written_into_the_check(notebook):
    """The answer was written above the check, in the check's cell; the stub stayed."""
    merged = source(notebook, "kl_loss-solution") + "\n\n" + source(notebook, "kl_loss")
    cell(notebook, "kl_loss")["source"] = merged
    cell(notebook, "kl_loss-solution")["source"] = ["def kl_loss(z_mean, z_log_var):\n    raise NotImplementedError"]


@notebook_case("shared a cell")
def everything_in_one_cell(notebook):
    """All code was merged into a single cell, without the pictures."""
    texts = [source(notebook, c["id"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    keep = [text for text in texts if "%pip" not in text and ("check(" in text or "def " in text or "import" in text)]
    notebook["cells"] = [code("\n\n\n".join(keep))]


# ---- answers --------------------------------------------------------------------------------------------------------


@notebook_case("cut in two")
def answer_cut_in_the_middle(notebook):
    """An answer was split between its docstring and its code."""
    text = source(notebook, "kl_loss-solution")
    place = text.rindex('"""') + 4
    cell(notebook, "kl_loss-solution")["source"] = text[:place]
    insert(notebook, "kl_loss-solution", code(text[place:]))


@notebook_case("not unique")
def answer_split_into_helper_and_rest(notebook):
    """An answer was split: a helper stands in the first cell, which keeps the metadata; the rest follows in a copy."""
    answer = copy.deepcopy(cell(notebook, "kl_loss-solution"))
    cell(notebook, "kl_loss-solution")["source"] = "def half(x):\n    return x / 2\n"
    insert(notebook, "kl_loss-solution", answer)


@notebook_case("moved")
def answer_moved_to_the_end(notebook):
    """The answer that others build on was moved behind everything."""
    answer = cell(notebook, "Sampling-solution")
    drop(notebook, "Sampling-solution")
    notebook["cells"].append(answer)


def _with_stub(says: str) -> Any:
    """A case whose function also gets the released stubs."""

    def register(edit: Callable[[Notebook, Callable[[str], str]], None]) -> Any:
        def make(released: Notebook, answers: Mapping[str, str]) -> dict[str, Made]:
            notebook = solved(released, answers)
            edit(notebook, lambda name: source(released, f"{name}-solution"))
            return {FILE: dumped(notebook)}

        _register(edit, make, says, (), "")
        return edit

    return register


@_with_stub("untouched copy of the cell of kl_loss")
def stub_pasted_behind_the_answer(notebook, stub):
    """The old stub stands between answer and check, and would undo the answer."""
    insert(notebook, "kl_loss-solution", code(stub("kl_loss")))


@_with_stub("untouched copy of the cell of kl_loss … id or grading metadata of 1 cell")
def answer_in_a_cell_behind_the_stub(notebook, stub):
    """The stub stayed as it was; the answer is in a new cell behind it."""
    insert(notebook, "kl_loss-solution", code(source(notebook, "kl_loss-solution")))
    cell(notebook, "kl_loss-solution")["source"] = stub("kl_loss")


@_with_stub("untouched copy of the cell of kl_loss")
def answer_in_a_cell_before_the_stub(notebook, stub):
    """The stub stayed as it was; the answer is in a new cell before it."""
    insert(notebook, "kl_loss-solution", code(source(notebook, "kl_loss-solution")), behind=False)
    cell(notebook, "kl_loss-solution")["source"] = stub("kl_loss")


@_with_stub("untouched copy of the cell of kl_loss … check of kl_loss … moved")
def answer_at_the_end_and_stub_in_place(notebook, stub):
    """The stub stayed as it was; the answer is in a new cell at the end."""
    notebook["cells"].append(code(source(notebook, "kl_loss-solution")))
    cell(notebook, "kl_loss-solution")["source"] = stub("kl_loss")


@notebook_case()
def later_experiment_spoils_nothing(notebook):
    """Behind everything, a passed answer is defined again, wrongly, to see what happens."""
    notebook["cells"].append(code("def kl_loss(z_mean, z_log_var):\n    return z_mean.sum()"))


@notebook_case("turned back to code: kl_loss, Encoder")
def answers_saved_as_text(notebook):
    """Answers were turned to markdown and raw text."""
    for cell_id, kind in {"kl_loss-solution": "markdown", "Encoder-solution": "raw"}.items():
        c = cell(notebook, cell_id)
        c["cell_type"] = kind
        del c["outputs"], c["execution_count"]


@notebook_case("turned back to code: kl_loss, given-imports")
def locked_cells_saved_as_text(notebook):
    """A check and the imports were turned to raw text."""
    for cell_id in ("kl_loss", "given-imports"):
        c = cell(notebook, cell_id)
        c["cell_type"] = "raw"
        del c["outputs"], c["execution_count"]
    notebook["cells"].sort(key=lambda c: c["id"] != "kl_loss")  # and the check went first


@notebook_case()
def answer_set_aside_as_text(notebook):
    """An earlier answer was kept as raw text; it stays text."""
    old = {"cell_type": "raw", "id": "old", "metadata": {}, "source": "def kl_loss(a, b):\n    return 0"}
    insert(notebook, "kl_loss-solution", old)


@notebook_case("back to text")
def text_saved_as_code(notebook):
    """Explanations were turned to code."""
    for c in notebook["cells"]:
        if c["cell_type"] == "markdown":
            c |= {"cell_type": "code", "outputs": [], "execution_count": 3}


@notebook_case()
def answer_under_a_magic(notebook):
    """An answer is timed, and the cell before installs something."""
    cell(notebook, "kl_loss-solution")["source"] = source(notebook, "kl_loss-solution") + "\n%timeit -n1 -r1 1 + 1"
    insert(notebook, "kl_loss-solution", code("!ls\n%pip --version"), behind=False)


# ---- given cells ----------------------------------------------------------------------------------------------------


@notebook_case("gives was missing … given-imports, given-settings")
def given_cells_deleted(notebook):
    """Imports and settings were deleted."""
    drop(notebook, "given-imports", "given-settings")


@notebook_case("had been changed and was put back: given-imports … added to given-imports")
def import_added_to_a_given_cell(notebook):
    """A learner added the import that an answer needs to the given imports."""
    cell(notebook, "given-imports")["source"] = source(notebook, "given-imports") + "\nimport math as mathematics"
    text = source(notebook, "kl_loss-solution")
    head, _, body = text.rpartition('"""\n')
    cell(notebook, "kl_loss-solution")["source"] = f'{head}"""\n    assert mathematics.pi > 3\n{body}'


@notebook_case("had been changed and was put back: given-settings")
def settings_edited(notebook):
    """A learner played with the settings and broke the cell."""
    cell(notebook, "given-settings")["source"] = "LATENT_DIM = 64\nBETA = "


@notebook_case("stood behind an answer … given-imports")
def imports_moved_to_the_end(notebook):
    """The imports were moved behind the answers."""
    moved = cell(notebook, "given-imports")
    drop(notebook, "given-imports")
    notebook["cells"].append(moved)


# ---- what is inside the JSON ----------------------------------------------------------------------------------------


@notebook_case("Malformed")
def outputs_malformed(notebook):
    """Outputs are null, text, without a type, and without data."""
    cell(notebook, "kl_loss")["outputs"] = None
    cell(notebook, "Encoder")["outputs"] = ["text"]
    cell(notebook, "vae_loss")["outputs"] = [{"data": 3}, {"output_type": "display_data"}]
    cell(notebook, "setup")["outputs"] = [{"output_type": "stream", "text": {"a": 1}}]


@notebook_case("Malformed")
def keys_missing(notebook):
    """Cells have no execution count, no outputs, no source."""
    for cell_id, key in {"setup": "execution_count", "kl_loss": "outputs", "payoff-score": "source"}.items():
        del cell(notebook, cell_id)[key]


@notebook_case("Malformed")
def attachments_malformed(notebook):
    """Attachments of text cells are of the wrong kind; a good one is there, too."""
    texts = [c for c in notebook["cells"] if c["cell_type"] == "markdown"]
    texts[0]["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo="}}
    texts[1]["attachments"] = {"a.png": "iVBORw0KGgo="}
    texts[2]["attachments"] = [1]


@notebook_case("no cell was left out … Malformed")
def cells_null_or_of_unknown_type(notebook):
    """Among the cells are null, a number, text, a heading, and an answer whose type is unknown."""
    cell(notebook, "kl_loss-solution")["cell_type"] = "python"
    heading = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "Part"}
    notebook["cells"][3:3] = [None, 7, "cell", [], {}, heading]


@notebook_case("characters that Python cannot read")
def odd_characters_in_sources(notebook):
    """Sources hold NUL, half a surrogate pair and line ends of Windows and the old Mac."""
    text = source(notebook, "kl_loss-solution")
    cell(notebook, "kl_loss-solution")["source"] = text.replace("\n", "\r\n") + "\n# \0 \ud83d"
    cell(notebook, "Encoder-solution")["source"] = source(notebook, "Encoder-solution").replace("\n", "\r")


@notebook_case("characters that Python cannot read")
def odd_characters_in_metadata(notebook):
    """Half a surrogate pair is in an output and in the metadata."""
    notebook["metadata"]["title"] = "\udc00"
    cell(notebook, "setup")["outputs"] = [{"name": "stdout", "output_type": "stream", "text": "\ud800"}]


@files_case("thousands of digits")
def numbers_too_large(notebook):
    """A number in the metadata has five thousand digits."""
    notebook["metadata"]["version"] = 12345678
    return {FILE: dumped(notebook).replace(b"12345678", b"9" * 5000)}


@notebook_case("metadata of kl_loss … changed")
def not_a_number_of_points(notebook):
    """Points are NaN, and an infinity is in the metadata."""
    cell(notebook, "kl_loss")["metadata"]["nbgrader"]["points"] = float("nan")
    notebook["metadata"]["big"] = float("inf")


@notebook_case("Malformed")
def outputs_nested_deeply(notebook):
    """An output is nested two hundred levels deep."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    output = {"data": {"application/json": deep}, "metadata": {}, "output_type": "display_data"}
    cell(notebook, "setup")["outputs"] = [output]


@notebook_case("very large")
def outputs_of_30_megabytes(notebook):
    """A learner printed thirty megabytes."""
    cell(notebook, "kl_loss")["outputs"] = [{"name": "stdout", "output_type": "stream", "text": "x" * 30_000_000}]


@notebook_case("format ?.?")
def format_numbers_absurd(notebook):
    """The numbers of the notebook format are text and absurdly large."""
    notebook["nbformat"], notebook["nbformat_minor"] = "four", 10**15


@notebook_case("solution notebook")
def instructors_marks(notebook):
    """The answers were copied with the marks of the instructor's notebook."""
    for name in EXERCISES:
        c = cell(notebook, f"{name}-solution")
        c["source"] = f"### BEGIN SOLUTION\n{''.join(c['source'])}\n### END SOLUTION"


# ---- what is around the JSON ----------------------------------------------------------------------------------------


@files_case("byte order mark")
def byte_order_mark(notebook):
    """An editor on Windows put a byte order mark in front."""
    return {FILE: b"\xef\xbb\xbf" + dumped(notebook)}


@files_case("UTF-16")
def utf_16(notebook):
    """An editor on Windows saved it as “Unicode”."""
    return {FILE: json.dumps(notebook, ensure_ascii=False).encode("utf-16")}


@files_case("CP1252")
def windows_encoding(notebook):
    """An editor on Windows saved it in its own encoding, with an é in the text."""
    cell(notebook, "kl_loss-solution")["source"] = "# l'idée\n" + source(notebook, "kl_loss-solution")
    return {FILE: json.dumps(notebook, ensure_ascii=False).encode("cp1252", "replace")}


@files_case("Control characters")
def raw_control_characters(notebook):
    """A tab and a line break stand in a string as they are."""
    notebook["metadata"]["title"] = "TAB"
    return {FILE: dumped(notebook).replace(b"TAB", b"a\tb\nc")}


def _worksheets(notebook, version):
    cells = []
    for c in notebook["cells"]:
        if version == 2:  # lines without their ends
            c["source"] = "".join(c["source"]).splitlines()
        if c["cell_type"] == "code":
            more = {"language": "python", "collapsed": False, "prompt_number": 1, "outputs": []}
            cells.append({"cell_type": "code", "input": c["source"], "metadata": {}} | more)
        else:
            cells.append({"cell_type": "markdown", "source": c["source"], "metadata": {}})
    cells.append({"cell_type": "heading", "level": 2, "source": ["The end"], "metadata": {}})
    whole = {"worksheets": [{"cells": cells, "metadata": {}}], "metadata": {"name": "x"}, "nbformat": version}
    return {FILE: dumped(whole | {"nbformat_minor": 0})}


@files_case("old notebook format")
def format_3(notebook):
    """Saved in notebook format 3, with worksheets."""
    return _worksheets(notebook, 3)


@files_case("old notebook format")
def format_2(notebook):
    """Saved in notebook format 2, with worksheets."""
    return _worksheets(notebook, 2)


# ---- names ----------------------------------------------------------------------------------------------------------


def _named(name: str, says: str) -> None:
    def make(released: Notebook, answers: Mapping[str, str]) -> dict[str, Made]:
        return {name: dumped(solved(released, answers))}

    slug = "".join(c if c.isalnum() else "_" for c in name.removesuffix(".ipynb").lower())
    CASES.append(Case(f"named_{slug}", f"The file is called {name}.", make, (), "mended", (says,)))


_named("Copy of 02_vae_fashion.ipynb", "Copy of 02_vae_fashion.ipynb")
_named("02_vae_fashion (1).ipynb", "02_vae_fashion (1).ipynb")
_named("02_vae_fashion-Copy1.ipynb", "02_vae_fashion-Copy1.ipynb")
_named("02_vae_fashion.ipynb.txt", "02_vae_fashion.ipynb.txt")
_named("02_VAE_FASHION.IPYNB", "02_VAE_FASHION.IPYNB")
_named("my homework <script>.ipynb", "my homework")
_named("02_vae_fashion.ipynb/02_vae_fashion.ipynb", "02_vae_fashion.ipynb/02_vae_fashion.ipynb")


@files_case("“02_vae_fashion.ipynb” was handed in as well … handed in as “Copy of")
def blank_beside_the_copy_with_answers(notebook):
    """The untouched lesson lies beside a copy with the answers."""
    blank = copy.deepcopy(notebook)
    for name in EXERCISES:
        drop(blank, f"{name}-solution")
    return {"Copy of 02_vae_fashion.ipynb": dumped(notebook), FILE: dumped(blank)}


@files_case("“02_vae_fashion.ipynb” was handed in as well")
def damaged_beside_a_good_copy(notebook):
    """The file of the right name is cut off; a copy is whole."""
    return {"02_vae_fashion (1).ipynb": dumped(notebook), FILE: dumped(notebook)[:5000]}


# ---- no notebooks ---------------------------------------------------------------------------------------------------


@refused("empty")
def empty_file(notebook):
    """The file is empty."""
    return {FILE: b""}


@refused("damaged")
def cut_off(notebook):
    """The upload broke off."""
    return {FILE: dumped(notebook)[: len(dumped(notebook)) // 2]}


@refused("web page")
def web_page(notebook):
    """A log-in page was saved in the notebook's place."""
    return {FILE: b"<!DOCTYPE html><html><script>alert(1)</script><form>Log in</form></html>"}


@refused("a PDF")
def pdf(notebook):
    """A PDF was renamed."""
    return {FILE: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"}


@refused("zip archive")
def zip_archive(notebook):
    """A zip archive was renamed."""
    return {FILE: b"PK\x03\x04\x14\x00\x00\x00"}


@refused("picture")
def picture(notebook):
    """A picture was renamed."""
    return {FILE: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"}


@refused("damaged")
def script(notebook):
    """A Python script was renamed."""
    return {FILE: source(notebook, "kl_loss-solution").encode()}


@refused("no notebook")
def json_of_something_else(notebook):
    """It is JSON, but no notebook."""
    return {FILE: b'{"a": [1, 2, 3]}'}


@refused("no notebook")
def json_number(notebook):
    """It is a number."""
    return {FILE: b"42"}


@refused("no notebook")
def cells_are_no_list(notebook):
    """The cells are no list."""
    return {FILE: b'{"cells": {"a": 1}, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'}


@refused("nested deeper")
def nested_too_deeply(notebook):
    """The JSON is nested a hundred thousand levels deep."""
    return {FILE: b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"}


@refused("100,085 cells")
def a_hundred_thousand_cells(notebook):
    """A hundred thousand empty cells were added."""
    notebook["cells"] += [{"cell_type": "raw", "metadata": {}, "source": ""}] * 100_000
    return {FILE: dumped(notebook, indent=None)}


@refused("million characters")
def too_much_text(notebook):
    """Somebody pasted a data set into a cell."""
    notebook["cells"].append(code("x = '" + "0123456789" * 400_000 + "'"))
    return {FILE: dumped(notebook)}


@refused("larger than 64 MB")
def too_large(notebook):
    """The file has 65 megabytes."""
    return {FILE: b" " * 65_000_000}


@refused("another lesson, “gan_bricks”")
def another_lesson(notebook):
    """It is the notebook of another lesson, under this one's name."""
    notebook["metadata"]["genlab"]["lesson"] = "gan_bricks"
    text = dumped(notebook).decode().replace('check(\\"vae_fashion/', 'check(\\"gan_bricks/')
    return {FILE: text.encode()}


@refused("nothing of the lesson")
def something_else_altogether(notebook):
    """It is a notebook about something else."""
    whole = {"cells": [code("print('hello')")], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {FILE: dumped(whole)}


@refused("link to another file")
def link_to_a_system_file(notebook):
    """In the file's place is a link to the list of users."""
    return {FILE: lambda path: path.symlink_to("/etc/passwd")}


@refused("link to another file")
def link_to_another_hand_in(notebook):
    """In the file's place is a link to what somebody else has handed in."""

    def link(path: Path) -> None:
        other = path.parents[2] / "neighbour" / path.parent.name / FILE
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(dumped(notebook))
        path.symlink_to(os.path.relpath(other, path.parent))

    return {FILE: link}


@refused("a folder")
def folder(notebook):
    """In the file's place is a folder."""
    return {FILE: lambda path: path.mkdir()}


@refused("no ordinary file")
def pipe(notebook):
    """In the file's place is a pipe, at which a reader would wait for ever."""
    return {FILE: os.mkfifo}


@files_case("second name")
def hard_link(notebook):
    """The file is a second name of another one."""

    def link(path: Path) -> None:
        other = path.parents[1] / "another name"
        other.write_bytes(dumped(notebook))
        os.link(other, path)

    return {FILE: link}


@files_case("permissions")
def nobody_may_read_it(notebook):
    """Nobody has the right to read the file."""

    def write(path: Path) -> None:
        path.write_bytes(dumped(notebook))
        path.chmod(0)

    return {FILE: write}


@files_case("“data.csv” was no ordinary file")
def link_beside_it(notebook):
    """Beside the notebook is a link out of the folder, which nbgrader would follow and copy."""
    return {FILE: dumped(notebook), "data.csv": lambda path: path.symlink_to("/etc/passwd")}


@files_case("“queue” was no ordinary file")
def pipe_beside_it(notebook):
    """Beside the notebook is a pipe, at which nbgrader would wait for ever."""
    return {FILE: dumped(notebook), "queue": os.mkfifo}


@files_case()
def timestamp_that_nobody_can_read(notebook):
    """The time of handing in is nonsense, at which nbgrader would end its whole run."""
    return {FILE: dumped(notebook), "timestamp.txt": b"yesterday, I think"}


@files_case("Handed in no notebook, but “readme.txt”", ALL, "other")
def nothing_handed_in(notebook):
    """There is only a file that is no notebook."""
    return {"readme.txt": b"my computer broke"}
