"""Service 送达: whether and on which day a document counts as served, by the proofs on file.

Each way has its conditions and its proofs, as data in `service.toml`: the articles of 民事诉讼法 to
which other statutes refer, and electronic service of 行政处罚法 61. Periods of payment,
reconsideration and suit run from the day of service.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from lianzhi.law.citation import Citation
from lianzhi.law.words import Words

PartyKind = Literal["person", "organisation"]


class ServiceError(ValueError):
    """A way or a proof that does not exist; the message names field, value and mend."""


class Way(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way of service with its conditions."""

    title: Words
    needs: tuple[tuple[str, ...], ...]
    """Proofs that must be on file; one of each group."""
    before: tuple[str, ...] = ()
    """Proofs required by the day of service."""
    counts_from: str
    """The proof whose day is that of service."""
    after_days: int = 0
    """Calendar days that must pass after it."""
    basis: Citation
    verified: bool
    """The article was read in the statute."""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All ways of service, and the titles of proofs."""

    way: dict[str, Way]
    only: dict[str, PartyKind]
    """Proofs that are valid for one kind of party alone."""
    proof: dict[str, Words]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Result of an attempt: the day of service, or the reasons why it does not count."""

    way: str
    day: dt.date | None
    """Day of service; None where it does not count."""
    reasons: tuple[Words, ...]
    """Why it does not count; empty where it does."""
    basis: Citation
    late: bool
    """It counts, but after the last day that the law allows."""


@cache
def rules() -> Rules:
    """The shipped rules."""
    text = files(__package__).joinpath("service.toml").read_bytes()
    return msgspec.toml.decode(text, type=Rules)


def served(
    way: str,
    on_file: Mapping[str, dt.date],
    party: PartyKind,
    decided: dt.date,
    last_day: dt.date | None = None,
) -> Service:
    """Whether a document of the day `decided` counts as served, and from which day.

    `on_file`: each proof with its day. `last_day`: the end of the period for service, where a
    statute sets one. Raises ServiceError for an unknown way or proof.
    """
    known = rules()
    if way not in known.way:
        raise ServiceError(f"way is {way!r:.60}; choose one of {', '.join(known.way)}")
    if unknown := [name for name in on_file if name not in known.proof]:
        raise ServiceError(f"proof is {unknown[0]!r:.60}; choose one of {', '.join(known.proof)}")
    rule = known.way[way]
    needs = [
        [name for name in group if known.only.get(name, party) == party] for group in rule.needs
    ]
    reasons = [_lacking(group) for group in needs if on_file.keys().isdisjoint(group)]
    done = on_file.get(rule.counts_from)
    if done is not None:
        reasons += [_late(name) for name in rule.before if on_file.get(name, done) > done]
        if done < decided:
            reasons.append(
                Words(
                    zh=f"{known.proof[rule.counts_from].zh}的日期{done}早于文书日期{decided}",
                    en=f"{known.proof[rule.counts_from].en} is of {done}, before the document of "
                    f"{decided}",
                )
            )
    day = None if reasons or done is None else done + dt.timedelta(days=rule.after_days)
    # The publication must be in time; its thirty days come on top.
    late = day is not None and last_day is not None and done is not None and done > last_day
    return Service(way=way, day=day, reasons=tuple(reasons), basis=rule.basis, late=late)


def _lacking(group: list[str]) -> Words:
    proof = rules().proof
    return Words(
        zh="缺少" + "或者".join(proof[name].zh for name in group),
        en="missing: " + ", or ".join(proof[name].en for name in group),
    )


def _late(name: str) -> Words:
    proof = rules().proof[name]
    return Words(zh=f"{proof.zh}晚于送达", en=f"{proof.en} is later than the service")
