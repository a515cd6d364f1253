"""nbgrader's autograde for a whole class: one converter, and each notebook is read, checked and written once.

nbgrader itself makes its steps anew for every notebook, checks the notebook after each of them, and writes and reads it in between.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.writers import FilesWriter
from nbgrader import utils
from nbgrader.converters import Autograde, autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Connection

from autograder.engine.entries import Entries, Release


class ClassConverter(Autograde):
    """Converts one student's hand-in after another, by the steps of `nbgrader autograde` in their order."""

    def __init__(self, config: Any, assignment: str) -> None:
        super().__init__(coursedir=CourseDirectory(config=config), config=config)
        self.coursedir.assignment_id = assignment
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        self._release: Release | None = None
        self._rounds: list[
            tuple[bool, list[Any]]
        ] = []  # the steps that restore what students may not change, and those that grade
        for sanitizing in (False, True):
            self._sanitizing = sanitizing
            self._init_preprocessors()
            self._rounds.insert(0, (sanitizing, self.exporter._preprocessors))

    def convert(self, student: str, connection: Connection) -> None:
        """Convert a student's notebooks, and enter them in the gradebook by a connection. Raises what nbgrader raises."""
        if self._release is None:
            self._release = Release.read(connection, self.coursedir.assignment_id)
        self._entries = Entries(connection, self._release)
        self.coursedir.student_id = student
        self.init_notebooks()
        before = os.getcwd()
        os.chdir(self.coursedir.root)
        try:
            self.convert_notebooks()
        finally:
            os.chdir(before)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """As nbgrader does it, which opens the gradebook six times; here it gets our entries instead."""
        gradebook, autograde.Gradebook = autograde.Gradebook, lambda *_: self._entries
        try:
            super().init_assignment(assignment_id, student_id)
        finally:
            autograde.Gradebook = gradebook

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Both rounds, and one file."""
        notebook = nbformat.v4.reads(Path(notebook_filename).read_text(encoding="utf-8"))
        resources: dict[str, Any] = {}
        try:
            for sanitizing, steps in self._rounds:
                self._sanitizing = sanitizing
                resources = self._resources(os.path.basename(notebook_filename))
                with utils.setenv(NBGRADER_EXECUTION="autograde"):
                    for step in steps:
                        if type(step) is not AssignLatePenalties or self._entries.late:
                            notebook, resources = step(notebook, resources)
            nbformat.validate(notebook, relax_add_props=True)
        finally:
            self._sanitizing = True
        self.write_single_notebook(_as_text(notebook), resources)

    def _resources(self, file: str) -> dict[str, Any]:
        """What the steps of a round are told of a notebook."""
        folder = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        resources = self.init_single_notebook_resources(os.path.join(folder, file))
        about = {"name": resources["unique_key"], "path": folder}
        return resources | {"metadata": about, "output_extension": self.exporter.file_extension}


def _as_text(notebook: Any) -> str:
    """The notebook as JSON with a line for each cell: nbformat's own layout, with a line for each value, takes nearly four times as long."""
    text = functools.partial(json.dumps, ensure_ascii=False, sort_keys=True)
    cells = ",\n".join(map(text, notebook["cells"]))
    others = text({key: value for key, value in notebook.items() if key != "cells"})
    return f'{{"cells": [\n{cells}\n],\n{others.removeprefix("{")}\n'
