"""Chromium on the console, over a node that has lived through a pile-on."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from hearing import heard
from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

import console_house as house

from lianzhi.jobs.node import Node
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
MISSING = "needs Chromium: apt-get install -y chromium fonts-noto-cjk"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=MISSING))


#: Other tests run beside: what a page shows at once on a quiet machine may take seconds.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module", autouse=True)
def _cheap(cheap_passwords: None) -> None:
    """Everybody here signs in; what that costs is tried in the tests of accounts."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.build(tmp_path_factory.mktemp("town")) as node:
        house.work(node)
        yield node


@pytest.fixture(scope="module")
def address(town: Node) -> Iterator[str]:
    """Address of the running application."""
    app = create_app(town, Settings(client_rate=1e6, client_burst=1e6))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Whatever the browser complains about: scripts, the content security policy, lost files."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def outside(browser: Browser, address: str, complaints: list[str]) -> Iterator[Page]:
    """Somebody with a phone, and without an account here."""
    context = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.on("console", partial(heard, complaints))
    yield page
    context.close()


@pytest.fixture
def enter(browser: Browser, address: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Sign in; returns the page, on the overview."""
    opened = []

    def sign_in(role: str = "reviewer", language: str = "en-GB", width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=address, locale=language, viewport={"width": width, "height": 800}
        )
        opened.append(context)
        page = context.new_page()
        page.on("console", partial(heard, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.fill("#name", role)
        page.fill("#password", house.PASSWORD)
        page.click("button.main")
        page.wait_for_url("**/")
        return page

    yield sign_in
    for context in opened:
        context.close()
