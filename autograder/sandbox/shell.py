"""The IPython shell that runs a submission's cells and keeps what they show, as a notebook would."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from autograder.probes.recording import OutOfTime, line_of_cell

MOST_TEXT = 200_000  # characters of one cell
MOST_OUTPUTS = 200  # of one cell
MOST_PICTURE = 4_000_000  # characters of base64
# Where IPython may see more than Python: escapes, help, magics and commands assigned, prompts; the first line indented or empty
NOT_PYTHON = re.compile(r"\A\s|^[ \t\f]*(?:[%!?/,;]|>>>|\.\.\.|In \[)|\?[ \t\f\r]*$|=[ \t\f]*[%!]", re.MULTILINE)
NO_COMMANDS = "(commands are not run while grading)"


class Outputs:
    """What one cell showed, in nbformat's terms, up to a limit."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.room = MOST_TEXT

    def text(self, name: str, text: str) -> None:
        """Add printed text."""
        if self.room <= 0:
            return
        text = text[: self.room]
        self.room -= len(text)
        if self.room <= 0:
            text += "\n… (more than is kept)\n"
        last = self.items[-1] if self.items else None
        if last and last["output_type"] == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.add({"output_type": "stream", "name": name, "text": text})

    def shown(self, data: dict[str, Any], result: int | None = None) -> None:
        """Add a displayed object, or the value of a cell's last expression."""
        kept: dict[str, str] = {}
        for kind in ("text/plain", "image/png", "image/jpeg"):
            value = data.get(kind)
            if isinstance(value, bytes):
                import base64

                value = base64.b64encode(value).decode()
            most = MOST_TEXT if kind == "text/plain" else MOST_PICTURE
            if isinstance(value, str):
                kept[kind] = value[:most] if kind == "text/plain" else value if len(value) <= most else ""
        kept = {kind: value for kind, value in kept.items() if value}
        if result is None:
            self.add({"output_type": "display_data", "data": kept, "metadata": {}})
        else:
            self.add({"output_type": "execute_result", "data": kept, "metadata": {}, "execution_count": result})

    def add(self, item: dict[str, Any]) -> None:
        """Add any output, while there is room."""
        if len(self.items) < MOST_OUTPUTS:
            self.items.append(item)


class _Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of a cell."""

    encoding = "utf-8"

    def __init__(self, shell: GradingShell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        self._shell.outputs.text(self._name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        pass


class _Hook(DisplayHook):
    shell: Any

    """The value of a cell's last expression goes to the outputs."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep it."""
        self.shell.outputs.shown(format_dict, result=self.prompt_count)

    def write_output_prompt(self) -> None:
        """No "Out[1]:" in a notebook."""

    def finish_displayhook(self) -> None:
        """No newline either."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    shell: Any

    """`display(…)` goes to the outputs."""

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **settings: Any) -> None:
        """Keep it."""
        if isinstance(data, dict):
            self.shell.outputs.shown(data)

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown so far."""
        self.shell.outputs.items.clear()


def _say_no(line: str, cell: str | None = None) -> None:
    print(NO_COMMANDS)


class GradingShell(InteractiveShell):
    """IPython without a terminal, a history, commands of the system, or a kernel."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def __init__(self, **settings: Any) -> None:
        self.outputs = Outputs()
        quiet = Config(
            {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor", "xmode": "Context"}}
        )
        super().__init__(config=quiet, **settings)
        for name in ("pip", "conda", "mamba", "micromamba", "uv", "system", "sx"):
            self.register_magic_function(_say_no, "line_cell", name)  # type: ignore[arg-type]

    def transform_cell(self, raw_cell: str) -> str:
        """The cell as Python. Most are Python already, and to look for magics in them takes longer than to run them."""
        python = raw_cell.startswith("check(") or "\n" in raw_cell.strip()  # another single line may be a magic's name
        if python and not NOT_PYTHON.search(raw_cell):
            return raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"
        transformed: str = super().transform_cell(raw_cell)
        return transformed

    def should_run_async(self, raw_cell: str, **settings: Any) -> bool:
        """Whether a cell awaits something outside of its functions."""
        return ("await" in raw_cell or "async" in raw_cell) and bool(super().should_run_async(raw_cell, **settings))

    def enable_gui(self, gui: Any = None) -> None:
        """Notebooks have no window to wait for."""

    def system(self, cmd: str) -> None:
        """`!command` runs nothing."""
        print(NO_COMMANDS)

    system_raw = system_piped = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !command` gives nothing."""
        print(NO_COMMANDS)
        return []

    def ask_exit(self) -> None:
        """`exit` does not end a notebook."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        name = getattr(etype, "__name__", str(etype))
        try:
            message = str(evalue)
        except Exception:  # a learner's own exception class may be broken too
            message = ""
        lines = [str(line)[:5000] for line in stb][-60:]
        self.outputs.add({"output_type": "error", "ename": name[:200], "evalue": message[:2000], "traceback": lines})

    def run(self, source: str, seconds: float) -> tuple[list[dict[str, Any]], bool]:
        """What a cell showed, and whether it ran to its end without an error."""
        self.outputs = Outputs()
        with _streams(self), time_limit(seconds):
            try:
                result = self.run_cell(source, store_history=True)
                good = bool(result.success)
            except OutOfTime:
                good = False
                message = f"stopped after {seconds:g} seconds"
                self.outputs.add(
                    {"output_type": "error", "ename": "OutOfTime", "evalue": message, "traceback": [message]}
                )
        return self.outputs.items, good


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block after so many seconds, and again every second: `except:` may swallow one."""

    lines: list[int] = []

    def stop(_: int, frame: types.FrameType | None) -> None:
        lines.append(line_of_cell(frame))
        raise OutOfTime(seconds, lines[0])

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _streams(shell: GradingShell) -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream(shell, "stdout"), _Stream(shell, "stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


SHELL: GradingShell | None = None


def warm_up() -> GradingShell:
    """The one shell of this process, made and used once before the fork."""
    global SHELL
    if SHELL is None:
        warnings.simplefilter("default")
        SHELL = GradingShell.instance()
        with contextlib.suppress(ImportError):
            import matplotlib
            from matplotlib_inline.backend_inline import configure_inline_support
            from matplotlib_inline.config import InlineBackend

            matplotlib.use("module://matplotlib_inline.backend_inline")
            InlineBackend.instance(parent=SHELL).figure_formats = {"png"}
            configure_inline_support(SHELL, "inline")
        SHELL.run(
            "import matplotlib.pyplot as plt\nfigure = plt.figure()\nfigure.text(0, 0, '1')\nplt.show()\n1 + 1\n", 60
        )
        SHELL.run("1 / 0", 60)  # tracebacks import a good deal
        SHELL.reset(new_session=True)
    return SHELL
