"""Audits on the record: what is filed, what opens a case, and what a rerun does."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from algorithm_house import MAP, Algorithms, unchanged
from test_diversity import rows as feed_rows
from test_probes import rows_of

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.actor import Actor
from lianzhi.office.acts import Upload
from lianzhi.office.casework import Casework
from lianzhi.office.files import MOST_BYTES
from lianzhi.stats.verdict import Verdict


@pytest.fixture
def house(tmp_path) -> Algorithms:
    return Algorithms(tmp_path)


def test_a_confirmed_gap_opens_a_case_and_decides_nothing(house) -> None:
    audit = house.audit(4000, 0.2)
    assert audit.verdict == Verdict.CONFIRMED
    (figure,) = audit.figures
    assert figure.name == "region: 乡 · selection_rate"
    assert figure.lo < figure.value < figure.hi < 0
    (opened,) = house.entries("case.opened")
    assert (opened["case"], opened["kind"]) == (audit.case, "algorithms.fairness")
    assert house.file(audit.case).status == "open"
    assert not house.entries("decision.made")
    assert not house.entries("measure.ordered")
    assert (str(audit.first), str(audit.last)) == ("2026-03-02", "2026-03-08")
    assert house.rebuilt()


@pytest.mark.parametrize(
    ("people", "gap", "verdict"),
    [(8000, 0.0, Verdict.NONE_FOUND), (200, 0.0, Verdict.INSUFFICIENT)],
)
def test_without_a_gap_there_is_no_case(house, people, gap, verdict) -> None:
    audit = house.audit(people, gap)
    assert (audit.verdict, audit.case) == (verdict, "")
    assert not house.entries("finding.made")


def test_a_second_audit_of_the_kind_joins_the_case(house) -> None:
    first, second = house.audit(4000, 0.2), house.audit(4200, 0.2)
    assert first.id != second.id
    assert first.case == second.case
    assert house.file(first.case).audits == (first.id, second.id)


def test_the_same_file_is_filed_once(house) -> None:
    path = house.data(4000, 0.2)
    given = (house.algorithm, "fairness", path, house.map, "day", "li")
    first = house.desk.audits.file(*given)
    with unchanged(house):
        again = house.desk.audits.file(*given)
    assert (first.id, first.is_new, again.is_new) == (again.id, True, False)
    sent = house.desk.audits.upload(
        house.algorithm, "fairness", Upload("x.csv", path.read_bytes()),
        Upload("m.yaml", MAP.encode()), "day", "wu",
    )  # fmt: skip
    assert sent == first.id


def test_the_report_is_what_the_record_says(house) -> None:
    audit = house.audit(4000, 0.2)
    body = house.desk.audits.report(audit.id, "zh")
    assert "乡".encode() in body
    path = house.home / "algorithms" / "reports" / audit.id / "report.zh.html"
    path.write_bytes(body + b" ")
    with pytest.raises(RefusedError) as refused:
        house.desk.audits.report(audit.id, "zh")
    assert refused.value.rule == "audit_report"
    with pytest.raises(KeyError):
        house.desk.audits.report(audit.id, "fr")


@pytest.mark.parametrize(
    ("name", "text", "time", "rule"),
    [
        ("x.csv", MAP, "nowhere", "audit_map"),
        ("x.csv", MAP, "region", "audit_map"),
        ("x.csv", "prediction: picked\nattributes: [none]\n", "day", "audit_map"),
        ("x.csv", "[", "day", "audit_map"),
        ("x.duckdb", MAP, "day", "audit_ending"),
        ("x.csv.gz", MAP, "day", "audit_ending"),
    ],
)
def test_what_cannot_be_audited_is_refused_whole(house, name, text, time, rule) -> None:
    sent = Upload(name, house.data(400, 0.0).read_bytes())
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.audits.upload(
            house.algorithm, "fairness", sent, Upload("m", text.encode()), time, "li"
        )
    assert refused.value.rule == rule
    assert not [*(house.home / "algorithms" / "reports").glob("*")]


def test_a_file_that_was_cut_off_at_the_limit_is_refused(house) -> None:
    for more, rule in ((0, "audit_map"), (1, "audit_size")):
        sent = Upload("x.csv", b"a" * (MOST_BYTES + more))
        with pytest.raises(RefusedError) as refused, unchanged(house):
            house.desk.audits.upload(
                house.algorithm, "fairness", sent, Upload("m", MAP.encode()), "", "li"
            )
        assert refused.value.rule == rule


def test_an_audit_needs_a_registered_algorithm(house) -> None:
    with pytest.raises(KeyError), unchanged(house):
        house.desk.audits.file("none", "fairness", house.data(9, 0), house.map, "", "li")


def test_a_case_is_closed_at_its_own_desk_alone(house) -> None:
    case = house.audit(4000, 0.2).case
    with pytest.raises(IllegalStepError) as refused:
        Casework(house.desk.office.chain).close_case(
            case, "settled", "看过了", Actor("wu"), house.now
        )
    assert refused.value.rule == "own_desk"


PROBES = "pair: pair\npersona: persona\nprice: price\n"
FEEDS = "user: u\ntopic: t\nrank: place\narm: feed\n"


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("kind", "rows", "text", "compared"),
    [
        ("probes", rows_of(0.05), PROBES, "old / new"),
        ("diversity", feed_rows(), FEEDS, "base:unfiltered · entropy"),
    ],
)
def test_probes_and_feeds_go_on_the_record_too(
    house, tmp_path: Path, kind: str, rows: list[dict[str, object]], text: str, compared: str
) -> None:
    columns = tmp_path / "m.yaml"
    columns.write_text(text, encoding="utf-8")
    filed = house.desk.audits.file(
        house.algorithm, kind, table(tmp_path / "f.csv", rows), columns, "", "li"
    )
    audit = house.filed(filed.id)
    assert audit.verdict == "confirmed"
    assert compared in audit.gaps()
    (opened,) = house.entries("case.opened")
    assert (opened["case"], opened["kind"]) == (audit.case, f"algorithms.{kind}")
    house.desk.rectifications.order(
        audit.case, "chief", until=dt.date(2026, 3, 31), margin="", words="整改"
    )
    assert compared in house.file(audit.case).scope
    pack = house.desk.self_assessments.issue(house.algorithm, "li", words="")
    assert house.desk.self_assessments.read(house.algorithm, pack, "docx")
    assert house.rebuilt()
