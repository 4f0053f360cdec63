"""Texts to put into events: labelled comments where a folder of them is given, else our own.

Labelled comments are COLD's `test.csv` (Deng et al., EMNLP 2022), one random half for the part on
which thresholds are fitted and the other for the part that is reported. `train.csv` is left alone,
since text models are fitted on it, and so is `dev.csv`: it resembles train so much that thresholds
fitted on it promise too much (every simple model is wrong about half as often there).
"""

import csv
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


def load_texts(cold: Path | None, seed: int) -> Texts:
    """Pools praise, news, question, criticism, defence, benign and harmful, each in two parts.

    `cold` is a folder with `test.csv`, or None for our own sentences. Raises
    EvaluationError when the folder lacks a file or a column.
    """
    rng = np.random.default_rng([seed, 1])
    chosen: dict[tuple[str, Part], list[str]] = {}
    for pool in _sentences():
        combined = _combined(pool)
        rng.shuffle(combined)
        chosen[pool, "fit"], chosen[pool, "report"] = combined[::2], combined[1::2]
    if cold is not None:
        labelled = _labelled(cold / _COLD)
        for pool, found in zip(("benign", "harmful"), labelled, strict=True):
            rng.shuffle(found)
            chosen[pool, "fit"], chosen[pool, "report"] = found[::2], found[1::2]
    table: list[str] = []
    pools: dict[tuple[str, Part], Ints] = {}
    for (pool, part), texts in chosen.items():
        filled = texts
        if pool == "defence":
            frames, quotes = rng.choice(texts, _DEFENCES), chosen["harmful", part]
            filled = [f.replace("{quote}", quotes[rng.integers(len(quotes))]) for f in frames]
        pools[pool, part] = np.arange(len(table), len(table) + len(filled))
        table.extend(filled)
    origin = (
        "our own sentences" if cold is None else "COLD test, one half to fit, the other to report"
    )
    return Texts(origin, table, pools)


@cache
def _sentences() -> dict[str, _Sentences]:
    data = (files(__package__) / "sentences.toml").read_bytes()
    return msgspec.toml.decode(data, type=dict[str, _Sentences])


def _combined(pool: str) -> list[str]:
    return ["".join(choice) for choice in product(*_sentences()[pool].parts)]


def _labelled(path: Path) -> tuple[list[str], list[str]]:
    """Benign and harmful texts of one file."""
    if not path.is_file():
        raise EvaluationError(f"{path} is missing; give a folder that holds COLD's test.csv")
    benign: list[str] = []
    harmful: list[str] = []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row.get("label") not in {"0", "1"} or not row.get("TEXT"):
                raise EvaluationError(f"{path} needs columns label (0 or 1) and TEXT; got {row}")
            (harmful if row["label"] == "1" else benign).append(row["TEXT"])
    return benign, harmful
