"""nbgrader's settings for this course; `genlab build` reads them too."""

from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions

from autograder.authoring.stub import ClearAnswers

c = get_config()  # noqa: F821 (nbgrader provides it)
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
# Whatever lies beside a notebook is copied to students, so scripts with the answers must not be.
c.CourseDirectory.ignore = [".*", "*.py", "*.pyc", "__pycache__", "checkpoints", "feedback"]
c.ClearSolutions.code_stub = {"python": "# Your code here\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"
c.GenerateAssignment.preprocessors = [
    ClearAnswers if step is ClearSolutions else step for step in GenerateAssignment().preprocessors
]
c.ClearSolutions.enforce_metadata = False  # questions carry no points, so they are plain cells
c.Autograde.sanitize_preprocessors = [
    "autograder.preprocessors.Repair",  # what CheckCellMetadata would complain about is mended here
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
]
c.Autograde.autograde_preprocessors = [
    "autograder.preprocessors.Execute",  # in place of nbgrader.preprocessors.Execute
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.preprocessors.SaveAutoGrades",  # in place of nbgrader.preprocessors.SaveAutoGrades
    "nbgrader.preprocessors.AssignLatePenalties",
]
# The page that students get: ours, which reads marks and comments itself, in place of the whole notebook.
c.GenerateFeedback.exporter_class = "autograder.pages.exporter.FeedbackExporter"
c.GenerateFeedback.preprocessors = []
