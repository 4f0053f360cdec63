"""The console's story of a case of this domain: a sentence, and a picture of the actions."""

from typing import Any

from lianzhi.chain.views import CaseView
from lianzhi.domains.astroturf.case_pages import families, ratings, together
from lianzhi.domains.astroturf.case_pages.returning import memory_of
from lianzhi.domains.astroturf.policy import newest
from lianzhi.domains.domain import CaseStory

_SENTENCE, _MEMORY = "astroturf/_sentence.html", "astroturf/_memory.html"


def case_story(view: CaseView, desk: Any) -> CaseStory:
    """The story of a case by its kind: a group, ratings, reviews, or an advert."""
    match view.row.kind.partition(".")[2]:
        case "coordination" | "returning":
            roles = {part.token: part.role for part in view.parts}
            memory = None if desk is None else memory_of(desk, view)
            linked = memory is not None and bool(memory.links)
            lead = "returning" if linked else "coordination"
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_together.html",
                before=_MEMORY if linked else "",
                after=_MEMORY if memory is not None and not linked else "",
                reasons_lead=f"lead.astroturf.{lead}",
                context={"together": together.draw(view.evidence, roles), "memory": memory},
            )
        case "ratings":
            counts = view.leading.counts if view.leading else {}
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_ratings.html",
                reasons_lead="lead.astroturf.ratings",
                context={"rated": ratings.draw(counts, view.evidence)},
            )
        case "reviews":
            at = view.leading.row.at if view.leading else view.row.opened_at
            policy = newest() if desk is None else desk.policy_at(at)
            alike = families.families_of(view.evidence, policy.reviews.families)
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_reviews.html",
                reasons_lead="lead.astroturf.reviews",
                context={"alike": alike},
            )
        case _:
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_advert.html",
                reasons_lead="lead.astroturf.advert",
                # The harm assessment of a text does not explain why it reads as an offer.
                explains_texts=False,
                tells_warning=False,
            )
