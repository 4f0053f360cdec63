"""Linking: whether a newly found group acts like a remembered one.

Each new finding of coordination is compared once with all groups remembered before it. A link is a
finding of its own, in a separate case about the same object, in which no measure can be ordered and
no one is answerable. A remembered group is linked to a case once.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection

from lianzhi.accounts.memory.entries import Entry
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

#: Number of entries after which the cursor is written even if no finding was compared.
_FAR = 20_000


class _Comparison(NamedTuple):
    finding: Finding
    """With vault tokens."""
    payload: Mapping[str, Any]
    case: str | None
    names: dict[str, str]
    """Token -> account."""
    known: dict[str, list[str]]
    """Members of each remembered group, by its case."""
    groups: dict[str, Group]
    """By id of the stored memory entry."""
    entries: list[Entry]
    ordinary: list[list[str]]


class Linking:
    """Compares findings with remembered groups; called by one thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._ledger = desk, desk.office.ledger
        self._next: int | None = None
        self._written = 0

    def tick(self, at: int) -> int:
        """Compare the next finding, if any; returns the number of links recorded."""
        with self._ledger.engine.connect() as connection:
            if self._next is None:
                self._next = self._written = queries.cursor(connection, COORDINATION)
            after, due = queries.to_compare(connection, COORDINATION, self._next)
            comparison = None if due is None else self._next_comparison(connection, *due)
        links = 0
        if comparison is not None and comparison.entries:
            links = self._compare(comparison, after, at)
        elif due is not None or after - self._written > _FAR:
            with self._ledger.batch() as batch:
                queries.set_cursor(batch.connection, COORDINATION, after)
            self._written = after
        self._next = after
        return links

    def _next_comparison(
        self, connection: Connection, index: int, identity: str
    ) -> _Comparison | None:
        payload = self._ledger.payload(index)
        if payload is None:
            return None
        finding = msgspec.convert(payload, Finding)
        keys, bodies = load(self._desk.home), queries.memories(connection)
        groups: dict[str, Group] = {}
        entries = []
        for group in (standing.group for standing in queries.standing(connection)):
            body = bodies.get(group.kept) if group.kept is not None else None
            before = group.closed_at <= finding.at or (group.kept or 0) < index
            if body is None or group.key not in keys or not before:
                continue
            entry = msgspec.json.decode(body, type=Entry)
            groups[entry.id] = group
            entries.append(entry)
        policy = self._desk.policy(finding.at)
        others = [
            latest_group
            for latest_group in queries.latest_groups(
                connection, COORDINATION, index, policy.ordinary
            )
            if latest_group.about != finding.about
        ]
        members = queries.members(connection)
        known = {group.case: members.get(group.kept or 0, set()) for group in groups.values()}
        tokens = {*finding.subjects, *(token for tokens_ in known.values() for token in tokens_)}
        tokens.update(token for other in others for token in other.subjects)
        names = queries.accounts_of(connection, tokens)
        case_id = queries.case_of(connection, identity)
        return _Comparison(
            finding,
            payload,
            case_id,
            names,
            {
                case: [names[token] for token in tokens_ if token in names]
                for case, tokens_ in known.items()
            },
            groups,
            entries,
            [
                [names[subject] for subject in other.subjects if subject in names]
                for other in others
            ],
        )

    def _compare(self, comparison: _Comparison, after: int, at: int) -> int:
        desk, finding = self._desk, comparison.finding
        policy = desk.policy(finding.at)
        names = [
            comparison.names[subject] for subject in finding.subjects if subject in comparison.names
        ]
        all_accounts = {*names, *(name for other in comparison.ordinary for name in other)}
        since = finding.at - round(policy.scan_days * DAY_MS)
        line = finding.at - round(policy.new_days * DAY_MS)
        seen = desk.look(all_accounts, since, finding.at + 1, policy.scan_events)
        link = None
        # New accounts cannot be told from old ones where the log does not reach far enough back.
        if seen.traces is not None and seen.since < line:
            new = new_in(seen.traces, names, line)
            entries = [
                entry
                for entry in comparison.entries
                if _mostly(new, comparison.known[comparison.groups[entry.id].case])
            ]
            keys = load(desk.home)
            link = compare(seen.traces, names, comparison.ordinary, entries, keys, desk.rules)
        with self._ledger.batch() as batch:
            linked = link is not None and self._record_link(
                batch, comparison, link, len(entries), at
            )
            queries.set_cursor(batch.connection, COORDINATION, after)
        self._written = after
        return int(linked)

    def _record_link(
        self, batch: Batch, comparison: _Comparison, link: Link, of: int, at: int
    ) -> bool:
        """Record a link; False if it was recorded before or the group was forgotten meanwhile."""
        old, new_finding = comparison.groups[link.entry.id], comparison.finding
        if queries.of_case(batch.connection, old.case) != old:
            return False
        case = queries.case_of(batch.connection, new_finding.id)
        # A link reported for a group that was only watched is not reported again when it has a
        # case.
        plain, *before = (
            finding_id(f"{RETURNING}/{old.case}", of_, 0, "warn", 0)
            for of_ in ([case, new_finding.about] if case else [new_finding.about])
        )
        key = self._ledger.signer.seal_key
        ref, *others = (finding_records.ref_of(key, identity) for identity in (plain, *before))
        office = self._desk.office
        if office.queries.cases.known_findings(batch.connection, [ref, *others]):
            return False
        # No measure is proposed and no account is blamed: similarity is no act.
        policy = msgspec.structs.replace(office.policy(new_finding.at), proposals=())
        copies = [
            msgspec.structs.replace(evidence, ref=ref)
            for evidence in self._ledger.vault.evidence(new_finding.id, batch.connection)
        ]
        finding = Finding(
            id=ref,
            kind=RETURNING,
            stage=policy.opens_at,
            about=new_finding.about,
            subjects=new_finding.subjects,
            at=new_finding.at,
            since=new_finding.since,
            score=link.prior + sum(trait.nats for trait in link.traits),
            confidence=link.posterior,
            reasons=_reasons(link),
            evidence=tuple(
                msgspec.structs.replace(evidence, role=None) for evidence in new_finding.evidence
            ),
            counts={
                **{
                    name: n
                    for name, n in new_finding.counts.items()
                    if name.startswith("explained_")
                },
                "accounts": link.accounts,
                "remembered_accounts": old.accounts,
                "per_mille": int(1000 * link.posterior),
                "compared": of,
            },
            minor=False,
            rule=f"{RETURNING}@{self._desk.version}",
        )
        since = new_finding.at - policy.links_within_days * DAY_MS
        people = (new_finding.about, *new_finding.subjects)
        near = office.queries.incidents.related(batch.connection, new_finding, people, since)
        first = [related for related in near if related.case == case]
        rest = [related for related in near if related.case not in (case, old.case)]
        related = [Related(case=old.case), *first, *rest]
        latest = office.queries.cases.latest_case(batch.connection, RETURNING, new_finding.about)
        drafts_, *rest_ = docket.receive(finding, latest, policy, related)
        kept = {str(copy.seq): copy.leaf for copy in copies}
        payload = {**drafts_.payload, "kept": kept, "log": comparison.payload["log"]}
        drafts_ = msgspec.structs.replace(
            drafts_, payload=payload, texts={"id": (plain, (new_finding.about,))}
        )
        grown = next((draft.ref for draft in rest_ if draft.kind in _GROWN), None)
        if grown is not None:
            body: dict[str, Any] = {
                "case": grown,
                "of": old.case,
                "coordination": case,
                "finding": ref,
            }
            body |= {"per_mille": int(1000 * link.posterior), "compared": of}
            rest_.append(Draft(queries.RETURNED, grown, new_finding.at, body))
        batch.append([drafts_, *rest_])
        batch.keep_evidence(copies)
        return grown is not None


def _mostly(new: Mapping[str, bool], members: Collection[str]) -> bool:
    """Whether most accounts are new and were not members of a remembered group."""
    old = set(members)
    return 2 * sum(is_new and account not in old for account, is_new in new.items()) > len(new)


_GROWN = ("case.opened", "case.joined")


def _reasons(link: Link) -> tuple[Reason, ...]:
    """Reasons by trait, and the prior of any group of new accounts."""
    parts: Sequence[Reason] = [
        Reason(f"alike_{trait.name}", trait.nats, trait.matches, 0.0, "agreements")
        for trait in sorted(link.traits, key=lambda trait: -trait.nats)
    ]
    return (*parts, Reason("alike_before", link.prior, 1.0, 0.0, "groups"))
