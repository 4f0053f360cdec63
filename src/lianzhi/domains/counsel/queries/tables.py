"""Tables of the domain, folded from the record. Persons appear as vault tokens only."""

from sqlalchemy import MetaData

from lianzhi.domains.counsel.nouns.lesson import LESSON
from lianzhi.domains.counsel.nouns.manual import MANUAL
from lianzhi.domains.counsel.nouns.matter import MATTER
from lianzhi.domains.counsel.nouns.paper import PAPER
from lianzhi.domains.counsel.nouns.question import QUESTION
from lianzhi.domains.counsel.nouns.reception import COMMITMENT, RECEPTION
from lianzhi.domains.counsel.nouns.review import REVIEW
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

DOMAIN = "counsel"
metadata = MetaData()

question = NounTable(DOMAIN, QUESTION, metadata)
manual = NounTable(DOMAIN, MANUAL, metadata)
lesson = NounTable(DOMAIN, LESSON, metadata)
reception = NounTable(DOMAIN, RECEPTION, metadata)
commitment = NounTable(DOMAIN, COMMITMENT, metadata)
matter = NounTable(DOMAIN, MATTER, metadata)
review = NounTable(DOMAIN, REVIEW, metadata)
paper = NounTable(DOMAIN, PAPER, metadata)
step = step_table(DOMAIN, metadata)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    nouns = (question, manual, lesson, reception, commitment, matter, review, paper)
    return [NounProjection(DOMAIN, nouns, step)]
