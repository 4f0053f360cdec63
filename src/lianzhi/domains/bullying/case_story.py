"""How the console tells a case of this domain."""

from typing import Any

from lianzhi.chain.views import CaseView
from lianzhi.domains.domain import CaseStory


def case_story(view: CaseView, desk: Any) -> CaseStory:
    """A pile-on, a complaint or a flood of reports: one sentence above the timeline."""
    return CaseStory(sentence="bullying/_sentence.html")
