"""The console's story of a case of this domain: the firsts or alarms on which it rests."""

from typing import Any

from lianzhi.chain.views import CaseView
from lianzhi.domains.biosecurity.nouns.signs import Alarm, RecordedFirst
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.domain import CaseStory


def case_story(view: CaseView, desk: Any) -> CaseStory:
    """The story of a case about a first or an alarm, with how these stand now."""
    firsts: list[RecordedFirst] = []
    alarms: list[Alarm] = []
    names: dict[str, str] = {}
    if desk is not None:
        with desk.office.reading() as connection:
            register = desk.office.register(connection)
            for sign in views.signs_of(connection, view.row.id):
                if first := tables.first.get(connection, sign):
                    firsts.append(first)
                if alarm := tables.alarm.get(connection, sign):
                    alarms.append(alarm)
        codes = [first.taxon for first in firsts] + [alarm.taxon for alarm in alarms]
        names = {code: register.name(code) for code in codes}
    return CaseStory(
        sentence="biosecurity/_sentence.html",
        panel="biosecurity/_signs.html",
        reasons_lead="biosecurity.case_lead",
        explains_texts=False,
        tells_warning=False,
        context={"firsts": firsts, "alarms": alarms, "taxon_names": names},
    )
