"""genlab build: what it makes of a script, and what it never overwrites."""

import json
import shutil

import pytest
from tiny_course import INSTRUCTOR, LESSON, SCRIPT, cells_of, edit, edit_cell, found, source_of

from autograder.authoring.build import build
from autograder.authoring.script import AuthorError
from autograder.authoring.stub import blank_entries


class TestNotebooks:
    def test_a_build_is_the_same_to_the_byte_in_another_place(self, root, tmp_path_factory):
        other = tmp_path_factory.mktemp("other") / "course"
        shutil.copytree(root, other)
        assert found(build(root)) == {INSTRUCTOR: "written", LESSON: "written"}
        build(other)
        for name in (INSTRUCTOR, LESSON):
            assert (root / name).read_bytes() == (other / name).read_bytes()

    def test_a_second_build_writes_nothing_and_leaves_no_other_file(self, root):
        build(root)
        assert build(root) == []
        notebooks = {path.name for path in root.rglob("*") if path.suffix not in (".py", ".yml")}
        assert notebooks == {"solutions", "lessons", "01_first", "01_one.ipynb"}

    def test_ids_are_names(self, root):
        build(root)
        ids = [
            "one-lesson",
            "setup",
            "given-imports",
            "twice-2x",
            "double-solution",
            "double",
            "twice-2x-2",
            "Shift-solution",
            "Shift",
            "payoff-show",
            "question-why",
        ]
        for name in (INSTRUCTOR, LESSON):
            cells = cells_of(root / name)
            assert list(cells) == ids
            graded = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells.values()]
            assert [g for g in graded if g] == [i for i in ids if cells[i]["cell_type"] == "code"]

    def test_nothing_in_a_notebook_changes_from_day_to_day(self, root):
        build(root)
        for name in (INSTRUCTOR, LESSON):
            notebook = json.loads((root / name).read_text(encoding="utf-8"))
            assert notebook["metadata"]["kernelspec"]["name"] == "python3"
            assert "language_info" not in notebook["metadata"]  # it holds a Python version
            for cell in notebook["cells"]:
                assert not cell.get("outputs")
                assert cell.get("execution_count") is None
                assert "lines_to_next_cell" not in cell["metadata"]

    def test_notebooks_say_which_script_to_edit(self, root):
        build(root)
        for name in (INSTRUCTOR, LESSON):
            made = json.loads((root / name).read_text(encoding="utf-8"))["metadata"]["genlab"]
            assert (made["generated_from"], made["lesson"]) == (SCRIPT, "one")

    def test_the_badge_under_the_title_opens_the_released_lesson(self, root):
        build(root)
        title, _, badge, *_ = source_of(cells_of(root / LESSON)["one-lesson"]).splitlines()
        assert title == "# One lesson"
        assert badge.endswith("/github/owner/name/blob/v1.0.0/lessons/01_first/01_one.ipynb)")

    def test_the_set_up_cell_installs_the_release_only_where_the_kit_is_missing(self, root):
        from IPython.core.inputtransformer2 import TransformerManager

        build(root)
        source = source_of(cells_of(root / LESSON)["setup"])
        assert '%pip install -q "genlab @ git+https://github.com/owner/name@v1.0.0"' in source
        ran: list = []
        scope = {"get_ipython": lambda: ran}
        exec(TransformerManager().transform_cell(source), scope)  # it would fail if it installed
        assert callable(scope["check"])

    def test_a_stub_keeps_signature_docstring_and_indent(self, root):
        build(root)
        cells = cells_of(root / LESSON)
        assert source_of(cells["double-solution"]) == (
            "def double(x: torch.Tensor) -> torch.Tensor:\n"
            '    """Twice x."""\n'
            "    # Your code here\n"
            "    raise NotImplementedError"
        )
        assert '        """x + 1."""\n        # Your code here\n        raise NotImplementedError' in (
            source_of(cells["Shift-solution"])
        )

    def test_a_table_keeps_its_keys_and_comments_and_loses_its_values(self, root):
        edit(
            root / "course.yml",
            "{id: double,",
            "{id: table, points: 1, minutes: 5, difficulty: 1}\n          - {id: double,",
        )
        table = 'table = {\n    ### BEGIN SOLUTION\n    "one": max(1, 0),  # the first\n    "two": 2,\n    ### END SOLUTION\n}\n'
        edit(root / SCRIPT, '# %% exercise="double"', f'# %% exercise="table"\n{table}\n# %% exercise="double"')
        build(root)
        stub = 'table = {\n    "one": ...,  # the first\n    "two": ...,\n}'
        assert source_of(cells_of(root / LESSON)["table-solution"]) == stub
        assert "max(1, 0)" in source_of(cells_of(root / INSTRUCTOR)["table-solution"])

    @pytest.mark.parametrize("lines", ['"one": 1,\nx = 2', "return {\n    1: 2,\n}", "one", '"one": (\n    1\n),'])
    def test_only_entries_of_a_dict_make_a_table(self, lines):
        assert blank_entries(f"### BEGIN SOLUTION\n{lines}\n### END SOLUTION\n") is None

    def test_each_exercise_has_one_check_with_its_points_and_a_hidden_half(self, root):
        build(root)
        line = 'check("one/Shift", Shift'
        assert source_of(cells_of(root / LESSON)["Shift"]) == f"{line})"
        assert source_of(cells_of(root / INSTRUCTOR)["Shift"]) == (
            f"{line})\n### BEGIN HIDDEN TESTS\n{line}, hidden=True)\n### END HIDDEN TESTS"
        )
        for name in (INSTRUCTOR, LESSON):
            cells = cells_of(root / name)
            points = {i: c["metadata"].get("nbgrader", {}).get("points") for i, c in cells.items()}
            assert {i: p for i, p in points.items() if p} == {"double": 2, "Shift": 3}

    def test_given_and_payoff_cells_are_locked_and_payoff_is_tagged(self, root):
        build(root)
        cells = cells_of(root / LESSON)
        locked = {i for i, cell in cells.items() if cell["metadata"].get("editable") is False}
        assert locked == {"setup", "given-imports", "payoff-show", "double", "Shift"}
        tagged = {i for i, cell in cells.items() if "payoff" in cell["metadata"].get("tags", [])}
        assert tagged == {"payoff-show"}

    @pytest.mark.parametrize(
        ("written", "kept"),
        [("\"Two rows: 'in' above out.\"", ["Two rows: 'in' above out."]), ('["One.", "Two."]', ["One.", "Two."])],
    )
    def test_a_payoff_keeps_what_its_pictures_show_in_words(self, root, written, kept):
        edit(root / SCRIPT, 'payoff="show"', f'payoff="show" alt={written}')
        build(root)
        for name in (INSTRUCTOR, LESSON):
            assert cells_of(root / name)["payoff-show"]["metadata"]["alt"] == kept

    def test_a_question_loses_its_answer_and_carries_no_points(self, root):
        build(root)
        cell = cells_of(root / LESSON)["question-why"]
        assert source_of(cell) == "Why twice?\n\n*Your answer here.*"
        assert "nbgrader" not in cell["metadata"]


