"""Proceedings of a node: the office wired to the store, with the rules that are in force."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from lianzhi.chain.policy import CasePolicy
from lianzhi.domains.domain import Reporting
from lianzhi.domains.legal_data import folders
from lianzhi.domains.registry import DOMAINS
from lianzhi.law import basis
from lianzhi.office.grounds import PublishedGrounds
from lianzhi.office.office import Office
from lianzhi.office.ports import Ledger, Post
from lianzhi.office.proceedings import Proceedings
from lianzhi.store.office_queries import QUERIES


def open_proceedings(
    home: Path,
    ledger: Ledger,
    policy: Callable[[int], CasePolicy],
    post: Post,
    reporting: Reporting,
) -> Proceedings:
    """The proceedings of a node. Raises BasisError where a legal basis can't be used.

    Bases are those of the house and of every domain, with the deployment's own, under
    `<home>/<domain>/bases`, over them.
    """
    offset = policy(0).automation.utc_offset_hours
    zone = dt.timezone(dt.timedelta(hours=offset))
    own = [folder for name in DOMAINS if (folder := home / name / "bases").is_dir()]
    bases = basis.load([basis.SHIPPED, *folders("bases"), *own])
    published = PublishedGrounds(reporting.rules, bases, zone)
    office = Office(ledger, policy, published, post, QUERIES)
    return Proceedings(office, published, reporting.classes, reporting.help_lines)
