"""Fairness audits: figures against independent formulas, and nothing dropped in silence."""

import csv
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import binomtest, false_discovery_control, fisher_exact
from scipy.stats.contingency import relative_risk

from lianzhi.audits.fairness.audit import FairnessAudit
from lianzhi.audits.fairness.run import audit_file
from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.domains.algorithms.policy import load
from lianzhi.stats.multinomial import resampled_tables
from lianzhi.stats.verdict import Verdict
from lianzhi.tabular.column_map import MapError

_, POLICY = load().at(1_800_000_000_000)
MAP = """
prediction: hired
label: able
attributes: [sex, region]
references: {sex: m, region: 北}
intersections: [[sex, region]]
"""


def made_rows(people: int = 4000, seed: int = 3) -> list[dict[str, str]]:
    dice = np.random.default_rng(seed)
    rows = []
    for _ in range(people):
        sex, region = dice.choice(["m", "f"]), dice.choice(["北", "南", "岛"], p=[0.5, 0.49, 0.01])
        able = dice.random() < 0.5
        hired = dice.random() < (0.7 if able else 0.3) - (0.2 if sex == "f" else 0.0)
        rows.append({"sex": sex, "region": region, "hired": str(int(hired)), "able": str(able)})
    return rows


def write(folder: Path, rows: list[dict[str, str]], text: str = MAP) -> tuple[Path, Path]:
    path, map_path = folder / "people.csv", folder / "map.yaml"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    map_path.write_text(text, "utf-8")
    return path, map_path


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> FairnessAudit:
    return audit_file(*write(tmp_path_factory.mktemp("fair"), made_rows()), POLICY.fairness, seed=1)


def test_rates_intervals_and_tests_agree_with_other_formulas(audit: FairnessAudit) -> None:
    rows = made_rows()
    chosen = [each for each in audit.comparisons if each.metric == "fpr"]
    assert len(chosen) == 1 + 2 + 5
    female = next(each for each in chosen if each.attribute == "sex")
    counts = {
        sex: [
            sum(r["hired"] == "1" for r in rows if r["sex"] == sex and r["able"] == "False"),
            sum(1 for r in rows if r["sex"] == sex and r["able"] == "False"),
        ]
        for sex in ("f", "m")
    }
    (x, n), (y, m) = counts["f"], counts["m"]
    assert female.share == (x, n)
    assert female.ref_share == (y, m)
    mine = binomtest(x, n).proportion_ci(method="wilson")
    reference = binomtest(y, m).proportion_ci(method="wilson")
    p, q = x / n, y / m
    assert female.difference is not None
    low = p - q - ((p - mine.low) ** 2 + (reference.high - q) ** 2) ** 0.5
    high = p - q + ((mine.high - p) ** 2 + (q - reference.low) ** 2) ** 0.5
    assert female.difference == pytest.approx((low, high), abs=1e-9)
    ratio = relative_risk(x, n, y, m).confidence_interval(0.95)
    assert female.ratio == pytest.approx((ratio.low, ratio.high), abs=1e-9)
    assert female.p == pytest.approx(fisher_exact([[x, n - x], [y, m - y]]).pvalue, abs=1e-12)


def test_p_values_are_adjusted_over_the_whole_audit(audit: FairnessAudit) -> None:
    p = [each.p for each in audit.comparisons]
    assert len(p) == audit.tests == (1 + 2 + 5) * 5
    by_hand = []
    ranked = sorted(p, key=float)
    for value in p:
        rank = ranked.index(value)
        by_hand.append(min(1.0, max((len(p) - k) * ranked[k] for k in range(rank + 1))))
    assert [each.p_holm for each in audit.comparisons] == pytest.approx(by_hand, abs=1e-12)
    expected = false_discovery_control(p)
    assert [each.p_bh for each in audit.comparisons] == pytest.approx(expected, abs=1e-12)


def test_what_was_put_in_is_confirmed_and_the_rest_is_not(audit: FairnessAudit) -> None:
    verdicts = {(each.group, each.metric): each.verdict for each in audit.comparisons}
    assert verdicts["f", "selection_rate"] == verdicts["f", "fpr"] == Verdict.CONFIRMED
    assert verdicts["南", "selection_rate"] == Verdict.NONE_FOUND
    assert audit.verdict == Verdict.CONFIRMED


def test_small_groups_are_listed_and_not_judged(audit: FairnessAudit) -> None:
    island = [each for each in audit.comparisons if each.group == "岛"]
    assert len(island) == 5
    assert [each.metric for each in island if each.is_small] == ["tpr", "fpr", "precision", "for"]
    assert all(each.is_small == (each.share.trials < 30) for each in island)
    assert {each.verdict for each in island if each.is_small} == {Verdict.INSUFFICIENT}
    assert "m × 岛" in {group.name for group in audit.groups}
    assert sum(group.people for group in audit.groups if group.attribute == "sex") == 4000


def test_missing_groups_and_unreadable_rows_are_told(tmp_path: Path) -> None:
    rows = made_rows(500)
    rows[0]["sex"] = " "
    rows[1]["hired"] = "maybe"
    rows[2]["able"] = ""
    audit = audit_file(*write(tmp_path, rows), POLICY.fairness, seed=1)
    assert audit.people == 498
    assert audit.left_out == {"prediction": 1, "label": 1}
    assert audit.examples == {"prediction": ("maybe",), "label": ("",)}
    missing = next(group for group in audit.groups if group.name == "(missing)")
    assert missing.people == 1


