"""What a self-assessment pack says: fields of the registry, audits, and what is missing. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from lianzhi.domains.algorithms.nouns.algorithm import Algorithm
from lianzhi.domains.algorithms.nouns.audit import BASE, Audit, Figure
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.law.clock import china_day
from lianzhi.stats.verdict import Verdict

Gettext = Callable[[str], str]
"""Gives a word of the catalogue by its key."""
_GAPS = (Verdict.CONFIRMED, Verdict.SUSPECTED)
#: Kinds of audit that every self-assessment should rest on.
_EXPECTED = ("fairness", "pricing")
_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}
_OVER = ("closed", "dismissed", "withdrawn")
#: Rows of a table, so that both languages fit one paper.
MOST_AUDITS, MOST_GAPS = 100, 200
#: What no field of the registry holds: the provider adds it.
_NOT_KEPT = ("mechanism", "data", "safeguards")


class PackFacts(NamedTuple):
    """What a pack is made of."""

    algorithm: Algorithm
    audits: Sequence[Audit]
    """Oldest first."""
    rectifications: Sequence[Rectification]
    disclosure: str
    """What is to be published 拟公示内容; empty: not given."""


def latest(audits: Iterable[Audit]) -> dict[str, Audit]:
    """The newest audit of each kind."""
    return {audit.kind: audit for audit in audits}


def missing(facts: PackFacts) -> tuple[str, ...]:
    """Keys of what a self-assessment lacks, in the order of the paper."""
    return tuple(_missing(facts))


def _missing(facts: PackFacts) -> Iterator[str]:
    algorithm, newest = facts.algorithm, latest(facts.audits)
    lacks = {
        "version": not algorithm.version,
        "number": not algorithm.number,
        "unchecked": bool(algorithm.number) and algorithm.checked is None,
        "unshown": algorithm.checked is not None and not algorithm.shown,
        "disclosure": not facts.disclosure.strip(),
    }
    yield from (name for name, lacking in lacks.items() if lacking)
    yield from (f"audit_{kind}" for kind in _EXPECTED if kind not in newest)
    for kind, audit in newest.items():
        if audit.first is None:
            yield f"undated_{kind}"
        if audit.verdict not in (*_GAPS, Verdict.NONE_FOUND):
            yield f"unsettled_{kind}"
    if any(file.status not in _OVER for file in facts.rectifications):
        yield "rectification"
    yield from _NOT_KEPT


def fill(facts: PackFacts, gettext: Gettext) -> dict[str, Any]:
    """The fields of the paper in the language of `gettext`, without its number and day."""
    algorithm = facts.algorithm
    figures = sorted(
        ((audit, figure) for audit in latest(facts.audits).values() for figure in audit.figures),
        key=lambda pair: _ORDER[pair[1].verdict],
    )
    note = gettext("algorithm_pack.gaps") % {"n": min(len(figures), MOST_GAPS), "all": len(figures)}
    return {
        "agency": algorithm.provider,
        "party": {"name": algorithm.name},
        "filed": [
            {"title": gettext(key), "value": value} for key, value in _filed(algorithm, gettext)
        ],
        "disclosure": facts.disclosure.strip() or gettext("algorithm_pack.not_given"),
        "audits": [_audit(audit, gettext) for audit in facts.audits[-MOST_AUDITS:]],
        "gaps": [_gap(*pair, gettext) for pair in figures[:MOST_GAPS]],
        "gaps_note": note,
        "missing": [gettext(f"algorithm_pack_lacks.{key}") for key in missing(facts)],
    }


def _filed(algorithm: Algorithm, gettext: Gettext) -> Iterator[tuple[str, str]]:
    for name in ("provider", "product", "name", "service", "field"):
        yield f"algorithm.{name}", getattr(algorithm, name)
    yield "algorithm.type", gettext(f"algorithm_type.{algorithm.type}")
    yield "algorithm.opinion", gettext(f"algorithm.opinion_{'yes' if algorithm.opinion else 'no'}")
    yield "algorithm.launched", algorithm.launched.isoformat()
    yield "algorithm.version", algorithm.version or gettext("algorithm_pack.not_given")
    yield "algorithm.number", algorithm.number or gettext("algorithm_pack.not_given")


def _audit(audit: Audit, gettext: Gettext) -> dict[str, Any]:
    days = f"{audit.first} – {audit.last}" if audit.first else gettext("audit.undated")
    return {
        "kind": gettext(f"audit_kind.{audit.kind}"),
        "day": china_day(audit.at),
        "data": days,
        "verdict": gettext(f"audit_verdict.{audit.verdict.value}"),
        "digests": f"{_grouped(audit.file)}\n{_grouped(audit.map)}",
    }


def _gap(audit: Audit, figure: Figure, gettext: Gettext) -> dict[str, Any]:
    return {
        "kind": gettext(f"audit_kind.{audit.kind}"),
        "name": _compared(figure.name, gettext),
        "value": _value(figure, 1 if audit.kind == "diversity" else 100),
        "verdict": gettext(f"audit_verdict.{figure.verdict.value}"),
    }


def _compared(name: str, gettext: Gettext) -> str:
    """What is compared, its metric in words; as on the page of an audit."""
    before, sign, last = name.rpartition(" · ")
    if before.startswith(BASE):
        base = gettext(f"audit_diversity.base_{before.removeprefix(BASE)}")
        return f"{base} · {gettext(f'audit_diversity.{last}')}"
    if not sign:
        return name
    key = "audit.with_reasons" if last == "reasons" else f"audit_metric.{last}"
    return f"{before} · {gettext(key)}"


def _value(figure: Figure, scale: int) -> str:
    """A gap with its interval, in hundredths or as it is."""
    if figure.value is None:
        return "—"
    limits = (
        f" ({scale * figure.lo:.3g} – {scale * figure.hi:.3g})"
        if figure.lo is not None and figure.hi is not None
        else ""
    )
    return f"{scale * figure.value:.3g}{limits}"


def _grouped(digest: str) -> str:
    """A digest that lines may break."""
    return " ".join(digest[start : start + 16] for start in range(0, len(digest), 16))
