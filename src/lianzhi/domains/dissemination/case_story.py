"""The console's story of a case of this domain: both titles with what differs marked."""

from typing import Any

from lianzhi.chain.views import CaseView
from lianzhi.domains.domain import CaseStory


def case_story(view: CaseView, desk: Any) -> CaseStory:
    """The story of a case about a title or a push."""
    kind = view.row.kind.partition(".")[2]
    return CaseStory(
        sentence="dissemination/_sentence.html",
        panel="dissemination/_titles.html",
        reasons_lead=f"lead.dissemination.{kind}",
        explains_texts=False,
        tells_warning=False,
    )
