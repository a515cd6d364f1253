"""Import, and use once, what lessons and probes use, so that no child waits for it."""

from __future__ import annotations

import gc
import importlib
import random

LIBRARIES = """
torch torch.distributions torch.nn.functional torch.optim torch.utils.data
numpy numpy.random matplotlib.backends.backend_agg PIL.Image tqdm.auto IPython.core.interactiveshell pickle subprocess
"""
KIT = """
genlab genlab.data genlab.plots genlab.training genlab.explorer
autograder autograder.probes autograder.definitions autograder.sandbox.child
"""


def libraries() -> None:
    """Load what is not the kit's own: judges share this with children. Raises ImportError."""
    from autograder.sandbox import compiler, seccomp

    gc.disable()  # nothing of this is garbage
    seccomp.available()  # which loads what every child needs of it
    compiler.import_torch()
    _import_pyplot()
    for name in LIBRARIES.split():
        importlib.import_module(name)
    import torch

    torch.set_num_threads(1)  # before any operation: a child forked after a parallel region would hang for ever
    torch.set_num_interop_threads(1)


def _import_pyplot() -> None:
    """Import it without the lists of properties in its docstrings, which take a third of the time."""
    import matplotlib.artist

    described, matplotlib.artist.kwdoc = matplotlib.artist.kwdoc, lambda artist: ""
    importlib.import_module("matplotlib.pyplot")
    matplotlib.artist.kwdoc = described


def kit() -> None:
    """Load what children alone share. Raises ImportError for a part of the kit that is not installed."""
    for name in KIT.split():
        importlib.import_module(name)
    import torch

    from autograder.sandbox import compiler, kernel, shell

    compiler.spare()
    weight = torch.nn.Parameter(torch.zeros(3))
    for kind in (torch.optim.Adam, torch.optim.SGD):
        optimizer = kind([weight], lr=0.1)
        (weight.sum() ** 2).backward()
        optimizer.step()
    torch.distributions.Normal(torch.zeros(2), 1.0).sample()
    torch.nn.functional.conv2d(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 3, 3))
    gc.freeze()  # the shell collects garbage once while it warms up
    shell.warm_up()
    random.seed(0)
    gc.freeze()  # what is here now stays: collections in children need not touch, and so copy, its pages
    kernel.use_large_pages()
    gc.enable()
