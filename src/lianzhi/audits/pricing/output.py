"""A pricing audit on the terminal, as plain data, as files and as a report."""

from math import exp, isfinite
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table as TerminalTable

from lianzhi.audits.policy import PricingPolicy
from lianzhi.audits.pricing.audit import PriceGap, PricingAudit
from lianzhi.audits.report.numbers import p_text, per_cent, points, with_limits
from lianzhi.audits.report.page import (
    LANGUAGES,
    ReportPage,
    Table,
    write,
    write_fields,
)
from lianzhi.audits.words import words
from lianzhi.kit.pictures.bars import ShareRow, share_bars
from lianzhi.kit.pictures.forest import GapRow, forest
from lianzhi.kit.pictures.picture import Picture
from lianzhi.kit.terminal import console, plain
from lianzhi.stats.intervals import Interval

_HEADS = ("group", "reasons", "price_gap", "buyers", "coverage", "detectable", "p_holm", "verdict")


def audit_fields(audit: PricingAudit, version: str, policy: PricingPolicy) -> dict[str, Any]:
    """The audit as plain data; what is not finite is None."""
    return {
        "audit": "pricing",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "verdict": audit.verdict.value,
        "people": audit.people,
        "orders": audit.orders,
        "tests": audit.tests,
        "left_out": audit.left_out,
        "gaps": [_gap_fields(each) for each in audit.gaps],
    }


def _gap_fields(each: PriceGap) -> dict[str, Any]:
    gap = each.gap
    return {
        "group": each.group,
        "reference": each.reference,
        "with_declared_reasons": each.excused,
        "orders": each.orders,
        "coverage": each.coverage,
        "log_gap": gap.value if gap else None,
        "se": gap.se if gap else None,
        "df": gap.df if gap else None,
        "people": gap.people if gap else None,
        "strata": gap.strata if gap else None,
        "p": gap.p if gap else None,
        "p_holm": each.p_holm,
        "p_bh": each.p_bh,
        "log_gap_lo": each.interval.lo if each.interval else None,
        "log_gap_hi": each.interval.hi if each.interval else None,
        "equivalence_lo": each.equivalence.lo if each.equivalence else None,
        "equivalence_hi": each.equivalence.hi if each.equivalence else None,
        "detectable": each.detectable if isfinite(each.detectable) else None,
        "gamma": each.gamma if isfinite(each.gamma) else None,
        "components": {
            part.name: {"share": part.share, "lo": part.interval.lo, "hi": part.interval.hi}
            for part in each.components
        },
        "small": each.is_small,
        "verdict": each.verdict.value,
    }


def write_audit(
    audit: PricingAudit, fields: dict[str, Any], source: str, policy: PricingPolicy, out: Path
) -> None:
    """Write `pricing.json` and the report in both languages into a folder."""
    write_fields(fields, out)
    write({each: _page(audit, source, fields["policy"], policy, each) for each in LANGUAGES}, out)


def print_audit(audit: PricingAudit, policy: PricingPolicy, language: str) -> None:
    """Print the gaps, their parts, and the verdict."""
    gettext = words(language).gettext
    table = TerminalTable(title=gettext("audit_table.prices"))
    for head in _HEADS:
        table.add_column(gettext(f"audit_table.{head}"), overflow="fold")
    for each in audit.gaps:
        table.add_row(*map(plain, _row(each, language)))
    console().print(table)
    for name, value in _parts(audit, language):
        click.echo(f"{plain(name)}: {value}")
    for name, rows in audit.left_out.items():
        click.echo(gettext("audit_table.orders_left_out") % {"rows": f"{rows:,}", "field": name})
    named = {"level": f"{100 * policy.level:g}", "margin": points(policy.margin)}
    click.echo(gettext("audit_table.pricing_how") % named)
    word = gettext(f"audit_verdict.{audit.verdict}")
    click.echo(f"{gettext('audit_table.verdict')}: {word}")


