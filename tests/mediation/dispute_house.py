"""Disputes for tests: people with their roles, and a dispute that has come so far."""

import datetime as dt

from mediation_house import PEOPLE, opened

PEOPLE |= {"med": "mediator", "mao": "mediator"}
__all__ = ["agreed", "opened", "received", "take_on"]

GIVEN = {
    "party": "甲公司", "unit": True, "field": "customs_tax", "cause": "classification",
    "office": "HZ", "amount": 12_000, "language": "zh", "officer": "zhang", "warning": "",
    "known": dt.date(2026, 2, 1), "review": None, "words": "归类有误，多缴了税。",
}  # fmt: skip
TERMS = "2026-03-10 退还多缴税款\n2026-03-20 撤回复议申请"


def received(desk, **other) -> str:
    """A dispute that was taken in; `other` are fields that differ."""
    return desk.disputes.receive("rec", **(GIVEN | other))


def take_on(desk, mediator="med", **other) -> str:
    """A dispute that a mediator was assigned to."""
    identity = received(desk, **other)
    desk.disputes.assign(identity, "rec", mediator=mediator)
    return identity


def agreed(desk, terms=TERMS, day=None, amount=800, **other) -> str:
    """A dispute with an agreement."""
    identity = take_on(desk, **other)
    desk.agreements.agree(identity, "med", terms=terms, amount=amount, oral=False, day=day)
    return identity
