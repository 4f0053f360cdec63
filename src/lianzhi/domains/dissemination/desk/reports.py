"""Reports: the figures of outlets as they stand on the record now."""

from sqlalchemy import Connection

from lianzhi.domains.dissemination.desk.office import Office
from lianzhi.domains.dissemination.queries import days
from lianzhi.domains.dissemination.report.page import Report
from lianzhi.domains.dissemination.rules.figures import Figures, expected_false, figures

_REVERSED = frozenset({"reversed"})


class Reports:
    """Reads figures; see module."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def figures(self, connection: Connection) -> list[Figures]:
        """Figures of each outlet; decisions that were overturned are taken off."""
        decided = self._office.chain.queries.decisions.decided

        def is_overturned(case: str) -> bool:
            return decided(connection, case, _REVERSED) is not None

        return [figures(*each, is_overturned) for each in days.outlet_figures(connection)]

    def read(self) -> Report:
        """What a report tells now."""
        office = self._office
        with office.reading() as connection:
            known, rows = self.figures(connection), days.days(connection)
        expected = expected_false(sum(row.reworded for row in known), office.policy().titles)
        today = office.today().isoformat()
        return Report(known, rows, expected, office.policy_version(), today, office.now())
