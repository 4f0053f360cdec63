"""Recorder: puts findings, and what follows from them, on the record in one durable batch."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from lianzhi.chain import docket
from lianzhi.chain.case import Case
from lianzhi.chain.finding import Finding
from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.protection import DAY_MS
from lianzhi.flow.intake import decode
from lianzhi.office import finding_records
from lianzhi.office.ports import Marker, Notify
from lianzhi.store import lookups, process_lookups
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Batch, Ledger

#: What rules do with a case that has grown: the batch, the case's id, its newest finding.
Act = Callable[[Batch, str, Finding], None]


class Recorder:
    """Findings in, entries out. One thread at a time."""

    def __init__(
        self,
        ledger: Ledger,
        events: EventStore,
        policy: Callable[[int], CasePolicy],
        mark: Marker,
        act: Act,
        notify: Notify,
    ) -> None:
        self._ledger, self._events, self._policy, self._mark = ledger, events, policy, mark
        self._act, self._notify = act, notify

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
            tokens = batch.tokens(
                targets.union(*(finding_records.accounts(finding) for finding in marked))
            )
            for finding in marked:
                if refs[finding.id] in known:
                    continue
                case = _latest_case(batch.connection, finding, tokens)
                policy = self._policy(finding.at)
                ref = refs[finding.id]
                chosen = finding.evidence[: policy.evidence_kept]
                copies = finding_records.copies(ref, chosen, lines, events, tokens)
                named = finding_records.with_tokens(finding, ref, tokens)
                since = finding.at - policy.links_within_days * DAY_MS
                people = (named.about, *named.subjects)
                related = process_lookups.related(batch.connection, named, people, since)
                made, *rest = docket.receive(named, case, policy, related)
                batch.append(
                    [finding_records.finding_draft(made, finding, copies, tokens, head), *rest]
                )
                batch.keep_evidence(copies)
                for grown in rest:
                    if grown.kind in ("case.opened", "case.joined"):
                        self._act(batch, grown.ref, finding)
                finding_records.tell_offers(self._notify, batch, rest)
        return marked

    def _refs(self, findings: Sequence[Finding]) -> dict[str, str]:
        """How the record names findings."""
        key = self._ledger.signer.seal_key
        return {one.id: finding_records.ref_of(key, one.id) for one in findings}


def _latest_case(
    connection: Connection, finding: Finding, tokens: Mapping[str, str]
) -> Case | None:
    return lookups.latest_case(connection, finding.kind, tokens[finding.about])
