"""What the commands share: one line for an error, and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from genlab import advice

if TYPE_CHECKING:
    from rich.table import Table


@contextmanager
def stop_on(*errors: type[Exception], say: str = "") -> Iterator[None]:
    """Turn these errors into one line on stderr and exit code 2."""
    try:
        yield
    except errors as error:
        stop(say or f"{error} {advice.on(error)}".strip())


def stop(message: str) -> NoReturn:
    """End the command with one line on stderr and exit code 2."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


def new_table(*columns: str) -> Table:
    """A table in the kit's style."""
    from rich import box
    from rich.table import Table

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = True  # names are typed again: cut elsewhere
    return table


def show(table: Table) -> None:
    """Print a table as wide as the terminal."""
    from rich.console import Console

    Console().print(table)


@contextmanager
def steps(what: str) -> Iterator[Callable[[int, int], None]]:
    """While in the block show what is done; the function says how many steps of how many are, and a bar then shows it.

    On a terminal alone, where it is gone at the end.
    """
    from rich.console import Console

    if not Console().is_terminal:
        yield lambda number, every: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    start, count = TextColumn("{task.description}"), (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(start, transient=True) as bar:
        task = bar.add_task(f"{what} …", total=None)

        def done(number: int, every: int) -> None:
            bar.columns = (start, *count)
            bar.update(task, completed=number, total=every)

        yield done
