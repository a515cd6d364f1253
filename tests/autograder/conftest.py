"""Fixtures for the tests of the authoring pipeline."""

import shutil

import pytest
from tiny_course import COURSE, ROOT, SCRIPT, SOURCE


@pytest.fixture
def root(tmp_path):
    """A course of one lesson, not built yet."""
    (tmp_path / "course.yml").write_text(COURSE, encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / SCRIPT).parent.mkdir(parents=True)
    (tmp_path / SCRIPT).write_text(SOURCE, encoding="utf-8")
    return tmp_path
