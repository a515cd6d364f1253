"""The hostile hand-ins are what they say they are; that the engine withstands them is tested where the engine is."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder import checks
from genlab.course import load_course

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "submissions"))
import corpus  # noqa: E402

LESSON = load_course(ROOT / "course.yml").lesson("vae_fashion")
EXERCISES = [exercise.id for exercise in LESSON.exercises if not exercise.mends]
ALL = {exercise.id for exercise in LESSON.exercises}  # those to mend are answered right, and may be lost as well
ATTACKS = corpus.load()
PLACES = dict.fromkeys(corpus.PLACEHOLDERS, "7")
each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


@pytest.fixture(scope="module")
def released():
    return json.loads((ROOT / "lessons" / f"{LESSON.path}.ipynb").read_text(encoding="utf-8"))


def sources(notebook):
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


def followers(name):
    """Exercises whose right answer calls this one, at first or second hand."""
    direct = [e for e in EXERCISES if f"vae_fashion/{name}" in checks.find(f"vae_fashion/{e}").depends]
    return {*direct, *(further for follower in direct for further in followers(follower))}


def test_the_corpus_has_hostile_and_honest_hand_ins_of_every_kind():
    hostile = [attack for attack in ATTACKS if attack.must_lose]
    assert len(hostile) >= 45
    assert len([attack for attack in ATTACKS if attack.lost == ("none",)]) >= 20
    assert {attack.where for attack in ATTACKS} == {"first", "last", *EXERCISES} - {"vae_loss"}
    assert all(any(re.search(rf"\b{word}\b", a.source) for a in hostile) for word in corpus.PLACEHOLDERS)


@each_attack
def test_its_head_says_what_it_tries_and_what_it_may_get(attack):
    assert re.fullmatch(r"[a-z0-9_]+", attack.name)
    assert re.fullmatch(r"[A-Z][^\n]*\.", attack.sentence)
    assert attack.where in ("first", "last", *EXERCISES)
    assert attack.lost in (("none",), ("any",)) or (attack.must_lose and set(attack.must_lose) <= ALL)
    assert 10 <= attack.seconds <= 600


@each_attack
def test_its_code_is_what_a_notebook_can_hold(attack):
    code = TransformerManager().transform_cell(corpus.fill(attack.source, PLACES))
    compile(code, attack.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


@each_attack
def test_what_is_lost_takes_along_what_builds_on_it(attack):
    if attack.where in EXERCISES:
        assert all(followers(name) <= set(attack.lost) for name in attack.must_lose)


@each_attack
def test_quoting_it_is_no_alarm(attack):
    assert corpus.ESCAPED not in attack.source


@each_attack
def test_its_submission_is_right_in_all_other_cells(attack, released):
    answers = {name: f"right {name}" for name in EXERCISES}
    cells = sources(corpus.submission(attack, released, answers, PLACES))
    blank = sources(released)
    placed = corpus.fill(attack.source, PLACES)
    outside = attack.where in ("first", "last")
    expected = {f"{name}-solution": answers[name] for name in EXERCISES if not (outside and name in attack.must_lose)}
    expected["scratch" if outside else f"{attack.where}-solution"] = placed
    assert cells == blank | expected
    assert not re.search(rf"\b({'|'.join(corpus.PLACEHOLDERS)})\b", placed)
    order = list(cells)
    if outside:
        assert order.index("scratch") == (order.index("setup") + 1 if attack.where == "first" else len(order) - 1)


def test_a_placeholder_without_a_value_is_an_error():
    attack = next(attack for attack in ATTACKS if "VICTIM_PID" in attack.source)
    with pytest.raises(KeyError):
        corpus.fill(attack.source, {})


@pytest.mark.parametrize(
    "text", ["x = 1\n", '"""S."""\n# where: first\n\nx\n', '"""S."""\n# where: first\n# lost: none\n# odd: 1\n\nx\n']
)
def test_a_file_without_a_proper_head_is_an_error(text):
    with pytest.raises(ValueError, match=r"odd\.py needs"):
        corpus.parse("odd", text)


def test_what_attacks_leave_behind_is_found(tmp_path):
    (tmp_path / "genlab-attack-was-here").touch()
    assert tmp_path / "genlab-attack-was-here" in corpus.traces(tmp_path)
