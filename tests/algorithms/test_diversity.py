"""Diversity: measures beside SciPy and by hand, differences within people."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy as scipy_entropy

from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.domains.algorithms.diversity.measures import (
    entropy,
    intra_list_distance,
    jensen_shannon,
    largest_share,
    topic_shares,
)

COUNTS = st.lists(st.integers(0, 20), min_size=4, max_size=4).filter(any)
MAP = "user: u\ntopic: t\nrank: place\narm: feed\n"


@given(COUNTS, COUNTS)
def test_measures_are_those_of_scipy(one: list[int], other: list[int]) -> None:
    p, q = (np.asarray(each) / sum(each) for each in (one, other))
    assert entropy(p) == pytest.approx(scipy_entropy(p, base=2), abs=1e-9)
    # Near equal shares the root magnifies rounding of the divergence.
    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q, base=2), abs=1e-7)


def test_measures_by_hand() -> None:
    feed = np.array([0, 0, 1, 2])
    assert topic_shares(feed, 4) == pytest.approx([0.5, 0.25, 0.25, 0])
    weights = [1, 1 / np.log2(3), 0.5, 1 / np.log2(5)]
    by_rank = topic_shares(feed, 4, by_rank=True)
    assert by_rank[0] == pytest.approx(sum(weights[:2]) / sum(weights))
    assert intra_list_distance(feed) == pytest.approx(5 / 6)
    assert np.isnan(intra_list_distance(feed[:1]))
    assert largest_share(topic_shares(feed, 4)) == 0.5


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


def measured(folder: Path, made: list[dict[str, object]]) -> dict:
    with (folder / "feeds.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]))
        writer.writeheader()
        writer.writerows(made)
    (folder / "map.yaml").write_text(MAP)
    asked = ["diversity", str(folder / "feeds.csv"), "--map", str(folder / "map.yaml"), "--json"]
    ran = CliRunner().invoke(algorithms, [*asked, "--out", str(folder / "out")])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.output)


def test_narrow_feeds_differ_from_unfiltered_ones_within_people(tmp_path: Path) -> None:
    made = rows()
    fields = measured(tmp_path, made)
    measures = fields["measures"]
    assert measures["entropy"]["hi"] < -1
    assert measures["largest_share"]["lo"] > 0.2
    assert measures["distance"]["hi"] < -0.2
    assert measures["from_catalogue"]["lo"] > 0.3
    assert measures["from_catalogue_by_rank"]["lo"] > 0.3
    assert {each["people"] for each in measures.values()} == {30}
    assert measured(tmp_path, made[::-1]) == fields


def test_who_has_one_feed_alone_is_not_compared(tmp_path: Path) -> None:
    made = [row for row in rows() if row["u"] != 3 or row["feed"] == "personal"]
    made.append({"u": 4, "t": "", "place": 1, "feed": "personal"})
    made.append({"u": 4, "t": "t1", "place": 1, "feed": "other"})
    fields = measured(tmp_path, made)
    assert (fields["people"], fields["left_out"]) == (30, 2)
    assert fields["measures"]["entropy"]["people"] == 29
    few = measured(tmp_path, rows(items=5))
    assert few["measures"] == {}
