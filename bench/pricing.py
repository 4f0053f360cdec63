"""Pricing audits: how often each test rejects where there is no gap, and seconds for 10 M orders.

Naive: Welch's t test of all orders. Orders: fixed effects, orders taken as independent. Clustered:
what the audit does. A share of rejections has its Wilson interval. `python -m bench.pricing 500`
does so many repetitions a scenario.
"""

import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
from scipy.special import ndtr
from scipy.stats import ttest_ind

from bench.pricing_world import SCENARIOS, World, draw
from lianzhi.audits.pricing.run import audit_file
from lianzhi.domains.algorithms.policy import load
from lianzhi.stats.clustered_gap import Cells, within_gap
from lianzhi.stats.intervals import wilson

REPETITIONS, ORDERS = 5000, 10_000_000
MAP = """
user: u
trait: g
price: p
strata: [item, region]
time: at
window_minutes: 1440
"""


def cells(user: np.ndarray, stratum: np.ndarray, group: np.ndarray, price: np.ndarray) -> Cells:
    """Orders summed by buyer and stratum."""
    key = stratum * (user.max() + 1) + user
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    count = np.bincount(place).astype(float)
    return Cells(user[first], stratum[first], group[first], count, np.bincount(place, price))


def orders_p(user: np.ndarray, stratum: np.ndarray, group: np.ndarray, price: np.ndarray) -> float:
    """p-value with fixed effects of strata, where orders are taken as independent."""
    n = np.bincount(stratum)
    d = group - (np.bincount(stratum, group) / np.maximum(n, 1))[stratum]
    y = price - (np.bincount(stratum, price) / np.maximum(n, 1))[stratum]
    gap = (d * y).sum() / (d * d).sum()
    se = np.sqrt((d * d * (y - gap * d) ** 2).sum()) / (d * d).sum()
    return float(2 * ndtr(-abs(gap / se)))


def rejections(world: World, repetitions: int, seed: int) -> list[tuple[int, int]]:
    """Rejections at .05 and repetitions with an answer: naive, orders, clustered."""
    dice = np.random.default_rng(seed)
    counts = [[0, 0], [0, 0], [0, 0]]
    for _ in range(repetitions):
        user, stratum, group, price = draw(world, dice)
        gap = within_gap(cells(user, stratum, group, price))
        values = (
            float(ttest_ind(price[group], price[~group], equal_var=False).pvalue),
            orders_p(user, stratum, group, price),
            None if gap is None else gap.p,
        )
        for count, p in zip(counts, values, strict=True):
            if p is not None:
                count[0] += p < 0.05
                count[1] += 1
    return [(a, b) for a, b in counts]


def speed() -> None:
    """Seconds for ten million orders of a million buyers."""
    policy = load().at(1_800_000_000_000)[1].pricing
    with tempfile.TemporaryDirectory() as folder:
        path, map_path = Path(folder) / "orders.parquet", Path(folder) / "map.yaml"
        map_path.write_text(MAP)
        with duckdb.connect() as connection:
            connection.execute("SELECT setseed(0.5)")
            connection.execute(
                f"""COPY (
                SELECT u, CASE WHEN u % 3 = 0 THEN 'old' ELSE 'new' END AS g, item, region,
                TIMESTAMP '2026-01-01' + to_minutes(CAST(random() * 43200 AS BIGINT)) AS at,
                10 + item + random() AS p
                FROM (SELECT CAST(random() * {ORDERS // 10} AS BIGINT) AS u,
                CAST(random() * 20 AS INT) AS item, CAST(random() * 5 AS INT) AS region
                FROM range({ORDERS}))) TO '{path}'"""
            )
        start, worked = time.perf_counter(), time.process_time()
        audit = audit_file(path, map_path, policy)
        took, worked = time.perf_counter() - start, time.process_time() - worked
        print(
            f"{audit.orders:,} orders, {audit.people:,} buyers: {took:.1f} s ({worked:.1f} s CPU)"
        )


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    print(f"rejections at .05 without a gap, {repetitions:,} repetitions: naive, orders, clustered")
    for seed, (name, world) in enumerate(SCENARIOS.items()):
        texts = []
        for count, total in rejections(world, repetitions, seed):
            lo, hi = wilson(count, total)
            texts.append(f"{count / total:.3f} ({lo:.3f}-{hi:.3f})")
        print(f"{name}: {'; '.join(texts)}", flush=True)
    speed()


if __name__ == "__main__":
    main()
