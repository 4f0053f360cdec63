"""A diversity audit on the terminal, as plain data, as files and as a report."""

from math import isfinite, log2, nan
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.audits.diversity.measuring import BASELINES, MEASURES, Beside, Diversity
from lianzhi.audits.policy import DiversityPolicy
from lianzhi.audits.report.numbers import p_text, points, with_limits
from lianzhi.audits.report.page import (
    LANGUAGES,
    ReportPage,
    Table,
    write,
    write_fields,
)
from lianzhi.audits.words import words
from lianzhi.kit.pictures.beside import DotRow, dots_beside
from lianzhi.kit.pictures.forest import GapRow, forest
from lianzhi.kit.pictures.picture import Picture
from lianzhi.stats.intervals import Interval


def audit_fields(audit: Diversity, version: str, policy: DiversityPolicy) -> dict[str, Any]:
    """The measures as plain data; what is not finite is None."""
    return {
        "audit": "diversity",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "seed": audit.seed,
        "verdict": audit.verdict.value,
        "people": audit.people,
        "rows": audit.rows,
        "left_out": audit.left_out,
        "topics": audit.topics,
        "measures": [
            {
                "baseline": each.baseline,
                "measure": each.measure,
                "personal": each.personal,
                "other": each.other,
                "difference": each.personal - each.other,
                "lo": _finite(each.difference.lo),
                "hi": _finite(each.difference.hi),
                "margin": each.margin,
                "detectable": _finite(each.detectable),
                "p": each.p,
                "p_holm": each.p_holm,
                "people": each.people,
                "verdict": each.verdict.value,
            }
            for each in audit.measures
        ],
    }


def write_audit(
    audit: Diversity, fields: dict[str, Any], source: str, policy: DiversityPolicy, out: Path
) -> None:
    """Write `diversity.json` and the report in both languages into a folder."""
    write_fields(fields, out)
    version = fields["policy"]
    write({each: _page(audit, source, version, policy, each) for each in LANGUAGES}, out)


def print_audit(audit: Diversity, policy: DiversityPolicy, language: str) -> None:
    """Print each measure beside its baselines, and the verdict."""
    gettext = words(language).gettext
    for each in audit.measures:
        named = {
            "measure": gettext(f"audit_diversity.{each.measure}"),
            "baseline": gettext(f"audit_diversity.base_{each.baseline}"),
            "personal": f"{each.personal:.3f}",
            "other": f"{each.other:.3f}",
            "lo": f"{each.difference.lo:.3f}",
            "hi": f"{each.difference.hi:.3f}",
            "people": f"{each.people:,}",
            "verdict": gettext(f"audit_verdict.{each.verdict}"),
        }
        click.echo(gettext("audit_diversity.line") % named)
    if audit.left_out:
        click.echo(gettext("audit_diversity.left_out") % {"rows": f"{audit.left_out:,}"})
    key = "how" if audit.measures else "nobody"
    named = {"least": str(policy.least_items), "margin": points(policy.margin, 0)}
    click.echo(gettext(f"audit_diversity.{key}") % named)
    word = gettext(f"audit_verdict.{audit.verdict}")
    click.echo(f"{gettext('audit_table.verdict')}: {word}")


def _page(
    audit: Diversity, source: str, version: str, policy: DiversityPolicy, language: str
) -> ReportPage:
    gettext = words(language).gettext
    heads = (
        "baseline", "measure", "personal", "other", "difference", "p_holm", "people", "verdict",
    )  # fmt: skip
    return ReportPage(
        "diversity",
        audit.verdict.value,
        source,
        version,
        [
            (gettext("audit_report.people"), f"{audit.people:,}"),
            (gettext("audit_report.items"), f"{audit.rows:,}"),
            (gettext("audit_report.topics"), f"{audit.topics:,}"),
            (gettext("audit_report.left_out"), f"{audit.left_out:,}"),
            (gettext("audit_report.level"), f"{100 * policy.level:g} %"),
            (gettext("audit_diversity.margin"), f"± {points(policy.margin, 0)} %"),
            (gettext("audit_report.policy"), version),
            (gettext("audit_report.seed"), str(audit.seed)),
        ],
        _pictures(audit, policy, language),
        [
            Table(
                gettext("audit_diversity.figures"),
                [gettext(f"audit_diversity.head_{head}") for head in heads],
                [_row(each, language) for each in audit.measures],
            )
        ],
    )


def _pictures(audit: Diversity, policy: DiversityPolicy, language: str) -> list[Picture]:
    gettext = words(language).gettext
    pictures = []
    of = {(each.baseline, each.measure): each for each in audit.measures}
    bases = [name for name in ("unfiltered", "off", "catalogue") if (name, "entropy") in of]
    if bases:
        top = {"entropy": log2(max(audit.topics, 2))}
        rows = [
            DotRow(
                gettext(f"audit_diversity.{name}"),
                of[bases[0], name].personal / top.get(name, 1.0),
                [of[base, name].other / top.get(name, 1.0) for base in bases],
                f"{of[bases[0], name].personal:.3f}",
            )
            for name in MEASURES
        ]
        names = [gettext(f"audit_diversity.base_{base}") for base in bases]
        pictures.append(
            dots_beside(
                gettext("audit_diversity.picture"),
                gettext("audit_diversity.caption"),
                gettext("audit_diversity.head_personal"),
                names,
                rows,
            )
        )
    for base in BASELINES:
        gaps = [_gap(each, language) for each in audit.measures if each.baseline == base]
        if gaps:
            title = gettext("audit_diversity.against") % {
                "baseline": gettext(f"audit_diversity.base_{base}")
            }
            caption = gettext("audit_report.forest_diversity")
            pictures.append(forest(title, caption, gaps, policy.margin))
    return pictures


def _gap(each: Beside, language: str) -> GapRow:
    """The difference as a share of the baseline's mean, above 0 where personal feeds are
    narrower."""
    gettext = words(language).gettext
    if not each.other:
        name = gettext(f"audit_diversity.{each.measure}")
        return GapRow(name, 0.0, 0.0, 0.0, nan, "–")
    scale = MEASURES[each.measure] / each.other
    lo, hi = sorted(end * scale for end in each.difference)
    value = (each.personal - each.other) * scale
    return GapRow(
        gettext(f"audit_diversity.{each.measure}"),
        value,
        lo,
        hi,
        each.detectable * abs(scale),
        with_limits(value, Interval(lo, hi)),
        gettext(f"audit_verdict.{each.verdict}"),
    )


def _row(each: Beside, language: str) -> tuple[str, ...]:
    gettext = words(language).gettext
    ends = " – ".join(f"{end:.3f}".replace("-", "−") for end in each.difference)
    gap = f"{each.personal - each.other:.3f}".replace("-", "−")
    return (
        gettext(f"audit_diversity.base_{each.baseline}"),
        gettext(f"audit_diversity.{each.measure}"),
        f"{each.personal:.3f}",
        f"{each.other:.3f}",
        f"{gap} ({ends})",
        p_text(each.p_holm),
        f"{each.people:,}",
        gettext(f"audit_verdict.{each.verdict}"),
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
