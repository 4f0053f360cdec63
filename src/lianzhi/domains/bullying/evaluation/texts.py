"""Texts to put into events: labelled comments where they are given, else sentences of our own.

A file of labelled comments names the pool of each; `bench/incidents.csv` is one. A folder is
COLD's: its `test.csv` (Deng et al., EMNLP 2022), one random half for the part on
which thresholds are fitted and the other for the part that is reported. `train.csv` is left alone,
since text models are fitted on it, and so is `dev.csv`: it resembles train so much that thresholds
fitted on it promise too much (every simple model is wrong about half as often there).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from lianzhi.domains.bullying.evaluation.columns import Ints
from lianzhi.domains.bullying.evaluation.scenario import EvaluationError

Part = Literal["fit", "report"]
_COLD = "test.csv"
_DEFENCES = 800


class _Sentences(msgspec.Struct, forbid_unknown_fields=True):
    parts: list[list[str]]


@dataclass(frozen=True)
class Texts:
    """`table` holds the texts; `pools` maps (pool, part) to indices into it."""

    origin: str
    table: list[str]
    pools: dict[tuple[str, Part], Ints]

    def draw(self, rng: np.random.Generator, pool: str, part: Part, size: int) -> Ints:
        """Indices of `size` texts of a pool, with replacement."""
        return rng.choice(self.pools[pool, part], size)


def load_texts(source: Path | None, seed: int) -> Texts:
    """Pools praise, news, question, criticism, defence, benign and harmful, each in two parts.

    `source` is a folder with COLD's `test.csv` or a CSV of pool and text; pools that it lacks, or
    all where it is None, are our own sentences. Raises EvaluationError for what cannot be used.
    """
    rng = np.random.default_rng([seed, 1])
    chosen: dict[tuple[str, Part], list[str]] = {}
    for pool in _sentences():
        combined = _combined(pool)
        rng.shuffle(combined)
        chosen[pool, "fit"], chosen[pool, "report"] = combined[::2], combined[1::2]
    origin = "our own sentences"
    if source is not None:
        name = "COLD test" if source.is_dir() else source.name
        origin = f"{name}, one half to fit, the other to report"
        for pool, lines in (_cold(source) if source.is_dir() else _labelled(source)).items():
            rng.shuffle(lines)
            chosen[pool, "fit"], chosen[pool, "report"] = lines[::2], lines[1::2]
    table: list[str] = []
    pools: dict[tuple[str, Part], Ints] = {}
    for (pool, part), texts in chosen.items():
        filled = texts
        if pool == "defence" and any("{quote}" in text for text in texts):
            frames, quotes = rng.choice(texts, _DEFENCES), chosen["harmful", part]
            filled = [f.replace("{quote}", quotes[rng.integers(len(quotes))]) for f in frames]
        pools[pool, part] = np.arange(len(table), len(table) + len(filled))
        table.extend(filled)
    return Texts(origin, table, pools)


@cache
def _sentences() -> dict[str, _Sentences]:
    data = (files(__package__) / "sentences.toml").read_bytes()
    return msgspec.toml.decode(data, type=dict[str, _Sentences])


def _combined(pool: str) -> list[str]:
    return ["".join(choice) for choice in product(*_sentences()[pool].parts)]


def _cold(folder: Path) -> dict[str, list[str]]:
    """Benign and harmful texts of COLD."""
    path = folder / _COLD
    pools: dict[str, list[str]] = {"benign": [], "harmful": []}
    for row in _rows(path):
        if row.get("label") not in {"0", "1"} or not row.get("TEXT"):
            raise EvaluationError(f"{path} needs columns label (0 or 1) and TEXT; got {row}")
        pools["harmful" if row["label"] == "1" else "benign"].append(row["TEXT"])
    return pools


def _labelled(path: Path) -> dict[str, list[str]]:
    """Texts of a file by pool."""
    pools: dict[str, list[str]] = {}
    for line, row in enumerate(_rows(path), start=2):
        pool, text = row.get("pool"), row.get("text")
        if pool not in _sentences() or not text:
            known = ", ".join(sorted(_sentences()))
            raise EvaluationError(
                f"{path}, line {line}: pool is {pool!r}, text {text!r}; "
                f"give columns pool (one of {known}) and text"
            )
        pools.setdefault(pool, []).append(text)
    few = [pool for pool, texts in pools.items() if len(texts) < 2]
    if few or not pools:
        raise EvaluationError(f"{path} needs two texts or more of {', '.join(few) or 'some pool'}")
    return pools


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        raise EvaluationError(f"{path} is missing; give a folder that holds COLD's test.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)
