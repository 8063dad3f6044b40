"""A headless Chromium for tests that look at a page."""

import contextlib
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

# Far longer than anything takes, except on an overloaded machine: these only keep a page from hanging the tests.
START_MS = 300_000
ANSWER_MS = 120_000
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # /dev/shm has 64 MB in many a container, and a page may want more
)


@contextlib.contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    """Chromium, until the context ends; ``chromium`` is its path. What is expected may take its time."""
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=flags, timeout=START_MS)
        except Error as error:
            pytest.skip(f"{chromium} does not start under Playwright: {error.message.splitlines()[0]}")
        expect.set_options(timeout=ANSWER_MS)
        yield browser
        browser.close()
