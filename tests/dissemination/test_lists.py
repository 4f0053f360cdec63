"""Lists of the record: what holds on which day, whatever the order in which it was told."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlet_house import OUTLETS, SOURCES, OutletHouse

from databases import Databases
from lianzhi.chain.event import Event
from lianzhi.domains.dissemination.detect import monitor
from lianzhi.domains.dissemination.nouns.listed import Listed, Span, listed_id
from lianzhi.domains.dissemination.queries import tables
from lianzhi.domains.dissemination.refusals import explain
from lianzhi.domains.dissemination.rules.refusal import RefusedError
from lianzhi.domains.monitor import Site
from lianzhi.law.clock import midnight
from lianzhi.text.lexicon.lexicons import shipped

JULY = dt.date(2026, 7, 1)


@pytest.fixture
def house(tmp_path: Path) -> OutletHouse:
    return OutletHouse(tmp_path)


def listed(house: OutletHouse, kind: str, name: str) -> Listed:
    with house.ledger.engine.connect() as connection:
        return tables.LISTS[kind].load(connection, listed_id(name))


def test_a_file_comes_in_once_and_its_rows_hold_on_their_days(house: OutletHouse) -> None:
    house.take(outlets=OUTLETS, sources=SOURCES)
    with house.ledger.engine.connect() as connection:
        sources, outlets = house.desk.office.lists(connection)
    assert sources.at("望江报", dt.date(2021, 10, 20)) is not None
    assert sources.at("望江报", dt.date(2021, 10, 19)) is None
    assert sources.at("江岸晚报", dt.date(2021, 10, 20)) is None
    assert outlets.scopes("望江网", JULY) == {"gathering", "reprint"}
    again = house.read(outlets=OUTLETS, sources=SOURCES)
    assert [read.same for read in again.reads.values()] == [2, 2]
    assert not any(read.rows for read in again.reads.values())


def test_a_bad_row_is_left_out_and_its_neighbours_come_in(house: OutletHouse) -> None:
    bad = [
        {"name": "甲报", "valid_from": "2026-13-01"},
        {"name": "乙报", "valid_from": "2026-02-01", "valid_until": "2026-01-01"},
        {"name": "丙报", "valid_from": "2026-02-01", "aliases": "望江日报"},
        {"name": "长" * 201, "valid_from": "2026-02-01"},
    ]
    read = house.read(sources=[*SOURCES, *bad])
    assert [error.line for error in read.errors] == [4, 5, 6, 7]
    assert [row.name for row in read.reads["sources"].rows] == ["望江日报", "江岸晚报"]


def test_acts_change_what_holds_and_the_export_reads_back(house: OutletHouse) -> None:
    outlets = house.desk.outlets
    name = outlets.list("li", name="野讯", day=dt.date(2026, 1, 1), scopes=("reprint",))
    outlets.end(name, "li", day=JULY, words="许可注销")
    outlets.relist(name, "li", day=dt.date(2026, 9, 1), scopes=("gathering", "reprint"))
    outlets.rename(name, "li", alias="野讯客户端")
    noun = listed(house, "outlets", "野讯客户端".removesuffix("客户端"))
    assert noun.at(JULY) is None
    assert noun.at(JULY - dt.timedelta(1)) == Span(dt.date(2026, 1, 1), JULY, ("reprint",))
    assert noun.open == Span(dt.date(2026, 9, 1), None, ("gathering", "reprint"))
    folder = house.home / "out"
    folder.mkdir()
    assert house.desk.exports.write(folder, sheets=True) == {"outlets": 2, "sources": 0}
    back = house.desk.intake.read(folder).reads["outlets"]
    assert (back.same, len(back.rows), back.errors) == (2, 0, ())


def test_refusals_name_what_to_mend(house: OutletHouse) -> None:
    house.take(sources=SOURCES)
    sources, outlets = house.desk.sources, house.desk.outlets
    lapsed = listed_id("江岸晚报")
    attempts = [
        lambda: sources.list("li", name=" "),
        lambda: sources.list("li", name="新报", day=dt.date(2026, 12, 3)),
        lambda: sources.list("li", name="望江报"),
        lambda: sources.end(lapsed, "li", day=JULY, words=""),
        lambda: outlets.list("li", name="野讯"),
        lambda: outlets.list("li", name="野讯", scopes=("everything",)),
    ]
    rules = []
    for attempt in attempts:
        with pytest.raises(RefusedError) as refused:
            attempt()
        rules.append(refused.value.rule)
        for language in ("zh", "en"):
            told = explain(refused.value, language)
            assert told is not None
            assert not told["detail"].startswith("refused.")
    assert rules == [
        *("listed_name", "listed_day", "listed_name_of"),
        *("listed_end", "listed_scopes", "listed_scopes"),
    ]
    with pytest.raises(KeyError):
        sources.end("none", "li", day=JULY, words="")


def test_the_stream_holds_a_push_against_the_list_of_its_day(house: OutletHouse) -> None:
    house.take(outlets=OUTLETS, sources=SOURCES)
    (_, detector) = monitor(Site(house.home, None, {}, shipped)).detectors
    ext = {"kind": "news", "source": "江岸晚报", "close_button": True}
    late, early = dt.date(2021, 10, 20), dt.date(2021, 10, 19)

    def push(day: dt.date) -> Event:
        return Event(
            id=day.isoformat(), source="s", kind="push", time=midnight(day), actor="江岸网",
            object=f"p-{day}", text="题", ext=ext,
        )  # fmt: skip

    assert detector.step(detector.init(), [push(early)])[1] == []
    assert len(detector.step(detector.init(), [push(late)])[1]) == 1
    house.desk.sources.relist(listed_id("江岸晚报"), "li", day=late)
    assert detector.step(detector.init(), [push(late)])[1] == []


def test_both_databases_keep_the_same_lists(tmp_path: Path, databases: Databases) -> None:
    house = OutletHouse(tmp_path, databases.url(tmp_path))
    house.take(outlets=OUTLETS, sources=SOURCES)
    assert listed(house, "sources", "望江日报").aliases == ("望江报",)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=6), st.integers(0, 40))
def test_a_day_has_a_span_exactly_where_one_holds(pairs: list[tuple[int, int]], at: int) -> None:
    first = dt.date(2026, 1, 1)
    days = [(first + dt.timedelta(a), first + dt.timedelta(a + n)) for a, n in sorted(pairs)]
    noun = Listed(id="1", name="报", spans=tuple(Span(since, until) for since, until in days))
    day = first + dt.timedelta(at)
    assert (noun.at(day) is not None) == any(since <= day < until for since, until in days)
