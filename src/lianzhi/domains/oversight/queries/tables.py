"""Tables of the domain, folded from the record."""

from sqlalchemy import MetaData

from lianzhi.domains.oversight.nouns import DOMAIN
from lianzhi.domains.oversight.nouns.instruction import INSTRUCTION
from lianzhi.domains.oversight.nouns.platform import PLATFORM
from lianzhi.domains.oversight.nouns.recheck import RECHECK
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

metadata = MetaData()
platform = NounTable(DOMAIN, PLATFORM, metadata)
instruction = NounTable(DOMAIN, INSTRUCTION, metadata)
recheck = NounTable(DOMAIN, RECHECK, metadata)
step = step_table(DOMAIN, metadata)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    return [NounProjection(DOMAIN, (platform, instruction, recheck), step)]
