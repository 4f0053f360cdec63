"""A case on which everything happened that can happen to a measure, as people look at it."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from starlette.testclient import TestClient
from web_house import NOW, FakeNode

from lianzhi.chain import measure
from lianzhi.cli.case_page import page_of
from lianzhi.cli.case_words import Words
from lianzhi.store import desk, views
from lianzhi.store.process_tables import measure as measures
from process_house import HOUR, LI, ProcessHouse, mute


@pytest.fixture
def case(node: FakeNode, tmp_path: Path) -> str:
    """Measures that were applied, given up, sent again, lifted, lapsed, kept back."""
    house = ProcessHouse(node.engine, tmp_path, node.ledger)
    case = house.pile_on(at=NOW - 48 * HOUR)
    for order in (mute(*house.tokens("f1", "f2", "f3")), mute(house.token("loud"), mode="shadow")):
        made = house.decisions.decide(case, order, LI, NOW - 47 * HOUR)
        if order.orders[0].mode == "queued":
            first, second, third = (row["id"] for row in house.rows(measures, decision=made))
    with node.ledger.batch() as batch:
        house.measures.delivered(batch, first, 1, NOW - 46 * HOUR)
        house.measures.undelivered(batch, second, 1, NOW - 46 * HOUR, "HTTP 500")
        house.measures.retried(batch, second, 1, "li", NOW - 45 * HOUR)
    house.measures.lift(third, "He said sorry.", LI, NOW - 44 * HOUR)
    house.measures.lapse(NOW - HOUR)
    with node.ledger.batch() as batch:
        house.measures.delivered(batch, first, 2, NOW - HOUR)
        house.measures.undelivered(batch, second, 2, NOW - HOUR, "HTTP 500")
    return case


def test_the_page_tells_each_step(
    node: FakeNode, case: str, signed_in: Callable[..., TestClient]
) -> None:
    page = signed_in("reviewer").get(f"/cases/{case}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    for said in ("Measure applied", "Measure sent again", "Measure lapsed", "Its end was applied"):
        assert said in page.text


def test_a_refused_decision_leaves_the_case_locked(
    node: FakeNode, case: str, signed_in: Callable[..., TestClient]
) -> None:
    client = signed_in("reviewer")
    assert client.get(f"/cases/{case}/decide").status_code == 200
    client.post("/desk/take", data={"item": case, "next": f"/cases/{case}/decide"})
    said = {"nothing": "yes", "facts": "Nothing in it.", "ground": "unheard_of"}
    assert client.post(f"/cases/{case}/decide", data=said).status_code == 409
    with node.engine.connect() as connection:
        assert desk.holder(connection, case, NOW) == "reviewer-0"


def test_the_terminal_tells_each_step(node: FakeNode, case: str) -> None:
    view = views.case(node.engine, case)
    assert view is not None
    happened = {step.kind for step in view.steps}
    never_here = {"measure.suppressed", "transfer.answered", "transfer.exported", "measure.amended"}
    assert set(measure.STEPS) - never_here <= happened
    for language in ("zh", "en"):
        words = Words(language, NOW)
        for step in view.steps:
            said = words.step(step).plain
            assert said.startswith(words.word("step", step.kind))
    page = Console(width=100, file=StringIO())
    page.print(page_of(view, Words("en", NOW)))
    assert re.search(r"Measure ordered: Mute ×3 #\d+–\d+", page.file.getvalue())
