"""Together: co-actions of a group, as a dot matrix that people can check.

A row is an account, a column an object that at least two of them acted on; a dot is an act.
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
ACCOUNTS, OBJECTS = 40, 40


class Shared(msgspec.Struct, frozen=True):
    """An object that several accounts acted on."""

    kind: str
    """How: `like`, `link`, `text`, ..."""
    name: str
    """What; for texts what was said."""
    since: int
    until: int
    accounts: int


class Row(msgspec.Struct, frozen=True):
    """Acts of one account."""

    token: str
    account: str | None
    role: str
    """Role; empty: none is known."""
    dots: tuple[int | None, ...]
    """For each object when it acted on it (ms), or None."""

    @property
    def times(self) -> int:
        """On how many of them it acted."""
        return sum(dot is not None for dot in self.dots)


class Together(msgspec.Struct, frozen=True):
    """Dot matrix, graph and time line of a group."""

    objects: tuple[Shared, ...]
    rows: tuple[Row, ...]
    cluster: Cluster
    line: tuple[Bar, ...]
    more_accounts: int
    """How many are not drawn."""
    more_objects: int


def draw(evidence: Sequence[EvidenceRow], roles: Mapping[str, str]) -> Together:
    """Dot matrix, objects in order of time, busiest accounts first. `roles`: by account token."""
    acts: dict[tuple[str, str], int] = {}
    texts: dict[str, str] = {}
    names: dict[str, str | None] = {}
    for row in evidence:
        for key in _acted_on(row):
            acts.setdefault((key, row.actor), row.at)
            texts.setdefault(key, (row.text or "").strip())
            names[row.actor] = row.account
    met = Counter(key for key, _ in acts)
    times = {
        key: [at for (k, _), at in acts.items() if k == key] for key, n in met.items() if n > 1
    }
    common = sorted(times, key=lambda key: (-met[key], min(times[key]), key))
    keys = sorted(common[:OBJECTS], key=lambda key: (min(times[key]), key))
    shared = tuple(
        Shared(*_name(key, texts[key]), min(times[key]), max(times[key]), met[key]) for key in keys
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
        shared,
        tuple(shown),
        cluster.cluster([Dots(row.account, row.role, row.dots) for row in shown]),
        cluster.line([o.since for o in shared], [o.accounts for o in shared]),
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


def _name(key: str, text: str) -> tuple[str, str]:
    kind, _, name = key.partition(":")
    return (kind, text) if kind == "text" else (kind, name)
