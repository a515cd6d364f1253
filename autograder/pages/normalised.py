"""What is left of an answer when comments, names and layout are taken out of it: the shape that copying keeps."""

from __future__ import annotations

import ast
import functools
import io
import keyword
import tokenize
from collections.abc import Iterator

WINDOW = 6  # steps of a shape that are compared as one
MOST_CODE = 50_000  # characters
LONG_TEXT = 20  # characters from which a string is a message, whatever it says

Shape = frozenset[int]  # hashes of windows, equal for equal pieces within one run of Python


@functools.lru_cache(maxsize=50_000)
def shape(source: str) -> Shape:
    """The pieces of a source, each a few steps long; a docstring, annotations, comments, layout and chosen names leave no trace."""
    steps = _steps(source[:MOST_CODE])
    return frozenset(hash(tuple(steps[i : i + WINDOW])) for i in range(max(len(steps) - WINDOW + 1, 0)))


def _steps(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
        return list(_walk(tree, *_chosen(tree)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return list(_tokens(source))


def _chosen(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Names of variables and of attributes that the code itself gives."""
    names: set[str] = set()
    attributes: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()):
                attributes.add(name)
    return names, attributes


def _walk(node: ast.AST, names: set[str], attributes: set[str]) -> Iterator[str]:
    """The nodes of a tree from the outside in, one word for each."""
    match node:
        case ast.expr_context():
            return
        case ast.Name(id=name):
            yield "v" if name in names else name
        case ast.arg():
            yield "arg"
            return  # no annotation
        case ast.Constant(value=value):
            yield "text" if isinstance(value, (str, bytes)) and len(value) > LONG_TEXT else repr(value)
        case ast.Attribute(attr=name):
            yield f".{'v' if name in attributes else name}"
        case ast.keyword(arg=name):
            yield f"{name}="
        case ast.alias(name=name):
            yield name
        case _:
            yield type(node).__name__
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                yield from _walk(child, names, attributes)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _tokens(source: str) -> Iterator[str]:
    """The words of code that does not parse, up to where they cannot be told apart."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.STRING}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                yield "v"
            elif token.type not in skipped:
                yield token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
