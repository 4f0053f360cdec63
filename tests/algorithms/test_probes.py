"""Paired probes: gaps beyond the noise of A/A pairs, and no verdict without them."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from lianzhi.audits.probes.audit import probe_audit
from lianzhi.audits.probes.pairs import Pairs
from lianzhi.audits.probes.probe_map import ProbeMap
from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.domains.algorithms.policy import load
from lianzhi.stats.verdict import Verdict

POLICY = load().latest()[1].probes
MAP = "pair: pair\npersona: persona\nprice: price\nunit: item\nreference: new\n"


def rows_of(
    gap: float, pairs: int = 400, alike: int = 200, noise: float = 0.01, seed: int = 1
) -> list[dict[str, Any]]:
    """Pairs of old and new, and of new and new; items have prices of their own."""
    dice = np.random.default_rng(seed)
    rows = []
    for n in range(pairs + alike):
        item = int(dice.integers(40))
        for place, persona in enumerate(("old" if n < pairs else "new", "new")):
            shift = gap if persona == "old" and place == 0 else 0.0
            price = (10 + item) * np.exp(shift + dice.normal(0, noise))
            rows.append(
                {"pair": f"p{n}", "persona": persona, "item": f"i{item}", "price": f"{price:.6f}"}
            )
    return rows


def audited(folder: Path, rows: list[dict[str, Any]], text: str = MAP, *more: str) -> dict:
    path, map_path = folder / "probes.csv", folder / "map.yaml"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    map_path.write_text(text)
    result = CliRunner().invoke(
        algorithms, ["probes", str(path), "--map", str(map_path), "--json", *more]
    )
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [(0.05, "confirmed"), (-0.05, "confirmed"), (0.01, "suspected"), (0.0, "none_found")],
)
def test_a_gap_within_pairs_is_judged_beside_the_noise(
    tmp_path: Path, gap: float, verdict: str
) -> None:
    fields = audited(tmp_path, rows_of(gap))
    assert fields["verdict"] == verdict
    (row,) = fields["gaps"]
    assert (row["persona"], row["reference"], row["pairs"]) == ("old", "new", 400)
    assert row["units"] == 40
    assert row["log_gap"] == pytest.approx(gap, abs=0.003)
    assert row["log_gap_lo"] <= gap <= row["log_gap_hi"]
    assert fields["noise"]["floor"] == pytest.approx(1.96 * 0.01 * 2**0.5, rel=0.2)
    assert row["beyond"] == pytest.approx(0.05 if gap == 0 else row["beyond"], abs=0.03)


def test_without_pairs_alike_nothing_is_judged(tmp_path: Path) -> None:
    fields = audited(tmp_path, rows_of(0.2, alike=0))
    assert (fields["noise"], fields["verdict"]) == (None, "not_comparable")
    fields = audited(tmp_path, rows_of(0.2, alike=POLICY.least_noise_pairs - 1))
    assert fields["verdict"] == "not_comparable"
    assert audited(tmp_path, rows_of(0.2, alike=POLICY.least_noise_pairs))["verdict"] == "confirmed"


def test_few_units_are_told_but_neither_confirmed_nor_cleared(tmp_path: Path) -> None:
    few = [row for row in rows_of(0.2) if int(row["item"][1:]) < POLICY.least_units - 1]
    assert audited(tmp_path, few)["gaps"][0]["verdict"] == "suspected"


def test_what_is_no_pair_is_left_out_and_told(tmp_path: Path) -> None:
    rows = rows_of(0.0)
    rows[0]["price"] = "0"
    rows[2]["price"] = "n/a"
    rows.append({**rows[5], "persona": "new"})
    fields = audited(tmp_path, rows)
    assert fields["left_out"] == {"price": 2, "odd_pairs": 3}
    assert fields["gaps"][0]["pairs"] == 400 - 3


def test_the_report_is_in_both_languages_and_the_same_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    audited(tmp_path, rows_of(0.05), MAP, "--out", str(out))
    pages = {lang: (out / f"report.{lang}.html").read_bytes() for lang in ("zh", "en")}
    assert "配对探测审计" in pages["zh"].decode()
    assert "noise floor" in pages["en"].decode()
    assert (out / "report.en.pdf").read_bytes().startswith(b"%PDF-")
    again = tmp_path / "again"
    audited(tmp_path, rows_of(0.05), MAP, "--out", str(again))
    assert (again / "report.zh.html").read_bytes() == pages["zh"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (MAP.replace("reference: new", "reference: newer"), "reference"),
        (MAP.replace("price: price", "price: pair"), "pair"),
        (MAP.replace("persona: persona", "persona: pair"), "pair"),
        (MAP.replace("price: price", "price: cost"), "price"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_by_field(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "p.csv").write_text("pair,persona,item,price\na,new,i,1\na,old,i,1\n")
    (tmp_path / "m.yaml").write_text(text)
    result = CliRunner().invoke(
        algorithms, ["probes", str(tmp_path / "p.csv"), "--map", str(tmp_path / "m.yaml")]
    )
    assert result.exit_code == 1
    assert word in result.output


def test_units_keep_the_error_rate_where_pairs_of_an_item_are_alike() -> None:
    """No gap, but items whose pairs differ together: 5 % of worlds are significant, not a third."""
    dice = np.random.default_rng(20261204)
    worlds, items, each = 1500, 25, 12
    significant = naive = confirmed = 0
    for _ in range(worlds):
        unit = np.repeat(np.arange(items), each)
        gap = dice.normal(0, 0.02, items)[unit] + dice.normal(0, 0.02, items * each)
        ones, zeros = np.ones(len(gap), int), np.zeros(len(gap), int)
        noise = dice.normal(0, 0.03, 100)
        pairs = Pairs(
            ("new", "old"),
            np.concatenate([zeros, np.zeros(100, int)]),
            np.concatenate([ones, np.zeros(100, int)]),
            np.concatenate([gap, noise]),
            np.concatenate([unit, 1000 + np.arange(100)]),
            {},
        )
        audit = probe_audit(pairs, ProbeMap(pair="p", persona="k", price="c"), POLICY)
        significant += audit.gaps[0].p <= 0.05
        naive += abs(gap.mean()) / (gap.std(ddof=1) / len(gap) ** 0.5) > 1.96
        confirmed += audit.verdict is Verdict.CONFIRMED
    assert 0.035 <= significant / worlds <= 0.065
    assert confirmed / worlds <= 0.01
    assert naive / worlds > 0.3
