"""Tables of the domain, folded from the record."""

from sqlalchemy import MetaData

from lianzhi.domains.dissemination.nouns import DOMAIN
from lianzhi.domains.dissemination.nouns.item import ARRIVAL, ITEM
from lianzhi.domains.dissemination.nouns.listed import OUTLET, SOURCE
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

metadata = MetaData()
outlet = NounTable(DOMAIN, OUTLET, metadata)
source = NounTable(DOMAIN, SOURCE, metadata)
item = NounTable(DOMAIN, ITEM, metadata)
arrival = NounTable(DOMAIN, ARRIVAL, metadata)
step = step_table(DOMAIN, metadata)
#: Tables of lists, by kind of file.
LISTS = {"outlets": outlet, "sources": source}

_NOUNS = (outlet, source, item, arrival)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    return [NounProjection(DOMAIN, _NOUNS, step)]