def test_a_group_without_anybody_in_a_denominator_is_not_comparable(tmp_path: Path) -> None:
    rows = made_rows(500)
    rows.append({"sex": "x", "region": "北", "hired": "1", "able": "True"})
    audit = audit_file(*write(tmp_path, rows), POLICY.fairness, seed=1)
    alone = {each.metric: each for each in audit.comparisons if each.group == "x"}
    assert alone["fpr"].verdict is Verdict.NOT_COMPARABLE
    assert alone["fpr"].difference is None
    assert alone["tpr"].verdict is Verdict.INSUFFICIENT


def test_the_same_table_in_three_kinds_of_file(tmp_path: Path) -> None:
    path, map_path = write(tmp_path, made_rows(800))
    parquet, database = tmp_path / "people.parquet", tmp_path / "people.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE TABLE t AS FROM read_csv('{path}', header = true)")
        connection.execute(f"COPY t TO '{parquet}' (FORMAT parquet)")
    whole = [
        audit_file(each, map_path, POLICY.fairness, seed=1) for each in (path, parquet, database)
    ]
    assert whole[0].comparisons == whole[1].comparisons == whole[2].comparisons
    assert whole[0].widest == whole[1].widest == whole[2].widest


def test_the_bootstrap_of_the_table_is_that_of_the_rows() -> None:
    counts, draws = np.array([40, 60, 25, 75]), 4000
    tables = np.concatenate(list(resampled_tables(counts, draws, seed=5)))
    rows = np.repeat(np.arange(4), counts)
    picked = np.random.default_rng(6).choice(rows, (draws, len(rows)))
    by_rows = np.stack([(picked == k).sum(1) for k in range(4)], axis=1)
    assert (tables.sum(1) == 200).all()
    gaps = [t[:, 0] / t[:, :2].sum(1) - t[:, 2] / t[:, 2:].sum(1) for t in (tables, by_rows)]
    assert np.quantile(gaps[0], [0.025, 0.975]) == pytest.approx(
        np.quantile(gaps[1], [0.025, 0.975]), abs=0.01
    )


def test_calibration_tells_a_group_whose_score_promises_too_much(tmp_path: Path) -> None:
    dice = np.random.default_rng(8)
    rows = []
    for k in range(6000):
        score = dice.random()
        true = dice.random() < (score if k % 2 else max(0.0, score - 0.2))
        rows.append({"g": "ab"[k % 2], "score": f"{score:.4f}", "y": str(int(true))})
    text = "score: score\nthreshold: 0.5\nlabel: y\nattributes: [g]\nreferences: {g: b}\n"
    audit = audit_file(*write(tmp_path, rows, text), POLICY.fairness, seed=1)
    promised, fair = audit.calibrations
    assert promised.interval.hi < promised.mean_score
    assert fair.interval.lo < fair.mean_score < fair.interval.hi
    assert promised.expected_error > 0.15 > 3 * fair.expected_error
    assert sum(bin_.people for bin_ in fair.bins) == 3000


@pytest.mark.parametrize(
    ("text", "field", "mend"),
    [
        ("attributes: [sex]", "prediction", "decision"),
        ("attributes: [sexx]\nprediction: hired", "attributes", "did you mean 'sex'"),
        ("attributes: [sex]\nprediction: hired\nlabl: able", "map", "did you mean 'label'"),
        ("attributes: [sex]\nprediction: hired\nreferences: {sex: n}", "references.sex", "f, m"),
        ("attributes: [sex]\nscore: hired\nthreshold: much", "threshold", "number"),
        ("attributes: &a [sex]\nprediction: hired\nintersections: [*a]", "map", "write the value"),
        ("attributes: [sex]\nprediction: region", "prediction", "0 or 1"),
        ("- sex", "map", "pairs"),
        ("a: [", "map", "line"),
        ("attributes: [sex]\nprediction: hired\nmetrics: [tpr]", "label", "came true"),
    ],
)
def test_a_map_that_cannot_be_used_says_what_to_mend(
    tmp_path: Path, text: str, field: str, mend: str
) -> None:
    with pytest.raises(MapError, match=mend) as refused:
        audit_file(*write(tmp_path, made_rows(60), text), POLICY.fairness, seed=1)
    assert refused.value.field == field


def test_the_command_prints_and_writes_the_same_twice(tmp_path: Path) -> None:
    path, map_path = write(tmp_path, made_rows(900))
    told = []
    for name in ("one", "two"):
        asked = ["fairness", str(path), "--map", str(map_path), "--out", str(tmp_path / name)]
        ran = CliRunner().invoke(algorithms, [*asked, "--json"])
        assert ran.exit_code == 0, ran.output
        told.append(json.loads(ran.output))
    for name in ("fairness.json", "comparisons.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert told[0] == told[1] == json.loads((tmp_path / "one" / "fairness.json").read_bytes())
    assert told[0]["tests"] == len(told[0]["comparisons"])
    shown = CliRunner().invoke(algorithms, [*asked[:4], "--language", "zh"])
    assert "证据不足" in shown.output


def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path, map_path = write(tmp_path, made_rows(60))
    other = tmp_path / "people.parquet"
    other.write_bytes(path.read_bytes())
    ran = CliRunner().invoke(algorithms, ["fairness", str(other), "--map", str(map_path)])
    assert ran.exit_code == 1
    assert "file is 'people.parquet'" in ran.output
