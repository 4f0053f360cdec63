"""Labelled comments to train on, with their second readings."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import train_text_readings as readings

#: Comments that are folded at a time.
CHUNK = 512


@dataclass(frozen=True)
class Corpus:
    """Labelled texts; `fine` is COLD's fine-grained label, `read` the second reading, by the same
    scheme; -1 where there is none."""

    texts: list[str]
    label: NDArray[np.int64]
    topic: NDArray[np.str_]
    fine: NDArray[np.int64]
    read: NDArray[np.int64]

    @property
    def opinions(self) -> NDArray[np.float64]:
        """Whether each text is offensive, by its label and by its second reading: shape [texts, 2].

        NaN where there is no reading.
        """
        second = np.where(self.read < 0, np.nan, np.isin(self.read, readings.ATTACKS))
        return np.column_stack([self.label, second])

    def and_(self, other: "Corpus") -> "Corpus":
        """These texts and others."""
        return Corpus(
            self.texts + other.texts,
            np.concatenate((self.label, other.label)),
            np.concatenate((self.topic, other.topic)),
            np.concatenate((self.fine, other.fine)),
            np.concatenate((self.read, other.read)),
        )


def read(path: Path, text: str = "TEXT") -> Corpus:
    """Read a file of labelled comments, and with it its second readings if there are any."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return Corpus(
        [row[text] for row in rows],
        np.array([int(row["label"]) for row in rows]),
        np.array([row.get("topic", "") for row in rows]),
        np.array([int(row.get("fine-grained-label") or -1) for row in rows]),
        readings.load(path.stem, len(rows)),
    )


def batches(texts: list[str]) -> Iterator[list[str]]:
    return (texts[i : i + CHUNK] for i in range(0, len(texts), CHUNK))
