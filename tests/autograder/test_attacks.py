"""No attack of the corpus wins a point, costs another's, reads or writes outside, reaches the network, or lives on.

CI runs all of them in tier 1, and those that the tiers and users differ in elsewhere; `make attacks` runs all everywhere.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.engine import tiers

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "submissions"))
import corpus  # noqa: E402

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the engine runs on Linux"),
    pytest.mark.xdist_group("attacks"),
]

NAMES = [attack.name for attack in corpus.load()]
# What the tiers withstand by different means: files, processes, signals, the network, limits, and coming back to life.
DIFFERENT = [
    n
    for n in NAMES
    if n.split("_")[0] in ("canary", "write", "network", "signal", "survive", "kernel", "environment", "solutions")
]
DIFFERENT += [
    "right_with_files",
    "right_with_threads",
    "starve_by_forks",
    "starve_by_memory_in_many_processes",
    "starve_by_orphans",
]


def fight(tier: int, names: list[str], ordinary_user: bool = False) -> dict[str, list[str]]:
    """What each attack achieved."""
    trial = tiers.try_out(tier)
    if not trial.works:
        pytest.skip(f"tier {tier} does not work here: {trial.reason}")
    command = [sys.executable, str(ROOT / "tests/submissions/arena.py"), "--tier", str(tier), *names]
    if ordinary_user:
        if os.geteuid() != 0:
            pytest.skip("this is an ordinary user already")
        command.append("--ordinary-user")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, done.stderr[-2000:]
    assert [line["attack"] for line in lines] == [n for n in NAMES if n in names] + ["afterwards"], done.stderr[-2000:]
    return {line["attack"]: line["achieved"] for line in lines}


@pytest.mark.parametrize(
    ("tier", "names", "ordinary_user"),
    [
        pytest.param(1, NAMES, False, id="tier 1, all"),
        pytest.param(2, DIFFERENT, False, id="tier 2"),
        pytest.param(1, DIFFERENT, True, id="tier 1, ordinary user"),
        pytest.param(2, DIFFERENT, True, id="tier 2, ordinary user"),
        pytest.param(2, NAMES, False, id="tier 2, all", marks=pytest.mark.full),
        pytest.param(1, NAMES, True, id="tier 1, ordinary user, all", marks=pytest.mark.full),
        pytest.param(2, NAMES, True, id="tier 2, ordinary user, all", marks=pytest.mark.full),
    ],
)
def test_no_attack_achieves_anything(tier, names, ordinary_user):
    achieved = fight(tier, names, ordinary_user)
    assert {name: what for name, what in achieved.items() if what} == {}


def test_the_arena_sees_what_an_attack_achieves_without_a_sandbox():
    """The harness can fail: the same attacks get through where nothing stops them."""
    names = ["network_udp", "solutions_read", "write_the_gradebook"]
    command = [sys.executable, str(ROOT / "tests/submissions/arena.py"), "--tier", "0", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert {line["attack"] for line in lines if line["achieved"]} >= set(names), done.stdout
