"""A fairness audit on the terminal, as plain data and as files."""

import csv
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table

from lianzhi.audits.fairness.audit import Comparison, FairnessAudit
from lianzhi.audits.fairness.report import report_pages
from lianzhi.audits.policy import FairnessPolicy
from lianzhi.audits.report.numbers import points
from lianzhi.audits.report.page import write, write_fields
from lianzhi.audits.words import words
from lianzhi.kit.terminal import console, plain
from lianzhi.stats.intervals import Interval

_COLUMNS = (
    "attribute", "group", "reference", "metric", "successes", "trials", "rate", "rate_lo",
    "rate_hi", "ref_successes", "ref_trials", "ref_rate", "difference", "difference_lo",
    "difference_hi", "ratio", "ratio_lo", "ratio_hi", "test", "p", "p_holm", "p_bh",
    "detectable_difference", "small", "verdict",
)  # fmt: skip


def audit_fields(audit: FairnessAudit, version: str, policy: FairnessPolicy) -> dict[str, Any]:
    """The audit as plain data; what is not finite is None."""
    return {
        "audit": "fairness",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "seed": audit.seed,
        "verdict": audit.verdict.value,
        "people": audit.people,
        "tests": audit.tests,
        "references": audit.references,
        "left_out": audit.left_out,
        "left_out_examples": {name: list(texts) for name, texts in audit.examples.items()},
        "groups": [
            {
                "attribute": group.attribute,
                "group": group.name,
                "people": group.people,
                "table": group.table.tolist(),
            }
            for group in audit.groups
        ],
        "comparisons": [_row(each) for each in audit.comparisons],
        "widest": [
            {
                "attribute": each.attribute,
                "metric": each.metric,
                "groups": each.groups,
                "gap": each.gap,
                **_limits("gap", each.interval),
                "ratio": _finite(each.ratio),
                **_limits("ratio", each.ratio_interval),
            }
            for each in audit.widest
        ],
        "calibration": [
            {
                "attribute": each.attribute,
                "group": each.group,
                "people": each.people,
                "mean_score": each.mean_score,
                "rate": each.rate,
                **_limits("rate", each.interval),
                "expected_error": each.expected_error,
                "small": each.is_small,
                "bins": [
                    {
                        "people": bin_.people, "mean_score": bin_.mean_score, "rate": bin_.rate,
                        **_limits("rate", bin_.interval),
                    }
                    for bin_ in each.bins
                ],
            }
            for each in audit.calibrations
        ],
    }  # fmt: skip


def write_audit(
    audit: FairnessAudit, fields: Mapping[str, Any], source: str, policy: FairnessPolicy, out: Path
) -> None:
    """Write `fairness.json`, `comparisons.csv` and the report in both languages into a folder."""
    write_fields(fields, out)
    with (out / "comparisons.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_row(each) for each in audit.comparisons)
    write(report_pages(audit, source, fields["policy"], policy), out)


def print_audit(audit: FairnessAudit, policy: FairnessPolicy, language: str) -> None:
    """Print the comparisons, the widest gaps, what was left out, and the verdict."""
    gettext = words(language).gettext
    level = f"{100 * policy.level:g}"
    table = Table(title=gettext("audit_table.comparisons"))
    for key in ("group", "metric", "rate", "reference_rate", "difference", "p_holm", "verdict"):
        table.add_column(gettext(f"audit_table.{key}"), overflow="fold")
    for each in audit.comparisons:
        small = gettext("audit_table.small_mark") if each.is_small else ""
        table.add_row(
            plain(f"{each.attribute}: {each.group}{small}"),
            gettext(f"audit_metric.{each.metric}"),
            f"{each.share.value:.1%} ({each.share.trials:,})",
            f"{each.ref_share.value:.1%} ({each.ref_share.trials:,})",
            _difference_text(each),
            "" if each.p_holm is None else f"{each.p_holm:.2g}",
            gettext(f"audit_verdict.{each.verdict}"),
        )
    console().print(table)
    for widest in audit.widest:
        named = {
            "attribute": plain(widest.attribute),
            "metric": gettext(f"audit_metric.{widest.metric}"),
            "gap": points(widest.gap), "lo": points(widest.interval.lo),
            "hi": points(widest.interval.hi), "level": level,
        }  # fmt: skip
        click.echo(gettext("audit_table.widest") % named)
    for name, rows in audit.left_out.items():
        texts = ", ".join(map(plain, audit.examples[name]))
        click.echo(
            gettext("audit_table.left_out") % {"rows": f"{rows:,}", "field": name, "said": texts}
        )
    named = {"tests": str(audit.tests), "level": level, "margin": points(policy.margin)}
    click.echo(gettext("audit_table.fairness_how") % named)
    word = gettext(f"audit_verdict.{audit.verdict}")
    click.echo(f"{gettext('audit_table.verdict')}: {word}")


def _difference_text(each: Comparison) -> str:
    if each.difference is None:
        return "—"
    gap = each.share.value - each.ref_share.value
    return f"{points(gap)} ({points(each.difference.lo)} – {points(each.difference.hi)})"


def _row(each: Comparison) -> dict[str, Any]:
    """A comparison in the columns of its file."""
    rate, ref = each.share.value, each.ref_share.value
    comparable = each.difference is not None
    return {
        "attribute": each.attribute,
        "group": each.group,
        "reference": each.reference,
        "metric": each.metric,
        "successes": each.share.successes,
        "trials": each.share.trials,
        "rate": _finite(rate),
        **_limits("rate", each.interval),
        "ref_successes": each.ref_share.successes,
        "ref_trials": each.ref_share.trials,
        "ref_rate": _finite(ref),
        "difference": rate - ref if comparable else None,
        **_limits("difference", each.difference),
        "ratio": rate / ref if comparable and ref else None,
        **_limits("ratio", each.ratio),
        "test": each.test,
        "p": each.p,
        "p_holm": each.p_holm,
        "p_bh": each.p_bh,
        "detectable_difference": _finite(each.detectable),
        "small": each.is_small,
        "verdict": each.verdict.value,
    }


def _limits(name: str, interval: Interval | None) -> dict[str, float | None]:
    lo, hi = interval or (None, None)
    return {f"{name}_lo": _finite(lo), f"{name}_hi": _finite(hi)}


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
