"""`lianzhi enforcement audit`: alerts of the monitors on a folder of town files."""

import datetime as dt
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table
from rich.text import Text

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.commands.inspecting import (
    OUT,
    WIDE,
    Refused,
    bar,
    day,
    deliver,
    refusals,
)
from lianzhi.domains.enforcement.importing.town_files import FILES, read_folder
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.domains.enforcement.supervision import policy as supervision
from lianzhi.domains.enforcement.supervision.alert import Alert
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.domains.enforcement.supervision.monitors import MONITORS, MonitorResult, Report, report
from lianzhi.domains.enforcement.supervision.policy import Supervision
from lianzhi.domains.enforcement.supervision.reasons import Reason
from lianzhi.domains.enforcement.supervision.rows import Rows
from lianzhi.domains.enforcement.words import words
from lianzhi.kit.terminal import console, progress
from lianzhi.law.words import LANGUAGES
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds

_WORST = 3
_STYLES = {"act": ("red", "●"), "warn": ("yellow", "◆"), "watch": ("cyan", "○")}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--on", "on", type=day,
    help="Until when the files tell.  [default: the last day in them]",
)  # fmt: skip
@click.option(
    "--policy", "own", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The bureau's own rules: power_list/, procedure/, discretion/, visits/, supervision/, "
    "departments.toml and holidays.toml take the place of the shipped ones; bases/, periods/ and "
    "gates/ go over them.",
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(LANGUAGES),
    default=lambda: "zh" if os.environ.get("LANG", "").startswith("zh") else "en",
    help="Language of the questions.  [default: that of the terminal]",
)  # fmt: skip
@click.option("--out", type=OUT, help="Write everything as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audit(
    *,
    folder: Path,
    on: dt.date | None,
    own: Path | None,
    lang: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Ask what a supervisor would ask of the files in FOLDER, article by article.

    FOLDER is as `lianzhi enforcement import check` takes it; rows that it refuses are left out.
    With an items.csv of its own the folder is judged by that list. Each alert is a question with
    the files to read, and no verdict about anybody. Exit code 1: there are alerts.
    """
    with refusals():
        try:
            read, look = _look(folder, own, on)
            with progress() as bar:
                task = bar.add_task("", total=len(MONITORS))
                report_ = report(
                    look, watch=lambda name: bar.update(task, description=name, advance=1)
                )
        except PolicyError as error:
            raise Refused(str(error)) from None
        result = _as_json(report_, look.policy, read)
        deliver(result, as_json, out, lambda: _show(report_, look.policy, read, lang))
    if report_.alerts:
        raise SystemExit(1)


def _look(folder: Path, own: Path | None, on: dt.date | None) -> tuple[Folder, Look]:
    def part(name: str) -> Path | None:
        return own / name if own is not None and (own / name).exists() else None

    departments = {each.key for each in power.departments(part("departments.toml"))}
    known = KnownIds({"items": power.keys(part("power_list")), "departments": departments})
    with progress() as bar:
        task = bar.add_task("", total=len(FILES))
        read = read_folder(
            folder, known, lambda kind: bar.update(task, description=kind, advance=1)
        )
    rows = Rows.of(read)
    last = on or rows.last_day
    if last is None:
        raise Refused(f"{folder}: no row could be read; `import check` tells what is wrong")
    terms = supervision.on(last, part("supervision"))
    return read, Look(rows, Rulebook(own), terms, last, part("visits"))


def _as_json(report: Report, terms: Supervision, read: Folder) -> dict[str, Any]:
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


def _show(report: Report, terms: Supervision, read: Folder, lang: str) -> None:
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


__all__ = ["audit"]
