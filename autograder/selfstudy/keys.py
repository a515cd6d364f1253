"""Keys read one by one while something else goes on, on Linux, macOS and Windows; without a terminal there are none."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Self


class Keys:
    """A context in which `poll` gives the key pressed within some time, in lower case, or nothing.

    The terminal then passes keys on at once and does not show them; Ctrl-C still interrupts. At the end it is as it was.
    """

    def __enter__(self) -> Self:
        self.there = sys.stdin is not None and sys.stdin.isatty()
        self._before: Any = None
        if self.there and os.name != "nt":
            import termios
            import tty

            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._before is not None:
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def poll(self, seconds: float) -> str:
        """The key, or "" when none was pressed in time; the end of the input, as of a closed terminal, is "q"."""
        if not self.there:
            time.sleep(seconds)
            return ""
        return self._windows(seconds) if sys.platform == "win32" else self._posix(seconds)

    def _posix(self, seconds: float) -> str:
        import select

        if not select.select([sys.stdin], [], [], seconds)[0]:
            return ""
        pressed = os.read(sys.stdin.fileno(), 64)  # an arrow key sends several bytes, and means nothing here
        return "q" if not pressed else pressed.decode("utf-8", "replace").lower() if len(pressed) == 1 else ""

    def _windows(self, seconds: float) -> str:
        if sys.platform == "win32":
            import msvcrt

            end = time.monotonic() + seconds
            while time.monotonic() < end:
                if msvcrt.kbhit():
                    key = msvcrt.getwch()
                    if key == "\x03":
                        raise KeyboardInterrupt
                    if key in "\x00\xe0":  # an arrow or function key sends a second code
                        msvcrt.getwch()
                        return ""
                    return key.lower()
                time.sleep(0.02)
        return ""
