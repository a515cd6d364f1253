"""The folder that a sandbox sees of the kit: `genlab`, the probes, the code that learners mend, and the sandbox's own. No judge, check or solution."""

from __future__ import annotations

import shutil
from pathlib import Path

import autograder
import genlab
from genlab import paths


def build(folder: Path) -> None:
    """Copy what may be seen into an empty folder, which then belongs on a child's sys.path."""
    kit, grader = Path(genlab.__file__).parent, Path(autograder.__file__).parent
    shutil.copytree(kit, folder / "genlab")
    resources = folder / "genlab" / "_resources"
    shutil.copytree(paths.find("datasets"), resources / "datasets", dirs_exist_ok=True)
    shutil.copy(paths.find("course.yml"), resources / "course.yml")
    inside = folder / "autograder"
    inside.mkdir()
    for package in ("bugs", "probes", "sandbox"):
        shutil.copytree(grader / package, inside / package)
    for module in ("cells.py", "definitions.py", "report.py"):
        shutil.copy(grader / module, inside / module)
    (inside / "sandbox" / "as_autograder.py").rename(inside / "__init__.py")
