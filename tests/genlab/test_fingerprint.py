"""A fingerprint changes with what a run is made of, and with nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from genlab.training import fingerprint

LESSON = '''
import torch
from torch import nn
from functools import partial

BETA = 2.0
LAYERS = [32, 64]
rate = 0.1
log = []
count = 0
config = {"beta": 1.0, "log": []}
KINDS = {"a", "b", "c", "d"}

class Sampling(nn.Module):
    def forward(self, mean, log_var):
        """Docstring."""
        return mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)

class Encoder(nn.Module):
    width = 3
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 2)
        self.slope = 0.2
        self.sampling = Sampling()
    def forward(self, x):
        h = self.linear(x)
        return self.sampling(h, h)

def kl_loss(mean, factor=0.5):
    """Docstring."""
    return factor * mean.square().sum()

def helper(x):
    assert x.dtype in {torch.float32, torch.float64}
    return [kl_loss(row) for row in x if "a" in KINDS]

def train_step(model, x, beta):
    global count
    count += 1
    loss = sum(helper(model(x))) * beta + len(LAYERS) + config["beta"] + rate
    log.append(1)
    config["log"].append(1)
    return {"total": loss.item()}

model = Encoder()
step = lambda x: train_step(model, x, BETA)
'''


def run(source: str = LESSON, *changes: tuple[str, str]) -> dict[str, Any]:
    for old, new in changes:
        assert old in source, f"{old!r} is in the lesson, or this change would test nothing"
        source = source.replace(old, new)
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), space)
    return space


def code_of(*changes: tuple[str, str]) -> str:
    return fingerprint.of_code(run(LESSON, *changes)["step"])


CHANGES = {
    "constant": ("BETA = 2.0", "BETA = 4.0"),
    "list constant": ("LAYERS = [32, 64]", "LAYERS = [32, 128]"),
    "lower-case number": ("rate = 0.1", "rate = 0.2"),
    "entry of a dict": ('config = {"beta": 1.0', 'config = {"beta": 1.5'),
    "default": ("factor=0.5", "factor=1.0"),
    "sign deep inside": ("factor * mean", "-factor * mean"),
    "number deep inside": ("0.5 * log_var", "0.25 * log_var"),
    "function called": ("torch.exp(", "torch.sin("),
    "attribute of the network": ("self.slope = 0.2", "self.slope = 0.3"),
    "attribute of the class": ("width = 3", "width = 4"),
    "layer": ("nn.Linear(4, 2)", "nn.Linear(4, 3)"),
    "layer's setting": ("nn.Linear(4, 2)", "nn.Linear(4, 2, bias=False)"),
    "inside a comprehension": ('if "a" in', 'if "z" in'),
    "element of a set": ('"c", "d"}', '"c", "e"}'),
    "the step itself": ("train_step(model, x, BETA)", "train_step(model, x + 1, BETA)"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_code_is_noticed(name: str) -> None:
    assert code_of(CHANGES[name]) != code_of()


KEEPS = {
    "nothing": ("BETA", "BETA"),
    "docstring": ('"""Docstring."""', '"""Another docstring."""'),
    "line numbers": ("BETA = 2.0", "\n\n# a remark\nBETA = 2.0"),
    "log of the run": ("log = []", "log = [1, 2, 3]"),
    "log inside a dict": ('"log": []', '"log": [1, 2, 3]'),
    "counter of the run": ("count = 0", "count = 7"),
    "global that is not reached": ("log = []", "log = []\nunused = 3"),
    "order of a set": ('{"a", "b", "c", "d"}', '{"d", "c", "b", "a"}'),
}


@pytest.mark.parametrize("name", KEEPS)
def test_what_does_not_matter_is_not_noticed(name: str) -> None:
    assert code_of(KEEPS[name]) == code_of()


def test_a_run_does_not_change_its_own_fingerprint() -> None:
    space = run()
    before = fingerprint.of_code(space["step"])
    for _ in range(200):  # long enough for the interpreter to specialise the bytecode
        space["step"](torch.randn(3, 4))
    space["model"].eval()
    assert space["count"] == 200
    assert fingerprint.of_code(space["step"]) == before


def test_attributes_that_the_code_assigns_while_it_runs_are_left_out() -> None:
    source = textwrap.dedent("""
        from dataclasses import dataclass

        @dataclass
        class Settings:
            beta: float = BETA
            steps: int = 0
            def tick(self):
                self.steps += 1

        settings = Settings()

        def step(x):
            settings.tick()
            settings.last = 3.0
            return settings.beta
    """)
    space = run(source, ("BETA", "1.0"))
    before = fingerprint.of_code(space["step"])
    space["step"](None)
    assert fingerprint.of_code(space["step"]) == before
    assert fingerprint.of_code(run(source, ("BETA", "2.0"))["step"]) != before


def test_methods_partials_and_closures_are_reached() -> None:
    source = textwrap.dedent("""
        from functools import partial
        def make(beta):
            calls = 0
            def step(x, gamma):
                nonlocal calls
                calls += 1
                return beta * gamma
            return partial(step, gamma=GAMMA)
        class Trainer:
            def step(self, x):
                return FACTOR * x
        closure, method = make(BETA), Trainer().step
    """)

    def of(name: str, **numbers: int) -> str:
        numbers = {"BETA": 1, "GAMMA": 2, "FACTOR": 3} | numbers
        return fingerprint.of_code(run(source, *((k, str(v)) for k, v in numbers.items()))[name])

    assert of("closure") == of("closure", FACTOR=9)
    assert of("closure") != of("closure", BETA=9)
    assert of("closure") != of("closure", GAMMA=9)
    assert of("method") != of("method", FACTOR=9)
    space = run(source, ("BETA", "1"), ("GAMMA", "2"), ("FACTOR", "3"))
    before = fingerprint.of_code(space["closure"])
    space["closure"](None)
    assert fingerprint.of_code(space["closure"]) == before


def test_functions_that_call_each_other_come_to_an_end() -> None:
    source = "def a(x):\n    return b(x - 1)\ndef b(x):\n    return x if x < 0 else a(x)\n"
    assert fingerprint.of_code(run(source)["a"]) == fingerprint.of_code(run(source)["a"])


def test_a_module_of_the_learner_is_reached_and_a_library_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # both versions are of the same second
    digests = []
    for factor in (1, 2):
        monkeypatch.delitem(sys.modules, "my_losses", raising=False)
        (tmp_path / "my_losses.py").write_text(
            f"import torch\nSCALE = {factor}\ndef loss(x):\n    return x.sum() * SCALE\n"
        )
        space = run("import my_losses\ndef step(x):\n    return my_losses.loss(x)\n")
        digests.append(fingerprint.of_code(space["step"]))
    assert digests[0] != digests[1]
    walk = fingerprint._Walk(set())
    walk.each(nn.Linear(2, 2).forward, torch.optim.Adam)
    assert len(walk.text) < 20, "a library is named, not walked"


def test_the_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    script = tmp_path / "lesson.py"
    tail = "\nfrom genlab.training import fingerprint\nprint(fingerprint.of_code(step, model))\n"
    script.write_text(LESSON + tail, encoding="utf-8")
    found = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == 64


def state(width: int = 2, **settings: Any) -> dict[str, Any]:
    model = nn.Linear(3, width)
    return {"model": model, "optimizer": torch.optim.Adam(model.parameters(), **settings)}


def test_shapes_and_optimizer_settings_are_part_of_the_state() -> None:
    plain = fingerprint.of_state(state())
    assert fingerprint.of_state(state()) == plain
    assert fingerprint.of_state(state(width=4)) != plain
    assert fingerprint.of_state(state(lr=0.5)) != plain
    assert fingerprint.of_state(state(betas=(0.5, 0.9))) != plain


def test_a_schedule_s_present_learning_rate_is_not_part_of_the_state() -> None:
    found = state(lr=0.5)
    schedule = torch.optim.lr_scheduler.ExponentialLR(found["optimizer"], 0.5)
    before = fingerprint.of_state(found)
    found["optimizer"].step()
    schedule.step()
    assert fingerprint.of_state(found) == before
    other = state(lr=0.25)
    torch.optim.lr_scheduler.ExponentialLR(other["optimizer"], 0.5)
    assert fingerprint.of_state(other) != before


def test_other_data_of_the_same_shape_is_other_data() -> None:
    images = torch.zeros(100, 1, 4, 4)
    plain = fingerprint.of_data(images, None)
    assert fingerprint.of_data(images.clone(), None) == plain
    assert fingerprint.of_data(images + 1, None) != plain
    assert fingerprint.of_data(images[:99], None) != plain
    assert fingerprint.of_data(images.half(), None) != plain
    assert fingerprint.of_data(images, torch.zeros(100)) != plain
    assert fingerprint.of_data(images[:1], torch.zeros(1, dtype=torch.int64)) != plain
