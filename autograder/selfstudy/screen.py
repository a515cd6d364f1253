"""What `genlab start` shows: a page that is drawn anew on a terminal, or plain lines where the output goes elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

STYLE = {"✓": "green", "✗": "red", "○": "dim"}
KEYS = "h hint · m map · s solution · r reset · n next exercise · q quit"


class Screen:
    """Pages on a terminal; `plain` prints what is new as lines, and nothing twice."""

    def __init__(self, console: Console | None = None, plain: bool | None = None) -> None:
        self.console = console or Console(highlight=False)
        self.plain = plain if plain is not None else not self.console.is_terminal or self.console.is_dumb_terminal
        self._status = ""

    def page(self, head: str, body: Iterable[RenderableType], foot: RenderableType, keys: str = KEYS) -> None:
        """Draw a page; nothing on a plain output."""
        if self.plain:
            return
        self.console.clear()
        self.console.print(Text(head, style="bold"), soft_wrap=True)
        self.console.print()
        for part in body:
            self.console.print(part)
            self.console.print()
        self.console.print(foot)
        self.console.print(Text(keys, style="dim"))
        self._status = ""

    def line(self, text: str) -> None:
        """A line, or card, on a plain output; a terminal has pages."""
        if self.plain:
            print(text, flush=True)

    def status(self, text: str) -> None:
        """Say below the page what is going on now; nothing takes it away."""
        if not self.plain and text != self._status:
            self.console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
            self.console.print(Text(text, style="dim"), end="")
            self._status = text

    def end(self, text: str) -> None:
        """The last words."""
        self.console.print("\n" if not self.plain else "", end="")
        self.console.print(text, markup=False)


def card(text: str) -> Text:
    """A card's text, coloured by its marks and labels."""
    lines: list[Text] = []
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("Stuck?"):  # here a key helps
            continue
        style = STYLE.get(bare[:1], "bold" if bare.startswith("try:") else "")
        lines.append(Text(line, style=style if lines else f"bold {style}".strip()))
    return Text("\n").join(lines)
