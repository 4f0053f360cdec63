"""Values of a file that remembered groups had, found by hashing the file once."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csc_matrix

from lianzhi.accounts.memory.entries import Entry
from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.traces import Traces


class Shares:
    """Share of each remembered group's members with each value that occurs in a file."""

    def __init__(self, traces: Traces, entries: Sequence[Entry], keys: Mapping[str, Key]) -> None:
        """`entries` must be of the given keys; `traces` may cover more time than is analysed."""
        self.entries = entries
        self.names = {trait: column.names for trait, column in traces.columns.items()}
        self.names["account"] = traces.accounts
        self.by_trait: Mapping[str, csc_matrix] = {
            trait: _matrix(trait, name, entries, keys) for trait, name in self.names.items()
        }
        """A row for each entry, a column for each value by its number."""


def _matrix(
    trait: str, names: Sequence[str], entries: Sequence[Entry], keys: Mapping[str, Key]
) -> csc_matrix:
    places: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for place, entry in enumerate(entries):
        for hashed, share in entry.values.get(trait, {}).items():
            places.setdefault((entry.key, hashed), []).append((place, share))
    rows, columns, shares = [], [], []
    for key in {entry.key for entry in entries}:
        for number, name in enumerate(names):
            for place, share in places.get((key, keys[key].hash(trait, name)), ()):
                rows.append(place)
                columns.append(number)
                shares.append(share)
    return csc_matrix((shares, (rows, columns)), (len(entries), len(names)), dtype=np.float64)
