"""Recorder: appends findings and their consequences to the record in one durable batch."""

from collections.abc import Callable, Sequence

from lianzhi.chain import docket
from lianzhi.chain.finding import Finding
from lianzhi.chain.protection import DAY_MS
from lianzhi.flow.intake import decode
from lianzhi.office import finding_records
from lianzhi.office.automation import Automation
from lianzhi.office.office import Office
from lianzhi.office.ports import EventLog, Marker, Notify


class Recorder:
    """Findings in, entries out. One thread at a time."""

    def __init__(
        self,
        office: Office,
        log: EventLog,
        automation: Automation,
        mark: Marker,
        notify: Notify,
        now: Callable[[], int],
    ) -> None:
        """`automation` acts on cases that have grown; `notify` tells people of offers."""
        self._office, self._ledger, self._log = office, office.ledger, log
        self._automation, self._mark, self._notify, self._now = automation, mark, notify, now

    @property
    def recorded(self) -> int:
        """How many entries the record has."""
        return self._ledger.size

    def unrecorded(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those that are not on the record yet."""
        refs = self._refs(findings)
        with self._ledger.engine.connect() as connection:
            known = self._office.queries.cases.known_findings(connection, list(refs.values()))
        return [finding for finding in findings if refs[finding.id] not in known]

    def record(self, findings: Sequence[Finding]) -> list[Finding]:
        """Put findings on the record, once however often it is called; returns them marked."""
        if not findings:
            return []
        queries, refs = self._office.queries, self._refs(findings)
        positions = [item.seq for f in findings for item in f.evidence if item.seq >= 0]
        lines = self._log.lines(positions)
        events = {seq: decode(line) for seq, (line, _) in lines.items()}
        marked = self._mark(findings, events)
        head = self._log.durable
        with self._ledger.batch() as batch:
            # A connection may break after the commit and before the answer.
            known = queries.cases.known_findings(batch.connection, list(refs.values()))
            targets = {event.target for event in events.values() if event.target is not None}
            tokens = batch.tokens(
                targets.union(*(finding_records.accounts(finding) for finding in marked))
            )
            for finding in marked:
                ref = refs[finding.id]
                if ref in known:
                    continue
                policy = self._office.policy(finding.at)
                chosen = finding.evidence[: policy.evidence_kept]
                copies = finding_records.copies(ref, chosen, lines, events, tokens)
                named = finding_records.with_tokens(finding, ref, tokens)
                case = queries.cases.latest_case(batch.connection, named.kind, named.about)
                since = finding.at - policy.links_within_days * DAY_MS
                people = (named.about, *named.subjects)
                related = queries.incidents.related(batch.connection, named, people, since)
                draft, *rest = docket.receive(named, case, policy, related)
                batch.append(
                    [finding_records.finding_draft(draft, finding, copies, tokens, head), *rest]
                )
                batch.keep_evidence(copies)
                for grown in rest:
                    if grown.kind in ("case.opened", "case.joined"):
                        self._automation.act(
                            batch, grown.ref, finding.at, finding.since, self._now()
                        )
                finding_records.tell_offers(self._notify, batch, rest)
        return marked

    def _refs(self, findings: Sequence[Finding]) -> dict[str, str]:
        """How the record names findings."""
        key = self._ledger.signer.seal_key
        return {finding.id: finding_records.ref_of(key, finding.id) for finding in findings}
