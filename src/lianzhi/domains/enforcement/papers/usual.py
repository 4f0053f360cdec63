"""Usual periods: what the law in force on a day says of time limits."""

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from lianzhi.domains.enforcement.law.statutes import late_fines
from lianzhi.law.citation import Citation
from lianzhi.law.surcharge_rules import Rule


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One time limit in one version of the law. Days are inclusive."""

    field: str
    length: int
    unit: str
    basis: Citation
    effective_from: dt.date
    effective_until: dt.date = dt.date.max


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    period: tuple[Period, ...]


@cache
def _periods() -> tuple[Period, ...]:
    text = files(__package__).joinpath("usual.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File).period


def usual(day: dt.date, language: str) -> dict[str, Any]:
    """Fields that the law in force on a day fills in; one without a law in force is absent."""
    found: dict[str, Any] = {
        one.field: _told(one.length, one.unit, one.basis.say(language))
        for one in _periods()
        if one.effective_from <= day <= one.effective_until
    }
    for rule in late_fines():
        if rule.in_force(day):
            found |= _late(rule, language)
    return found


def _late(rule: Rule, language: str) -> dict[str, Any]:
    paid, added = (rule.cite(one).say(language) for one in ("pay_within_days", "daily_rate"))
    return {
        "pay_within": _told(rule.pay_within_days, "calendar_days", paid),
        "surcharge": {"percent": rule.daily_rate * 100, "basis": added},
    }


def _told(length: int, unit: str, basis: str) -> dict[str, Any]:
    return {"length": length, "unit": unit, "basis": basis}
