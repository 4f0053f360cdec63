"""How the console tells a case of this domain: the sentence, and a picture of what was done."""

from typing import Any

from lianzhi.chain.views import CaseView
from lianzhi.domains.astroturf.case_pages import families, ratings, together
from lianzhi.domains.domain import CaseStory

_SENTENCE = "astroturf/_sentence.html"


def case_story(view: CaseView, desk: Any) -> CaseStory:
    """The story of a case by its kind: a group, ratings that count less, reviews, or an advert."""
    match view.row.kind.partition(".")[2]:
        case "coordination" | "returning":
            roles = {part.token: part.role for part in view.parts}
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_together.html",
                reasons_lead="lead.astroturf.coordination",
                context={"together": together.told(view.evidence, roles)},
            )
        case "ratings":
            counts = view.leading.counts if view.leading else {}
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_ratings.html",
                reasons_lead="lead.astroturf.ratings",
                context={"rated": ratings.told(counts, view.evidence)},
            )
        case "reviews":
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_reviews.html",
                reasons_lead="lead.astroturf.reviews",
                context={"alike": families.told(view.evidence)},
            )
        case _:
            return CaseStory(
                sentence=_SENTENCE,
                panel="astroturf/_advert.html",
                reasons_lead="lead.astroturf.advert",
                # How a text is read for harm does not explain why it reads as an offer.
                explains_texts=False,
                tells_warning=False,
            )
