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
#: Values of a trait that are remembered of a group, at most: the most telling ones.
_MOST = 512
Shares = dict[str, float]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dissolved group."""

    id: str
    key: str
    """Id of the key that its hashes are made with."""
    remembered: int
    """Unix milliseconds."""
    expires: int
    accounts: int
    actions: int
    joint: int
    values: dict[str, Shares]
    """By trait: hash of a value, and the share of members that showed it."""
    timing: dict[str, list[int]]

    def __post_init__(self) -> None:
        wrong = {name for name, bins in TIMING.items() if len(self.timing.get(name, ())) != bins}
        if wrong or self.timing.keys() - TIMING.keys():
            raise ValueError(f"timing of {self.id}: give {TIMING} bins, counts from 0 on")


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is remembered."""

    format: str = FORMAT
    entries: tuple[Entry, ...] = ()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Read what `write` gave. Raises ActionError."""
        try:
            found = msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ActionError(f"memory: {error}; give a file that `remember` wrote") from None
        if found.format != FORMAT:
            raise ActionError(f"memory: format {found.format!r}; this program reads {FORMAT!r}")
        return found

    def write(self) -> bytes:
        """As JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)

    def at(self, now: int) -> Self:
        """What is left of it: entries that have not expired by then."""
        kept = tuple(one for one in self.entries if one.expires > now)
        return msgspec.structs.replace(self, entries=kept)

    def put(self, some: Iterable[Entry]) -> Self:
        """With more entries; one of the same group takes the place of the former."""
        entries = {one.id: one for one in self.entries} | {one.id: one for one in some}
        return msgspec.structs.replace(self, entries=tuple(entries.values()))

    def forget(self, ids: Iterable[str]) -> Self:
        """Without some groups. Raises ActionError for one that is not there."""
        gone = set(ids)
        if unknown := gone - {one.id for one in self.entries}:
            raise ActionError(f"group {min(unknown)!r} is not remembered; see the ids in the file")
        kept = tuple(one for one in self.entries if one.id not in gone)
        return msgspec.structs.replace(self, entries=kept)


def entry(traces: Traces, seen: Observed, key: Key, *, now: int, days: float) -> Entry:
    """What to remember of a group: what two of its members share; of one account, all."""
    names = {trait: one.names for trait, one in traces.columns.items()} | {
        "account": traces.accounts
    }
    values = {
        trait: {key.hash(trait, names[trait][value]): share for value, share in kept}
        for trait, kept in _telling(traces, seen).items()
    }
    who = sorted(key.hash("account", traces.accounts[one]) for one in seen.members)
    return Entry(
        id=key.hash("group", " ".join(who)),
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
    """By trait: values that members share, with shares; the most telling where there are many."""
    size = len(seen.members)
    least = min(2, size)
    found = {}
    for trait, (value, count) in seen.values.items():
        kept = count >= (1 if trait == "account" else least)
        of = max(seen.joint, 1) if trait == "account" else size
        number, share = value[kept], np.minimum(count[kept] / of, 1.0)
        if number.size > _MOST:
            many = traces.things if trait == "account" else traces.spread[trait]
            usual = many[number] / max(traces.active.size, 1)
            order = np.argsort(-share * np.log(share / usual + 1), kind="stable")[:_MOST]
            number, share = number[order], share[order]
        found[trait] = list(zip(number.tolist(), np.round(share, 4).tolist(), strict=True))
    return found
