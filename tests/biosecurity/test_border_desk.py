"""The desk: files in and out, firsts and alarms on the record, and what re-identification does."""

import datetime as dt

import pytest
from border_house import PORTS, TAXA, TODAY, Border, row

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.biosecurity.demo import fill
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.rules.refusal import RefusedError
from lianzhi.jobs.mounted import MODEL


@pytest.fixture
def border(tmp_path) -> Border:
    border = Border(tmp_path)
    border.take(taxa=TAXA, ports=PORTS)
    return border


def cases(border: Border) -> dict[str, str]:
    """The case of each first or alarm that has one."""
    with border.ledger.engine.connect() as connection:
        return {link.id: link.case for link in tables.sign.every(connection)}


def case_entries(border: Border, kind: str) -> list[dict]:
    entries = border.ledger.entries(0, border.ledger.size)
    return [border.ledger.payload(entry.index) or {} for entry in entries if entry.kind == kind]


def test_a_synonym_is_the_same_taxon(border) -> None:
    border.take(
        interceptions=[
            row("1", "2026-02-20", "Dacus dorsalis", "2026-02-25"),
            row("2", "2026-02-21", "Bactrocera dorsalis", "2026-02-24", port="QD"),
        ]
    )
    firsts = border.firsts()
    assert firsts["nation", "BCTRDO"] == "2"
    assert {taxon for _, taxon in firsts} == {"BCTRDO"}


def test_earlier_data_move_a_first_and_a_merged_taxon_revokes_one(border) -> None:
    border.take(interceptions=[row("2", "2026-02-20", "BCTRDO", "2026-02-25")])
    border.take(interceptions=[row("1", "2025-02-20", "BCTRDO", "2025-02-25")])
    assert border.firsts()["nation", "BCTRDO"] == "1"
    border.take(interceptions=[row("0", "2020-02-20", "BCTRDO", "2020-02-25")])
    assert border.firsts() == {}
    assert border.firsts("revoked")["nation", "BCTRDO"] == "1"

    border.take(interceptions=[row("3", "2026-02-20", "CERTCA", "2026-02-25")])
    assert ("nation", "CERTCA") in border.firsts()
    merged = {**TAXA[0], "synonyms": "Dacus dorsalis Hendel;CERTCA"}
    border.take(taxa=[merged])
    assert border.firsts() == {}


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"day": "0919-02-20"}, "day"),
        ({"day": "1923-02-20", "confirmed": "1923-02-25"}, "day"),
        ({"day": "2027-02-20", "confirmed": "2027-02-25"}, "day"),
        ({"confirmed": "2026-02-01"}, "confirmed"),
        ({"name": "Bactrocera dorsallis"}, "name"),
        ({"origin": "Atlantis"}, "origin"),
        ({"channel": "sea"}, "channel"),
    ],
)
def test_a_bad_row_is_told_and_its_neighbours_come_in(border, fields, column) -> None:
    bad = row("1", "2026-02-20", "BCTRDO", "2026-02-25") | fields
    read = border.read(interceptions=[bad, row("2", "2026-02-20", "", "")])
    (problem,) = read.errors
    assert (problem.line, problem.column) == (2, column)
    assert "table_fault" not in problem.mend
    border.desk.intake.take(read, "test")
    with border.ledger.engine.connect() as connection:
        assert [found.id for found in tables.interception.every(connection)] == ["2"]


def test_a_misspelling_is_answered_with_the_near_name(border) -> None:
    read = border.read(interceptions=[row("1", "2026-02-20", "Bactrocera dorsallis", "2026-02-25")])
    assert "Bactrocera dorsalis (Hendel) (BCTRDO)" in read.errors[0].mend


def test_reidentification_revokes_a_first_and_corrects_its_case(border) -> None:
    desk = border.desk
    found = desk.interceptions.note("HHHT", "freight", "x_ray", "li", host="mango", origin="泰国")
    desk.interceptions.sample(found, "li", number="S-1", day=None)
    changes = desk.interceptions.identify(
        found, "chen", name="Dacus dorsalis", method="molecular", day=None
    )
    assert changes.new == 6
    assert set(border.firsts()) >= {("nation", "BCTRDO"), ("region", "BCTRDO")}
    opened = cases(border)
    assert len(case_entries(border, "case.opened")) == 2  # nation and region, as policy says
    desk.interceptions.reidentify(
        found, "chen", name="CERTCA", method="molecular", day=None, words="重测"
    )
    assert {taxon for _, taxon in border.firsts()} == {"CERTCA"}
    assert {taxon for _, taxon in border.firsts("revoked")} == {"BCTRDO"}
    noted = {payload["case"] for payload in case_entries(border, "case.noted")}
    assert noted == set(opened.values())
    with border.ledger.engine.connect() as connection:
        kept = tables.interception.load(connection, found)
    assert (kept.taxon, kept.replaced[0].name) == ("CERTCA", "Dacus dorsalis")


