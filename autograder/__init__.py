"""What judges: probes run learner code, judges turn the records into a verdict that names the mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.examination import check, examine
    from autograder.report import CheckFailed, NotAttempted, Report, Result
    from autograder.reusing import reuse

__all__ = ["CheckFailed", "NotAttempted", "Report", "Result", "check", "examine", "reuse"]


def __getattr__(name: str) -> Any:
    """Public names are imported at first use: a sandboxed grading process imports `autograder.probes` alone."""
    if name in ("check", "examine"):
        import autograder.examination as module
    elif name == "reuse":
        from autograder.reusing import reuse

        return reuse
    elif name in __all__:
        import autograder.report as module  # type: ignore[no-redef]
    else:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    return getattr(module, name)
