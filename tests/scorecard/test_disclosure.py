"""Nobody can compute what a public report keeps back, not even who knows how it was made."""

from itertools import combinations, product

import pytest
from history import END, tell
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from lianzhi.chain.disclosure import FEW, PUBLIC, SHARES, Report, protect, publish
from lianzhi.chain.measure import Order
from lianzhi.chain.scorecard_figures import SPECS
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store.process_tables import measure as measures
from lianzhi.store.process_tables import report as reports
from lianzhi.store.scorecard import read
from process_house import DAY, HOUR, LI, START, ProcessHouse


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_what_is_withheld_may_be_anything_for_who_knows_how_it_is_made(parts: int) -> None:
    """Of all counts up to 30 together: among those whose report looks the same, each part that is
    one to four anywhere is each of one to four somewhere."""
    alike: dict[object, list[tuple[int, ...]]] = {}
    for numbers in product(range(31), repeat=parts):
        if sum(numbers) <= 30:
            whole, told = protect(sum(numbers), dict(zip("abc", numbers, strict=False)))
            seen = None if told is None else tuple(told.values())
            alike.setdefault((whole, seen), []).append(numbers)
    assert len(alike) > 20
    for worlds in alike.values():
        for place in range(parts):
            if any(0 < world[place] < FEW for world in worlds):
                assert {world[place] for world in worlds} >= set(range(1, FEW))


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 14), min_size=1, max_size=4))
def test_what_is_told_is_true_and_not_small(parts: dict[str, int]) -> None:
    total, told = protect(sum(parts.values()), parts)
    assert total in (None, sum(parts.values()))
    assert told in (None, parts)
    for number in (total, *(told or {}).values()):
        assert number is None or number == 0 or number >= FEW


@pytest.mark.parametrize(
    ("parts", "total", "told"),
    [
        ({"a": 9, "b": 7}, 16, True),
        ({"a": 9, "b": 0}, 9, True),
        ({"a": 9, "b": 9, "c": 2}, 20, False),
        ({"a": 4, "b": 4}, 8, False),
        ({"a": 2, "b": 1}, None, False),
        ({"a": 0, "b": 0}, 0, True),
        ({}, 0, True),
    ],
)
def test_what_is_told(parts: dict[str, int], total: int | None, told: bool) -> None:
    assert protect(sum(parts.values()), parts) == (total, parts if told else None)


#: What anybody may know of how rows hang together: classes that are sent on are answered so at
#: once, measures on items have no role, and those on accounts that count give a strike each.
SENT_ON, ON_ITEMS = ("fraud", "gambling", "pornography"), ("hide", "label")
ANSWERED = {spec.key: spec for spec in SPECS}["reports.answered"].where["outcome"]
OURS = ("insult", "threat", "doxxing")
REPORTS = [
    {"reports.received": True, "category": category, "channel": channel, "outcome": outcome}
    | {
        "reports.answered": outcome in ANSWERED,
        "reports.due": False,
        "sent_on": outcome == "routed",
    }
    for category in (*SENT_ON, *OURS)
    for channel in ("web", "phone")
    for outcome in (("routed",) if category in SENT_ON else ("", "upheld", "not_upheld"))
]
MEASURES = [
    {"measures.ordered": True, "strikes.given": key != "limit", "key": key, "role": role}
    for key in (*ON_ITEMS, "mute", "limit")
    for role in (("",) if key in ON_ITEMS else ("follower", "repeater"))
]


def crowd(house: ProcessHouse) -> None:
    """Reports of which few are sent on, and measures of which few are on items."""
    counts = {"fraud": 2, "gambling": 11, "pornography": 25, "insult": 24, "threat": 9}
    made: dict[str, list[str]] = {}
    for category, number in counts.items():
        for n in range(number):
            route = "police" if category in SENT_ON else ""
            said = {"category": category, "channel": "phone" if n % 2 else "web", "route": route}
            one = Complaint(reporter=f"{category}{n}", words=category, **said)
            made.setdefault(category, []).append(house.complaints.receive(one, "key", START))
    for one in made["insult"][:20]:
        house.complaints.answer(one, "upheld", "So.", "li", START + HOUR)
    people = {f"x{n}": "follower" for n in range(12)} | {f"y{n}": "repeater" for n in range(8)}
    case = house.find(people)
    items = [house.acts(case, name)[0] for name in people]
    orders = (
        Order(key="hide", hours=24, items=tuple(items[:3])),
        Order(key="label", hours=24, items=tuple(items[3:12])),
        Order(key="mute", hours=24, subjects=house.tokens(*list(people)[:12]), to="follower"),
        Order(key="limit", hours=24, subjects=house.tokens(*list(people)[12:]), to="repeater"),
    )
    asked = DecisionRequest(orders=orders, facts="They wrote it.", ground="harassment")
    house.decisions.decide(case, asked, LI, START + HOUR)