def test_cf_is_no_first(border) -> None:
    border.take(interceptions=[row("1", "2026-02-20", "Bactrocera cf. dorsalis", "2026-02-25")])
    assert border.firsts() == {}


def test_a_rise_is_an_alarm_and_goes_with_its_interceptions(border) -> None:
    day = dt.date(2025, 6, 2)
    quiet = [row(f"q{n}", (day + dt.timedelta(7 * n)).isoformat(), "TROGGA",
                 (day + dt.timedelta(7 * n + 1)).isoformat()) for n in range(0, 36, 3)]  # fmt: skip
    burst = [row(f"b{n}", "2026-02-24", "TROGGA", "2026-02-26") for n in range(8)]
    border.take(interceptions=[*quiet, *burst])
    with border.ledger.engine.connect() as connection:
        (alarm,) = tables.alarm.every(connection)
    assert (alarm.week, alarm.observed, alarm.status) == (dt.date(2026, 2, 23), 8, "raised")
    assert alarm.id in cases(border)
    for n in range(6):
        border.desk.interceptions.reidentify(
            f"b{n}", "chen", name="CERTCA", method="expert", day=TODAY, words="更正"
        )
    with border.ledger.engine.connect() as connection:
        assert tables.alarm.load(connection, alarm.id).status == "withdrawn"


def test_what_goes_out_comes_in_again(border, tmp_path) -> None:
    border.take(
        effort=[{"port": "HHHT", "channel": "freight", "since": "2026-02-01",
                 "until": "2026-02-28", "inspected": "120"}],
        interceptions=[row("1", "2026-02-20", "BCTRDO", "2026-02-25", treatment="destroy")],
    )  # fmt: skip
    folder = tmp_path / "out"
    folder.mkdir()
    counts = border.desk.exports.write(folder, sheets=True)
    assert counts == {"taxa": 3, "ports": 2, "effort": 1, "interceptions": 1}
    read = border.desk.intake.read(folder)
    assert [problem.column for problem in read.errors] == ["id"]  # it is on the record
    assert {kind: table.same for kind, table in read.reads.items()} == {
        "taxa": 3, "ports": 2, "effort": 1, "interceptions": 0,
    }  # fmt: skip
    with border.ledger.engine.connect() as connection:
        assert views.inspected(connection, dt.date(2026, 2, 1), dt.date(2026, 3, 1)) == 120


def test_the_tables_are_folded_anew_from_the_record_alone(border) -> None:
    rows = [row(str(n), "2026-02-20", "BCTRDO", "2026-02-25") for n in range(1500)]
    border.take(interceptions=rows)
    border.desk.interceptions.treat("7", "li", treatment="return", certificate="C-1", day=None)

    def everything() -> list:
        with border.ledger.engine.connect() as connection:
            return [
                table.every(connection)
                for table in (tables.interception, tables.first, tables.alarm, tables.taxon)
            ]

    before = everything()
    with border.ledger.engine.begin() as connection:
        for projection in MODEL.make():
            projection.clear(connection)
        projections = MODEL.make()
        for entry in border.ledger.entries(0, border.ledger.size):
            for projection in projections:
                projection.apply(connection, entry, border.ledger.payload(entry.index) or {})
    assert everything() == before


def test_the_demo_brings_out_what_is_planted(tmp_path) -> None:
    border = Border(tmp_path)
    fill(border.desk, "test", lambda line: None)
    assert border.firsts()["nation", "CERTCA"] == "P-first"
    with border.ledger.engine.connect() as connection:
        alarms = tables.alarm.every(connection, tables.alarm.c.channel == "border_trade")
    assert [(alarm.taxon, alarm.observed) for alarm in alarms] == [("TROGGA", 9)]
    assert {alarm.id for alarm in alarms} <= cases(border).keys()


def test_steps_keep_their_order_and_days(border) -> None:
    desk = border.desk.interceptions
    found = desk.note("HHHT", "freight", "dog", "li")
    with pytest.raises(IllegalStepError):
        desk.reidentify(found, "chen", name="CERTCA", method="expert", day=None, words="更正")
    with pytest.raises(RefusedError, match="day is"):
        desk.identify(found, "chen", name="CERTCA", method="expert", day=TODAY - dt.timedelta(1))
    with pytest.raises(RefusedError, match="name is"):
        desk.identify(found, "chen", name="Ceratitis capitatta", method="expert", day=None)
    with pytest.raises(RefusedError, match="origin is"):
        desk.note("HHHT", "freight", "dog", "li", origin="Atlantis")
    with pytest.raises(KeyError):
        desk.sample("none", "li", number="1", day=None)
