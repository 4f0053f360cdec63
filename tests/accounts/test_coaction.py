"""Co-action: the kernel and the queries find what the definition says, to the pair."""

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import twin
from hypothesis import given, settings
from hypothesis import strategies as st
from twin import Action

from lianzhi.accounts.action import Columns
from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.engine import DuckDB, Kernel
from lianzhi.accounts.results import Results
from lianzhi.accounts.source import Source

NAMES = "abcdefg"


@st.composite
def actions(draw: st.DrawFn) -> list[Action]:
    """A few accounts and objects, so that much meets; some contents act on several objects."""
    found: dict[tuple[str, str], Action] = {}
    for place in range(draw(st.integers(0, 25))):
        account, time = draw(st.sampled_from(NAMES)), draw(st.integers(0, 400)) * 500
        for thing in draw(st.sets(st.sampled_from("xyz"), min_size=1, max_size=2)):
            found[f"c{place}", thing] = Action(account, thing, f"c{place}", time)
    return list(found.values())


@contextmanager
def compared(kind: type[DuckDB], some: list[Action], values: Settings) -> Iterator[DuckDB]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "actions.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["account", "object", "content", "time"])
            writer.writerows(some)
        with kind(Path(folder), "500MB", 1) as engine:
            columns = Columns("account", "object", "content", "time")
            engine.read(Source(path, columns, "ms"))
            engine.compare(values)
            yield engine


def told(engine: DuckDB) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    found = Results(engine)
    return sorted(found.pairs().fetchall()), sorted(found.edges().fetchall())


def wanted(some: list[Action], values: Settings) -> tuple[list[tuple[object, ...]], ...]:
    found = twin.pairs(some, *values)
    whole = all((b.time - a.time) % 1000 == 0 for a, b in found)
    rows = sorted(
        (
            *(a.object, a.content, b.content),
            (b.time - a.time) // 1000 if whole else (b.time - a.time) / 1000,
            *(a.account, b.account),
        )
        for a, b in found
    )
    edges = sorted(
        (one, two, weight, apart / 1000 / weight, n, m, min(n, m) / max(n, m))
        for (one, two), (weight, apart, n, m) in twin.edges(found).items()
    )
    return rows, edges


@pytest.mark.parametrize("kind", [DuckDB, Kernel])
@settings(max_examples=40)
@given(
    some=actions(),
    period=st.sampled_from([500, 5000, 60_000]),
    least=st.integers(1, 3),
    viral=st.sampled_from([None, 2, 3]),
)
def test_pairs_and_edges_are_those_of_the_definition(
    kind: type[DuckDB], some: list[Action], period: int, least: int, viral: int | None
) -> None:
    values = Settings(period, least, viral)
    with compared(kind, some, values) as engine:
        pairs, edges = told(engine)
    rows, expected = wanted(some, values)
    assert pairs == rows
    assert edges == [pytest.approx(edge) for edge in expected]


@pytest.mark.parametrize("kind", [DuckDB, Kernel])
def test_pairs_are_not_split_where_one_window_ends_and_the_next_begins(kind: type[DuckDB]) -> None:
    some = [Action("a", "x", "1", 59_999), Action("b", "x", "2", 119_999)]
    with compared(kind, some, Settings(60_000, 1)) as engine:
        assert told(engine)[0] == [("x", "1", "2", 60, "a", "b")]


@pytest.mark.parametrize("kind", [DuckDB, Kernel])
def test_contents_are_counted_for_the_account_that_they_are_of(kind: type[DuckDB]) -> None:
    some = [Action("b", "x", "b1", 0)] + [Action("a", "x", f"a{n}", 1000 * n) for n in range(3)]
    with compared(kind, some, Settings(60_000, 1)) as engine:
        assert told(engine)[1] == [("a", "b", 3, 1.0, 3, 1, pytest.approx(1 / 3))]


@pytest.mark.parametrize("kind", [DuckDB, Kernel])
def test_posts_that_meet_by_link_and_by_hashtag_count_once(kind: type[DuckDB]) -> None:
    some = [
        Action(account, thing, f"post of {account}", time)
        for account, time in (("a", 0), ("b", 7000))
        for thing in ("link", "hashtag")
    ]
    with compared(kind, some, Settings(60_000, 1)) as engine:
        assert told(engine)[1] == [("a", "b", 1, 7.0, 1, 1, 1.0)]
    with compared(kind, some, Settings(60_000, 2)) as engine:
        assert told(engine)[1] == []


@pytest.mark.parametrize("kind", [DuckDB, Kernel])
def test_a_crowd_is_told_apart_and_not_paired(kind: type[DuckDB]) -> None:
    crowd = [Action(f"u{n}", "film", f"f{n}", 120_000 + 500 * n) for n in range(240)]
    few = [Action(f"u{n}", "shop", f"s{n}", 1000 * n) for n in range(3)]
    with compared(kind, crowd + few, Settings(60_000, 1, viral=100)) as engine:
        assert {pair[0] for pair in told(engine)[0]} == {"shop"}
        assert Results(engine).viral().fetchall() == [("film", 120.0, 239.5, 240, 120)]
    with compared(kind, crowd + few, Settings(60_000, 1, viral=None)) as engine:
        assert len(told(engine)[0]) > 20_000
        assert Results(engine).viral().fetchall() == []


def test_clusters_are_numbered_by_size() -> None:
    some = [Action(name, "x", f"{name}1", 0) for name in "abc"]
    some += [Action(name, "y", f"{name}1", 0) for name in "de"]
    with compared(DuckDB, some, Settings(60_000, 1)) as engine:
        assert Results(engine).clusters().fetchall() == [
            ("a", 1, 3, 2), ("b", 1, 3, 2), ("c", 1, 3, 2), ("d", 2, 2, 1), ("e", 2, 2, 1),
        ]  # fmt: skip
        assert Results(engine).clusters(weight=2).fetchall() == []
