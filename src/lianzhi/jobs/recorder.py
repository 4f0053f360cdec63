"""Recorder: puts findings, and what follows from them, on the record in one durable batch."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from lianzhi.chain import docket
from lianzhi.chain.case import Case
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding
from lianzhi.chain.policy import CasePolicy
from lianzhi.flow import log
from lianzhi.flow.intake import decode
from lianzhi.record.entry import Draft
from lianzhi.record.ports import Evidence as Kept
from lianzhi.store import heads, lookups
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Ledger

#: Turns the evidence of findings into evidence with spans, given the events by log position.
Marker = Callable[[Sequence[Finding], Mapping[int, Event]], list[Finding]]


class Recorder:
    """Findings in, entries out. One thread at a time."""

    def __init__(
        self, ledger: Ledger, events: EventStore, policy: Callable[[int], CasePolicy], mark: Marker
    ) -> None:
        self._ledger, self._events, self._policy, self._mark = ledger, events, policy, mark

    @property
    def recorded(self) -> int:
        """How many entries the record has."""
        return self._ledger.size

    def unrecorded(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those that are not on the record yet."""
        refs = self._refs(findings)
        with self._ledger.engine.connect() as connection:
            known = lookups.known_findings(connection, list(refs.values()))
        return [finding for finding in findings if refs[finding.id] not in known]

    def record(self, findings: Sequence[Finding]) -> list[Finding]:
        """Put findings on the record, once however often it is called; returns them marked."""
        if not findings:
            return []
        refs = self._refs(findings)
        positions = [one.seq for f in findings for one in f.evidence if one.seq >= 0]
        lines = self._events.log.lines(positions)
        events = {seq: decode(line) for seq, (line, _) in lines.items()}
        marked = self._mark(findings, events)
        head = self._events.log.durable
        with self._ledger.batch() as batch:
            # A connection may break after the commit and before the answer.
            known = lookups.known_findings(batch.connection, list(refs.values()))
            targets = {event.target for event in events.values() if event.target is not None}
            tokens = batch.tokens(targets.union(*(_accounts(finding) for finding in marked)))
            for finding in marked:
                if refs[finding.id] in known:
                    continue
                case = _latest_case(batch.connection, finding, tokens)
                policy = self._policy(finding.at)
                ref = refs[finding.id]
                chosen = finding.evidence[: policy.evidence_kept]
                copies = _copies(ref, chosen, lines, events, tokens)
                made, *rest = docket.receive(_named_by(finding, ref, tokens), case, policy)
                batch.append([_vouching(made, finding, copies, tokens, head), *rest])
                batch.keep_evidence(copies)
        return marked

    def _refs(self, findings: Sequence[Finding]) -> dict[str, str]:
        """How the record names findings.

        A finding's own id is a hash over the account, which guessing could confirm after an
        erasure; so the record keys it, and keeps the plain id among the erasable texts.
        """
        key = self._ledger.signer.seal_key
        return {
            one.id: hashlib.blake2b(one.id.encode(), digest_size=16, key=key).hexdigest()
            for one in findings
        }


def _latest_case(
    connection: Connection, finding: Finding, tokens: Mapping[str, str]
) -> Case | None:
    return lookups.latest_case(connection, finding.kind, tokens[finding.about])


def _accounts(finding: Finding) -> list[str]:
    actors = (one.actor for one in finding.evidence)
    return [finding.about, *finding.subjects, *finding.roles, *actors]


def _named_by(finding: Finding, ref: str, tokens: Mapping[str, str]) -> Finding:
    """The finding with vault tokens in place of accounts, and log positions for events."""
    return msgspec.structs.replace(
        finding,
        id=ref,
        about=tokens[finding.about],
        subjects=tuple(tokens[account] for account in finding.subjects),
        roles={tokens[account]: role for account, role in finding.roles.items()},
        evidence=tuple(
            msgspec.structs.replace(one, actor=tokens[one.actor], event="", source="")
            for one in finding.evidence
        ),
    )


def _vouching(
    made: Draft, finding: Finding, copies: Sequence[Kept], tokens: Mapping[str, str], head: log.Head
) -> Draft:
    """The entry of a finding that also tells which copies are kept, and how far the log was."""
    said = {"kept": {str(one.seq): one.leaf for one in copies}, "log": heads.said(head)}
    plain = {"id": (finding.id, (tokens[finding.about],))}
    return msgspec.structs.replace(made, payload={**made.payload, **said}, texts=plain)


def _copies(
    ref: str,
    evidence: Sequence[Evidence],
    lines: Mapping[int, tuple[bytes, bytes]],
    events: Mapping[int, Event],
    tokens: Mapping[str, str],
) -> list[Kept]:
    """Copies of the events for the vault; an event already erased is left out."""
    copies = []
    for one in evidence:
        if one.seq not in lines:
            continue
        (raw, salt), target = lines[one.seq], events[one.seq].target
        copies.append(
            Kept(
                ref=ref,
                seq=one.seq,
                leaf=log.leaf(salt, raw).hex(),
                salt=salt,
                raw=raw,
                actor=tokens[one.actor],
                target=None if target is None else tokens[target],
            )
        )
    return copies