def limits(report: Report, kinds: list[dict[str, object]], which: list[int]) -> tuple[float, float]:
    """The least and the most that these kinds of rows can come to together, for all that the whole
    report tells of any of them: all tables are solved as one system in whole numbers."""
    rows, lows, highs = [], [], []

    def fits(chosen: list[bool], low: int, high: int) -> None:
        rows.append([1.0 if one else 0.0 for one in chosen])
        lows.append(low)
        highs.append(high)

    for table in report.tables:
        within = [bool(kind.get(table.key)) for kind in kinds]
        if not any(within):
            continue
        few = table.total is None
        fits(within, 1 if few else table.total, FEW - 1 if few else table.total)
        for dim, cells in table.parts.items():
            for name, number in (cells or {}).items():
                of = [one and kind[dim] == name for one, kind in zip(within, kinds, strict=True)]
                fits(of, number, number)
    aim = [1.0 if n in which else 0.0 for n in range(len(kinds))]
    found = []
    for sign in (1, -1):
        solved = milp(
            [sign * one for one in aim],
            constraints=LinearConstraint(rows, lows, highs),
            integrality=[1] * len(kinds),
            bounds=Bounds(0, 10_000),
        )
        assert solved.success, solved.message
        found.append(sign * solved.fun)
    return found[0], found[1]


def small(kinds: list[dict[str, object]], counts: list[int]) -> list[tuple[object, list[int]]]:
    """Every group of these rows, by one or two of what is known of them, that has few."""
    found = []
    names = sorted(kinds[0])
    for dims in (*((one,) for one in names), *combinations(names, 2)):
        for values in {tuple(kind[dim] for dim in dims) for kind in kinds}:
            which = [n for n, k in enumerate(kinds) if tuple(k[dim] for dim in dims) == values]
            if 0 < sum(counts[n] for n in which) < FEW:
                found.append(((dims, values), which))
    return found


def test_all_tables_together_determine_no_small_count(house: ProcessHouse) -> None:
    crowd(house)
    report = publish(read(house.engine, START - HOUR, START + DAY, END, house.policy))
    tables = {table.key: table for table in report.tables}
    assert tables["reports.answered"].total == 20  # those sent on are left out
    assert (tables["reports.received"].total, tables["measures.ordered"].total) == (71, 32)
    assert tables["reports.received"].parts["category"] is None
    assert tables["measures.ordered"].parts["key"] is None
    for kinds, table in ((REPORTS, reports), (MEASURES, measures)):
        names = [
            one for one in kinds[0] if one in ("category", "channel", "outcome", "key", "role")
        ]
        rows = [tuple(row[name] or "" for name in names) for row in house.rows(table)]
        counts = [rows.count(tuple(kind[name] for name in names)) for kind in kinds]
        assert sum(counts) == len(rows)
        groups = small(kinds, counts)
        assert groups
        for group, which in groups:
            low, high = limits(report, kinds, which)
            assert high - low >= 1, group


def test_a_report_of_few_tells_none_of_them(house: ProcessHouse) -> None:
    tell(house)
    report = publish(read(house.engine, START - HOUR, END, END, house.policy))
    for table in report.tables:
        cells = [
            table.total,
            *(c for cells in table.parts.values() for c in (cells or {}).values()),
        ]
        assert all(cell is None or cell == 0 or cell >= FEW for cell in cells)
    totals = {table.key: table.total for table in report.tables}
    assert totals["decisions.made"] == 5
    assert totals["cases.closed"] is None
    assert report.figures == ()


def test_a_report_of_many_has_its_shares(house: ProcessHouse) -> None:
    for n in range(12):
        at = START + n * HOUR
        case = house.pile_on(about=f"v{n}", at=at, first=100 * n)
        outcome = "false_positive" if n % 2 else "settled"
        house.casework.close_case(case, outcome, "So.", LI, at + 10 * HOUR)
    report = publish(read(house.engine, START - HOUR, START + 9 * DAY, END, house.policy))
    tables = {table.key: table for table in report.tables}
    assert tables["cases.closed"].total == 12
    assert tables["cases.closed"].parts["outcome"] == {
        "false_positive": 6,
        "settled": 6,
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
