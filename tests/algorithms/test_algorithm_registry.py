"""The registry: the filing of an algorithm step by step, with days counted by hand."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from algorithm_house import REGISTERED, TODAY, Algorithms, unchanged

from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.algorithms.rules.refusal import RefusedError

DAY = dt.date


@pytest.fixture
def house(tmp_path) -> Algorithms:
    return Algorithms(tmp_path)


def last_days(house: Algorithms) -> dict[str, tuple[dt.date, str]]:
    """Last day and state of each period that has begun, by its step."""
    law, today = house.desk.office.law, house.desk.office.today()
    return {c.step: (c.last_day, c.state(today)) for c in house.of_algorithm().clocks(law)}


def test_a_filing_from_launch_to_its_end(house) -> None:
    # Monday 2 March 2026: ten working days end on Monday 16.
    assert last_days(house) == {"file": (DAY(2026, 3, 16), "running")}
    registry, of = house.desk.registry, house.algorithm
    house.on(DAY(2026, 3, 16))
    registry.submit(of, "li", day=None)
    # From 16 March: 17 to 20; 23 to 27; 30 to 3 April; 7 to 10 (6 April is Qingming);
    # 13 to 17; 20 to 24; then the 29th and 30th working days are 27 and 28 April.
    assert last_days(house)["file"] == (DAY(2026, 3, 16), "in_time")
    assert last_days(house)["examine"] == (DAY(2026, 4, 28), "running")
    house.on(DAY(2026, 4, 29))
    assert last_days(house)["examine"][1] == "overdue"
    registry.number(of, "chief", number="网信算备110108000000001号", day=DAY(2026, 4, 28))
    assert last_days(house)["examine"][1] == "in_time"
    assert house.of_algorithm().status == "filed"

    registry.check(of, "li", shown=False, words="首页没有编号")
    assert not house.of_algorithm().shown
    registry.check(of, "li", shown=True, words="")
    assert house.of_algorithm().shown

    # Wednesday 29 April 2026: 30 April; 1 to 5 May are off; 6, 7, 8, Saturday 9 is worked;
    # 11 to 15: that is ten.
    registry.change(of, "li", release="2", words="改了权重", day=DAY(2026, 4, 29))
    assert last_days(house)["change"] == (DAY(2026, 5, 15), "running")
    house.on(DAY(2026, 5, 18))
    registry.file_change(of, "li", day=None)
    assert last_days(house)["change"][1] == "late"

    registry.end(of, "li", day=None)
    # Monday 18 May 2026: 19 to 22; 25 to 29; 1 to 5 June; 8 to 12; 15 June: twenty.
    assert last_days(house)["cancel"] == (DAY(2026, 6, 15), "running")
    with pytest.raises(RefusedError) as refused, unchanged(house):
        registry.strike_off(of, "chief", words="逾期不注销")
    assert refused.value.rule == "algorithm_cancel_time"
    house.on(DAY(2026, 6, 16))
    registry.strike_off(of, "chief", words="逾期不注销")
    assert house.of_algorithm().status == "cancelled"
    assert house.rebuilt()


def test_refused_papers_begin_no_second_period_until_they_come_again(house) -> None:
    registry, of = house.desk.registry, house.algorithm
    house.on(DAY(2026, 3, 20))
    registry.submit(of, "li", day=DAY(2026, 3, 10))
    registry.refuse(of, "chief", words="缺少自评估报告", day=None)
    assert house.of_algorithm().status == "unfiled"
    assert last_days(house) == {"file": (DAY(2026, 3, 16), "overdue")}


def test_revoking_takes_the_number_away(house) -> None:
    registry, of = house.desk.registry, house.algorithm
    registry.submit(of, "li", day=None)
    registry.number(of, "chief", number="A-1234", day=None)
    registry.revoke(of, "chief", words="提供虚假材料")
    assert (house.of_algorithm().status, house.of_algorithm().number) == ("revoked", "")
    with pytest.raises(IllegalStepError):
        registry.check(of, "li", shown=True, words="")
    registry.submit(of, "li", day=None)


@pytest.mark.parametrize(
    ("act", "fields", "rule"),
    [
        ("submit", {"day": DAY(2026, 3, 3)}, "algorithm_day"),
        ("submit", {"day": DAY(2026, 3, 1)}, "algorithm_order"),
        ("number", {"number": "x", "day": None}, "algorithm_number"),
        ("refuse", {"words": " ", "day": None}, "algorithm_reason"),
    ],
)
def test_a_step_that_cannot_be_is_refused_by_its_rule(house, act, fields, rule) -> None:
    if act != "submit":
        house.desk.registry.submit(house.algorithm, "li", day=None)
    with pytest.raises(RefusedError) as refused, unchanged(house):
        getattr(house.desk.registry, act)(house.algorithm, "li", **fields)
    assert refused.value.rule == rule


def test_an_algorithm_is_registered_once(house) -> None:
    with pytest.raises(RefusedError, match="is registered"), unchanged(house):
        house.desk.registry.register(**REGISTERED, by="li")
    other = house.desk.registry.register(**REGISTERED | {"name": "推荐"}, by="li")
    assert other != house.algorithm


def test_who_need_not_file_has_no_period(house) -> None:
    quiet = REGISTERED | {"name": "调度", "opinion": False}
    house.algorithm = house.desk.registry.register(**quiet, by="li")
    assert last_days(house) == {}


def test_a_bad_row_is_told_and_its_neighbours_come_in(house, tmp_path: Path) -> None:
    rows = [
        {"服务提供者": "甲", "产品": "购", "算法名称": "定价", "服务形式": "应用程序",
         "应用领域": "电子商务", "算法类型": "scheduling", "提供服务之日": "2025-09-26",
         "舆论属性": "是", "提交日期": "2025-10-16", "备案编号": "", "备案日期": ""},
    ]  # fmt: skip
    rows += [rows[0] | {"算法名称": "搜索", "提供服务之日": "2027-01-01", "提交日期": ""}]
    rows += [rows[0] | {"算法名称": "搜索2", "算法类型": "魔法"}]
    rows += [rows[0]]
    folder = tmp_path / "in"
    folder.mkdir()
    with (folder / "algorithms.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    read = house.desk.intake.read(folder)
    assert [(each.line, each.column) for each in read.errors] == [
        (3, "launched"), (4, "type"), (5, "name"),
    ]  # fmt: skip
    assert not any("table_fault" in each.mend for each in read.errors)
    assert house.desk.intake.take(read, "chief") == {"algorithms": 1}
    out = tmp_path / "out"
    out.mkdir()
    assert house.desk.intake.write(out, sheets=True) == {"algorithms": 2}
    again = house.desk.intake.read(out)
    assert not again.reads["algorithms"].rows
    assert len(again.errors) == 2
    assert house.of_algorithm().launched == TODAY
