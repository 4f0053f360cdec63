"""Linking: whether a group that was just found acts like one that is remembered.

Each new finding of coordination is compared once with all groups that were remembered before it.
A link is a finding of its own, in a case of its own about the same thing, in which nothing can be
ordered and nobody is answerable. Of one remembered group and one case it is told once.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from lianzhi.accounts.memory.remembered import Entry
from lianzhi.chain import docket
from lianzhi.chain.finding import Finding, Reason, finding_id
from lianzhi.chain.link import Related
from lianzhi.domains.astroturf.memory import queries
from lianzhi.domains.astroturf.memory.desk import COORDINATION, DAY_MS, RETURNING, Desk
from lianzhi.domains.astroturf.memory.keys import load
from lianzhi.domains.astroturf.memory.queries import Group
from lianzhi.domains.astroturf.returning.streamed import Link, compare, new_in
from lianzhi.office import finding_records
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

#: Entries after which how far findings were compared is written down though there was none.
_FAR = 20_000


class _Asked(NamedTuple):
    """A finding with what it is to be compared with."""

    said: Finding
    """With vault tokens."""
    payload: Mapping[str, Any]
    case: str | None
    names: dict[str, str]
    """Account of each token."""
    known: dict[str, list[str]]
    """Members of each remembered group, by its case."""
    groups: dict[str, Group]
    """By id of the entry that is kept of them."""
    entries: list[Entry]
    ordinary: list[list[str]]


class Linking:
    """See module. Called by one thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._ledger = desk, desk.office.ledger
        self._next: int | None = None
        self._written = 0

    def tick(self, at: int) -> int:
        """Compare the next finding, if there is one; returns how many links were told."""
        with self._ledger.engine.connect() as connection:
            if self._next is None:
                self._next = self._written = queries.cursor(connection, COORDINATION)
            after, found = queries.to_compare(connection, COORDINATION, self._next)
            asked = None if found is None else self._asked(connection, *found)
        told = 0
        if asked is not None and asked.entries:
            told = self._compare(asked, after, at)
        elif found is not None or after - self._written > _FAR:
            with self._ledger.batch() as batch:
                queries.set_cursor(batch.connection, COORDINATION, after)
            self._written = after
        self._next = after
        return told

    def _asked(self, connection: Connection, index: int, identity: str) -> _Asked | None:
        payload = self._ledger.payload(index)
        if payload is None:
            return None
        said = msgspec.convert(payload, Finding)
        keys, bodies = load(self._desk.home), queries.memories(connection)
        groups: dict[str, Group] = {}
        entries = []
        for group in (one.group for one in queries.standing(connection)):
            body = bodies.get(group.kept) if group.kept is not None else None
            before = group.closed_at <= said.at or (group.kept or 0) < index
            if body is None or group.key not in keys or not before:
                continue
            made = msgspec.json.decode(body, type=Entry)
            groups[made.id] = group
            entries.append(made)
        policy = self._desk.policy(said.at)
        others = [
            one
            for one in queries.latest_groups(connection, COORDINATION, index, policy.ordinary)
            if one.about != said.about
        ]
        members = queries.members(connection)
        known = {group.case: members.get(group.kept or 0, set()) for group in groups.values()}
        tokens = {*said.subjects, *(one for some in known.values() for one in some)}
        tokens.update(token for one in others for token in one.subjects)
        names = queries.accounts_of(connection, tokens)
        case_id = queries.case_of(connection, identity)
        return _Asked(
            said,
            payload,
            case_id,
            names,
            {case: [names[one] for one in some if one in names] for case, some in known.items()},
            groups,
            entries,
            [[names[one] for one in other.subjects if one in names] for other in others],
        )

    def _compare(self, asked: _Asked, after: int, at: int) -> int:
        desk, said = self._desk, asked.said
        policy = desk.policy(said.at)
        names = [asked.names[one] for one in said.subjects if one in asked.names]
        everybody = {*names, *(name for other in asked.ordinary for name in other)}
        since = said.at - round(policy.scan_days * DAY_MS)
        line = said.at - round(policy.new_days * DAY_MS)
        seen = desk.look(everybody, since, said.at + 1, policy.scan_events)
        link = None
        # Who was there before can't be told where the log reaches no further back.
        if seen.traces is not None and seen.since < line:
            new = new_in(seen.traces, names, line)
            entries = [
                one for one in asked.entries if _mostly(new, asked.known[asked.groups[one.id].case])
            ]
            keys = load(desk.home)
            link = compare(seen.traces, names, asked.ordinary, entries, keys, desk.rules)
        with self._ledger.batch() as batch:
            told = link is not None and self._tell(batch, asked, link, len(entries), at)
            queries.set_cursor(batch.connection, COORDINATION, after)
        self._written = after
        return int(told)

    def _tell(self, batch: Batch, asked: _Asked, link: Link, of: int, at: int) -> bool:
        """Put a link on the record; False: it was told, or the group was forgotten meanwhile."""
        old, said = asked.groups[link.entry.id], asked.said
        if queries.of_case(batch.connection, old.case) != old:
            return False
        case = queries.case_of(batch.connection, said.id)
        # What was told of a group that was only watched is not told again when it has a case.
        plain, *before = (
            finding_id(f"{RETURNING}/{old.case}", of_, 0, "warn", 0)
            for of_ in ([case, said.about] if case else [said.about])
        )
        key = self._ledger.signer.seal_key
        ref, *others = (finding_records.ref_of(key, one) for one in (plain, *before))
        office = self._desk.office
        if office.queries.cases.known_findings(batch.connection, [ref, *others]):
            return False
        # Nothing is proposed and nobody is answerable: likeness is no act.
        policy = msgspec.structs.replace(office.policy(said.at), proposals=())
        copies = [
            msgspec.structs.replace(one, ref=ref)
            for one in self._ledger.vault.evidence(said.id, batch.connection)
        ]
        finding = Finding(
            id=ref,
            kind=RETURNING,
            stage=policy.opens_at,
            about=said.about,
            subjects=said.subjects,
            at=said.at,
            since=said.since,
            score=link.prior + sum(one.nats for one in link.traits),
            confidence=link.posterior,
            reasons=_reasons(link),
            evidence=tuple(msgspec.structs.replace(one, role=None) for one in said.evidence),
            counts={
                **{name: n for name, n in said.counts.items() if name.startswith("explained_")},
                "accounts": link.accounts,
                "remembered_accounts": old.accounts,
                "per_mille": int(1000 * link.posterior),
                "compared": of,
            },
            minor=False,
            rule=f"{RETURNING}@{self._desk.version}",
        )
        since = said.at - policy.links_within_days * DAY_MS
        people = (said.about, *said.subjects)
        near = office.queries.incidents.related(batch.connection, said, people, since)
        first = [one for one in near if one.case == case]
        rest = [one for one in near if one.case not in (case, old.case)]
        related = [Related(case=old.case), *first, *rest]
        latest = office.queries.cases.latest_case(batch.connection, RETURNING, said.about)
        made, *rest_ = docket.receive(finding, latest, policy, related)
        kept = {str(one.seq): one.leaf for one in copies}
        payload = {**made.payload, "kept": kept, "log": asked.payload["log"]}
        made = msgspec.structs.replace(made, payload=payload, texts={"id": (plain, (said.about,))})
        grown = next((one.ref for one in rest_ if one.kind in _GROWN), None)
        if grown is not None:
            told: dict[str, Any] = {
                "case": grown,
                "of": old.case,
                "coordination": case,
                "finding": ref,
            }
            told |= {"per_mille": int(1000 * link.posterior), "compared": of}
            rest_.append(Draft(queries.RETURNED, grown, said.at, told))
        batch.append([made, *rest_])
        batch.keep_evidence(copies)
        return grown is not None


def _mostly(new: Mapping[str, bool], members: Collection[str]) -> bool:
    """Whether most accounts are new, and were none of a remembered group's members."""
    old = set(members)
    return 2 * sum(is_new and one not in old for one, is_new in new.items()) > len(new)


_GROWN = ("case.opened", "case.joined")


def _reasons(link: Link) -> tuple[Reason, ...]:
    """By trait, and what any group of new accounts starts from."""
    parts: Sequence[Reason] = [
        Reason(f"alike_{one.name}", one.nats, one.matches, 0.0, "agreements")
        for one in sorted(link.traits, key=lambda one: -one.nats)
    ]
    return (*parts, Reason("alike_before", link.prior, 1.0, 0.0, "groups"))
