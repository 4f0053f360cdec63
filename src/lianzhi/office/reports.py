"""Reports: records users' complaints, and passes them to the detectors as events."""

from collections.abc import Callable

import msgspec

from lianzhi.chain.report import Reliability
from lianzhi.chain.report_classes import ReportClass
from lianzhi.office.complaints import Complaint
from lianzhi.office.ports import Once
from lianzhi.office.proceedings import Proceedings

#: Source of the events that reports become.
SOURCE = "lianzhi.reports"

#: Takes a report's id and the line of its event, for the detectors.
Detect = Callable[[str, bytes], None]


class Reports:
    """See module. Thread-safe."""

    def __init__(self, proceedings: Proceedings, detect: Detect) -> None:
        self._proceedings, self._office = proceedings, proceedings.office
        self._detect = detect

    def receive(self, complaint: Complaint, by: str, at: int, once: Once | None = None) -> str:
        """Put a report on the record; returns its id, the receipt.

        The detectors see it too, with what is known of its reporter, where it names somebody. With
        `once` what was reported before is not reported again. ValueError: there is no such class
        of harm.
        """
        chosen = self._proceedings.classes(at).get(complaint.category)
        severity = self._office.policy(at).reports.severity.get(chosen.ours, 0.0)
        whole = msgspec.structs.replace(complaint, severity=severity, route=routed(chosen))
        identity, fresh = self._proceedings.complaints.receive_once(whole, by, at, once)
        line = self._event(whole, chosen, identity, at) if fresh else None
        if line is not None:
            self._detect(identity, line)
        return identity

    def _event(
        self, complaint: Complaint, chosen: ReportClass, identity: str, at: int
    ) -> bytes | None:
        if not complaint.reporter or not complaint.subject or not chosen.ours:
            return None
        ext = {"category": chosen.ours, "reliability": self._reliability(complaint.reporter, at)}
        if complaint.about:
            ext["victim"] = complaint.about
        event = {"id": identity, "source": SOURCE, "kind": "report", "time": at, "ext": ext}
        event |= {"actor": complaint.reporter, "target": complaint.subject}
        return msgspec.json.encode(event)

    def _reliability(self, account: str, at: int) -> float:
        token = self._office.ledger.vault.known([account]).get(account)
        policy = self._office.policy(at).reports
        counts: dict[str, int] = {}
        if token is not None:
            with self._office.ledger.engine.connect() as connection:
                counts = self._office.queries.reports.outcomes_of(connection, token)
        return float(Reliability(**counts).share(policy.reliability, policy.weight))


def routed(chosen: ReportClass) -> str:
    """Who is competent for a class, as it stands on the record; empty where we are."""
    return "" if chosen.route is None else f"{chosen.route.zh} / {chosen.route.en}"
