"""Tables of the domain, folded from the record."""

from sqlalchemy import MetaData

from lianzhi.domains.algorithms.nouns import DOMAIN
from lianzhi.domains.algorithms.nouns.algorithm import ALGORITHM
from lianzhi.domains.algorithms.nouns.assessment import ASSESSMENT
from lianzhi.domains.algorithms.nouns.audit import AUDIT
from lianzhi.domains.algorithms.nouns.product import PRODUCT
from lianzhi.domains.algorithms.nouns.rectification import RECTIFICATION
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table

metadata = MetaData()
algorithm = NounTable(DOMAIN, ALGORITHM, metadata)
audit = NounTable(DOMAIN, AUDIT, metadata)
rectification = NounTable(DOMAIN, RECTIFICATION, metadata)
product = NounTable(DOMAIN, PRODUCT, metadata)
assessment = NounTable(DOMAIN, ASSESSMENT, metadata)
step = step_table(DOMAIN, metadata)


def projections() -> list[NounProjection]:
    """A fresh set of the domain's projections."""
    return [NounProjection(DOMAIN, (algorithm, audit, rectification, product, assessment), step)]
