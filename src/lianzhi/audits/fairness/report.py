"""The report of a fairness audit."""

from math import isfinite

from lianzhi.audits.fairness.audit import FairnessAudit
from lianzhi.audits.policy import FairnessPolicy
from lianzhi.audits.report.numbers import p_text, per_cent, points, with_limits
from lianzhi.audits.report.page import LANGUAGES, ReportPage, Table
from lianzhi.audits.words import words
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
                gettext(f"audit_verdict.{each.verdict}"),
            )
            for each in audit.comparisons
            if each.metric == metric and each.difference is not None
        ]
        if rows:
            title = gettext(f"audit_metric.{metric}")
            caption = gettext("audit_report.forest_fairness")
            forests.append(forest(title, caption, rows, policy.margin))
    return ReportPage(
        "fairness",
        audit.verdict.value,
        source,
        version,
        [
            (gettext("audit_report.people"), f"{audit.people:,}"),
            (gettext("audit_report.tests"), f"{audit.tests:,}"),
            (gettext("audit_report.level"), f"{100 * policy.level:g} %"),
            (gettext("audit_report.margin"), f"± {points(policy.margin)}"),
            (gettext("audit_report.policy"), version),
            (gettext("audit_report.seed"), str(audit.seed)),
        ],
        forests,
        [_compared(audit, language), _groups(audit, policy, language), _left_out(audit, language)],
    )


def _compared(audit: FairnessAudit, language: str) -> Table:
    gettext = words(language).gettext
    keys = ("group", "metric", "rate", "reference_rate", "detectable", "p_holm", "verdict")
    return Table(
        gettext("audit_table.comparisons"),
        [gettext(f"audit_table.{key}") for key in keys],
        [
            (
                f"{each.attribute}: {each.group}",
                gettext(f"audit_metric.{each.metric}"),
                f"{per_cent(each.share.value)} ({each.share.trials:,})",
                f"{per_cent(each.ref_share.value)} ({each.ref_share.trials:,})",
                points(each.detectable) if isfinite(each.detectable) else "–",
                p_text(each.p_holm),
                gettext(f"audit_verdict.{each.verdict}"),
            )
            for each in audit.comparisons
        ],
    )


def _groups(audit: FairnessAudit, policy: FairnessPolicy, language: str) -> Table:
    gettext = words(language).gettext
    small = {(each.attribute, each.group) for each in audit.comparisons if each.is_small}
    return Table(
        gettext("audit_report.small"),
        [gettext("audit_table.group"), gettext("audit_report.people")],
        [
            (f"{group.attribute}: {group.name}", f"{group.people:,}")
            for group in audit.groups
            if (group.attribute, group.name) in small
        ],
        gettext("audit_report.small_note") % {"least": str(policy.least_group)},
    )


def _left_out(audit: FairnessAudit, language: str) -> Table:
    gettext = words(language).gettext
    heads = ("field", "rows", "examples")
    return Table(
        gettext("audit_report.left_out"),
        [gettext(f"audit_report.{head}") for head in heads],
        [
            (name, f"{rows:,}", ", ".join(repr(text) for text in audit.examples[name]))
            for name, rows in audit.left_out.items()
        ],
        "" if audit.left_out else gettext("audit_report.none_left_out"),
    )
