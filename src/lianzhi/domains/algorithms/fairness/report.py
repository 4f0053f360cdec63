"""The report of a fairness audit."""

from math import isfinite

from lianzhi.domains.algorithms.fairness.audit import FairnessAudit
from lianzhi.domains.algorithms.policy import FairnessPolicy
from lianzhi.domains.algorithms.report.numbers import p_text, per_cent, points, with_limits
from lianzhi.domains.algorithms.report.page import LANGUAGES, ReportPage, Table
from lianzhi.domains.algorithms.words import words
from lianzhi.kit.pictures.forest import GapRow, forest


def report_pages(
    audit: FairnessAudit, source: str, version: str, policy: FairnessPolicy
) -> dict[str, ReportPage]:
    """The page of an audit in each language."""
    return {each: _page(audit, source, version, policy, each) for each in LANGUAGES}


def _page(
    audit: FairnessAudit, source: str, version: str, policy: FairnessPolicy, language: str
) -> ReportPage:
    gettext = words(language).gettext
    forests = []
    metrics = list(dict.fromkeys(each.metric for each in audit.comparisons))
    for metric in metrics:
        rows = [
            GapRow(
                f"{each.attribute}: {each.group}",
                each.share.value - each.ref_share.value,
                *each.difference,
                each.detectable,
                with_limits(each.share.value - each.ref_share.value, each.difference),
                gettext(f"algorithms_verdict.{each.verdict}"),
            )
            for each in audit.comparisons
            if each.metric == metric and each.difference is not None
        ]
        if rows:
            title = gettext(f"algorithms_metric.{metric}")
            caption = gettext("algorithms_report.forest_fairness")
            forests.append(forest(title, caption, rows, policy.margin))
    return ReportPage(
        "fairness",
        audit.verdict.value,
        source,
        version,
        [
            (gettext("algorithms_report.people"), f"{audit.people:,}"),
            (gettext("algorithms_report.tests"), f"{audit.tests:,}"),
            (gettext("algorithms_report.level"), f"{100 * policy.level:g} %"),
            (gettext("algorithms_report.margin"), f"± {points(policy.margin)}"),
            (gettext("algorithms_report.policy"), version),
            (gettext("algorithms_report.seed"), str(audit.seed)),
        ],
        forests,
        [_compared(audit, language), _groups(audit, policy, language), _left_out(audit, language)],
    )


def _compared(audit: FairnessAudit, language: str) -> Table:
    gettext = words(language).gettext
    keys = ("group", "metric", "rate", "reference_rate", "detectable", "p_holm", "verdict")
    return Table(
        gettext("algorithms.comparisons"),
        [gettext(f"algorithms.{key}") for key in keys],
        [
            (
                f"{each.attribute}: {each.group}",
                gettext(f"algorithms_metric.{each.metric}"),
                f"{per_cent(each.share.value)} ({each.share.trials:,})",
                f"{per_cent(each.ref_share.value)} ({each.ref_share.trials:,})",
                points(each.detectable) if isfinite(each.detectable) else "–",
                p_text(each.p_holm),
                gettext(f"algorithms_verdict.{each.verdict}"),
            )
            for each in audit.comparisons
        ],
    )


def _groups(audit: FairnessAudit, policy: FairnessPolicy, language: str) -> Table:
    gettext = words(language).gettext
    small = {(each.attribute, each.group) for each in audit.comparisons if each.is_small}
    return Table(
        gettext("algorithms_report.small"),
        [gettext("algorithms.group"), gettext("algorithms_report.people")],
        [
            (f"{group.attribute}: {group.name}", f"{group.people:,}")
            for group in audit.groups
            if (group.attribute, group.name) in small
        ],
        gettext("algorithms_report.small_note") % {"least": str(policy.least_group)},
    )


def _left_out(audit: FairnessAudit, language: str) -> Table:
    gettext = words(language).gettext
    heads = ("field", "rows", "examples")
    return Table(
        gettext("algorithms_report.left_out"),
        [gettext(f"algorithms_report.{head}") for head in heads],
        [
            (name, f"{rows:,}", ", ".join(repr(text) for text in audit.examples[name]))
            for name, rows in audit.left_out.items()
        ],
        "" if audit.left_out else gettext("algorithms_report.none_left_out"),
    )
