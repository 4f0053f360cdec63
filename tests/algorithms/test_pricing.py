"""Pricing audits: the estimate beside least squares, buyers as clusters, parts that add up."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.audits.pricing.run import audit_file
from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.domains.algorithms.policy import load
from lianzhi.stats.clustered_gap import Cells, within_gap
from lianzhi.stats.sensitivity import sign_test_gamma
from lianzhi.stats.verdict import Verdict
from lianzhi.tabular.column_map import MapError

POLICY = load().at(1_800_000_000_000)[1].pricing
MAP = """
user: user
trait: loyalty
price: paid
reference: new
strata: [item, region]
time: at
window_minutes: 60
list_price: list
fees: fee
coupon_offered: offered
coupon_used: used
reasons: {new_user: promo}
"""


def orders(
    gap: float = 0.0, promo: float = 0.0, users: int = 300, each: int = 8, seed: int = 1
) -> list[dict[str, object]]:
    """Orders; `gap` is added to list prices of old buyers, `promo` taken off new ones' first."""
    dice = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        old, own = user % 2 == 0, dice.normal(0, 0.3)
        for n in range(each):
            item, hour = dice.integers(0, 4), dice.integers(0, 2)
            price = 50 + 10 * item + own + dice.normal(0, 0.3) + gap * old
            offered = 5.0 if dice.random() < 0.5 else 0.0
            used = offered if dice.random() < 0.5 else 0.0
            excused = not old and n == 0 and promo > 0
            used += promo if excused else 0.0
            rows.append(
                {
                    "user": f"u{user}", "loyalty": "old" if old else "new", "item": item,
                    "region": "北", "at": f"2026-05-01 {10 + hour}:{dice.integers(10, 59)}:00",
                    "list": price, "fee": 2.0, "offered": offered, "used": used,
                    "paid": price + 2.0 - used, "promo": int(excused),
                }
            )  # fmt: skip
    return rows


def write(folder: Path, rows: list[dict[str, object]], text: str = MAP) -> tuple[Path, Path]:
    path, map_path = folder / "orders.csv", folder / "map.yaml"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    map_path.write_text(text, "utf-8")
    return path, map_path


def cells_of(user: np.ndarray, stratum: np.ndarray, group: np.ndarray, y: np.ndarray) -> Cells:
    return Cells(user, stratum, group, np.ones(len(y)), y)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_estimate_is_that_of_least_squares_with_dummies(seed: int) -> None:
    dice = np.random.default_rng(seed)
    user, stratum = dice.integers(0, 30, 200), dice.integers(0, 8, 200)
    group, y = user % 2 == 0, dice.normal(size=200)
    dummies = (stratum[:, None] == np.unique(stratum)[None, :]).astype(float)
    expected = np.linalg.lstsq(np.column_stack([group, dummies]), y, rcond=None)[0][0]
    gap = within_gap(cells_of(user, stratum, group, y))
    assert gap is not None
    assert gap.value == pytest.approx(expected, abs=1e-9)
    order = dice.permutation(200)
    again = within_gap(cells_of(user[order], stratum[order], group[order], y[order]))
    assert again is not None
    assert again[:3] == pytest.approx(gap[:3], abs=1e-9)
    assert again[3:] == gap[3:]


def test_with_many_buyers_the_error_is_the_usual_clustered_one() -> None:
    dice = np.random.default_rng(2)
    user, stratum = dice.integers(0, 3000, 20_000), dice.integers(0, 10, 20_000)
    group = user % 2 == 0
    y = dice.normal(size=3000)[user] + dice.normal(size=20_000)
    gap = within_gap(cells_of(user, stratum, group, y))
    assert gap is not None
    n = np.bincount(stratum)
    d = group - (np.bincount(stratum, group) / n)[stratum]
    e = y - (np.bincount(stratum, y) / n)[stratum] - gap.value * d
    usual = np.sqrt((np.bincount(user, d * e) ** 2).sum()) / (d * d).sum()
    assert gap.se == pytest.approx(usual, rel=0.01)
    assert gap.df > 1000


@pytest.mark.parametrize("strata", [1, 20, 200])
def test_buyers_who_differ_are_no_gap(strata: int) -> None:
    dice = np.random.default_rng(3)
    rejected = 0
    for _ in range(400):
        user = np.repeat(np.arange(60), 6)
        y = dice.normal(size=60)[user] + 0.3 * dice.normal(size=360)
        gap = within_gap(cells_of(user, dice.integers(0, strata, 360), user % 2 == 0, y))
        assert gap is not None
        rejected += gap.p < 0.05
    assert 8 <= rejected <= 34  # 20 expected; outside, p < .002


