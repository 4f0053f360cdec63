"""Every shipped rule and every citable statute grounds a statement of reasons that can be filed."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Databases, with_tables
from dsa_schema import refusals
from lianzhi.chain.measure import KINDS, Order
from lianzhi.chain.statement import EVERYWHERE, check, to_json
from lianzhi.domains.bullying import rulebook
from lianzhi.law import basis
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.grounds import PublishedGrounds, ground_text
from lianzhi.office.reasons import statements
from lianzhi.store import views_process
from process_house import START, WANG, ZHAO, ProcessHouse

ZONE = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


def test_every_ground_with_every_measure(house: ProcessHouse, monkeypatch: object) -> None:
    published = PublishedGrounds(rulebook.rules(), basis.shipped(), ZONE)
    house.office.grounds.cite = published.cite  # type: ignore[method-assign]
    house.office.grounds.words = published.words  # type: ignore[method-assign]
    rules, bases = published.choices(START, START)
    assert len(rules) > 8
    assert len(bases) > 3
    case, at = house.pile_on(), START
    (item,) = house.acts(case, "f1")
    measures = house.policy.type_of("bullying.pile_on").measures
    for ground in (*(one.key for one in rules), *(one.key for one in bases)):
        for key in (one for one in KINDS if one in measures and one != "transfer"):
            at += 20 * 60_000  # with a rest between them
            hours = 0 if key == "close" else 24
            order = Order(key=key, hours=hours, subjects=house.tokens("f1"), items=(item,))
            asking = DecisionRequest(orders=(order,), facts="三次辱骂。", ground=ground)
            made = house.decisions.decide(case, asking, WANG, at)
            if key == "close":
                house.decisions.confirm(made, ZHAO, at)
            view = views_process.decision_view(house.engine, made)
            assert view is not None
            for language in ("zh", "en"):
                (told,) = statements(view, published, EVERYWHERE, language)
                assert check(told) == []
                assert refusals(to_json(told)) == []
                title = ground_text(published, view.decision.ground, language).title
                assert title in to_json(told).values()
