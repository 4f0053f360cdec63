"""Memory of dissolved groups: entries that hold hashes, histograms and counts, and expire."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

import msgspec
import numpy as np

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.observed import DAY, TIMING, Observed
from lianzhi.accounts.memory.traces import Traces

FORMAT = "lianzhi-memory/1"
#: Most values remembered per trait of a group: the most distinctive ones.
_MOST = 512
Shares = dict[str, float]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The memory of one dissolved group."""

    id: str
    key: str
    """Id of the key of its hashes."""
    remembered: int
    """Unix milliseconds."""
    expires: int
    accounts: int
    actions: int
    joint: int
    values: dict[str, Shares]
    """By trait: hash of a value, and the share of members with it."""
    timing: dict[str, list[int]]

    def __post_init__(self) -> None:
        wrong = {name for name, bins in TIMING.items() if len(self.timing.get(name, ())) != bins}
        if wrong or self.timing.keys() - TIMING.keys():
            raise ValueError(f"timing of {self.id}: give {TIMING} bins, counts from 0 on")


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries of remembered groups."""

    format: str = FORMAT
    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read the output of `write`. Raises ActionError."""
        try:
            memory = msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ActionError(f"memory: {error}; give a file that `remember` wrote") from None
        if memory.format != FORMAT:
            raise ActionError(f"memory: format {memory.format!r}; this program reads {FORMAT!r}")
        return memory

    def write(self) -> bytes:
        """The memory as JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    def at(self, now: int) -> Self:
        """The memory without entries expired by a time."""
        kept = tuple(entry for entry in self.entries if entry.expires > now)
        return msgspec.structs.replace(self, entries=kept)

    def put(self, new_entries: Iterable[Entry]) -> Self:
        """The memory with further entries; one of the same group is replaced."""
        entries = {entry.id: entry for entry in self.entries} | {
            entry.id: entry for entry in new_entries
        }
        return msgspec.structs.replace(self, entries=tuple(entries.values()))

    def forget(self, ids: Iterable[str]) -> Self:
        """The memory without some entries. Raises ActionError for an unknown id."""
        forgotten = set(ids)
        if unknown := forgotten - {entry.id for entry in self.entries}:
            raise ActionError(f"group {min(unknown)!r} is not remembered; see the ids in the file")
        kept = tuple(entry for entry in self.entries if entry.id not in forgotten)
        return msgspec.structs.replace(self, entries=kept)


def entry(traces: Traces, seen: Observed, key: Key, *, now: int, days: float) -> Entry:
    """The entry of a group: values that two of its members share; for a single account, all."""
    names = {trait: column.names for trait, column in traces.columns.items()} | {
        "account": traces.accounts
    }
    values = {
        trait: {key.hash(trait, names[trait][value]): share for value, share in kept}
        for trait, kept in _telling(traces, seen).items()
    }
    accounts = sorted(key.hash("account", traces.accounts[member]) for member in seen.members)
    return Entry(
        id=key.hash("group", " ".join(accounts)),
        key=key.id,
        remembered=now,
        expires=now + round(days * DAY),
        accounts=len(seen.members),
        actions=seen.actions,
        joint=seen.joint,
        values=values,
        timing={trait: counts.tolist() for trait, counts in seen.timing.items()},
    )


def _telling(traces: Traces, seen: Observed) -> Mapping[str, Sequence[tuple[int, float]]]:
    """By trait: values that members share, with shares; only the most informative if too many."""
    size = len(seen.members)
    least = min(2, size)
    telling = {}
    for trait, (value, count) in seen.values.items():
        kept = count >= (1 if trait == "account" else least)
        of = max(seen.joint, 1) if trait == "account" else size
        number, share = value[kept], np.minimum(count[kept] / of, 1.0)
        if number.size > _MOST:
            many = traces.objects_by_account if trait == "account" else traces.spread[trait]
            usual = many[number] / max(traces.active.size, 1)
            order = np.argsort(-share * np.log(share / usual + 1), kind="stable")[:_MOST]
            number, share = number[order], share[order]
        telling[trait] = list(zip(number.tolist(), np.round(share, 4).tolist(), strict=True))
    return telling
