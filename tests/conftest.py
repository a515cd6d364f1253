"""Tests leave no trace in the learner's progress of whoever runs them, compute on one thread, and share one browser."""

import os
import shutil

import pytest

os.environ["GENLAB_PROGRESS"] = "off"
# Before torch is imported, and for all processes that tests start: two test processes on two cores would wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, the only one of this process: Playwright refuses a second loop."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium here: install the package chromium")
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=quiet.split())
        yield opened
        opened.close()
