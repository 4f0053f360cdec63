"""The shipped discretion tables: each case of facts meets one row, each fine keeps to the statute.

Read here by a plain evaluator of its own, so that the engine and these data are tried apart.
"""

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal
from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.law.discretion.outcome import RefusedError

POWER = power.load(dt.date(2026, 5, 1))
FOLDER = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "discretion"
LISTS = {"no_penalty", "mitigated", "lighter", "ordinary", "heavier"}
FACTS = ("subject", "harm", "first_time", "corrected", "days", "fault")
CASES = [
    dict(zip(FACTS, values, strict=True))
    for values in product(
        ("unit", "person"), ("none", "minor", "grave"), ("true", "false"), ("true", "false"),
        (0, 1, 6, 7, 8, 30, 3650), ("true", "false"),
    )
]  # fmt: skip


def rows():
    for file in sorted(FOLDER.glob("*.csv")):
        lines = file.read_text("utf-8").splitlines()
        yield from csv.DictReader(line for line in lines if not line.startswith("#"))


ROWS = list(rows())
ITEMS = sorted({row["item"] for row in ROWS})


def holds(test, value):
    if test == "-":
        return True
    if isinstance(value, str):
        return test == value
    sign, bound = test.split()
    return {"<=": value <= int(bound), ">": value > int(bound)}[sign]


def found(item, case):
    return [
        row
        for row in ROWS
        if row["item"] == item and all(holds(row[f"in:{name}"], case[name]) for name in FACTS)
    ]


def test_every_verified_penalty_has_a_table_and_nothing_else():
    wanted = {item.key for item in POWER if item.verified and item.kind == "penalty"}
    assert set(ITEMS) == wanted
    assert max(Counter((row["item"], row["id"]) for row in ROWS).values()) == 1


@pytest.mark.parametrize("item", ITEMS)
def test_each_case_meets_exactly_one_row(item):
    for case in CASES:
        assert len(found(item, case)) == 1, case


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['item']}:{row['id']}")
def test_a_fine_keeps_to_the_statute(row):
    assert row["list"] in LISTS
    assert row["article"].startswith("《")
    subject = row["in:subject"]
    if row["list"] == "no_penalty" or not row["fine_to"]:
        assert not row["fine_from"]
        assert not row["fine_to"]
        return
    item = POWER.get(row["item"])
    limbs = [each.grave for each in item.fines if each.subject == subject]
    grave = row["note"] == "情节严重"
    assert not grave or True in limbs
    for amount in (row["fine_from"], row["fine_to"]):
        said = item.outside(
            subject, Decimal(amount), mitigated=row["list"] == "mitigated", grave=grave
        )
        assert said == ""
    assert Decimal(row["fine_from"]) <= Decimal(row["fine_to"])


@pytest.mark.parametrize("item", ITEMS)
def test_more_harm_never_costs_less(item):
    order = {"none": 0, "minor": 1, "grave": 2}

    def most(case):
        return Decimal(found(item, case)[0]["fine_to"] or 0)

    for case in CASES:
        if case["harm"] != "grave":
            worse = next(name for name, rank in order.items() if rank == order[case["harm"]] + 1)
            assert most(case) <= most({**case, "harm": worse}), case
        assert most({**case, "corrected": "true"}) <= most({**case, "corrected": "false"}), case
        assert most({**case, "first_time": "true"}) <= most({**case, "first_time": "false"}), case


def test_without_fault_nobody_is_punished():
    for item in ITEMS:
        for case in CASES:
            if case["fault"] == "false":
                row = found(item, case)[0]
                assert (row["list"], row["article"]) == (
                    "no_penalty",
                    "《行政处罚法》第三十三条第二款",
                )


def test_an_earlier_edition_beside_a_table_judges_its_own_days(tmp_path):
    text = (FOLDER / "fire-2021-07-15.csv").read_text("utf-8")
    (tmp_path / "fire-2021-07-15.csv").write_text(text, "utf-8")
    newer = text.replace("fire.2021", "fire.2025").replace(
        "#effective_from,2021", "#effective_from,2025"
    )
    (tmp_path / "fire-2025-07-15.csv").write_text(newer, "utf-8")
    tables = Discretion(tmp_path)
    for year in (2021, 2025):
        ruling = tables.rule("fire.facilities", {"fault": False}, dt.date(year, 12, 1))
        assert ruling.row.startswith(f"fire.{year}@")
    assert tables.inputs("fire.facilities")
    (tmp_path / "other.csv").write_text(text.replace("fire.2021", "other"), "utf-8")
    with pytest.raises(PolicyError, match="it stands in"):
        Discretion(tmp_path)


def test_each_table_begins_with_the_law_that_it_fills_in():
    rules = Rulebook()
    first = dt.date(2021, 7, 15)  # the revised 行政处罚法, which names the lists
    for table in rules.discretion.tables:
        cited = {
            basis.basis
            for key in filter(None, table.items)
            for basis in (rules.named(key, first).violated, rules.named(key, first).penal)
        }
        begins = {rules.bases.versions(key)[0].effective_from for key in cited}
        assert table.effective_from == max(first, *begins), table.id


def test_a_file_of_years_ago_is_judged_by_the_table():
    facts = {"subject": "unit", "harm": "minor", "first_time": True, "corrected": False,
             "days": 9, "fault": True}  # fmt: skip
    discretion = Rulebook().discretion
    old = discretion.rule("fire.exit_blocked", facts, dt.date(2023, 3, 2))
    assert old == discretion.rule("fire.exit_blocked", facts, dt.date(2026, 3, 2))
    with pytest.raises(RefusedError):  # its statute was read in the text of 2024-04-26
        discretion.rule("market.minors_alcohol", facts, dt.date(2024, 4, 25))
