"""Specifications of the scorecard's figures and identities; `card` computes them from counts.

Each is defined in words under `figure_means.<key>` in the catalogues; docs/scorecard.md has all.
"""

from collections.abc import Iterator
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain import scorecard as make
from lianzhi.chain.harm_chain import STATES
from lianzhi.chain.measure import RUNNING
from lianzhi.chain.scorecard import Check, Counts, Figure, Scorecard, Sum, Where, contradictions

Section = Literal[
    "findings",
    "cases",
    "chains",
    "decisions",
    "measures",
    "reports",
    "appeals",
    "looks",
    "protections",
    "revisits",
    "speed",
]
SECTIONS: tuple[Section, ...] = get_args(Section)

_RUN = tuple(sorted(RUNNING))
_ENDED = ("lapsed", "lifted")
_ORDERED: Where = {"status": (*_RUN, *_ENDED)}
_OVERTURNED = ("overturned", "partly_overturned")
_ANSWERED = ("upheld", *_OVERTURNED)
_YES = ("yes",)
#: States of chains of which something was seen that drives the harm.
_DRIVEN = tuple(state for state in STATES if state != "end_only")
_QUANTILES = {"median": 0.5, "p90": 0.9}
_JUDGEMENTS = ("yes", "no")


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """How one figure is made."""

    key: str
    section: Section
    kind: make.Kind = "count"
    cube: str = ""
    """The cube, or for a quantile the lengths of time, that it is made of."""
    where: Where = {}
    """The cells counted; of a share those of the whole."""
    hits: Where = {}
    """Of a share: what besides `where` they must be to be the part."""
    per: Sum | None = None
    """Of a rate: a hundred of what."""
    by: tuple[tuple[str, ...], ...] = ()
    """The dimensions by which it is broken down, one or more at a time."""
    whole: bool = True
    """Whether there is a figure of the whole; not where one counts in several parts."""
    batched: bool = False
    """Whether one decision brings many at once: they are not told with an interval, for those that
    there are suppose that each comes by itself."""


def _share(key: str, section: Section, cube: str, hits: Where, **more: Any) -> Spec:
    return Spec(key=key, section=section, kind="share", cube=cube, hits=hits, **more)


def _measures(key: str, where: Where, by: tuple[tuple[str, ...], ...] = ()) -> Spec:
    return Spec(key=key, section="measures", cube="measures", where=where, by=by, batched=True)


def _speed(key: str, cube: str, batched: bool = False) -> Spec:
    return Spec(key=key, section="speed", kind="quantile", cube=cube, batched=batched)


