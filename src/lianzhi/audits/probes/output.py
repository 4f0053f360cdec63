"""An audit by paired probes on the terminal, as plain data, as files and as a report."""

from math import exp
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table as TerminalTable

from lianzhi.audits.policy import ProbePolicy
from lianzhi.audits.probes.audit import ProbeAudit, ProbeGap
from lianzhi.audits.report.numbers import p_text, per_cent, points, with_limits
from lianzhi.audits.report.page import LANGUAGES, ReportPage, Table, write, write_fields
from lianzhi.audits.words import words
from lianzhi.kit.pictures.bars import ShareRow, share_bars
from lianzhi.kit.pictures.forest import GapRow, forest
from lianzhi.kit.terminal import console, plain
from lianzhi.stats.intervals import Interval

_HEADS = ("group", "pairs", "price_gap", "beyond", "detectable", "p_holm", "verdict")


def audit_fields(audit: ProbeAudit, version: str, policy: ProbePolicy) -> dict[str, Any]:
    """The audit as plain data."""
    return {
        "audit": "probes",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "verdict": audit.verdict.value,
        "noise": audit.noise._asdict() if audit.noise else None,
        "people": sum(each.units for each in audit.gaps),
        "left_out": audit.left_out,
        "gaps": [
            {
                "persona": each.persona,
                "reference": each.reference,
                "pairs": each.pairs,
                "units": each.units,
                "log_gap": each.value,
                "log_gap_lo": each.interval.lo,
                "log_gap_hi": each.interval.hi,
                "equivalence_lo": each.equivalence.lo,
                "equivalence_hi": each.equivalence.hi,
                "detectable": each.detectable,
                "p": each.p,
                "p_holm": each.p_holm,
                "beyond": each.beyond,
                "beyond_lo": each.beyond_interval.lo,
                "beyond_hi": each.beyond_interval.hi,
                "small": each.is_small,
                "verdict": each.verdict.value,
            }
            for each in audit.gaps
        ],
    }


def write_audit(
    audit: ProbeAudit, fields: dict[str, Any], source: str, policy: ProbePolicy, out: Path
) -> None:
    """Write `probes.json` and the report in both languages into a folder."""
    write_fields(fields, out)
    write({each: _page(audit, source, fields["policy"], policy, each) for each in LANGUAGES}, out)


def print_audit(audit: ProbeAudit, policy: ProbePolicy, language: str) -> None:
    """Print the gaps, the noise and the verdict."""
    gettext = words(language).gettext
    table = TerminalTable(title=gettext("audit_table.probes"))
    for head in _HEADS:
        table.add_column(gettext(f"audit_table.{head}"), overflow="fold")
    for each in audit.gaps:
        table.add_row(*map(plain, _row(each, language)))
    console().print(table)
    click.echo(_noise(audit, policy, language))
    for name, rows in audit.left_out.items():
        click.echo(gettext("audit_table.probes_left_out") % {"rows": f"{rows:,}", "field": name})
    named = {"level": f"{100 * policy.level:g}", "margin": points(policy.margin)}
    click.echo(gettext("audit_table.probes_how") % named)
    word = gettext(f"audit_verdict.{audit.verdict}")
    click.echo(f"{gettext('audit_table.verdict')}: {word}")


def _row(each: ProbeGap, language: str) -> tuple[str, ...]:
    gettext = words(language).gettext
    limits = Interval(*(exp(end) - 1 for end in each.interval))
    return (
        f"{each.persona} – {each.reference}",
        f"{each.pairs:,} / {each.units:,}",
        with_limits(exp(each.value) - 1, limits, 2),
        with_limits(each.beyond, each.beyond_interval),
        points(each.detectable, 2),
        p_text(each.p_holm),
        gettext(f"audit_verdict.{each.verdict}"),
    )


def _noise(audit: ProbeAudit, policy: ProbePolicy, language: str) -> str:
    gettext = words(language).gettext
    if audit.noise is None:
        return gettext("audit_table.no_noise")
    named = {
        "pairs": f"{audit.noise.pairs:,}",
        "median": points(audit.noise.median, 2),
        "floor": points(audit.noise.floor, 2),
        "level": f"{100 * policy.level:g}",
        "least": f"{policy.least_noise_pairs:,}",
    }
    return gettext("audit_table.noise") % named


def _page(
    audit: ProbeAudit, source: str, version: str, policy: ProbePolicy, language: str
) -> ReportPage:
    gettext = words(language).gettext
    title = gettext("audit_table.probes")
    rows = [
        GapRow(
            each.persona, each.value, *each.interval, each.detectable, _row(each, language)[2],
            gettext(f"audit_verdict.{each.verdict}"),
        )
        for each in audit.gaps
    ]  # fmt: skip
    bars = [
        ShareRow(each.persona, each.beyond, 0.0, per_cent(each.beyond), each.beyond_interval)
        for each in audit.gaps
    ]
    beyond = gettext("audit_report.beyond")
    left_out = [(name, f"{n:,}") for name, n in audit.left_out.items()]
    return ReportPage(
        "probes",
        audit.verdict.value,
        source,
        version,
        [
            (gettext("audit_report.pairs"), f"{sum(each.pairs for each in audit.gaps):,}"),
            (gettext("audit_report.noise_pairs"), f"{audit.noise.pairs if audit.noise else 0:,}"),
            (gettext("audit_report.level"), f"{100 * policy.level:g} %"),
            (gettext("audit_report.margin"), f"± {points(policy.margin)}"),
            (gettext("audit_report.policy"), version),
        ],
        [
            forest(title, gettext("audit_report.forest_pricing"), rows, policy.margin),
            share_bars(beyond, gettext("audit_report.beyond_caption"), bars),
        ]
        if rows
        else [],
        [
            Table(
                title,
                [gettext(f"audit_table.{head}") for head in _HEADS],
                [_row(each, language) for each in audit.gaps],
                _noise(audit, policy, language),
            ),
            Table(
                gettext("audit_report.left_out"),
                [gettext("audit_report.field"), gettext("audit_report.rows")],
                left_out,
                "" if left_out else gettext("audit_report.none_left_out"),
            ),
        ],
    )
