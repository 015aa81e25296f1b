"""A real browser for the page: Debian's chromium, or whatever of its kind is there.

Without one these tests are left out; PROTONET_BROWSER=required makes that a failure, as .ci/run
wants it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from protonet.cli import view
from protonet.cli.main import main
from protonet.cli.viewed import viewed
from protonet.viz.web.server import PageServer

_PATIENCE = 30_000  # milliseconds, of a busy machine
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        if os.environ.get("PROTONET_BROWSER") == "required":
            pytest.fail("there is no chromium here: install it, for these tests must run")
        pytest.skip("needs a chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@pytest.fixture
def said() -> list[str]:
    """What the page says on its console: nothing, but what a test takes out of here."""
    return []


@pytest.fixture
def page(browser: Browser, said: list[str]) -> Iterator[Page]:
    """An empty page of its own."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_default_timeout(_PATIENCE)
    expect.set_options(timeout=_PATIENCE)
    yield page
    page.close()
    assert said == []


@pytest.fixture
def shown(page: Page, tmp_path: Path) -> Callable[..., Page]:
    """`protonet view --html` of a text or file, in the browser."""

    def show(net: str | Path, *words: str, code: int = 0) -> Page:
        path = tmp_path / "net.prototxt"
        if isinstance(net, Path):
            path = net
        else:
            path.write_text(net, encoding="utf-8")
        out = tmp_path / "page.html"
        assert main(["view", str(path), "--html", str(out), *words]) == code
        page.goto(out.as_uri())
        page.wait_for_selector("html[data-ready]")
        return page

    return show


@pytest.fixture
def served(page: Page, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """`protonet view` with its server, in the browser."""
    running: list[tuple[PageServer, threading.Thread]] = []

    def serve(net: str | Path, *words: str) -> Page:
        path = tmp_path / "net.prototxt"
        if isinstance(net, Path):
            path = net
        else:
            path.write_text(net, encoding="utf-8")
        parser = argparse.ArgumentParser()
        view.add_arguments(parser)
        server = PageServer(viewed(parser.parse_args([str(path), *words])))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        page.goto(server.address)
        page.wait_for_selector("html[data-ready]")
        return page

    yield serve
    page.goto("about:blank")  # it asks no more
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()
