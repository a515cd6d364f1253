"""A released lesson as Colab saves it after somebody has worked in it: all of Colab's habits at once."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

Notebook = dict[str, Any]
NAME = "Copy of {}.ipynb"  # what Colab and Drive call the learner's copy


def saved(released: Notebook, answers: Mapping[str, str], split: str, merged: str) -> Notebook:
    """The notebook with `answers` in place of the stubs, as Colab writes it.

    split: the exercise whose answer the learner has cut into two cells; merged: the one whose check stands in the answer's cell.
    """
    notebook = copy.deepcopy(released)
    by_id = {cell["id"]: cell for cell in notebook["cells"]}
    for name, answer in answers.items():
        by_id[f"{name}-solution"]["source"] = answer
    _merge(notebook, by_id[f"{merged}-solution"], by_id[merged])
    _split(notebook, by_id[f"{split}-solution"])
    notebook["cells"].insert(0, _badge())
    for number, cell in enumerate(notebook["cells"]):
        if "id" in cell:
            cell["metadata"] |= {"id": cell.pop("id")}
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["metadata"] |= {
                "colab": {"base_uri": "https://localhost:8080/", "height": 35},
                "outputId": f"5f-{number}",
            }
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["seen in Colab\n"]}]
        cell["source"] = cell["source"].splitlines(keepends=True)
    notebook["metadata"]["colab"] = {"provenance": [], "gpuType": "T4", "include_colab_link": True, "toc_visible": True}
    notebook["metadata"]["language_info"] = {"name": "python"}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"a1": {"model_name": "HBoxModel"}}}
    return notebook | {"nbformat": 4, "nbformat_minor": 0}


def _badge() -> dict[str, Any]:
    """The cell that Colab puts on top of what was opened from GitHub; it has no id of the kind that notebooks know."""
    source = '<a href="https://colab.research.google.com/github/me/mine/blob/main/x.ipynb" target="_parent"><img src='
    source += '"https://colab.research.google.com/assets/colab-badge.svg" alt="Open In Colab"/></a>'
    return {"cell_type": "markdown", "metadata": {"id": "view-in-github", "colab_type": "text"}, "source": source}


def _merge(notebook: Notebook, answer: dict[str, Any], check: dict[str, Any]) -> None:
    """Colab's "merge with next cell": the first cell keeps its metadata."""
    answer["source"] += f"\n\n{check['source']}"
    notebook["cells"].remove(check)


def _split(notebook: Notebook, answer: dict[str, Any]) -> None:
    """Colab's "split cell" in the middle of a body: the second part is a new cell."""
    lines = answer["source"].splitlines(keepends=True)
    at = max(n for n, line in enumerate(lines) if line.startswith("    ") and not line.startswith("     "))
    rest = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "".join(lines[at:])}
    answer["source"] = "".join(lines[:at])
    notebook["cells"].insert(notebook["cells"].index(answer) + 1, rest)
