"""Who wrote alike: a copy is found through new names, comments and layout; what everybody writes raises nothing."""

import random
import time

from autograder import checks
from autograder.definitions import solution_source
from autograder.pages.normalised import shape
from autograder.pages.similar import similar_pairs

SOLUTIONS = {
    e: solution_source(e) for e in ("vae_fashion/kl_loss", "vae_fashion/train_step", "vae_fashion/latent_grid")
}
STUB = 'def f(x):\n    """What it does."""\n    raise NotImplementedError\n'

UNUSUAL = """
def latent_grid(n):
    normal = torch.distributions.Normal(torch.tensor(0.0), torch.tensor(1.0))
    places = []
    for i in range(n):
        places.append((i + 0.5) / n)
    ticks = [normal.icdf(torch.tensor(p)).item() for p in places]
    rows = []
    for y in reversed(ticks):
        for x in ticks:
            rows.append(torch.tensor([x, y]))
    return torch.stack(rows)
"""
DISGUISED = '''
def latent_grid(count: int) -> torch.Tensor:
    """All my own work."""
    gauss = torch.distributions.Normal(torch.tensor(0.0), torch.tensor(1.0))
    q = []   # the places
    for k in range(count): q.append((k + 0.5) / count)
    marks = [gauss.icdf(torch.tensor(a)).item() for a in q]
    out = []
    for second in reversed(marks):
        for first in marks:
            out.append(
                torch.tensor([first, second])
            )
    return torch.stack(out)
'''


def own_way(rng: random.Random) -> str:
    """Code of some length that nobody else writes."""
    lines = ["def f(x):", f"    y = x * {rng.random():.3f}"]
    for _ in range(12):
        way, end = rng.choice(["exp", "log", "sin", "cos", "tanh"]), rng.choice(["mean", "sum", "std"])
        lines.append(f"    y = torch.{way}(y * {rng.random():.3f}) {rng.choice('+-*/')} x.{end}({rng.randint(0, 9)})")
    return "\n".join([*lines, "    return y"])


def class_of_solutions() -> dict[str, dict[str, str]]:
    """Thirty students who all wrote what the lesson's author did."""
    return {e: {f"student{i}": source for i in range(30)} for e, source in SOLUTIONS.items()}


def test_names_comments_layout_and_annotations_leave_no_trace():
    assert shape(UNUSUAL) == shape(DISGUISED) and len(shape(UNUSUAL)) > 60
    assert shape(UNUSUAL) != shape(UNUSUAL.replace("0.5", "1.0"))


def test_a_disguised_copy_is_found_in_a_class_where_the_rest_write_the_solution():
    given = class_of_solutions()
    given["vae_fashion/latent_grid"] |= {"student3": UNUSUAL, "student8": DISGUISED}
    [pair] = similar_pairs(given, {})
    assert pair.students == ("student3", "student8") and pair.exercises == ("vae_fashion/latent_grid",)
    assert pair.likeness == 1


def test_the_solution_that_everybody_writes_raises_no_alarm():
    assert similar_pairs(class_of_solutions(), {}) == []


def test_one_known_mistake_that_two_make_is_no_alarm():
    spec = checks.find("vae_fashion/kl_loss")
    given = class_of_solutions()
    given[spec.id] |= dict.fromkeys(["student3", "student8"], spec.misconceptions[0].source("kl_loss"))
    assert similar_pairs(given, {}) == []


def test_short_answers_and_the_released_stub_say_nothing():
    short = {"e": {f"student{i}": f"def f(x):\n    return x * {i // 2}.5\n" for i in range(12)}}
    assert similar_pairs(short, {"e": STUB}) == []
    long_stub = own_way(random.Random(0))
    untouched = {"e": {"a": long_stub, "b": long_stub} | {f"s{i}": own_way(random.Random(i + 1)) for i in range(10)}}
    assert similar_pairs(untouched, {}) != [] and similar_pairs(untouched, {"e": long_stub}) == []


def test_code_that_does_not_parse_is_compared_and_harms_nobody():
    broken = UNUSUAL.replace("return torch.stack(rows)", "return torch.stack(rows")
    given = {"e": {f"student{i}": own_way(random.Random(i)) for i in range(20)}}
    given["e"] |= {"a": broken, "b": broken.replace("ticks", "marks"), "c": "(" * 3000, "d": "\x00", "e": "'''"}
    [pair] = similar_pairs(given, {})
    assert pair.students == ("a", "b")


def test_a_thousand_students_who_worked_alone_and_one_pair_that_did_not():
    rng = random.Random(5)
    given = {e: {f"s{i}": own_way(rng) if i % 3 else UNUSUAL for i in range(1000)} for e in "ab"}
    for exercise in "ab":
        given[exercise]["s1"] = given[exercise]["s2"].replace("y", "z") + "  # mine\n"
    began = time.process_time()
    pairs = similar_pairs(given, {})
    assert [pair.students for pair in pairs] == [("s1", "s2")]
    assert time.process_time() - began < 60
