"""Nobody can compute what a public report keeps back, not even who knows how it was made."""

from itertools import product

import pytest
from history import END, tell
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.disclosure import FEW, PUBLIC, SHARES, Cell, protect, publish
from lianzhi.chain.scorecard_figures import SPECS
from lianzhi.store.scorecard import read
from process_house import DAY, HOUR, START, ProcessHouse


def worlds(total: Cell, told: dict[str, Cell], most: int) -> list[dict[str, int]]:
    """All counts that fit what is told: an attacker who adds up."""
    names = sorted(told)
    choices = []
    for name in names:
        cell = told[name]
        if cell.value is not None:
            choices.append((cell.value,))
        else:
            choices.append(range(1, FEW) if cell.mark == "few" else range(most + 1))
    found = []
    for numbers in product(*choices):
        whole = sum(numbers)
        if whole == total.value or (total.mark == "few" and 0 < whole < FEW):
            found.append(dict(zip(names, numbers, strict=True)))
    return found


PARTS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 14), min_size=1, max_size=4)


@given(PARTS)
@settings(max_examples=150, deadline=None)
def test_an_attacker_who_adds_up_learns_nothing_of_a_small_count(parts: dict[str, int]) -> None:
    total = sum(parts.values())
    whole, told = protect(total, parts)
    for name, number in parts.items():
        if told[name].value is not None:
            assert told[name].value == number
            assert not 0 < number < FEW
    found = worlds(whole, told, total if whole.value is not None else FEW)
    assert parts in found
    for name, cell in told.items():
        if cell.mark == "few" and whole.value is not None:
            assert {world[name] for world in found} == set(range(1, FEW))


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_nor_one_who_knows_how_it_is_made(parts: int) -> None:
    """Of all counts up to 30 together, those whose report looks the same differ in each of one to
    four."""
    alike: dict[object, list[tuple[int, ...]]] = {}
    for numbers in product(range(31), repeat=parts):
        if sum(numbers) <= 30:
            whole, told = protect(sum(numbers), dict(zip("abc", numbers, strict=False)))
            alike.setdefault((whole, tuple(told.values())), []).append(numbers)
    assert len(alike) > 15
    for worlds_alike in alike.values():
        for place in range(parts):
            if any(0 < world[place] < FEW for world in worlds_alike):
                assert len({world[place] for world in worlds_alike}) > 1


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"a": 9, "b": 7}, {"a": "9", "b": "7"}),
        ({"a": 9, "b": 0}, {"a": "9", "b": "0"}),
        ({"a": 9, "b": 9, "c": 2}, {"a": "-", "b": "9", "c": "<"}),
        ({"a": 3, "b": 2}, {"a": "<", "b": "<"}),
        ({"a": 1, "b": 4, "c": 20}, {"a": "<", "b": "<", "c": "20"}),
        ({"a": 4, "b": 4}, {"a": "-", "b": "-"}),
        ({"a": 5, "b": 1}, {"a": "-", "b": "-"}),
        ({"a": 2, "b": 1}, {"a": "-", "b": "-"}),
        ({"a": 0, "b": 0}, {"a": "0", "b": "0"}),
        ({}, {}),
    ],
)
def test_what_is_told(parts: dict[str, int], told: dict[str, str]) -> None:
    _, found = protect(sum(parts.values()), parts)
    marks = {"few": "<", "withheld": "-"}
    assert {n: marks.get(c.mark, str(c.value)) for n, c in found.items()} == told


def test_a_report_of_few_tells_none_of_them(house: ProcessHouse) -> None:
    tell(house)
    report = publish(read(house.engine, START - HOUR, END, END))
    for table in report.tables:
        cells = [table.total, *(c for cells in table.parts.values() for c in cells.values())]
        assert all(cell.value is None or cell.value == 0 or cell.value >= FEW for cell in cells)
    totals = {table.key: table.total for table in report.tables}
    assert totals["decisions.made"] == Cell(5)
    assert totals["cases.closed"] == Cell(mark="few")
    assert report.figures == ()


def test_a_report_of_many_has_its_shares(house: ProcessHouse) -> None:
    for n in range(12):
        at = START + n * HOUR
        case = house.pile_on(about=f"v{n}", at=at, first=100 * n)
        outcome = "false_positive" if n % 2 else "settled"
        from process_house import LI

        house.casework.close_case(case, outcome, "So.", LI, at + 10 * HOUR)
    report = publish(read(house.engine, START - HOUR, START + 9 * DAY, END))
    tables = {table.key: table for table in report.tables}
    assert tables["cases.closed"].total == Cell(12)
    assert tables["cases.closed"].parts["outcome"] == {
        "false_positive": Cell(6),
        "settled": Cell(6),
    }
    figures = {figure.key: figure for figure in report.figures}
    assert figures["cases.false_positive_share"].value == 0.5
    assert (figures["speed.warning"].value, figures["speed.warning"].n) == (HOUR, 0)


def test_shares_are_parts_of_published_counts() -> None:
    specs = {spec.key: spec for spec in SPECS}
    for key, whole in SHARES.items():
        (dim,) = specs[key].hits
        assert dim in PUBLIC[whole]
        assert (specs[key].cube, specs[key].where) == (specs[whole].cube, specs[whole].where)
