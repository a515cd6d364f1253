"""How much `import genlab` and `from autograder import check` add to `import torch`: less than 0.3 s.

    python benchmarks/import_time.py [--runs 7]

Each number is the median over fresh processes, taken in turn, so that a busy moment meets both
kinds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

LIMIT = 0.3  # seconds
BARE = "import torch"
KIT = "import torch\nimport genlab\nfrom autograder import check"
TIMER = "import time\nbegan = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"


def seconds(code: str) -> float:
    """The time that `code` takes in a process of its own, without the start of Python."""
    command = [sys.executable, "-c", TIMER.format(code=code)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    seconds(KIT)  # the first one reads everything from disk
    pairs = [(seconds(BARE), seconds(KIT)) for _ in range(runs)]
    bare, kit = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import torch                      {bare:6.3f} s   (median of {runs})")
    print(f"the same, then genlab and check   {kit:6.3f} s")
    print(f"difference                        {kit - bare:6.3f} s   (limit {LIMIT} s)")
    return 0 if kit - bare < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
