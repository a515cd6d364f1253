"""What docs/teaching.md says about the claims is what the checks declare."""

import re
from pathlib import Path

from autograder import checks

PAGE = (Path(__file__).parents[1] / "docs" / "teaching.md").read_text(encoding="utf-8")


def test_the_page_lists_the_claims_that_are_only_reported():
    own = [exercise for exercise in checks.ids() if not checks.mended(exercise)]  # what is to mend has another's claims
    claims = [claim for exercise in own for claim in checks.find(exercise).claims]
    reported = [claim.name for claim in claims if not claim.recomputed]
    said = re.search(r"(\d+) of the (\d+) claims", PAGE)
    table = PAGE[said.start() :].split("\n\n")[1]
    listed = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert listed == set(reported)
    assert said.groups() == (str(len(reported)), str(len(claims)))
