"""Diversity: measures beside their definitions and by hand, baselines, worlds with bubbles."""

import csv
import json
from decimal import Decimal, getcontext
from pathlib import Path

import numpy as np
import pytest
from bench.bubbles import flagged_share
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.stats.intervals import wilson
from lianzhi.stats.topic_diversity import (
    Lists,
    as_shares,
    counts_of,
    entropy,
    intra_list_distance,
    jensen_shannon,
    rank_weights,
)

COUNTS = st.lists(st.integers(0, 20), min_size=4, max_size=4).filter(any)
LISTS = st.lists(st.integers(0, 5), min_size=1, max_size=40)
MAP = "user: u\ntopic: t\nrank: place\narm: feed\n"


def plain_distance(p: list[Decimal], q: list[Decimal]) -> float:
    """Root of the Jensen-Shannon divergence to base 2, by plain summation in 50 digits."""
    total = Decimal(0)
    for a, b in zip(p, q, strict=True):
        middle = (a + b) / 2
        total += sum((x * (x / middle).ln() for x in (a, b) if x), Decimal(0)) / 2
    return float(max(total / Decimal(2).ln(), Decimal(0)).sqrt())


@given(COUNTS, COUNTS)
def test_measures_are_those_of_their_definitions(one: list[int], other: list[int]) -> None:
    getcontext().prec = 50
    p, q = (as_shares(np.asarray(each, float)) for each in (one, other))
    assert entropy(p) == pytest.approx(scipy_entropy(p, base=2), abs=1e-9)
    exact = [[Decimal(n) / sum(each) for n in each] for each in (one, other)]
    assert jensen_shannon(p, q) == pytest.approx(plain_distance(*exact), abs=1e-12)


@given(LISTS, LISTS)
@settings(deadline=None)
def test_distance_by_rank_is_that_of_radio(feed: list[int], catalogue: list[int]) -> None:
    getcontext().prec = 50
    two = Decimal(2).ln()
    weights = [two / Decimal(place + 1).ln() for place in range(1, len(feed) + 1)]
    by_rank = [
        sum((w for w, topic in zip(weights, feed, strict=True) if topic == each), Decimal(0))
        / sum(weights)
        for each in range(6)
    ]
    plain = [Decimal(catalogue.count(each)) / len(catalogue) for each in range(6)]
    lists = Lists(np.zeros(len(feed), np.int64), np.asarray(feed))
    shares = as_shares(counts_of(lists, 1, 6, rank_weights(lists.person)))
    others = as_shares(np.bincount(catalogue, minlength=6).astype(float))
    assert jensen_shannon(shares, others)[0] == pytest.approx(
        plain_distance(by_rank, plain), abs=1e-12
    )


def test_measures_by_hand() -> None:
    feeds = Lists(np.array([0, 0, 0, 0, 1]), np.array([0, 0, 1, 2, 3]))
    counts = counts_of(feeds, 2, 4)
    assert as_shares(counts).tolist() == [[0.5, 0.25, 0.25, 0], [0, 0, 0, 1]]
    weights = [1, 1 / np.log2(3), 0.5, 1 / np.log2(5)]
    assert rank_weights(feeds.person) == pytest.approx([*weights, 1])
    distances = intra_list_distance(counts)
    assert distances[0] == pytest.approx(5 / 6)
    assert np.isnan(distances[1])


def rows(users: int = 30, items: int = 40, seed: int = 1) -> list[dict[str, object]]:
    """Personal feeds that show two topics, unfiltered ones that show all eight alike."""
    dice = np.random.default_rng(seed)
    made = []
    for user in range(users):
        for place in range(1, items + 1):
            for feed, topic in (
                ("personal", dice.integers(0, 2) + user % 7),
                ("unfiltered", dice.integers(0, 8)),
            ):
                made.append({"u": user, "t": f"t{topic}", "place": place, "feed": feed})
    return made


def measured(folder: Path, made: list[dict[str, object]], text: str = MAP) -> dict:
    with (folder / "feeds.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]))
        writer.writeheader()
        writer.writerows(made)
    (folder / "map.yaml").write_text(text)
    asked = ["diversity", str(folder / "feeds.csv"), "--map", str(folder / "map.yaml"), "--json"]
    ran = CliRunner().invoke(algorithms, [*asked, "--out", str(folder / "out")])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.output)


