"""Shares: which values of a file remembered groups had, found by hashing the file once."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csc_matrix

from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.remembered import Entry
from lianzhi.accounts.memory.traces import Traces


class Shares:
    """How many of each remembered group's members showed each value that stands in a file."""

    def __init__(self, traces: Traces, entries: Sequence[Entry], keys: Mapping[str, Key]) -> None:
        """`entries` are of the keys given; `traces` may be of more time than is looked at."""
        self.entries = entries
        self.names = {trait: one.names for trait, one in traces.columns.items()}
        self.names["account"] = traces.accounts
        self.by_trait: Mapping[str, csc_matrix] = {
            trait: _matrix(trait, some, entries, keys) for trait, some in self.names.items()
        }
        """A row for each entry, a column for each value by its number."""


def _matrix(
    trait: str, names: Sequence[str], entries: Sequence[Entry], keys: Mapping[str, Key]
) -> csc_matrix:
    places: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for place, one in enumerate(entries):
        for hashed, share in one.values.get(trait, {}).items():
            places.setdefault((one.key, hashed), []).append((place, share))
    rows, columns, shares = [], [], []
    for key in {one.key for one in entries}:
        for number, name in enumerate(names):
            for place, share in places.get((key, keys[key].hash(trait, name)), ()):
                rows.append(place)
                columns.append(number)
                shares.append(share)
    return csc_matrix((shares, (rows, columns)), (len(entries), len(names)), dtype=np.float64)
