"""Proceedings of a node: the office wired to the store, with the rules that are in force."""

import datetime as dt
from collections.abc import Callable

from lianzhi.chain.policy import CasePolicy
from lianzhi.domains.domain import Reporting
from lianzhi.law import basis
from lianzhi.office.grounds import PublishedGrounds
from lianzhi.office.office import Office
from lianzhi.office.ports import Ledger, Post
from lianzhi.office.proceedings import Proceedings
from lianzhi.store.office_queries import QUERIES


def open_proceedings(
    ledger: Ledger, policy: Callable[[int], CasePolicy], post: Post, reporting: Reporting
) -> Proceedings:
    """The proceedings of a node. Raises BasisError where a legal basis can't be used."""
    offset = policy(0).automation.utc_offset_hours
    zone = dt.timezone(dt.timedelta(hours=offset))
    published = PublishedGrounds(reporting.rules, basis.shipped(), zone)
    office = Office(ledger, policy, published, post, QUERIES)
    return Proceedings(office, published, reporting.classes, reporting.help_lines)
