"""genlab build --import: what is carried from Jupyter to the script, and what is refused."""

import json

import pytest
from tiny_course import (
    INSTRUCTOR,
    LESSON,
    SCRIPT,
    SOURCE,
    cells_of,
    edit,
    edit_cell,
    insert_cell,
    source_of,
)

from autograder.authoring.build import build
from autograder.authoring.importing import import_notebook
from autograder.authoring.script import AuthorError


def test_edits_made_in_jupyter_reach_the_script_and_only_they(root):
    build(root)
    instructor = root / INSTRUCTOR
    source = source_of(cells_of(instructor)["double-solution"]).replace("SCALE * x", "x * SCALE")
    edit_cell(instructor, "double-solution", source=source)
    edit_cell(instructor, "twice-2x", source="## Twice: $2x$\nA better idea.")
    insert_cell(instructor, {"cell_type": "markdown", "source": "The end."})
    assert import_notebook(instructor, root) == ["twice-2x", "double-solution", "new-cell"]
    expected = SOURCE.replace("SCALE * x", "x * SCALE").replace("The idea", "A better idea")
    text = (root / SCRIPT).read_text(encoding="utf-8")
    assert text == expected + "\n# %% [markdown]\n# The end.\n"
    build(root)
    assert build(root, check=True) == []


def test_magics_stay_comments_in_the_script(root):
    build(root)
    edit_cell(root / INSTRUCTOR, "payoff-show", source="%matplotlib inline\nprint(1)")
    import_notebook(root / INSTRUCTOR, root)
    assert "# %matplotlib inline\nprint(1)\n" in (root / SCRIPT).read_text(encoding="utf-8")


def test_the_title_is_carried_without_the_badge(root):
    build(root)
    source = source_of(cells_of(root / INSTRUCTOR)["one-lesson"])
    edit_cell(root / INSTRUCTOR, "one-lesson", source=source.replace("teaches", "shows"))
    import_notebook(root / INSTRUCTOR, root)
    text = (root / SCRIPT).read_text(encoding="utf-8")
    assert text == SOURCE.replace("teaches", "shows")


def test_an_unedited_notebook_changes_nothing(root):
    build(root)
    assert import_notebook(root / INSTRUCTOR, root) == []


REFUSED = {
    "check": ("double", {"source": "x"}, "cell double is written by the build"),
    "set-up": ("setup", {"source": "x"}, "cell setup is written by the build"),
    "tags": (
        "given-imports",
        {"metadata": {"tags": ["a"]}},
        "cell given-imports has other tags",
    ),
    "id": ("given-imports", {"id": "a"}, "cell given-imports was deleted or lost its id"),
    "type": ("payoff-show", {"cell_type": "markdown"}, "cell payoff-show changed its type"),
    "picture": (
        "twice-2x",
        {"attachments": {"a": {}}},
        "cell twice-2x has an attached picture",
    ),
    "badge": ("one-lesson", {"source": "# One"}, "cell one-lesson would read differently"),
    "markers": (
        "double-solution",
        {"source": "def double(): 1"},
        "would break the authoring rules",
    ),
    "free name": ("given-imports", {"source": "X = y"}, "X uses y, which is none of its own"),
    "cell marker": ("twice-2x", {"source": "a\n%% b"}, "would break the authoring rules"),
}


@pytest.mark.parametrize(("cell_id", "changes", "told"), REFUSED.values(), ids=REFUSED)
def test_an_edit_that_would_be_lost_is_refused(root, cell_id, changes, told):
    build(root)
    edit_cell(root / INSTRUCTOR, cell_id, **changes)
    with pytest.raises(AuthorError, match=told):
        import_notebook(root / INSTRUCTOR, root)
    assert (root / SCRIPT).read_text(encoding="utf-8") == SOURCE


def test_a_new_code_cell_needs_a_role_in_the_script(root):
    build(root)
    insert_cell(root / INSTRUCTOR, {"cell_type": "code", "source": "1", "outputs": []})
    with pytest.raises(AuthorError, match="cell new-cell is a new code cell"):
        import_notebook(root / INSTRUCTOR, root)


def test_moved_cells_are_refused(root):
    build(root)
    notebook = json.loads((root / INSTRUCTOR).read_text(encoding="utf-8"))
    notebook["cells"].append(notebook["cells"].pop(3))
    (root / INSTRUCTOR).write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(AuthorError, match="cells were moved"):
        import_notebook(root / INSTRUCTOR, root)


def test_a_script_that_changed_since_the_build_is_not_overwritten(root):
    build(root)
    edit_cell(root / INSTRUCTOR, "twice-2x", source="Mine.")
    edit(root / SCRIPT, "What it teaches", "What it shows")
    with pytest.raises(AuthorError, match="was changed after this notebook was built"):
        import_notebook(root / INSTRUCTOR, root)


def test_a_students_notebook_is_refused(root):
    build(root)
    with pytest.raises(AuthorError, match="has no solutions: it is the students' notebook"):
        import_notebook(root / LESSON, root)


@pytest.mark.parametrize("text", ["{}", "no json", '{"cells": [], "metadata": {}}'])
def test_any_other_file_is_refused(root, text):
    (root / "other.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError, match=r"other.ipynb: is not a notebook that `genlab build`"):
        import_notebook(root / "other.ipynb", root)