def of(fields: dict, baseline: str) -> dict[str, dict]:
    return {each["measure"]: each for each in fields["measures"] if each["baseline"] == baseline}


def test_narrow_feeds_differ_from_unfiltered_ones_within_people(tmp_path: Path) -> None:
    made = rows()
    fields = measured(tmp_path, made)
    for baseline in ("unfiltered", "catalogue"):
        measures = of(fields, baseline)
        assert measures["entropy"]["hi"] < -1
        assert measures["largest_share"]["lo"] > 0.2
        assert measures["distance"]["hi"] < -0.2
        assert measures["from_catalogue"]["lo"] > 0.3
        assert measures["from_catalogue_by_rank"]["lo"] > 0.3
        assert measures["fragmentation"]["lo"] > 0.2
        assert {each["people"] for each in measures.values()} == {30, 29}
    assert fields["verdict"] == "confirmed"
    assert measured(tmp_path, made[::-1]) == fields


def test_who_has_one_feed_alone_is_not_compared(tmp_path: Path) -> None:
    made = [row for row in rows() if row["u"] != 3 or row["feed"] == "personal"]
    made.append({"u": 4, "t": "", "place": 1, "feed": "personal"})
    made.append({"u": 4, "t": "t1", "place": 1, "feed": "other"})
    fields = measured(tmp_path, made)
    assert (fields["people"], fields["left_out"]) == (30, 2)
    assert of(fields, "unfiltered")["entropy"]["people"] == 29
    few = measured(tmp_path, rows(items=5))
    assert (few["measures"], few["verdict"]) == ([], "not_comparable")


def test_feeds_that_narrow_with_time_and_with_personalisation_on(tmp_path: Path) -> None:
    dice = np.random.default_rng(4)
    made: list[dict[str, object]] = []
    for user in range(60):
        for place in range(40):
            narrow = dice.integers(0, 2) if place >= 20 else dice.integers(0, 8)
            for feed, topic in (
                ("personal", narrow), ("unfiltered", dice.integers(0, 8)),
                ("off", dice.integers(0, 8)),
            ):  # fmt: skip
                made.append({"u": user, "t": topic, "place": place, "feed": feed, "at": place})
    fields = measured(tmp_path, made, MAP + "time: at\n")
    assert of(fields, "earlier")["entropy"]["verdict"] == "confirmed"
    assert of(fields, "off")["entropy"]["verdict"] == "confirmed"
    alike = [row | {"t": int(dice.integers(0, 8))} for row in made if row["feed"] != "off"]
    fields = measured(tmp_path, alike, MAP + "time: at\n")
    assert not of(fields, "off")
    assert of(fields, "earlier")["entropy"]["verdict"] == "none_found"


def test_broader_feeds_are_no_harm(tmp_path: Path) -> None:
    turned = {"personal": "unfiltered", "unfiltered": "personal"}
    made = [row | {"feed": turned[str(row["feed"])]} for row in rows(users=60)]
    fields = measured(tmp_path, made)
    assert of(fields, "unfiltered")["entropy"]["verdict"] == "none_found"


def test_planted_bubbles_are_found_and_plain_taste_is_not() -> None:
    """Short form of `python -m bench bubbles`."""
    assert flagged_share(0.3, worlds=40, seed=1) >= 0.95
    assert wilson(round(40 * flagged_share(0.0, worlds=40, seed=2)), 40).lo <= 0.05


def test_reports_are_the_same_twice(tmp_path: Path) -> None:
    measured(tmp_path, rows())
    names = [f"report.{lang}.{form}" for lang in ("zh", "en") for form in ("html", "pdf")]
    first = [(tmp_path / "out" / name).read_bytes() for name in names]
    measured(tmp_path, rows())
    assert [(tmp_path / "out" / name).read_bytes() for name in names] == first
    assert first[1].startswith(b"%PDF-")
    page = first[0].decode()
    assert "<svg" in page
    assert not any(word in page for word in ("https://", "<script", "algorithms_"))
