"""The console's story of a case of this domain: both titles with what differs marked."""

from typing import Any

from lianzhi.chain.views import CaseView
from lianzhi.domains.dissemination.desk.days import day_id, titles_of
from lianzhi.domains.dissemination.nouns.item import Item
from lianzhi.domains.dissemination.queries import days
from lianzhi.domains.domain import CaseStory

#: Items that a case shows.
_ITEMS = 60


def case_story(view: CaseView, desk: Any) -> CaseStory:
    """The story of a case about a title or a push."""
    kind = view.row.kind.partition(".")[2]
    items: list[tuple[Item, tuple[str, str] | None]] = []
    if desk is not None:
        with desk.office.reading() as connection:
            known = days.of_case(connection, view.row.id, _ITEMS)
        items = [(item, titles_of(desk.office.ledger, item)) for item in known]
    return CaseStory(
        sentence="dissemination/_sentence.html",
        panel="dissemination/_titles.html",
        reasons_lead=f"lead.dissemination.{kind}",
        explains_texts=False,
        tells_warning=False,
        context={"items": items, "day_id": day_id},
    )
