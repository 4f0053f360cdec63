"""Counting: a table of people becomes a contingency table, in one pass of DuckDB."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.fairness.fairness_map import FairnessMap
from lianzhi.tabular.column_map import MapError, check_columns
from lianzhi.tabular.table_source import TableSource, quoted

MISSING = "(missing)"
BINS = 10
"""Bins of equal width in which the calibration of a score is looked at."""
_TRUE, _FALSE = ("1", "1.0", "true"), ("0", "0.0", "false")
_SHOWN = 5


class Counts(NamedTuple):
    """People by the values of their attributes, decision and label."""

    values: Mapping[str, Sequence[str]]
    """Groups of each attribute, in order."""
    codes: NDArray[np.int64]
    """(cells, attributes): which value of each attribute a cell has."""
    table: NDArray[np.int64]
    """(cells, 2, 2): people by decision and label, 0 and 1; without a label all have label 0."""
    left_out: Mapping[str, int]
    """Rows that are not counted, by the field that says neither 0 nor 1."""
    examples: Mapping[str, Sequence[str]]
    """Some of what stands there."""


class ScoreBins(NamedTuple):
    """People with a label by the values of their attributes and by bins of their score."""

    codes: NDArray[np.int64]
    people: NDArray[np.int64]
    """(cells, BINS)"""
    expected: NDArray[np.float64]
    """(cells, BINS): sum of scores."""
    true: NDArray[np.int64]
    """(cells, BINS): people with label 1."""


def count(source: TableSource, wanted: FairnessMap, most_cells: int) -> Counts:
    """The contingency table of a source. Rows without a value of an attribute are a group of their
    own; rows without a readable decision or label are left out and told. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    groups = [_group(name) for name in wanted.attributes]
    decision = _text(wanted.prediction) if wanted.prediction else _threshold(wanted)
    label = _text(wanted.label) if wanted.label else "'0'"
    query = (
        f"SELECT {', '.join(groups)}, {decision} AS decision, {label} AS label, count(*) AS n "
        f"FROM {source.relation} GROUP BY ALL LIMIT {8 * most_cells + 1}"
    )
    rows = source.rows(query)
    if len(rows) > 8 * most_cells:
        names = ", ".join(wanted.attributes)
        raise MapError("attributes", names, "name columns with fewer values; bin ages and amounts")
    cells: dict[tuple[str, ...], NDArray[np.int64]] = {}
    left_out: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for *key, decided, labelled, n in rows:
        bits = {"prediction": _bit(decided), "label": _bit(labelled)}
        if bad := [name for name, bit in bits.items() if bit is None]:
            left_out[bad[0]] = left_out.get(bad[0], 0) + n
            quoted_text = decided if bad[0] == "prediction" else labelled
            examples.setdefault(bad[0], []).append(
                "" if quoted_text is None else str(quoted_text)[:80]
            )
            continue
        cell = cells.setdefault(tuple(key), np.zeros((2, 2), np.int64))
        cell[bits["prediction"], bits["label"]] += n
    if not cells:
        raise MapError("prediction", examples, "name columns that say 0 or 1, or true or false")
    keys = sorted(cells)
    values, codes = _coded(keys, wanted.attributes)
    table = np.stack([cells[key] for key in keys])
    shown = {name: tuple(sorted({*quoted_text})[:_SHOWN]) for name, quoted_text in examples.items()}
    return Counts(values, codes, table, left_out, shown)


def count_scores(source: TableSource, wanted: FairnessMap, counts: Counts) -> ScoreBins | None:
    """Scores in bins; None: some score is no probability, so that they mean nothing."""
    score = f"TRY_CAST({quoted(wanted.score)} AS DOUBLE)"
    text = _text(wanted.label)
    label = f"CASE WHEN {text} IN {_TRUE} THEN 1 WHEN {text} IN {_FALSE} THEN 0 END"
    groups = [_group(name) for name in wanted.attributes]
    place = f"least(CAST(floor({score} * {BINS}) AS BIGINT), {BINS - 1})"
    query = (
        f"SELECT {', '.join(groups)}, {place} AS bin, "
        f"count(*), sum({score}), sum({label}), min({score}) < 0 OR max({score}) > 1 "
        f"FROM {source.relation} WHERE {score} IS NOT NULL AND {label} IS NOT NULL GROUP BY ALL "
        f"LIMIT {4 * BINS * len(counts.codes) + 1}"
    )
    rows = source.rows(query)
    if not rows or any(row[-1] for row in rows) or len(rows) > 4 * BINS * len(counts.codes):
        return None
    index = {
        tuple(
            counts.values[name][code] for name, code in zip(wanted.attributes, key, strict=True)
        ): n
        for n, key in enumerate(counts.codes)
    }
    shape = (len(counts.codes), BINS)
    bins = ScoreBins(
        counts.codes, np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape, np.int64)
    )
    for *key, place, people, expected, true, _ in rows:
        if (cell := index.get(tuple(key))) is not None:
            bins.people[cell, place] += people
            bins.expected[cell, place] += expected
            bins.true[cell, place] += true
    return bins


def _coded(
    keys: Sequence[tuple[str, ...]], attributes: Sequence[str]
) -> tuple[dict[str, Sequence[str]], NDArray[np.int64]]:
    values = {name: sorted({key[n] for key in keys}) for n, name in enumerate(attributes)}
    places = [{value: k for k, value in enumerate(values[name])} for name in attributes]
    codes = [[place[part] for place, part in zip(places, key, strict=True)] for key in keys]
    return dict(values), np.asarray(codes, np.int64)


def _text(column: str) -> str:
    return f"lower(CAST({quoted(column)} AS VARCHAR))"


def _group(column: str) -> str:
    text = f"trim(CAST({quoted(column)} AS VARCHAR))"
    return f"coalesce(nullif({text}, ''), '{MISSING}')"


def _threshold(wanted: FairnessMap) -> str:
    score = f"TRY_CAST({quoted(wanted.score)} AS DOUBLE)"
    return f"CAST({score} >= {float(wanted.threshold or 0)!r} AS VARCHAR)"


def _bit(value: Any) -> int | None:
    text = "" if value is None else str(value).strip()
    return 1 if text in _TRUE else 0 if text in _FALSE else None
