"""How long `genlab start` takes from a save to the verdict: the median over all exercises of a lesson is below 500 ms.

    python benchmarks/save_to_verdict.py [--lesson vae_fashion] [--rounds 3]

The command runs in a process of its own, with its output in a pipe. Each exercise of a solved lesson is saved as the stub and as solved in
turn, by a file that replaces the notebook, as editors do; the time is that from before the write until the line of the verdict is read.
It includes the wait for the next look at the files, up to 100 ms. The processor time of both processes per verdict is given, too: on a
busy machine the wall time is what the others leave.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from genlab.course import load_course

ROOT = Path(__file__).parents[1]
LIMIT = 0.5  # seconds
WAIT = 300.0  # seconds, until it has started on a busy machine


def notebook(folder: str, path: str) -> dict[str, Any]:
    """A notebook of the clone."""
    found: dict[str, Any] = json.loads((ROOT / folder / f"{path}.ipynb").read_text(encoding="utf-8"))
    return found


def sources(content: dict[str, Any]) -> dict[str, str]:
    """Texts of the exercises' cells by exercise, without the authors' marks."""
    cells = {
        c["id"].removesuffix("-solution"): "".join(c["source"])
        for c in content["cells"]
        if c["id"].endswith("-solution")
    }
    return {name: "\n".join(line for line in text.splitlines() if "### " not in line) for name, text in cells.items()}


def save(path: Path, content: dict[str, Any]) -> None:
    """Replace the notebook."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1), encoding="utf-8")
    os.replace(part, path)


def wait_for(lines: queue.SimpleQueue[str], words: str) -> float:
    """When a line with these words was read."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        line = lines.get(timeout=WAIT)
        if words in line:
            return time.monotonic()
    raise TimeoutError(words)


def processor_seconds(process: int) -> float:
    """The processor time of a process and its children that live, on Linux."""
    ids = [process, *map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())]
    ticks = [Path(f"/proc/{i}/stat").read_text().rpartition(")")[2].split()[11:13] for i in ids]
    return sum(int(t) for pair in ticks for t in pair) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", default="vae_fashion")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    lesson = load_course().lesson(options.lesson)
    solved = sources(notebook("solutions", lesson.path))
    with tempfile.TemporaryDirectory() as folder:
        path, content = Path(folder) / f"{lesson.file}.ipynb", notebook("lessons", lesson.path)
        cells = [c for c in content["cells"] if c["id"].endswith("-solution")]
        stubs = sources(content)
        for cell in cells:
            cell["source"] = solved[cell["id"].removesuffix("-solution")]
        save(path, content)
        watching = subprocess.Popen(
            [sys.executable, "-c", "from genlab.cli import main; main()", "start", folder],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"GENLAB_HOME": folder + "/home", "PYTHONIOENCODING": "utf-8"},
        )
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=lambda: [lines.put(line) for line in watching.stdout or ()], daemon=True).start()
        try:
            wait_for(lines, f"of {len(lesson.exercises)} passed")
            before, times = processor_seconds(watching.pid), []
            began = time.monotonic()
            for _ in range(options.rounds):
                for cell in cells:
                    name = cell["id"].removesuffix("-solution")
                    for source, words in ((stubs[name], ": not attempted"), (solved[name], ": passed")):
                        cell["source"] = source
                        saved = time.monotonic()
                        save(path, content)
                        times.append(wait_for(lines, f"{lesson.id}/{name}{words}") - saved)
                        time.sleep(0.7)  # what else the save changed is judged, too
            used = processor_seconds(watching.pid) - before
            idle = time.monotonic() - began
        finally:
            watching.terminate()
            watching.wait()
    median = statistics.median(times)
    print(
        f"{options.lesson}: {len(times)} saves; from save to verdict {median * 1000:.0f} ms (median), {max(times) * 1000:.0f} ms at most"
    )
    print(
        f"processor time {used / len(times) * 1000:.0f} ms a save, the watching in {idle:.0f} s included; limit {LIMIT * 1000:.0f} ms"
    )
    return 0 if median < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
