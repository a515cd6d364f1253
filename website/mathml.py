"""Formulas as MathML, made when the site is built: every browser draws them without a script, and screen readers speak them."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.errors import SphinxError

_CONVERTER = LatexToMathML(fancy_error=False)


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mathml(formula: str, block: bool = False) -> str:
    """The `<math>` element of a LaTeX formula. Raises SphinxError for what cannot be converted."""
    try:
        return _CONVERTER.convert_with_local_state(formula, displaystyle=block)
    except LatexError as error:
        raise SphinxError(f"the formula ${formula}$ cannot be shown: {error}") from None


def _inline(writer: Any, node: Any) -> None:
    writer.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(writer: Any, node: Any) -> None:
    writer.body.append(f'<div class="formula">{mathml(node.astext(), block=True)}</div>\n')
    raise nodes.SkipNode
