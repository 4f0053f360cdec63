"""A ranking audit on the terminal, as plain data, as files and as a report."""

import datetime as dt
from math import isfinite, nan
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.audits.policy import RankingPolicy
from lianzhi.audits.ranking.audit import Entry, RankingAudit
from lianzhi.audits.report.numbers import p_text, per_cent, with_limits
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
from lianzhi.kit.terminal import plain

_SHOWN = 40
_HEADS = (
    "time", "item", "rank", "organic", "coordinated", "rank_with", "rank_without", "lift",
    "p_holm", "verdict",
)  # fmt: skip


def audit_fields(audit: RankingAudit, version: str, policy: RankingPolicy) -> dict[str, Any]:
    """The audit as plain data; what is not finite is None."""
    return {
        "audit": "ranking",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "seed": audit.seed,
        "verdict": audit.verdict.value,
        "score": audit.score,
        "actions": audit.actions,
        "left_out": audit.left_out,
        "accounts": audit.accounts,
        "coordinated_accounts": audit.coordinated,
        "lists": [
            {
                "time": each.time,
                "entries": each.entries,
                "agreement": each.agreement if isfinite(each.agreement) else None,
                "displaced": each.displaced,
                "share": each.share,
                "lo": each.limits.lo,
                "hi": each.limits.hi,
            }
            for each in audit.lists
        ],
        "entries": [
            {
                "time": each.time,
                "item": each.item,
                "rank": each.rank,
                "organic": each.organic,
                "coordinated": each.coordinated,
                "accounts": each.accounts,
                "rank_with": each.rank_with,
                "rank_without": each.rank_without,
                "lift": each.rank_without - each.rank_with,
                "lift_lo": each.lift.lo,
                "lift_hi": each.lift.hi,
                "p": each.p,
                "p_holm": each.p_holm,
                "small": each.is_small,
                "verdict": each.verdict.value,
            }
            for each in audit.entries
        ],
        "traffic": None
        if audit.traffic is None
        else {
            "before": audit.traffic.before.value,
            "after": audit.traffic.after.value,
            "change": audit.traffic.change,
            "lo": audit.traffic.limits.lo,
            "hi": audit.traffic.limits.hi,
        },
    }


def write_audit(
    audit: RankingAudit, fields: dict[str, Any], source: str, policy: RankingPolicy, out: Path
) -> None:
    """Write `ranking.json` and the report in both languages into a folder."""
    write_fields(fields, out)
    version = fields["policy"]
    write({each: _page(audit, source, version, policy, each) for each in LANGUAGES}, out)


def print_audit(audit: RankingAudit, policy: RankingPolicy, language: str) -> None:
    """Print entries that gained places, what lists owe to coordination, and the verdict."""
    gettext = words(language).gettext
    for each in _gravest(audit):
        click.echo(plain(" · ".join(_row(each, language))))
    for title, text in _facts(audit, policy, language):
        click.echo(f"{title}: {text}")
    click.echo(gettext("audit_ranking.how"))
    word = gettext(f"audit_verdict.{audit.verdict}")
    click.echo(f"{gettext('audit_table.verdict')}: {word}")


def _gravest(audit: RankingAudit) -> list[Entry]:
    """The entries with the lowest adjusted p-values, at most 40."""
    return sorted(audit.entries, key=lambda each: (each.p_holm, each.time, each.rank))[:_SHOWN]


def _facts(audit: RankingAudit, policy: RankingPolicy, language: str) -> list[tuple[str, str]]:
    gettext = words(language).gettext
    facts = [
        (gettext("audit_ranking.actions"), f"{audit.actions:,}"),
        (gettext("audit_report.left_out"), f"{audit.left_out:,}"),
        (
            gettext("audit_ranking.coordinated_accounts"),
            f"{audit.coordinated:,} / {audit.accounts:,}",
        ),
        (
            gettext("audit_ranking.score"),
            gettext(f"audit_ranking.score_{audit.score}"),
        ),
        (gettext("audit_report.level"), f"{100 * policy.level:g} %"),
        (gettext("audit_ranking.margin"), f"{policy.margin:g}"),
    ]
    if audit.traffic is not None:
        shares = audit.traffic
        text = f"{per_cent(shares.before.value)} → {per_cent(shares.after.value)}; "
        text += with_limits(shares.change, shares.limits)
        facts.append((gettext("audit_ranking.traffic"), text))
    return facts


def _page(
    audit: RankingAudit, source: str, version: str, policy: RankingPolicy, language: str
) -> ReportPage:
    gettext = words(language).gettext
    heads = ("time", "entries", "agreement", "displaced", "share")
    return ReportPage(
        "ranking",
        audit.verdict.value,
        source,
        version,
        [
            *_facts(audit, policy, language),
            (gettext("audit_report.policy"), version),
            (gettext("audit_report.seed"), str(audit.seed)),
        ],
        _pictures(audit, policy, language),
        [
            Table(
                gettext("audit_ranking.entries"),
                [gettext(f"audit_ranking.head_{head}") for head in _HEADS],
                [_row(each, language) for each in _gravest(audit)],
                gettext("audit_ranking.entries_note") % {"shown": str(_SHOWN)},
            ),
            Table(
                gettext("audit_ranking.lists"),
                [gettext(f"audit_ranking.head_{head}") for head in heads],
                [
                    (
                        _moment(each.time),
                        f"{each.entries:,}",
                        f"{each.agreement:.2f}" if isfinite(each.agreement) else "–",
                        f"{each.displaced:,}",
                        with_limits(each.share, each.limits),
                    )
                    for each in audit.lists
                ],
            ),
        ],
    )


def _pictures(audit: RankingAudit, policy: RankingPolicy, language: str) -> list[Picture]:
    gettext = words(language).gettext
    last = [each for each in audit.entries if each.time == audit.lists[-1].time][:_SHOWN]
    whole = max(1, *(each.coordinated + each.organic for each in last))
    bars = [
        ShareRow(
            f"{each.rank}. {each.item}",
            each.coordinated / whole,
            each.organic / whole,
            f"{each.coordinated:,} / {each.organic:,}",
        )
        for each in last
    ]
    gaps = [
        GapRow(
            f"{each.rank}. {each.item}",
            each.rank_without - each.rank_with,
            *each.lift,
            nan,
            _lift(each),
            gettext(f"audit_verdict.{each.verdict}"),
        )
        for each in last
    ]
    return [
        share_bars(
            gettext("audit_ranking.bars"), gettext("audit_ranking.bars_caption"), bars
        ),
        forest(
            gettext("audit_ranking.lifts"), gettext("audit_ranking.lifts_caption"),
            gaps, policy.margin, 1.0,
        ),
    ]  # fmt: skip


def _row(each: Entry, language: str) -> tuple[str, ...]:
    word = words(language).gettext(f"audit_verdict.{each.verdict}")
    return (
        _moment(each.time), each.item, str(each.rank), f"{each.organic:,}",
        f"{each.coordinated:,}", str(each.rank_with), str(each.rank_without), _lift(each),
        p_text(each.p_holm), word,
    )  # fmt: skip


def _lift(each: Entry) -> str:
    text = f"{each.rank_without - each.rank_with} ({each.lift.lo:g} – {each.lift.hi:g})"
    return text.replace("-", "−")


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M")
