"""Tables of the domain, folded from the record."""

from sqlalchemy import MetaData

from lianzhi.domains.biosecurity.nouns import DOMAIN
from lianzhi.domains.biosecurity.nouns.interception import INTERCEPTION
from lianzhi.domains.biosecurity.nouns.profile import PROFILE
from lianzhi.domains.biosecurity.nouns.registers import EFFORT, PORT, TAXON
from lianzhi.domains.biosecurity.nouns.signs import ALARM, FIRST, LINK
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

metadata = MetaData()
interception = NounTable(DOMAIN, INTERCEPTION, metadata)
taxon = NounTable(DOMAIN, TAXON, metadata)
port = NounTable(DOMAIN, PORT, metadata)
effort = NounTable(DOMAIN, EFFORT, metadata)
first = NounTable(DOMAIN, FIRST, metadata)
alarm = NounTable(DOMAIN, ALARM, metadata)
profile = NounTable(DOMAIN, PROFILE, metadata)
sign = NounTable(DOMAIN, LINK, metadata)
step = step_table(DOMAIN, metadata)

_NOUNS = (interception, taxon, port, effort, first, alarm, profile, sign)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    return [NounProjection(DOMAIN, _NOUNS, step)]
