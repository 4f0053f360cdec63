"""Mounted domains: those with tables, pages and a desk of their own, and what they add up to."""

from collections.abc import Collection
from typing import Any

from lianzhi.domains.domain import Domain
from lianzhi.domains.enforcement.domain import ENFORCEMENT
from lianzhi.store.read_model import Model, projections

DOMAINS: dict[str, Domain] = {one.name: one for one in (ENFORCEMENT,)}
"""By name, in the order of the rail. Their tables are kept in every deployment; their pages and
desks are opened where `config.toml` names them in `domains`."""


def _all() -> list[Any]:
    return [*projections(), *(made for one in DOMAINS.values() for made in one.projections())]


def page_of(kind: str, case: str, opened: Collection[str]) -> str:
    """Address of the page on which a domain that is opened tells a case; empty: the console's."""
    name, _, _ = kind.partition(".")
    return DOMAINS[name].case.format(case=case) if name in opened else ""


MODEL = Model(_all, tuple(one.migrations for one in DOMAINS.values()))
"""The read model of this program."""
