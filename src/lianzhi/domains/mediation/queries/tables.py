"""Tables of the domain, folded from the record. Parties appear as vault tokens only."""

from sqlalchemy import MetaData

from lianzhi.domains.mediation.nouns.dispute import DISPUTE
from lianzhi.domains.mediation.nouns.filing import FILING
from lianzhi.domains.mediation.nouns.mediator import MEDIATOR
from lianzhi.domains.mediation.nouns.note import NOTE
from lianzhi.domains.mediation.nouns.warning import WARNING
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

DOMAIN = "mediation"
metadata = MetaData()

warning = NounTable(DOMAIN, WARNING, metadata)
mediator = NounTable(DOMAIN, MEDIATOR, metadata)
dispute = NounTable(DOMAIN, DISPUTE, metadata)
filing = NounTable(DOMAIN, FILING, metadata)
note = NounTable(DOMAIN, NOTE, metadata)
step = step_table(DOMAIN, metadata)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    return [NounProjection(DOMAIN, (warning, dispute, filing, mediator, note), step)]