SPECS: tuple[Spec, ...] = (
    Spec(key="findings.made", section="findings", cube="findings", by=(("stage",),)),
    Spec(key="cases.opened", section="cases", cube="opened", by=(("kind",),)),
    Spec(key="cases.waiting", section="cases", cube="opened", where={"state": ("waiting",)}),
    Spec(
        key="cases.closed",
        section="cases",
        cube="closed",
        by=(("outcome",), ("kind", "outcome")),
    ),
    _share(
        "cases.false_positive_share",
        "cases",
        "closed",
        {"outcome": ("false_positive",)},
        by=(("kind",),),
    ),
    _share("cases.linked_share", "cases", "opened", {"linked": _YES}),
    Spec(key="chains.begun", section="chains", cube="chains", by=(("state",),)),
    _share("chains.driving_seen_share", "chains", "chains", {"state": _DRIVEN}),
    _share(
        "chains.broken_share", "chains", "chains", {"state": ("broken",)}, where={"state": _DRIVEN}
    ),
    Spec(
        key="decisions.made",
        section="decisions",
        cube="decisions",
        by=(("status",), ("source",), ("ground",)),
    ),
    _share("decisions.restricting_share", "decisions", "decisions", {"restricts": _YES}),
    _share(
        "decisions.automated_share",
        "decisions",
        "decisions",
        {"automated": _YES},
        by=(("restricts",), ("source",)),
    ),
    _measures(
        "measures.ordered",
        _ORDERED,
        by=(("key",), ("role",), ("rule",), ("key", "role", "mode", "status")),
    ),
    _measures("measures.running", {"status": _RUN}),
    _measures("measures.ended", {"status": _ENDED}, by=(("status",),)),
    _share(
        "measures.undelivered_share",
        "measures",
        "measures",
        {"reached": ("no",)},
        where={"mode": ("queued",), "reached": ("yes", "no")},
        by=(("key",),),
        batched=True,
    ),
    _measures("measures.shadowed", {"status": ("shadowed",)}, by=(("key",), ("rule",))),
    _measures("measures.suppressed", {"status": ("suppressed",)}, by=(("why",), ("rule",))),
    Spec(key="strikes.given", section="measures", cube="strikes", batched=True),
    _share("strikes.removed_share", "measures", "strikes", {"removed": _YES}, batched=True),
    Spec(
        key="reports.received",
        section="reports",
        cube="reports",
        by=(("category",), ("channel",), ("status",)),
    ),
    Spec(
        key="reports.answered",
        section="reports",
        cube="answers",
        where={"outcome": ("upheld", "not_upheld", "handled")},
        by=(("outcome",), ("category", "outcome")),
    ),
    Spec(
        key="reports.routed",
        section="reports",
        cube="answers",
        where={"outcome": ("routed",)},
        by=(("category",),),
    ),
    Spec(key="reports.due", section="reports", cube="reports_due", by=(("in_time",),)),
    _share("reports.in_time_share", "reports", "reports_due", {"in_time": _YES}),
    Spec(
        key="appeals.filed",
        section="appeals",
        cube="appeals",
        by=(("party",), ("status",)),
    ),
    Spec(
        key="appeals.per_100",
        section="appeals",
        kind="rate",
        cube="appeals",
        where={"party": ("affected",)},
        per=Sum("measures", _ORDERED),
    ),
    Spec(key="appeals.answered", section="appeals", cube="appealed", by=(("status",),)),
    Spec(key="appeals.due", section="appeals", cube="appeals_due", by=(("in_time",),)),
    _share("appeals.in_time_share", "appeals", "appeals_due", {"in_time": _YES}),
    _share(
        "appeals.overturned_share",
        "appeals",
        "appealed",
        {"status": _OVERTURNED},
        by=(("party",), ("automated",), ("rule",)),
    ),
    _share(
        "appeals.overturned_whole_share",
        "appeals",
        "appealed",
        {"status": ("overturned",)},
        by=(("party",),),
    ),
    _share(
        "appeals.by_measure_share",
        "appeals",
        "contested_keys",
        {"status": _OVERTURNED},
        by=(("key",),),
        whole=False,
    ),
    _share(
        "appeals.by_role_share",
        "appeals",
        "contested_roles",
        {"status": _OVERTURNED},
        by=(("role",),),
        whole=False,
    ),
    Spec(key="looks.held", section="looks", cube="looks", by=(("look",),)),
    _share(
        "looks.agreement_share", "looks", "looks", {"agrees": _YES}, where={"look": ("sample",)}
    ),
    Spec(
        key="looks.kappa", section="looks", kind="kappa", cube="looks", where={"look": ("sample",)}
    ),
    _share("looks.golden_share", "looks", "looks", {"agrees": _YES}, where={"look": ("golden",)}),
    _share(
        "protections.offered_share", "protections", "opened", {"offer": ("offered", "accepted")}
    ),
    _share(
        "protections.accepted_share",
        "protections",
        "opened",
        {"offer": ("accepted",)},
        where={"offer": ("offered", "accepted")},
    ),
    Spec(
        key="protections.granted",
        section="protections",
        cube="granted",
        by=(("asked",),),
    ),
    Spec(key="revisits.held", section="revisits", cube="revisits"),
    Spec(key="revisits.due", section="revisits", cube="revisits_due", by=(("in_time",),)),
    _share("revisits.in_time_share", "revisits", "revisits_due", {"in_time": _YES}),
    _share("revisits.rebound_share", "revisits", "revisits", {"rebound": _YES}),
    _speed("speed.warning", "warning"),
    _speed("speed.protection", "protection"),
    _speed("speed.decision", "decision"),
    _speed("speed.applied", "applied", batched=True),
    _speed("speed.report", "report"),
    _speed("speed.appeal", "appeal"),
)