def test_a_gap_is_found_and_lies_in_the_list_price(tmp_path: Path) -> None:
    audit = audit_file(*write(tmp_path, orders(gap=1.5)), POLICY)
    counted, without = audit.gaps
    assert audit.verdict is counted.verdict is without.verdict is Verdict.CONFIRMED
    parts = {part.name: part for part in counted.components}
    total = parts["list_price"].share + parts["fees"].share - parts["coupon_used"].share
    assert parts["price"].share == pytest.approx(total, abs=1e-9)
    assert parts["list_price"].interval.lo > 0.015
    assert parts["coupon_used"].interval.lo < 0 < parts["coupon_used"].interval.hi
    assert counted.gamma > 3


def test_equal_prices_are_cleared_only_where_buyers_suffice(tmp_path: Path) -> None:
    many = audit_file(*write(tmp_path, orders(users=600)), POLICY)
    assert many.verdict is Verdict.NONE_FOUND
    few = audit_file(*write(tmp_path, orders(users=24, each=3)), POLICY)
    assert few.verdict is Verdict.INSUFFICIENT
    assert few.gaps[0].detectable > many.gaps[0].detectable


def test_a_declared_promotion_explains_the_gap(tmp_path: Path) -> None:
    audit = audit_file(*write(tmp_path, orders(promo=20.0, users=600)), POLICY)
    counted, without = audit.gaps
    assert counted.verdict in (Verdict.CONFIRMED, Verdict.SUSPECTED)
    assert without.verdict is audit.verdict is Verdict.NONE_FOUND


def test_groups_that_buy_nothing_alike_are_not_comparable(tmp_path: Path) -> None:
    rows = [row | {"item": row["loyalty"]} for row in orders(users=40)]
    audit = audit_file(*write(tmp_path, rows), POLICY)
    assert audit.verdict is Verdict.NOT_COMPARABLE
    assert audit.gaps[0].coverage == 0


def test_orders_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    rows = orders(users=40)
    rows[0]["paid"], rows[1]["user"], rows[2]["at"], rows[3]["paid"] = 0, "", "soon", "free"
    audit = audit_file(*write(tmp_path, rows), POLICY)
    assert audit.left_out == {"user": 1, "price": 2, "time": 1}
    assert audit.orders == len(rows) - 4


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (MAP.replace("reference: new", "reference: nww"), "reference"),
        (MAP.replace("window_minutes: 60", ""), "window_minutes"),
        (MAP.replace("window_minutes: 60", "window_minutes: soon"), "window_minutes"),
        (MAP.replace("[item, region]", "[item, loyalty]"), "strata"),
        (MAP.replace("promo}", "prmo}"), "reasons.new_user"),
        (MAP.replace("trait: loyalty", "trait: user"), "trait"),
    ],
)
def test_a_map_that_cannot_be_used_says_what_to_mend(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(MapError) as refused:
        audit_file(*write(tmp_path, orders(users=40), text), POLICY)
    assert refused.value.field == field


def test_gamma_inverts_the_sign_test() -> None:
    from scipy.stats import binom

    gamma = sign_test_gamma(70, 100)
    share = gamma / (1 + gamma)
    assert binom.sf(69, 100, share) == pytest.approx(0.025, abs=1e-9)
    assert sign_test_gamma(52, 100) == sign_test_gamma(0, 0) == 1.0
    assert sign_test_gamma(30, 100) == gamma


def test_the_report_needs_nothing_else_and_is_the_same_twice(tmp_path: Path) -> None:
    rows = [row | {"loyalty": row["loyalty"].replace("old", "<b>old")} for row in orders(gap=1.5)]  # type: ignore[attr-defined]
    path, map_path = write(tmp_path, rows)
    for name in ("a", "b"):
        asked = ["pricing", str(path), "--map", str(map_path), "--out", str(tmp_path / name)]
        ran = CliRunner().invoke(algorithms, [*asked, "--json"])
        assert ran.exit_code == 0, ran.output
    for name in ("report.zh.html", "report.en.pdf", "pricing.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    page = (tmp_path / "a" / "report.zh.html").read_text("utf-8")
    assert "<b>" not in page
    assert "&lt;b&gt;old" in page
    assert "<svg" in page
    assert not any(word in page for word in ("https://", "<script", "algorithms."))
    assert json.loads(ran.output)["verdict"] == "confirmed"
    shown = CliRunner().invoke(algorithms, [*asked[:4], "--language", "zh"])
    assert "证实" in shown.output
