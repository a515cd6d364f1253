"""Plans and records cross the wall of a sandbox as data; nonsense does not."""

import json
import math
import socket

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import checks
from autograder.definitions import load_reference
from autograder.engine.records import BadRecord, check_form
from autograder.judge import judge
from autograder.probes import run_probe
from autograder.sandbox.wire import DTYPES, LENGTHS, Channel, Closed, Malformed, pack, unpack
from tests.strength import sent

LESSON = "vae_fashion"


def header(tree, tensors=()):
    return json.dumps({"tree": tree, "tensors": list(tensors)}).encode()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # on a busy machine
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text().filter(lambda k: k[:1] != "\0"), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_plain_trees_arrive_as_they_were(tree):
    assert sent(tree) == tree


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,), (2, 3, 5)])
def test_tensors_arrive_with_dtype_shape_and_values(kind, shape):
    tensor = (torch.randn(shape) * 50).to(getattr(torch, kind))
    arrived = sent({"deep": [tensor]})["deep"][0]
    assert arrived.dtype == tensor.dtype and arrived.shape == tensor.shape
    assert torch.equal(arrived, tensor)


def test_views_and_special_values_survive():
    strange = torch.tensor([math.nan, math.inf, -0.0]).expand(4, 3).t()
    assert torch.equal(sent(strange).nan_to_num(7.0), strange.nan_to_num(7.0))
    assert math.isnan(sent([math.nan])[0])


def test_a_single_element_of_a_larger_tensor_arrives():
    rows = torch.arange(14).reshape(2, 7)
    assert [t.tolist() for t in sent([rows[:1, 3], rows[1:, 2:3]])] == [[3], [[9]]]


@pytest.mark.parametrize("strange", [torch.eye(2).to_sparse(), torch.empty(2, device="meta")], ids=["sparse", "meta"])
def test_a_tensor_that_has_no_numbers_in_a_row_is_told_so(strange):
    with pytest.raises(Malformed, match="a tensor without numbers to send"):
        pack([strange])


@pytest.mark.parametrize(
    "tree", [object(), {1: 2}, {"\0tensor": 0}, torch.zeros(2, dtype=torch.complex64), b"bytes", {3}]
)
def test_what_no_record_holds_is_not_sent(tree):
    with pytest.raises(Malformed):
        pack(tree)


@pytest.mark.parametrize(
    ("head", "blob"),
    [
        (b"", b""),
        (b"{", b""),
        (b"\xff", b""),
        (b"[]", b""),
        (b'{"tree": 1}', b""),
        (header({"\0tensor": 0}), b""),
        (header({"\0tensor": -1}, [["uint8", [1]]]), b"a"),
        (header({"\0tensor": True}, [["uint8", [1]]] * 2), b"ab"),
        (header(1, [["uint8", [1]]]), b""),
        (header(1, []), b"too much"),
        (header(1, [["uint8", [-1]]]), b""),
        (header(1, [["uint8", [1.0]]]), b"a"),
        (header(1, [["uint8", [2**62, 2**62]]]), b"a"),
        (header(1, [["object", [1]]]), b"12345678"),
        (header(1, [["complex64", [1]]]), b"12345678"),
        (header(1, [["float32", "x"]]), b"1234"),
        (b"[" * 100_000, b""),
        (header(1).replace(b"1", b"[" * 90 + b"]" * 90), b""),
        (b'{"tree": ' + b"9" * 10_000 + b', "tensors": []}', b""),
    ],
)
def test_nonsense_is_malformed(head, blob):
    with pytest.raises(Malformed):
        unpack(head, blob)


def test_a_frame_may_not_be_huge():
    ours, theirs = socket.socketpair()
    theirs.sendall(LENGTHS.pack(2**31, 2**60))
    with pytest.raises(Malformed, match="bytes"):
        Channel(ours).receive(1)


def test_a_dripping_sender_is_given_up_in_time():
    ours, theirs = socket.socketpair()
    theirs.sendall(LENGTHS.pack(100, 0)[:5])
    with pytest.raises(TimeoutError):
        Channel(ours).receive(0.1)
    theirs.close()
    with pytest.raises(Closed):
        Channel(ours).receive(1)


def test_equal_tensors_are_sent_once_whatever_becomes_of_the_first():
    many = [torch.arange(1000.0)] * 50 + [torch.arange(1000.0), torch.arange(1000.0).double()]
    assert len(pack(many)) < 1000 * (4 + 8) + 2000
    assert all(map(torch.equal, sent(many), many))
    assert sent([torch.zeros(2), -torch.zeros(2)])[1].signbit().all()  # equal as bytes, not as numbers


def test_a_reply_names_the_tensors_of_what_it_answers():
    ours, theirs = map(Channel, socket.socketpair())
    plan = torch.randn(1000)
    ours.send([plan])
    kept = theirs.receive(1)[0]
    record = kept.clone()
    kept.zero_()  # what a learner does to what came changes nothing of what is told
    theirs.send([record, kept, record + 1])
    seen = ours.receive(1)
    assert seen[0] is plan and not seen[1].any() and torch.equal(seen[2], plan + 1)


