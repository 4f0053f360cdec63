"""Conclusions: a finding by an authorised person, from reports; it opens a case.

It rests on the acts that the person ticked, each with the part that its author played; copies are
kept as for a detector's findings. What the case may lead to is for others to decide.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from lianzhi.chain import docket
from lianzhi.chain.case import Case
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Role, finding_id
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.protection import DAY_MS
from lianzhi.flow.intake import decode
from lianzhi.office import finding_records
from lianzhi.office.complaints import Reach, join_in, reports_in_reach
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch, EventLog, Marker
from lianzhi.office.queries import CaseQueries
from lianzhi.office.views import Act
from lianzhi.record.entry import Draft

#: Acts that are offered as evidence: so far back, and so many.
LOOKS_BACK_MS = 30 * DAY_MS
OFFERED = 200

#: What accounts did to a person: (account, actors, since, until, most) -> the newest first.
ActsQuery = Callable[[str, Collection[str], int, int, int], list[Act]]


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """What a person concluded, with accounts in clear."""

    about: str
    """Account harmed."""
    roles: Mapping[str, Role]
    """The part that each account complained of played."""
    acts: Collection[int] = ()
    """Positions in the event log of what they did, as far as it is evidence."""
    report: str
    """The report that the case is opened from."""
    reach: Reach = "one"
    """Which others join the case with it."""
    words: str
    """What was found, in the person's words."""
    minor: bool = False


class Conclusions:
    """See module. Thread-safe."""

    def __init__(
        self, office: Office, log: EventLog, acts_at: ActsQuery, mark: Marker, kind: str
    ) -> None:
        """`kind`: the kind of the findings that come of reports, and of their cases."""
        self._office, self._log, self._acts_at = office, log, acts_at
        self._mark, self._kind = mark, kind

    def acts(self, about: str, actors: Collection[str], at: int) -> list[Act]:
        """What these accounts did to a person lately, newest first: evidence to choose from."""
        since = at - LOOKS_BACK_MS
        return self._acts_at(about, actors, since, at + 1, OFFERED)

    def conclude(self, conclusion: Conclusion, by: str, at: int) -> str:
        """Put a conclusion on the record; returns the case that it opens, or joins.

        KeyError: there is no such report. Raises IllegalStepError without words, where a report is
        about somebody else, or where it waits no longer.
        """
        if not conclusion.words.strip():
            raise IllegalStepError("finding.made", "", rule="reasons_given")
        queries = self._office.queries
        with self._office.ledger.batch() as batch:
            # Read within the batch: an erasure empties the log first, and then waits for us.
            lines = self._log.lines(sorted(set(conclusion.acts)))
            events = {seq: decode(line) for seq, (line, _) in lines.items()}
            rows = reports_in_reach(
                queries.reports, batch.connection, conclusion.report, conclusion.reach
            )
            finding = self._finding(conclusion, events, len(rows), at)
            ref = finding_records.ref_of(self._office.ledger.signer.seal_key, finding.id)
            tokens = batch.tokens(finding_records.accounts(finding))
            named = finding_records.with_tokens(finding, ref, tokens)
            policy = self._office.policy(at)
            since = at - policy.links_within_days * DAY_MS
            people = (named.about, *named.subjects)
            related = queries.incidents.related(batch.connection, named, people, since)
            latest = _open(queries.cases, batch, named)
            opened, *rest = docket.receive(named, latest, policy, related)
            kept = finding_records.copies(ref, finding.evidence, lines, events, tokens)
            entry = finding_records.finding_draft(opened, finding, kept, tokens, self._log.durable)
            payload = {**entry.payload, "by": by}
            batch.append([msgspec.structs.replace(entry, payload=payload), *rest])
            batch.keep_evidence(kept)
            finding_records.tell_offers(self._office.post.notify, batch, rest)
            case = str(rest[0].payload["case"])
            join_in(batch, rows, case, named.about, by, at)
            why = {"reason": (conclusion.words, people)}
            batch.append([Draft("case.noted", case, at, {"case": case, "by": by}, why)])
        return case

    def _finding(
        self, conclusion: Conclusion, events: Mapping[int, Event], reports: int, at: int
    ) -> Finding:
        """The finding, of those acts only that are what the person took them for."""
        chosen = sorted(
            (event.time, seq)
            for seq, event in events.items()
            if event.target == conclusion.about and event.actor in conclusion.roles
        )[: self._office.policy(at).evidence_kept]
        evidence = tuple(
            Evidence(event.source, event.id, time, event.actor, seq, conclusion.roles[event.actor])
            for time, seq in chosen
            for event in (events[seq],)
        )
        since = evidence[0].at if evidence else at
        plain = Finding(
            id=finding_id(f"{self._kind}/{conclusion.report}", conclusion.about, since, "warn", at),
            kind=self._kind,
            stage="warn",
            about=conclusion.about,
            subjects=tuple(name for name, role in conclusion.roles.items() if role != "defender"),
            at=at,
            since=since,
            score=0.0,
            evidence=evidence,
            roles=dict(conclusion.roles),
            counts={"actors": len(conclusion.roles), "reports": reports},
            minor=conclusion.minor,
            rule=self._kind,
        )
        (marked,) = self._mark([plain], events)
        return marked


def _open(queries: CaseQueries, batch: Batch, named: Finding) -> Case | None:
    """The open case from earlier reports; a closed one is left as it was judged."""
    case = queries.latest_case(batch.connection, named.kind, named.about)
    return None if case is None or case.status == "closed" else case
