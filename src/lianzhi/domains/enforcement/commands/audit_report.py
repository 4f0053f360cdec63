"""The report of the monitors, as JSON and as tables for a terminal."""

from collections.abc import Sequence
from typing import Any

import click
import msgspec
from rich.table import Table
from rich.text import Text

from lianzhi.domains.enforcement.commands.inspecting import WIDE, bar
from lianzhi.domains.enforcement.supervision.alert import Alert
from lianzhi.domains.enforcement.supervision.monitors import MonitorResult, Report
from lianzhi.domains.enforcement.supervision.policy import Supervision
from lianzhi.domains.enforcement.supervision.reasons import Reason
from lianzhi.domains.enforcement.words import words
from lianzhi.kit.terminal import console
from lianzhi.law.words import LANGUAGES
from lianzhi.tabular.folder import Folder

_WORST = 3
_STYLES = {"act": ("red", "●"), "warn": ("yellow", "◆"), "watch": ("cyan", "○")}


def report_json(report: Report, terms: Supervision, read: Folder) -> dict[str, Any]:
    """The report with its questions in all languages, as JSON values."""
    return {
        "day": report.day,
        "left_out": len(read.errors),
        "missing": read.missing,
        "monitors": [
            {
                "monitor": monitor.monitor,
                "title": terms.monitors[monitor.monitor].title,
                "unjudged": len(monitor.unjudged),
                "reason": monitor.reason and _reason(monitor.reason),
                "alerts": [_alert(alert, terms) for alert in monitor.alerts],
            }
            for monitor in report.monitors
        ],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    texts = {language: reason.say(language) for language in LANGUAGES}
    return msgspec.structs.asdict(reason) | {"says": texts}


def _alert(alert: Alert, terms: Supervision) -> dict[str, Any]:
    texts = {language: terms.question(alert, language) for language in LANGUAGES}
    names = ("noun", "ids", "day", "severity", "figures", "basis", "article")
    return {name: getattr(alert, name) for name in names} | {"says": texts}


def print_report(report: Report, terms: Supervision, read: Folder, lang: str) -> None:
    """Print the alerts by monitor, the worst of each, and what was not judged."""
    alerting = [monitor for monitor in report.monitors if monitor.alerts]
    _summary(alerting, terms, lang)
    for result in alerting:
        _worst(result, terms, lang)
    quiet = [monitor for monitor in report.monitors if not monitor.alerts]
    names = [terms.monitors[result.monitor].title.say(lang) for result in quiet]
    out = console(WIDE)
    if quiet:
        out.print(
            Text(f"· {len(quiet)}: {'、'.join(names) if lang == 'zh' else ', '.join(names)}", "dim")
        )
    for monitor in report.monitors:
        if monitor.unjudged:
            title = terms.monitors[monitor.monitor].title.say(lang)
            n, keys = len(monitor.unjudged), ("supervision.unjudged", "supervision.unjudgeds")
            count = words(lang).ngettext(*keys, n) % {"n": f"{n:,}"}
            reason = monitor.reason.say(lang) if monitor.reason else ""
            out.print(Text(f"! {title}: {count}: {reason}", "yellow"))
    if read.errors:
        out.print(Text(f"! {len(read.errors):,} rows left out; see `import check`", "yellow"))
    click.echo(_DISCLAIMER[lang])


_DISCLAIMER = {
    "zh": "每一条都是给监督人员的问题，不是对任何人的结论。",
    "en": "Each is a question to a supervisor, and a verdict about nobody.",
}
_HEADS = {
    "zh": ("监督事项", "数量", "", "依据"),
    "en": ("question", "alerts", "", "article"),
}


def _summary(results: Sequence[MonitorResult], terms: Supervision, lang: str) -> None:
    most = max((len(result.alerts) for result in results), default=0)
    table = Table("", *_HEADS[lang])
    table.columns[2].justify = "right"
    for result in results:
        question = terms.monitors[result.monitor]
        style, sign = _STYLES[question.severity]
        table.add_row(
            *(Text(sign, style), question.title.say(lang), f"{len(result.alerts):,}"),
            *(Text(bar(len(result.alerts), most), style), question.article.say(lang)),
        )
    if results:
        console(WIDE).print(table)


def _worst(result: MonitorResult, terms: Supervision, lang: str) -> None:
    question = terms.monitors[result.monitor]
    style, sign = _STYLES[question.severity]
    out = console(WIDE)
    out.print(Text(f"\n{sign} {question.title.say(lang)}", f"bold {style}"))
    for alert in result.alerts[:_WORST]:
        ids = ", ".join(alert.ids[:6]) + (f" … ({len(alert.ids)})" if len(alert.ids) > 6 else "")
        out.print(
            Text(f"  {ids}  ", "bold") + Text(terms.question(alert, lang), "none"), soft_wrap=True
        )
    if (more := len(result.alerts) - _WORST) > 0:
        out.print(Text(f"  + {more:,}", "dim"))