def _row(each: PriceGap, language: str) -> tuple[str, ...]:
    gettext = words(language).gettext
    return (
        f"{each.group} – {each.reference}",
        _reasons(each, language),
        _gap_text(each),
        " / ".join(f"{n:,}" for n in each.gap.people) if each.gap else "–",
        per_cent(each.coverage),
        points(each.detectable, 2) if isfinite(each.detectable) else "–",
        p_text(each.p_holm),
        gettext(f"audit_verdict.{each.verdict}"),
    )


def _reasons(each: PriceGap, language: str) -> str:
    """Whether orders with declared reasons are counted, in words."""
    return words(language).gettext(f"audit_table.reasons_{'in' if each.excused else 'out'}")


def _name(each: PriceGap, language: str) -> str:
    """The group, and whether orders with declared reasons are counted."""
    key = "with_reasons" if each.excused else "without_reasons"
    return f"{each.group}, {words(language).gettext(f'audit_table.{key}')}"


def _gap_text(each: PriceGap) -> str:
    """The gap in per cent of the price, with its interval."""
    if each.gap is None or each.interval is None:
        return "–"
    limits = Interval(*(exp(end) - 1 for end in each.interval))
    return with_limits(exp(each.gap.value) - 1, limits, 2)


def _parts(audit: PricingAudit, language: str) -> list[tuple[str, str]]:
    gettext = words(language).gettext
    texts = []
    for each in audit.gaps:
        for part in each.components:
            name = gettext(f"audit_part.{part.name}")
            texts.append(
                (f"{_name(each, language)}: {name}", with_limits(part.share, part.interval, 2))
            )
    return texts


def _coverage(audit: PricingAudit, language: str) -> Picture:
    gettext = words(language).gettext
    rows = [
        ShareRow(_name(each, language), each.coverage, 0.0, per_cent(each.coverage))
        for each in audit.gaps
    ]
    title = gettext("audit_report.coverage")
    return share_bars(title, gettext("audit_report.coverage_caption"), rows)


def _page(
    audit: PricingAudit, source: str, version: str, policy: PricingPolicy, language: str
) -> ReportPage:
    gettext = words(language).gettext
    rows = [
        GapRow(
            _name(each, language),
            each.gap.value,
            *each.interval,
            each.detectable,
            _gap_text(each),
            gettext(f"audit_verdict.{each.verdict}"),
        )
        for each in audit.gaps
        if each.gap is not None and each.interval is not None
    ]
    title = gettext("audit_table.prices")
    left_out = [(name, f"{n:,}") for name, n in audit.left_out.items()]
    gammas = [
        (_name(each, language), "∞" if not isfinite(each.gamma) else f"{each.gamma:.2f}")
        for each in audit.gaps
        if each.gap is not None
    ]
    return ReportPage(
        "pricing",
        audit.verdict.value,
        source,
        version,
        [
            (gettext("audit_report.orders"), f"{audit.orders:,}"),
            (gettext("audit_report.buyers"), f"{audit.people:,}"),
            (gettext("audit_report.level"), f"{100 * policy.level:g} %"),
            (gettext("audit_report.margin"), f"± {points(policy.margin)}"),
            (gettext("audit_report.policy"), version),
        ],
        [forest(title, gettext("audit_report.forest_pricing"), rows, policy.margin)] * bool(rows)
        + [_coverage(audit, language)],
        [
            Table(
                title,
                [gettext(f"audit_table.{head}") for head in _HEADS],
                [_row(each, language) for each in audit.gaps],
            ),
            Table(
                gettext("audit_report.parts"),
                [gettext("audit_report.part"), gettext("audit_report.share_of_price")],
                _parts(audit, language),
                gettext("audit_report.parts_note"),
            ),
            Table(
                gettext("audit_report.hidden"),
                [gettext("audit_table.group"), "Γ"],
                gammas,
                gettext("audit_report.hidden_note"),
            ),
            Table(
                gettext("audit_report.left_out"),
                [gettext("audit_report.field"), gettext("audit_report.rows")],
                left_out,
                "" if left_out else gettext("audit_report.none_left_out"),
            ),
        ],
    )