class TestCheck:
    def test_a_fresh_build_passes(self, root):
        build(root)
        assert build(root, check=True) == []

    def test_everything_missing_is_found_and_nothing_written(self, root):
        assert found(build(root, check=True)) == {INSTRUCTOR: "missing", LESSON: "missing"}
        assert not (root / "lessons").exists()

    def test_a_stale_notebook_is_shown_with_a_diff(self, root):
        build(root)
        edit(root / SCRIPT, "Twice x.", "Two times x.")
        changes = build(root, check=True)
        assert found(changes) == {INSTRUCTOR: "stale", LESSON: "stale"}
        for change in changes:
            assert "-" in change.diff
            assert any(line.startswith("-") and "Twice x." in line for line in change.diff.splitlines())
            assert any(line.startswith("+") and "Two times x" in line for line in change.diff.splitlines())
            assert "run `genlab build`" in str(change)

    def test_points_and_release_in_the_table_of_contents_make_notebooks_stale(self, root):
        for old, new in (("points: 3", "points: 4"), ("v1.0.0", "v1.0.1")):
            build(root)
            edit(root / "course.yml", old, new)
            assert found(build(root, check=True)) == {INSTRUCTOR: "stale", LESSON: "stale"}

    def test_a_long_diff_is_cut(self, root):
        build(root)
        edit(root / SCRIPT, "# What it teaches.", "\n".join(f"# Line {n}." for n in range(100)))
        changes = build(root, check=True)
        assert all(len(change.diff.splitlines()) == 25 for change in changes)
        assert "more lines" in changes[0].diff

    @pytest.mark.parametrize("name", ["lessons/01_first/02_old.ipynb", "solutions/notes/answers.txt"])
    def test_a_file_that_course_yml_does_not_name_is_found_and_left_alone(self, root, name):
        build(root)
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
        for check in (True, False):
            assert found(build(root, check=check)) == {name: "unnamed"}
        assert (root / name).exists()

    def test_what_python_and_jupyter_leave_behind_is_no_file_of_ours(self, root):
        build(root)
        for name in (".ipynb_checkpoints/01_one-checkpoint.ipynb", "__pycache__/a.pyc"):
            path = root / "solutions" / "01_first" / name
            path.parent.mkdir()
            path.touch()
        assert build(root, check=True) == []


class TestHandEdits:
    @pytest.mark.parametrize("name", [INSTRUCTOR, LESSON])
    def test_a_notebook_edited_by_hand_is_not_overwritten(self, root, name):
        build(root)
        edit_cell(root / name, "double-solution", source="my own work")
        edit(root / SCRIPT, "Twice x.", "Two times x.")
        before = {path: path.read_bytes() for path in root.rglob("*.ipynb")}
        with pytest.raises(AuthorError, match=f"{name}:1: was edited by hand"):
            build(root)
        assert before == {path: path.read_bytes() for path in root.rglob("*.ipynb")}

    def test_a_file_that_is_no_notebook_of_ours_is_not_overwritten(self, root):
        (root / LESSON).parent.mkdir(parents=True)
        (root / LESSON).write_text("<<<<<<< HEAD", encoding="utf-8")
        with pytest.raises(AuthorError, match="was edited by hand"):
            build(root)

    def test_a_notebook_that_was_only_run_is_rebuilt(self, root):
        build(root)
        fresh = (root / LESSON).read_bytes()
        output = {"output_type": "stream", "name": "stdout", "text": "2"}
        edit_cell(root / LESSON, "payoff-show", outputs=[output], execution_count=1)
        assert found(build(root)) == {LESSON: "written"}
        assert (root / LESSON).read_bytes() == fresh
