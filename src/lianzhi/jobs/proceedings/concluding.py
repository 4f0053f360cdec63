"""Concluding: what an authorised person concludes from reports is a finding, and opens a case.

It rests on the acts that the person ticked, each with the part that its author played; copies are
kept as for a detector's findings. What the case may lead to is for others to decide.
"""

from collections.abc import Collection, Mapping

import msgspec

from lianzhi.chain import docket
from lianzhi.chain.case import Case
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Role, finding_id
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.protection import DAY_MS
from lianzhi.flow.intake import decode
from lianzhi.jobs import vouching
from lianzhi.jobs.proceedings.complaints import Reach, join_in, reached
from lianzhi.jobs.proceedings.office import Office
from lianzhi.jobs.recorder import Marker, tell_offers
from lianzhi.record.entry import Draft
from lianzhi.store import lookups, process_lookups, query
from lianzhi.store.events import EventStore
from lianzhi.store.ledger import Batch
from lianzhi.store.query import Act

#: Acts that are offered as evidence: so far back, and so many.
LOOKS_BACK_MS = 30 * DAY_MS
OFFERED = 200


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


class Concluding:
    """See module. Thread-safe."""

    def __init__(self, office: Office, events: EventStore, mark: Marker, kind: str) -> None:
        """`kind` is that of the findings which people conclude from reports."""
        self._office, self._events, self._mark, self._kind = office, events, mark, kind

    def acts(self, about: str, actors: Collection[str], at: int) -> list[Act]:
        """What these accounts did to a person lately, newest first: evidence to choose from."""
        since = at - LOOKS_BACK_MS
        return query.acts_at(self._events, about, actors, since, at + 1, OFFERED)

    def conclude(self, said: Conclusion, by: str, at: int) -> str:
        """Put a conclusion on the record; returns the case that it opens, or joins.

        KeyError: there is no such report. Raises IllegalStepError without words, where a report is
        about somebody else, or where it waits no longer.
        """
        if not said.words.strip():
            raise IllegalStepError("finding.made", "", rule="reasons_given")
        with self._office.ledger.batch() as batch:
            # Read within the batch: an erasure empties the log first, and then waits for us.
            lines = self._events.log.lines(sorted(set(said.acts)))
            events = {seq: decode(line) for seq, (line, _) in lines.items()}
            rows = reached(batch.connection, said.report, said.reach)
            found = self._finding(said, events, len(rows), at)
            ref = vouching.ref_of(self._office.ledger.signer.seal_key, found.id)
            tokens = batch.tokens(vouching.accounts(found))
            named = vouching.named_by(found, ref, tokens)
            policy = self._office.policy(at)
            since = at - policy.links_within_days * DAY_MS
            people = (named.about, *named.subjects)
            related = process_lookups.related(batch.connection, named, people, since)
            made, *rest = docket.receive(named, _open(batch, named), policy, related)
            kept = vouching.copies(ref, found.evidence, lines, events, tokens)
            entry = vouching.vouched(made, found, kept, tokens, self._events.log.durable)
            payload = {**entry.payload, "by": by}
            batch.append([msgspec.structs.replace(entry, payload=payload), *rest])
            batch.keep_evidence(kept)
            tell_offers(self._office.post.notify, batch, rest)
            case = str(rest[0].payload["case"])
            join_in(batch, rows, case, named.about, by, at)
            why = {"reason": (said.words, people)}
            batch.append([Draft("case.noted", case, at, {"case": case, "by": by}, why)])
        return case

    def _finding(
        self, said: Conclusion, events: Mapping[int, Event], reports: int, at: int
    ) -> Finding:
        """The finding, of those acts only that are what the person took them for."""
        chosen = sorted(
            (event.time, seq)
            for seq, event in events.items()
            if event.target == said.about and event.actor in said.roles
        )[: self._office.policy(at).evidence_kept]
        evidence = tuple(
            Evidence(event.source, event.id, time, event.actor, seq, said.roles[event.actor])
            for time, seq in chosen
            for event in (events[seq],)
        )
        since = evidence[0].at if evidence else at
        plain = Finding(
            id=finding_id(f"{self._kind}/{said.report}", said.about, since, "warn", at),
            kind=self._kind,
            stage="warn",
            about=said.about,
            subjects=tuple(who for who, role in said.roles.items() if role != "defender"),
            at=at,
            since=since,
            score=0.0,
            evidence=evidence,
            roles=dict(said.roles),
            counts={"actors": len(said.roles), "reports": reports},
            minor=said.minor,
            rule=self._kind,
        )
        (marked,) = self._mark([plain], events)
        return marked


def _open(batch: Batch, named: Finding) -> Case | None:
    """The open case from earlier reports; a closed one is left as it was judged."""
    case = lookups.latest_case(batch.connection, named.kind, named.about)
    return None if case is None or case.status == "closed" else case
