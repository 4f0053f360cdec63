"""A group that comes back: what its case shows, and that the former one can be forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.config import Config
from lianzhi.domains.astroturf.memory import queries as remembered
from lianzhi.jobs.node import Node
from lianzhi.store import accounts, views
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from made_actions import DAY
from made_armies import PITCH, army, everyday, limit_and_settle, lines
from waiting import eventually

BEGIN = 1_794_700_800_000
OLD = [f"huamei{n}" for n in range(20, 28)]
NEW = [f"huamei{n}" for n in range(61, 69)]

pytestmark = pytest.mark.slow


class Clock:
    """Moved by the test."""

    at = BEGIN + 12 * DAY

    def __call__(self) -> int:
        return self.at


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str, str]]:
    """A node, the case of the former group, and the case of one that acts like it."""
    home: Path = tmp_path_factory.mktemp("home")
    clock = Clock()

    def take(names: list[str], days: range, life: int, since: int) -> None:
        sells = army(
            BEGIN, days, names, PITCH, "shop.example", hour=6, gap=15_000,
            things=range(days.start, days.stop), seed=life,
        )  # fmt: skip
        node.intake.submit(lines(everyday(BEGIN, life, since), sells), "test")
        node.intake.finish()

    def cases(kind: str) -> list[str]:
        return [one.id for one in views.cases(node.engine).rows if one.kind == kind]

    def status() -> str | None:
        with node.engine.connect() as connection:
            found = remembered.of_case(connection, old)
        return found.status if found else None

    with Node(home, Config(domains=("bullying", "astroturf"), lateness_seconds=0), clock) as node:
        take(OLD, range(2, 9), 1, 0)
        (old,) = cases("astroturf.coordination")
        limit_and_settle(node, old, OLD[0], clock())
        assert eventually(lambda: status() == "remembered")
        clock.at = BEGIN + 26 * DAY
        take(NEW, range(17, 24), 2, 14 * DAY)
        assert eventually(lambda: bool(cases("astroturf.returning")))
        (link,) = cases("astroturf.returning")
        accounts.add_user(node.ledger, "ann", PASSWORD, ("reviewer",), node.now(), "test")
        yield node, old, link


@pytest.fixture
def ann(house: tuple[Node, str, str]) -> Iterator[TestClient]:
    node, *_ = house
    app = create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
    with TestClient(app, headers={"accept": "text/html"}) as client:
        client.post("/login", data=login_form(client, "ann", PASSWORD))
        client.headers["X-CSRF-Token"] = csrf_of(client)
        yield client


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_how_likely_by_what_and_what_must_not_be_done(
    house: tuple[Node, str, str], ann: TestClient, language: str
) -> None:
    _, old, link = house
    page = ann.get(f"/cases/{link}", headers={"Accept-Language": language}).text
    told = {
        "zh": ("相似群组再现", "后验概率", "同样的说法", "单个账号不作对应", "同样的网站"),
        "en": ("Group like a former one", "posterior", "The same phrases", "no single account"),
    }  # fmt: skip
    for words in told[language]:
        assert words in page, words
    assert f'href="/cases/{old}"' in page
    assert "alike_" not in page
    assert "astroturf.group.returned" not in page
    assert "/forget" not in page


def test_the_former_case_tells_until_when_and_a_person_forgets_it(
    house: tuple[Node, str, str], ann: TestClient
) -> None:
    _, old, _ = house
    page = ann.get(f"/cases/{old}", headers={"Accept-Language": "en"}).text
    assert "How 8 accounts acted is remembered until" in page
    said = {"reason": "the shop has closed"}
    done = ann.post(f"/cases/{old}/forget", data=said, follow_redirects=False)
    assert done.status_code == 303, done.text
    again = ann.post(f"/cases/{old}/forget", data=said, follow_redirects=False)
    assert again.status_code == 409
    page = ann.get(f"/cases/{old}?done=forgotten", headers={"Accept-Language": "en"}).text
    assert "a person decided so" in page
    assert "the shop has closed" in page
    assert f'action="/cases/{old}/forget"' not in page
