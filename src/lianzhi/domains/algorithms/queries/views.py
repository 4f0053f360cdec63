"""What desks and pages read of the tables."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from lianzhi.chain.campaign import Plan
from lianzhi.domains.algorithms.nouns.algorithm import Algorithm
from lianzhi.domains.algorithms.nouns.assessment import Assessment
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.product import Product
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.domains.algorithms.queries import tables
from lianzhi.domains.algorithms.rules.inspecting import Inspected, inspected, providers
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_tables import NounTable
from lianzhi.kit.noun_views import Page, page
from lianzhi.office.campaign_queries import CampaignQueries
from lianzhi.office.ports import Ledger

Titled = Algorithm | Product
"""What a rectification is about."""
#: Names that one query asks for.
_AT_ONCE = 500


def listed(
    connection: Connection,
    table: NounTable[Any],
    order: str,
    where: Mapping[str, str],
    cursor: str = "",
) -> Page[Any]:
    """Nouns with some values of columns, an empty value being any; a page at a time."""
    wanted = [table.c[name] == value for name, value in where.items() if value]
    return page(connection, table, table.c[order], wanted, cursor)


def audits_of(connection: Connection, column: str, value: str) -> list[Audit]:
    """Audits with a value in a column (`algorithm`, `case`, `rectification`), oldest first."""
    table = tables.audit
    return table.every(connection, table.c[column] == value, order=(table.c.index,))


def rectifications_of(connection: Connection, algorithm: str) -> list[Rectification]:
    """The rectifications of an algorithm."""
    table = tables.rectification
    return table.every(connection, table.c.algorithm == algorithm, order=(table.c.index,))


def assessments_of(connection: Connection, product: str) -> list[Assessment]:
    """The assessments of a product, oldest first."""
    table = tables.assessment
    return table.every(connection, table.c.product == product, order=(table.c.index,))


def products(connection: Connection, most: int) -> list[Product]:
    """Products that have not ended, the one of most users first."""
    table = tables.product
    order = (table.c.users.desc(), table.c.id)
    return table.every(connection, table.c.status == "live", order=order, most=most)


def product_audits(connection: Connection, product: Product) -> list[Audit]:
    """Audits of all algorithms of a product, oldest first by algorithm."""
    of_provider = tables.algorithm.c.provider == product.provider
    algorithms = tables.algorithm.every(connection, of_provider)
    return [
        audit
        for each in algorithms
        if each.product == product.name
        for audit in audits_of(connection, "algorithm", each.id)
    ]


def titles(connection: Connection, files: Sequence[Rectification]) -> dict[str, Titled]:
    """What rectifications are about, by the id of the algorithm or product."""
    ids = list({each.algorithm for each in files})
    subjects: dict[str, Titled] = {**tables.product.among(connection, ids)}
    return subjects | tables.algorithm.among(connection, ids)


def late(connection: Connection, today: dt.date) -> list[Rectification]:
    """Orders whose last day is over without a reply, and not noted as overdue yet."""
    table = tables.rectification
    due = table.c.due < today.isoformat()
    rows = table.every(connection, table.c.status == "ordered", due)
    return [each for each in rows if each.overdue is None]


def algorithm_ids(connection: Connection) -> set[str]:
    """Ids of all algorithms."""
    return set(tables.algorithm.ids(connection))


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries of a noun, in order."""
    return noun_story(ledger, tables.step, identity)


class Inspection(NamedTuple):
    """A campaign as an inspection of the registry."""

    plan: Plan
    rows: list[Inspected]


def inspection(connection: Connection, campaigns: CampaignQueries, identity: str) -> Inspection:
    """What came back in a campaign, by its tasks. KeyError: there is no such campaign."""
    plan = campaigns.load_plan(connection, identity)
    tasks = campaigns.tasks_of(connection, identity)
    names = providers(tasks)
    known: list[Algorithm] = []
    for start in range(0, len(names), _AT_ONCE):
        wanted = tables.algorithm.c.provider.in_(names[start : start + _AT_ONCE])
        known += tables.algorithm.every(connection, wanted)
    audits = [
        audit
        for each in known
        for audit in audits_of(connection, "algorithm", each.id)
        if plan.terms.since <= audit.at
    ]
    files = [file for each in known for file in rectifications_of(connection, each.id)]
    return Inspection(plan, inspected(tasks, known, audits, files))
