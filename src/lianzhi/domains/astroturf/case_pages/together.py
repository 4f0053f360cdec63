"""Together: who of a group did what with whom, as a picture of dots that people can check.

A row is an account, a column a thing that two of them or more acted on; a dot says that one did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.views import EvidenceRow
from lianzhi.domains.astroturf.case_pages import cluster
from lianzhi.domains.astroturf.case_pages.cluster import Bar, Cluster, Dots
from lianzhi.domains.astroturf.detection.events import objects

#: Rows and columns that are drawn.
ACCOUNTS, THINGS = 40, 40


class Thing(msgspec.Struct, frozen=True):
    """Something that they acted on together."""

    kind: str
    """How: `like`, `link`, `text`, ..."""
    name: str
    """What; for texts what was said."""
    since: int
    until: int
    accounts: int


class Row(msgspec.Struct, frozen=True):
    """One account."""

    token: str
    account: str | None
    role: str
    """Part that it played; empty: none is told."""
    dots: tuple[int | None, ...]
    """For each thing when it acted on it (ms), or None."""

    @property
    def times(self) -> int:
        """On how many of them it acted."""
        return sum(dot is not None for dot in self.dots)


class Together(msgspec.Struct, frozen=True):
    """The picture."""

    things: tuple[Thing, ...]
    rows: tuple[Row, ...]
    cluster: Cluster
    line: tuple[Bar, ...]
    more_accounts: int
    """How many are not drawn."""
    more_things: int


def told(evidence: Sequence[EvidenceRow], roles: Mapping[str, str]) -> Together:
    """Draw it, the things in order of time, who did most first. `roles`: by account's token."""
    acts: dict[tuple[str, str], int] = {}
    says: dict[str, str] = {}
    names: dict[str, str | None] = {}
    for row in evidence:
        for key in _acted_on(row):
            acts.setdefault((key, row.actor), row.at)
            says.setdefault(key, (row.text or "").strip())
            names[row.actor] = row.account
    met = Counter(key for key, _ in acts)
    times = {
        key: [at for (k, _), at in acts.items() if k == key] for key, n in met.items() if n > 1
    }
    common = sorted(times, key=lambda key: (-met[key], min(times[key]), key))
    keys = sorted(common[:THINGS], key=lambda key: (min(times[key]), key))
    things = tuple(
        Thing(*_name(key, says[key]), min(times[key]), max(times[key]), met[key]) for key in keys
    )
    rows = [
        Row(
            token,
            names[token],
            roles.get(token, ""),
            tuple(acts.get((key, token)) for key in keys),
        )
        for token in names
    ]
    rows = sorted(
        (row for row in rows if row.times), key=lambda row: (-row.times, row.account or row.token)
    )
    shown = rows[:ACCOUNTS]
    return Together(
        things,
        tuple(shown),
        cluster.cluster([Dots(row.account, row.role, row.dots) for row in shown]),
        cluster.line([thing.since for thing in things], [thing.accounts for thing in things]),
        len(rows) - len(shown),
        len(common) - len(keys),
    )


def _acted_on(row: EvidenceRow) -> list[str]:
    """What an event acted on, as the detector saw it; nothing where the copy has been erased."""
    if row.kind is None:
        return []
    event = Event(
        id="-",
        source="-",
        kind=row.kind,
        time=row.at,
        actor="-",
        target=row.target,
        object=row.object,
        text=row.text,
        group=row.group,
    )
    return list(objects(event))


def _name(key: str, said: str) -> tuple[str, str]:
    kind, _, name = key.partition(":")
    return (kind, said) if kind == "text" else (kind, name)