def test_what_is_named_again_counts_again():
    with pytest.raises(Malformed, match="too large"):
        unpack(header([{"\0tensor": 0}] * 200, [["uint8", [2**20]]]), bytes(2**20))


WIRED = [e for e in checks.ids() if not checks.mended(e)] + ["cgan/mended_label_planes"]


@pytest.fixture(scope="module", params=WIRED, ids=str)
def example(request):
    """An exercise with a plan, and the record of the right answer, both after a passage."""
    exercise = checks.find(request.param)
    plan = exercise.plan(5, True)
    target = load_reference(exercise.lesson)[exercise.name]
    return exercise, plan, sent(run_probe(sent(plan), target))


def test_a_record_that_crossed_is_judged_as_one_that_stayed(example):
    exercise, plan, record = example
    assert judge(exercise, plan, check_form(plan, record)).passed


def without(tree, keys, change, inside=False):
    """The record with every tensor below one of these keys changed."""
    if isinstance(tree, dict):
        return {k: without(v, keys, change, inside or k in keys) for k, v in tree.items()}
    if isinstance(tree, list):
        return [without(v, keys, change, inside) for v in tree]
    return change(tree) if inside and isinstance(tree, torch.Tensor) else tree


def tensors(tree):
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return [tree] if isinstance(tree, torch.Tensor) else [t for part in parts for t in tensors(part)]


CHANGES = {
    "gone": lambda t: None,
    "empty": lambda t: t[:0] if t.ndim else t.new_zeros(0),
    "NaN": lambda t: t.double() * math.nan,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("keys", [("value",), ("grads",), ("state",), ("value", "grads", "state", "log")])
def test_a_record_without_its_numbers_wins_nothing(example, keys, change):
    exercise, plan, record = example
    broken = without(record, keys, change)
    if exercise.name == "sample_prior" and keys == ("state",):
        pytest.skip("the decoder's state is reported: it can lose points, and never suffices")
    if not any(a is not b for a, b in zip(tensors(record), tensors(broken) + [None] * 9999, strict=False)):
        pytest.skip("this record has none")
    try:
        report = judge(exercise, plan, check_form(plan, broken))
    except Exception:  # a bad form: no points; a judge that breaks: no points before a person has looked
        return
    assert not report.passed


def test_records_without_calls_win_nothing(example):
    _, plan, record = example
    inner = "runs" if record["probe"] == "transplant" else "calls"
    hollow = {**record, "cases": [{**case, inner: []} for case in record["cases"]]}
    with pytest.raises(BadRecord):
        check_form(plan, hollow)
    with pytest.raises(BadRecord):
        check_form(plan, {**record, "cases": []})
    with pytest.raises(BadRecord):
        check_form(plan, {**record, "probe": "spy" if record["probe"] == "call" else "call"})


def lacking(tree):
    """The dict without each of its parts in turn."""
    return [{key: value for key, value in tree.items() if key != part} for part in tree]


def test_a_record_that_lacks_a_part_is_none(example):
    _, plan, record = example
    for number, case in enumerate(record["cases"]):
        inner = next((each for each in ("calls", "runs") if case.get(each)), "")
        broken = lacking(case)
        broken += [{**case, inner: [first, *case[inner][1:]]} for first in (lacking(case[inner][0]) if inner else [])]
        broken += [{**case, "module": module} for module in lacking(case.get("module") or {})]
        for each in broken:
            cases = [*record["cases"][:number], each, *record["cases"][number + 1 :]]
            with pytest.raises(BadRecord, match=f"its part {number}[.]"):
                check_form(plan, {**record, "cases": cases})


def test_gradients_are_those_of_the_runs_that_the_plan_wants_differentiated():
    exercise = checks.find("vae_fashion/Encoder")
    plan = exercise.plan(5, True)
    record = sent(run_probe(plan, load_reference("vae_fashion")["Encoder"]))
    first, second = check_form(plan, record)["cases"][0]["runs"]
    assert len(first["grads"]) == 3 and second["grads"] == []
    for runs in ([{**first, "grads": []}, second], [first, {**second, "grads": first["grads"]}]):
        with pytest.raises(BadRecord, match="gradients"):
            check_form(plan, {**record, "cases": [{**record["cases"][0], "runs": runs}, record["cases"][1]]})


def test_a_digest_tells_what_came_to_the_last_bit_whatever_else_came_with_it():
    def digest(record, turn="a", plan=()):
        ours, theirs = map(Channel, socket.socketpair())
        ours.send({"plan": list(plan)})
        theirs.receive()
        theirs.send({"record": record, "turn": turn})
        return ours.receive(sealed="record")["record"].digest

    same = [1, {"x": torch.zeros(2, 3)}]
    assert digest(same) == digest([1, {"x": torch.zeros(2, 3)}], turn="b")
    others = [[True, same[1]], [1.0, same[1]], [1, {"y": torch.zeros(2, 3)}], [1, {"x": torch.zeros(3, 2)}]]
    others += [[1, {"x": x}] for x in (-torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.int32), torch.zeros(6))]
    assert len({digest(record) for record in [same, *others]}) == 1 + len(others)
    assert digest(same, plan=[same[1]["x"]]) != digest(same)  # it names what it was sent
