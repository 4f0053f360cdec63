"""The page of a closed case shows whether the harm comes back, before the revisit is held."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_house import HOUR, NOW, FakeNode

from lianzhi.domains.monitor import Bucket
from lianzhi.jobs.rebound_watch import ReboundWatch
from lianzhi.store import views
from process_house import LI, ProcessHouse

DAY = 86_400_000
MANY = {f"a{n}": "follower" for n in range(12)}


def closed_case(node: FakeNode, home: Path, kind: str) -> tuple[ProcessHouse, str]:
    house = ProcessHouse(node.engine, home, node.ledger)
    case = house.find(MANY, kind=kind, at=NOW - 9 * DAY)
    house.casework.close_case(case, "subsided", "It has calmed down.", LI, NOW - 8 * DAY)
    return house, case


@pytest.mark.parametrize("kind", ["bullying.pile_on", "astroturf.advert"])
def test_new_findings_after_the_closing_are_a_rebound(
    node: FakeNode, tmp_path: Path, signed_in: Callable[..., TestClient], kind: str
) -> None:
    house, case = closed_case(node, tmp_path, kind)
    client = signed_in("reviewer")
    quiet = client.get(f"/cases/{case}", headers={"Accept-Language": "en"}).text
    assert "0 in 8 whole days since the closing" in quiet
    assert "no rebound is seen, which does not rule one out" in quiet
    assert "▲" not in quiet
    house.find({**MANY, "ally": "defender"}, kind=kind, at=NOW - 2 * DAY, first=100)
    back = client.get(f"/cases/{case}", headers={"Accept-Language": "en"}).text
    assert "12 in 8 whole days since the closing" in back
    assert "Days above the bound of 1: 1. It is coming back." in back
    assert "▲" in back
    assert "正在反弹" in client.get(f"/cases/{case}", headers={"Accept-Language": "zh"}).text


def test_on_the_day_of_the_closing_nothing_is_judged(
    node: FakeNode, tmp_path: Path, signed_in: Callable[..., TestClient]
) -> None:
    house = ProcessHouse(node.engine, tmp_path, node.ledger)
    case = house.find(MANY, at=NOW - DAY)
    house.casework.close_case(case, "subsided", "It has calmed down.", LI, NOW - HOUR)
    page = signed_in("reviewer").get(f"/cases/{case}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "since the closing" not in page.text


def test_each_event_counts_once_whatever_findings_rest_on_it(
    node: FakeNode, tmp_path: Path
) -> None:
    house, case = closed_case(node, tmp_path, "bullying.pile_on")
    house.find(MANY, at=NOW - 9 * DAY + 1, joins=case)
    about = house.token("victim")
    assert len(views.harm_times(node.engine, "bullying.pile_on", about, 0)) == len(MANY)
    assert views.harm_times(node.engine, "bullying.doxxing", about, 0) == []


@pytest.mark.parametrize(("kind", "count"), [("bullying.pile_on", 20), ("astroturf.advert", 0)])
def test_messages_count_for_cases_that_are_about_messages(
    node: FakeNode,
    tmp_path: Path,
    signed_in: Callable[..., TestClient],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    count: int,
) -> None:
    _, case = closed_case(node, tmp_path, kind)

    def timeline(account: str, since: int, until: int, width: int) -> list[Bucket]:
        return [Bucket(NOW - 3 * DAY, width, 30, 25, 20), Bucket(NOW - DAY, width, 9, 9, 0)]

    monkeypatch.setattr(node.live, "timeline", timeline)
    page = signed_in("reviewer").get(f"/cases/{case}", headers={"Accept-Language": "en"}).text
    assert f"{count} in 8 whole days since the closing" in page


def test_the_watch_pulls_the_revisit_forward_once(node: FakeNode, tmp_path: Path) -> None:
    house = ProcessHouse(node.engine, tmp_path, node.ledger)
    case = house.find(MANY, at=NOW - 6 * DAY)
    house.casework.close_case(case, "subsided", "It has calmed down.", LI, NOW - 5 * DAY)

    def look(at: int) -> list[int | None]:
        ReboundWatch(node.engine, node.ledger, node.proceedings.office.policy, lambda: at)()
        return [row.revisit_at for row in views.revisits(node.engine).rows if row.id == case]

    assert look(NOW) == [NOW + 2 * DAY]
    house.find(MANY, at=NOW - 2 * DAY, first=100)
    before = len(house.kinds())
    assert look(NOW) == [NOW]
    assert look(NOW + 1) == [NOW]
    assert len(house.kinds()) == before + 1


def test_the_watch_looks_once_an_hour(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(views, "revisits_after", lambda engine, now: looks.append(now) or [])
    at = [NOW]
    watch = ReboundWatch(node.engine, node.ledger, node.proceedings.office.policy, lambda: at[0])
    for later in (0, 1, HOUR - 1, HOUR, HOUR + 5):
        at[0] = NOW + later
        watch()
    assert looks == [NOW, NOW + HOUR]


def test_an_open_case_has_no_rebound(
    node: FakeNode, tmp_path: Path, signed_in: Callable[..., TestClient]
) -> None:
    case = ProcessHouse(node.engine, tmp_path, node.ledger).find(MANY, at=NOW - 9 * DAY)
    page = signed_in("reviewer").get(f"/cases/{case}", headers={"Accept-Language": "en"}).text
    assert "since the closing" not in page
