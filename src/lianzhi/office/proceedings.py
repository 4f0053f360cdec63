"""Proceedings: everything that people and rules may do after a finding, on one office."""

from lianzhi.chain.help_lines import HelpLines
from lianzhi.chain.policy import Dated
from lianzhi.chain.report_classes import ReportClasses
from lianzhi.office.automation import Automation
from lianzhi.office.complaints import Complaints
from lianzhi.office.decisions import Decisions
from lianzhi.office.grounds import PublishedGrounds
from lianzhi.office.measures import Measures
from lianzhi.office.office import Office
from lianzhi.office.redress import Redress
from lianzhi.office.second_looks import SecondLooks


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
        self.redress = Redress(office, self.complaints)
        self.automation = Automation(office, self.decisions)
        self.second_looks = SecondLooks(office)

    def classes(self, at: int) -> ReportClasses:
        """What may be reported at a time."""
        return self._classes.at(at)[1]

    def help_lines(self, at: int) -> HelpLines:
        """Whom people can turn to at once, at a time."""
        return self._help_lines.at(at)[1]
