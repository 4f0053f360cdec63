"""A deployment that a story is told on: a real node whose clock can be moved, people of the staff
with names, a platform with a key that takes signed messages and reads receipts."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from playwright.sync_api import Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "post"))

from console_house import NOW, PASSWORD
from post_house import Clock, Receiver, config_for

from lianzhi.chain.event import Event
from lianzhi.cli.main import main
from lianzhi.jobs.node import Node
from lianzhi.store import accounts, views
from streams import body, calm, crowd, merged

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
__all__ = ["DAY", "HOUR", "MINUTE", "NOW", "PASSWORD", "Town", "opened"]


class Town:
    """See module."""

    def __init__(self, node: Node, clock: Clock, platform: Receiver, key: str) -> None:
        self.node, self.clock, self.platform, self.key = node, clock, platform, key

    def stream(self, events: Sequence[Event]) -> None:
        """The platform sends what happened; returns when it is judged."""
        for start in range(0, len(events), 100):
            self.node.intake.submit(body(events[start : start + 100]), "key:platform")
        self.node.intake.finish()

    def pile_on(self, harmed: str, people: int, seed: int) -> None:
        """An ordinary day, then a crowd that comes at one person within the last minutes."""
        self.stream(
            merged(
                calm(300, seed=seed, start=self.clock() - 20 * MINUTE, gap_ms=2000),
                crowd(harmed, people, seed=seed, start=self.clock() - 8 * MINUTE, gap_ms=3000),
            )
        )

    def ask(self, page: Page, path: str, **said: Any) -> dict[str, Any]:
        """The platform's backend calls the API."""
        answer = page.context.request.post(
            f"/v1/{path}", data=said, headers={"Authorization": f"Bearer {self.key}"}
        )
        assert answer.ok, answer.text()
        return dict(answer.json())

    def case_of(self, account: str) -> str:
        """The only case about an account."""
        (row,) = views.cases(self.node.engine, query=account).rows
        return row.id

    def told(self, topic: str) -> dict[str, dict[str, Any]]:
        """What the platform's server was told: data of each message on this topic, by id."""
        return {m["id"]: m["data"] for m in self.platform.bodies() if m["type"] == topic}

    def applied(self, topic: str) -> dict[str, dict[str, Any]]:
        """What of that its server has applied."""
        done = set(self.platform.applied)
        return {identity: data for identity, data in self.told(topic).items() if identity in done}

    def verify(self) -> dict[str, Any]:
        """What `lianzhi record verify` says of this deployment."""
        said = CliRunner(env={"LC_ALL": "C.UTF-8"}).invoke(
            main, ["record", "verify", "--json", "--home", str(self.node.home)]
        )
        assert said.exit_code == 0, said.output
        return dict(json.loads(said.stdout))


@contextmanager
def opened(home: Path, staff: Mapping[str, Sequence[Any]], **more: Any) -> Iterator[Town]:
    """A deployment with these people; its platform refuses every seventh message at first."""
    clock, seen = Clock(NOW), set[str]()

    def behave(handler: Any, message: str) -> bool | None:
        fresh = message not in seen
        seen.add(message)
        if not fresh or len(seen) % 7:
            return None
        handler.answer(503, Retry_After="1")
        return True

    platform = Receiver(behave)
    config = config_for(platform.url, lateness_seconds=0.5, **more)
    try:
        with Node(home, config, clock) as node:
            for name, roles in staff.items():
                accounts.add_user(node.ledger, name, PASSWORD, roles, clock(), "test")
            scopes = ("ingest", "report", "read")
            _, key = accounts.add_key(node.ledger, "platform", scopes, clock(), "test")
            yield Town(node, clock, platform, key)
    finally:
        platform.close()


def follow(page: Page, row: Locator) -> None:
    """Open what a row of a list is about by keyboard alone: j until it is there, then Enter."""
    for _ in range(60):
        page.keyboard.press("j")
        if row.evaluate("row => row.contains(document.activeElement)"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError("j never came to this row")


def go(page: Page, key: str, address: str) -> None:
    """Go to a page by keyboard: g, then its letter."""
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("g")
    page.keyboard.press(key)
    page.wait_for_url(f"**{address}")


def refreshed(page: Page, holds: Callable[[], bool], seconds: float = 20) -> None:
    """Load the page again until what is to come is there."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        page.wait_for_timeout(300)
        page.reload()
    assert holds(), page.locator("main").inner_text()


def done(page: Page) -> None:
    """The page says that what was done is on the record."""
    expect(page.locator("[data-done]")).to_be_visible()
