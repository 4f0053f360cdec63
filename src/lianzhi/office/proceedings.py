"""Proceedings: everything that people and rules may do after a finding, on one office."""

import msgspec

from lianzhi.chain.help_lines import HelpLines
from lianzhi.chain.policy import Dated
from lianzhi.chain.report import Reliability
from lianzhi.chain.report_classes import ReportClass, ReportClasses
from lianzhi.office.automation import Automation
from lianzhi.office.complaints import Complaint, Complaints
from lianzhi.office.decisions import Decisions
from lianzhi.office.grounds import PublishedGrounds
from lianzhi.office.measures import Measures
from lianzhi.office.office import Office
from lianzhi.office.ports import Once
from lianzhi.office.redress import Redress
from lianzhi.office.second_looks import SecondLooks

#: Source of the events that reports become.
SOURCE = "lianzhi.reports"


class Proceedings:
    """Decisions, measures, reports, appeals, second looks and rules of one node."""

    def __init__(
        self,
        office: Office,
        published: PublishedGrounds,
        classes: Dated[ReportClasses],
        help_lines: Dated[HelpLines],
    ) -> None:
        self.office, self.published, self._classes = office, published, classes
        self._help_lines = help_lines
        self.decisions = Decisions(office)
        self.measures = Measures(office)
        self.complaints = Complaints(office)
        self.redress = Redress(office, self.decisions, self.complaints)
        self.automation = Automation(office, self.decisions)
        self.second_looks = SecondLooks(office)

    def classes(self, at: int) -> ReportClasses:
        """What may be reported at a time."""
        return self._classes.at(at)[1]

    def help_lines(self, at: int) -> HelpLines:
        """Whom people can turn to at once, at a time."""
        return self._help_lines.at(at)[1]

    def report(
        self, complaint: Complaint, by: str, at: int, once: Once | None = None
    ) -> tuple[str, bytes | None]:
        """Take a report: its id, and the event that it is for the detectors, if it names somebody.

        With `once` what was reported before is not reported again, and there is no event.
        ValueError: there is no such class of harm.
        """
        chosen, policy = self.classes(at).get(complaint.category), self.office.policy(at).reports
        severity = policy.severity.get(chosen.ours, 0.0)
        whole = msgspec.structs.replace(complaint, severity=severity, route=routed(chosen))
        identity, fresh = self.complaints.receive_once(whole, by, at, once)
        return identity, self._event(whole, chosen, identity, at) if fresh else None

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
        token = self.office.ledger.vault.known([account]).get(account)
        policy = self.office.policy(at).reports
        counts: dict[str, int] = {}
        if token is not None:
            with self.office.ledger.engine.connect() as connection:
                counts = self.office.queries.reports.outcomes_of(connection, token)
        return float(Reliability(**counts).share(policy.reliability, policy.weight))


def routed(chosen: ReportClass) -> str:
    """Who is competent for a class, as it stands on the record; empty where we are."""
    return "" if chosen.route is None else f"{chosen.route.zh} / {chosen.route.en}"
