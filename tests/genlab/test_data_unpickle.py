"""Pickles: plain data comes out whole, and nothing in a hostile one ever runs."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import pickletools

import numpy as np
import pytest
import torch
from cifar_files import python2, python3

from genlab.data import unpickle

ROWS = torch.arange(6 * 3072).view(6, 3072).to(torch.uint8)
LABELS = [3, 1, 4, 1, 5, 9]


def test_a_pickle_of_python_2_comes_out_whole():
    batch = unpickle.loads(python2(ROWS, LABELS))
    assert torch.equal(batch[b"data"], ROWS)
    assert batch[b"labels"] == LABELS and batch[b"batch_label"] == b"small"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("old_names", [False, True])
def test_every_protocol_and_numpys_old_and_new_names_are_read(protocol, old_names):
    content = python3(ROWS, LABELS, protocol)
    if old_names and protocol < 4:  # later protocols write the length before a name
        content = content.replace(b"numpy._core", b"numpy.core")
    batch = unpickle.loads(content)
    assert torch.equal(batch["data"], ROWS) and batch["labels"] == LABELS


def test_arrays_in_fortran_order_are_read_in_theirs():
    rows = np.asfortranarray(ROWS.numpy())
    assert torch.equal(unpickle.loads(pickle.dumps(rows)), ROWS)


class Evil:
    """Pickles as a call of `function`."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


HOSTILE = {
    "system": lambda mark: pickle.dumps({"data": Evil(os.system, f"touch {mark}")}),
    "eval": lambda mark: pickle.dumps([Evil(eval, f"open({str(mark)!r}, 'w')")]),
    "getattr": lambda mark: b"c__builtin__\ngetattr\n.",
    "numpy load": lambda mark: b"cnumpy\nload\n(U\x03abctR.",
    "a deeper name": lambda mark: b"\x80\x04\x8c\x05numpy\x8c\x0ef2py.os.system\x93.",
    "codecs": lambda mark: b"c_codecs\ndecode\n.",
    "torch": lambda mark: pickle.dumps(torch.zeros(2)),
    "persistent": lambda mark: b"P1\n.",
    "extension": lambda mark: b"\x80\x02\x82\x01.",
    "stand-in changed": lambda mark: b"c_codecs\nencode\n(N}U\x08functionU\x01xstb.",
    "stand-in of its own": lambda mark: b"c_codecs\nencode\n}U\x08functionU\x01xsb.",
    "array of objects": lambda mark: pickle.dumps(np.array([[1, "x"]], dtype=object)),
    "array of floats": lambda mark: pickle.dumps(np.zeros(3)),
    "array too short": lambda mark: python2(ROWS, LABELS).replace(b"M\x00\x0c\x86", b"M\x01\x0c\x86"),
    "array too large": lambda mark: python2(ROWS, LABELS).replace(b"M\x00\x0c\x86", b"J\xff\xff\xff\x7f\x86"),
    "array negative": lambda mark: python2(ROWS, LABELS).replace(b"M\x00\x0c\x86", b"J\xff\xff\xff\xff\x86"),
    "cut": lambda mark: python2(ROWS, LABELS)[:-5],
    "empty": lambda mark: b"",
    "text": lambda mark: b"<!DOCTYPE html><html>",
    "nested": lambda mark: b"]" * 2000 + b"a" * 1999 + b".",
    "set": lambda mark: pickle.dumps({1, 2}),
    "itself": lambda mark: b"]q\x00h\x00a.",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_or_damaged_pickle_is_refused_and_nothing_runs(tmp_path, kind):
    mark = tmp_path / "mark"
    with pytest.raises(unpickle.Unsafe):
        unpickle.loads(HOSTILE[kind](mark))
    assert not mark.exists()


def test_pickles_cut_or_changed_anywhere_never_do_more_than_be_refused():
    content = python2(ROWS[:1, :12], LABELS[:1])
    pickletools.dis(content, out=io.StringIO())  # the fixture is a pickle
    generator = np.random.default_rng(0)
    for _ in range(2000):
        spoilt = bytearray(content)
        for at in generator.integers(0, len(content), 3):
            spoilt[at] = generator.integers(0, 256)
        with contextlib.suppress(unpickle.Unsafe):
            unpickle.loads(bytes(spoilt))