#: Was it right? These answer it, in this order.
RIGHT: tuple[str, ...] = (
    "appeals.overturned_share",
    "cases.false_positive_share",
    "looks.agreement_share",
    "speed.warning",
)

_DECIDED = ("awaiting", "effective", "refused", "reversed", "partly_reversed")

#: What must add up. Where the two sides stem from two tables, a damaged one shows.
CHECKS: tuple[Check, ...] = (
    Check(
        "measures_known",
        Sum("measures"),
        (
            Sum("measures", _ORDERED),
            Sum("measures", {"status": ("shadowed",)}),
            Sum("measures", {"status": ("suppressed",)}),
        ),
    ),
    Check(
        "measures_ended",
        Sum("measures", _ORDERED),
        (Sum("measures", {"status": _RUN}), Sum("measures", {"status": _ENDED})),
    ),
    Check(
        "measures_decided",
        Sum("orders"),
        (Sum("measures", {"status": (*_RUN, *_ENDED, "shadowed")}),),
    ),
    Check(
        "decisions_known",
        Sum("decisions"),
        tuple(Sum("decisions", {"status": (status,)}) for status in _DECIDED),
    ),
    Check("cases_told", Sum("opened"), (Sum("cases"),)),
    Check(
        "cases_waiting",
        Sum("opened", {"state": ("waiting",)}),
        (Sum("cases", {"status": ("open", "protected")}),),
    ),
    Check(
        "cases_closed",
        Sum("closed"),
        (Sum("closed", {"outcome": ("settled", "subsided", "transferred", "false_positive")}),),
    ),
    Check(
        "reports_known",
        Sum("reports"),
        tuple(Sum("reports", {"status": (s,)}) for s in ("waiting", "joined", "answered")),
    ),
    Check(
        "reports_answered",
        Sum("answers"),
        (Sum("answers", {"outcome": ("upheld", "not_upheld", "handled", "routed")}),),
    ),
    Check(
        "appeals_known",
        Sum("appeals"),
        (Sum("appeals", {"status": ("waiting",)}), Sum("appeals", {"status": _ANSWERED})),
    ),
    Check(
        "appeals_answered",
        Sum("appealed"),
        tuple(Sum("appealed", {"status": (status,)}) for status in _ANSWERED),
    ),
)


def card(counts: Counts) -> Scorecard:
    """The scorecard of a period."""
    return Scorecard(
        since=counts.since,
        until=counts.until,
        at=counts.at,
        figures=tuple(figure for spec in SPECS for figure in figures(spec, counts)),
        contradictions=contradictions(counts, CHECKS),
    )


def figures(spec: Spec, counts: Counts) -> Iterator[Figure]:
    """A figure of the whole, and of each of its parts."""
    for figure in _computed(spec, counts):
        yield msgspec.structs.replace(figure, lo=None, hi=None) if spec.batched else figure


def _computed(spec: Spec, counts: Counts) -> Iterator[Figure]:
    if spec.kind == "quantile":
        for name, of in _QUANTILES.items():
            part = {} if name == "median" else {"quantile": name}
            yield make.quantile(spec.key, counts.spans[spec.cube], of, part)
        return
    cube = counts.cubes[spec.cube]
    if spec.kind == "kappa":
        judged = cube.split(("first", "second"), spec.where)
        table = [[judged.get((a, b), 0) for b in _JUDGEMENTS] for a in _JUDGEMENTS]
        yield make.kappa(spec.key, table)
        return
    if spec.kind == "rate":
        base = 0 if spec.per is None else spec.per.of(counts)
        yield make.rate(spec.key, cube.count(spec.where), base)
        return
    for dims in ((), *spec.by) if spec.whole else spec.by:
        whole = cube.split(dims, spec.where) or ({} if dims else {(): 0})
        part_of = cube.split(dims, {**spec.where, **spec.hits}) if spec.hits else {}
        for values, number in whole.items():
            part = dict(zip(dims, values, strict=True))
            if spec.kind == "share":
                yield make.share(spec.key, part_of.get(values, 0), number, part)
            else:
                yield make.count(spec.key, number, part)
