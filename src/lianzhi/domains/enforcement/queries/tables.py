"""Tables of the domain: what its entries amount to, for lists and pages.

All of it is folded from the record and can be folded anew. Parties and citizens appear as vault
tokens only.
"""

from collections.abc import Mapping

from sqlalchemy import MetaData

from lianzhi.chain.noun import Identity
from lianzhi.domains.enforcement.nouns.case_entries import DOMAIN
from lianzhi.domains.enforcement.nouns.draw import DRAW
from lianzhi.domains.enforcement.nouns.letter import LETTER
from lianzhi.domains.enforcement.nouns.paper import PAPER
from lianzhi.domains.enforcement.nouns.penalty import PENALTY
from lianzhi.domains.enforcement.nouns.register import ENTERPRISE, OFFICER
from lianzhi.domains.enforcement.nouns.request import REQUEST
from lianzhi.domains.enforcement.nouns.visit import PERMIT, VISIT
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

metadata = MetaData()

penalty = NounTable(DOMAIN, PENALTY, metadata)
inspection = NounTable(DOMAIN, VISIT, metadata)
request = NounTable(DOMAIN, REQUEST, metadata)
permit = NounTable(DOMAIN, PERMIT, metadata)
enterprise = NounTable(DOMAIN, ENTERPRISE, metadata)
officer = NounTable(DOMAIN, OFFICER, metadata)
letter = NounTable(DOMAIN, LETTER, metadata)
draw = NounTable(DOMAIN, DRAW, metadata)
paper = NounTable(DOMAIN, PAPER, metadata)
step = step_table(DOMAIN, metadata)

#: Nouns of which their entries are all that is kept: samples of files to review, maps of the grids,
#: and rotas, each for the day on which it begins.
_STORIES: Mapping[str, Identity] = {
    "sample": lambda payload: payload["sample"],
    "map": lambda payload: "map",
    "rota": lambda payload: "rota",
}
_NOUNS = (penalty, inspection, request, permit, enterprise, officer, letter, draw, paper)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    return [NounProjection(DOMAIN, _NOUNS, step, _STORIES)]
