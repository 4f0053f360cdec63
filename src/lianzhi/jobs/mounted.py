"""Mounted: the tables of the chain and of every registered domain, as one read model."""

from typing import Any

from lianzhi.domains.registry import DOMAINS
from lianzhi.store.read_model import Model, projections


def _all() -> list[Any]:
    tables = [table for domain in DOMAINS.values() for table in domain.projections()]
    return [*projections(), *tables]


MODEL = Model(_all, tuple(domain.migrations for domain in DOMAINS.values() if domain.migrations))
"""The read model of this program."""
