"""`lianzhi campaign judge`: what a campaign changed, from weekly counts."""

import datetime as dt
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.chain.policy import load_policy
from lianzhi.cli.campaign_file import WeeksError, read_weeks
from lianzhi.cli.case_words import language as spoken
from lianzhi.cli.common import fail
from lianzhi.kit.judgement_text import sentences
from lianzhi.kit.terminal import print_json
from lianzhi.law.words import LANGUAGES
from lianzhi.stats.campaign.layout import Window
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.verdict import Judgement, judge
from lianzhi.web.console.words import words

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def campaign() -> None:
    """Campaigns: put down before they start, what was handled in them, what they changed."""


@campaign.command("judge")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--start", type=_DAY, required=True, help="A day of the campaign's first week.")
@click.option("--end", type=_DAY, help="A day of the first week after it; by default it lasts.")
@click.option(
    "--change",
    "changes",
    type=_DAY,
    multiple=True,
    help="A day of the first week under a new detector, lexicon or rule; may be repeated.",
)
@click.option(
    "--level", type=click.FloatRange(0.5, 0.999), help="Coverage of the intervals, such as 0.95."
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="Language; by default the terminal's."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, in both languages.")
def judge_file(
    file: Path,
    start: dt.datetime,
    end: dt.datetime | None,
    changes: tuple[dt.datetime, ...],
    level: float | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Judge a campaign by the weekly counts in FILE (CSV, XLSX, JSON).

    Columns: week (its first day), outcome, and if known exposure, control, control_exposure and
    any number of neighbour.NAME.
    """
    policy = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]
    policy = msgspec.structs.replace(policy, level=policy.level if level is None else level)
    try:
        table = read_weeks(file)
        window = Window(
            table.week_of(start.date()),
            None if end is None else table.week_of(end.date()),
            tuple(table.week_of(change.date()) for change in changes),
        )
        judgement = judge(table.series, window, policy)
    except (WeeksError, ValueError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{file}: {error.strerror}; give a file that can be read")
    if as_json:
        print_json(_json(judgement, policy.level))
        return
    for line in sentences(judgement, words(language or spoken()), policy.level):
        click.echo(line)


def _json(judgement: Judgement, level: float) -> dict[str, Any]:
    change = judgement.change
    figures = ("value", "lo", "hi", "p", "detectable_fall")
    return {
        "detected": judgement.detected,
        "harm": judgement.harm,
        "reasons": judgement.reasons,
        "level": level,
        "change": {name: getattr(change, name) for name in figures} if change else None,
        "weeks_merged": judgement.layout.size if judgement.layout else None,
        "says": {lang: sentences(judgement, words(lang), level) for lang in LANGUAGES},
    }
