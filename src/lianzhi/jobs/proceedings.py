"""Proceedings of a node: the office wired to the store, with the rules that are in force."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from lianzhi.chain.policy import CasePolicy
from lianzhi.domains.bullying import rulebook
from lianzhi.law import basis
from lianzhi.office.grounds import PublishedGrounds
from lianzhi.office.office import Office
from lianzhi.office.ports import Ledger, Post
from lianzhi.office.proceedings import Proceedings
from lianzhi.store.office_queries import QUERIES


def open_proceedings(
    ledger: Ledger, policy: Callable[[int], CasePolicy], post: Post, own: Path | None = None
) -> Proceedings:
    """The proceedings of a node; rules and report classes from the operator's `own` folder, where
    it has them. Raises PolicyError or BasisError where a file can't be used.
    """
    rules, classes = _own(own, "rules"), _own(own, "report_classes")
    offset = policy(0).automation.utc_offset_hours
    zone = dt.timezone(dt.timedelta(hours=offset))
    published = PublishedGrounds(rulebook.rules(rules), basis.load(), zone)
    office = Office(ledger, policy, published, post, QUERIES)
    return Proceedings(office, published, rulebook.report_classes(classes), rulebook.help_lines())


def _own(folder: Path | None, name: str) -> Path | None:
    """A part of the operator's own policy; None: the shipped one holds."""
    return folder / name if folder is not None and (folder / name).is_dir() else None
