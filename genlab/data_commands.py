"""`genlab data …`."""

from __future__ import annotations

from typing import Annotated

import typer

from genlab.terminal import new_table, show, stop_on

data_app = typer.Typer(help="The data sets: which there are, what is prepared, prepare one.", no_args_is_help=True)


@data_app.command("list")
def data_list() -> None:
    """List the data sets and which source each would come from."""
    from genlab import data

    table = new_table("name", "title", "would use", "prepared here")
    for name in data.available():
        found = data.describe(name)
        held = ", ".join(f"{c.source} ({c.bytes / 1e6:.0f} MB)" for c in found.cached) or "nothing yet"
        table.add_row(name, found.card.title, found.would_use, held)
    show(table)


@data_app.command("get")
def data_get(
    name: str,
    source: Annotated[
        str | None, typer.Option(help="files, official, kaggle or drawn; by default the best there is.")
    ] = None,
) -> None:
    """Prepare a data set now, so that lessons start at once."""
    from genlab import data

    with stop_on(ValueError, RuntimeError):
        print(f"prepared in {data.get(name, source)}")


@data_app.command("info")
def data_info(
    name: str,
    verify: Annotated[bool, typer.Option(help="Read every prepared byte and compare checksums.")] = False,
) -> None:
    """Show a data set's card, and what of it is prepared here."""
    from genlab import data

    with stop_on(ValueError, RuntimeError):
        found = data.describe(name)
        problems = data.verify(name) if verify else {}
    card = found.card
    rows = {"title": card.title, "about": card.about, "images": f"{card.counts}, {card.stored}×{card.stored}"}
    rows |= {
        "classes": ", ".join(card.classes),
        "origin": card.origin,
        "licence": card.licence,
        "citation": card.citation,
    }
    for label, text in rows.items():
        print(f"{label:<10}{' '.join(str(text).split())}")
    for held in found.cached:
        problem = problems.get(held.source, held.problem)
        state = problem or ("verified" if verify else "as written")
        print(f"prepared  {held.source}: {held.path}, {held.bytes / 1e6:.0f} MB, {state}")
    print(f"would use {found.would_use}")
