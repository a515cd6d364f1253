"""`python -m website`: build the site, and say where it is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from genlab.scale import SCALES

ROOT = Path(__file__).parents[1]


def main() -> int:
    """0, or 1 where the site cannot be built, having said why."""
    parser = argparse.ArgumentParser(prog="python -m website", description="Build the course's site.")
    parser.add_argument(
        "--scale", choices=SCALES, default="smoke", help="how long the models are trained (default: %(default)s)"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "site", help="where the site is written")
    asked = parser.parse_args()
    try:
        from sphinx.errors import SphinxError

        from website.build import build
    except ImportError as error:
        print(f"The site needs {error.name}: pip install -c constraints.txt -e '.[site]'", file=sys.stderr)
        return 1
    try:
        print(f"open {build(ROOT, asked.scale, asked.output.resolve())}")
    except (LookupError, ValueError, SphinxError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
