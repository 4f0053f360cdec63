"""An attention audit on the terminal, as plain data, as files and as a report."""

from math import isfinite
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.audits.attention.measuring import MINUTES, Attention
from lianzhi.audits.policy import AttentionPolicy
from lianzhi.audits.report.page import (
    LANGUAGES,
    ReportPage,
    Table,
    write,
    write_fields,
)
from lianzhi.audits.words import words
from lianzhi.kit.pictures.curves import Curve, CurvePoint, survival_curves
from lianzhi.stats.clustered_ratio import Ratio


def audit_fields(audit: Attention, version: str, policy: AttentionPolicy) -> dict[str, Any]:
    """The figures as plain data; what is not finite is None."""
    return {
        "audit": "attention",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "people": audit.people,
        "events": audit.events,
        "left_out": audit.left_out,
        "figures": {name: _ratio_fields(ratio) for name, ratio in audit.figures.items()},
        "survival": {
            name: [
                {"minutes": minutes, **_ratio_fields(ratio)}
                for minutes, ratio in zip(MINUTES, ratios, strict=True)
            ]
            for name, ratios in audit.survival.items()
        },
    }


def write_audit(
    audit: Attention, fields: dict[str, Any], source: str, policy: AttentionPolicy, out: Path
) -> None:
    """Write `attention.json` and the report in both languages into a folder."""
    write_fields(fields, out)
    version = fields["policy"]
    write({each: _page(audit, source, version, policy, each) for each in LANGUAGES}, out)


def print_audit(audit: Attention, policy: AttentionPolicy, language: str) -> None:
    """Print the figures with their intervals."""
    gettext = words(language).gettext
    for name, ratio in audit.figures.items():
        if not ratio.people:
            continue
        value, lo, hi = _texts(ratio)
        named = {"value": value, "lo": lo, "hi": hi, "people": f"{ratio.people:,}"}
        named["figure"] = gettext(f"audit_attention.{name}")
        click.echo(gettext("audit_attention.line") % named)
    if audit.left_out:
        click.echo(gettext("audit_attention.left_out") % {"rows": f"{audit.left_out:,}"})
    click.echo(gettext("audit_attention.how"))


def _page(
    audit: Attention, source: str, version: str, policy: AttentionPolicy, language: str
) -> ReportPage:
    gettext = words(language).gettext
    curves = [
        Curve(
            gettext(f"audit_attention.begun_{name}"),
            [CurvePoint(m, r.value, *r.interval) for m, r in zip(MINUTES, ratios, strict=True)],
        )
        for name, ratios in audit.survival.items()
    ]
    rows = [
        (gettext(f"audit_attention.{name}"), value, f"{lo} – {hi}", f"{ratio.people:,}")
        for name, ratio in audit.figures.items()
        if ratio.people
        for value, lo, hi in [_texts(ratio)]
    ]
    heads = ("figure", "value", "interval", "people")
    return ReportPage(
        "attention",
        "",
        source,
        version,
        [
            (gettext("audit_report.people"), f"{audit.people:,}"),
            (gettext("audit_report.events"), f"{audit.events:,}"),
            (gettext("audit_report.left_out"), f"{audit.left_out:,}"),
            (gettext("audit_report.level"), f"{100 * policy.level:g} %"),
            (gettext("audit_report.policy"), version),
        ],
        [
            survival_curves(
                gettext("audit_attention.survival"),
                gettext("audit_attention.survival_caption"),
                curves,
            )
        ],
        [
            Table(
                gettext("audit_attention.figures"),
                [gettext(f"audit_report.{head}") for head in heads],
                rows,
            ),
            Table(
                gettext("audit_report.thresholds"),
                [gettext("audit_report.threshold"), gettext("audit_report.value")],
                [
                    (gettext(f"audit_attention.{name}"), str(getattr(policy, name)))
                    for name in (
                        "session_gap_minutes", "break_minutes", "long_minutes",
                        "minors_cap_minutes", "night_from", "night_until",
                    )
                ],
                gettext("audit_report.thresholds_note"),
            ),
        ],
    )  # fmt: skip


def _ratio_fields(ratio: Ratio) -> dict[str, float | int | None]:
    return {
        "value": _finite(ratio.value),
        "lo": _finite(ratio.interval.lo),
        "hi": _finite(ratio.interval.hi),
        "people": ratio.people,
    }


def _texts(ratio: Ratio) -> tuple[str, ...]:
    places = 3 if ratio.value < 1 else 1
    return tuple(f"{value:.{places}f}" for value in (ratio.value, *ratio.interval))


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
