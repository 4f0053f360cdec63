"""`lianzhi campaign judge`: what a campaign changed, from weekly counts."""

import datetime as dt
from math import isfinite
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.chain.policy import load_policy
from lianzhi.cli.campaign_file import WeeksError, WeeksFile, read_weeks
from lianzhi.cli.case_words import language as spoken
from lianzhi.cli.common import fail
from lianzhi.kit.judgement_text import displacement_sentences, rebound_sentence, sentences
from lianzhi.kit.terminal import print_json
from lianzhi.law.clock import midnight
from lianzhi.law.words import LANGUAGES
from lianzhi.stats.campaign.displacement import Displacement, displacement
from lianzhi.stats.campaign.layout import Window
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.rebound import ReboundWatch, watch
from lianzhi.stats.campaign.verdict import Judgement, Verdict, judge
from lianzhi.web.console.words import words

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def campaign() -> None:
    """Campaigns: put down before they start, their tasks, what was handled in them."""


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

    Columns: week (its first day), outcome, and if known exposure, control, control_exposure,
    complete (share of the outcome that is known so far) and any number of neighbour.NAME.
    """
    yardsticks = load_policy("lianzhi.stats.campaign", JudgingPolicy)
    policy = yardsticks.at(midnight(start.date()))[1]
    policy = msgspec.structs.replace(policy, level=policy.level if level is None else level)
    try:
        table = read_weeks(file)
        window = Window(
            table.week_of(start.date()),
            None if end is None else table.week_of(end.date()),
            tuple(table.week_of(change.date()) for change in changes),
        )
        if window.end is not None and window.end <= window.start:
            fail(f"the campaign ends with --end {end:%F}, before it starts; give a later week")
        judgement = judge(table.series, window, policy, table.complete)
        moved, watched = _beside(table, window, policy, judgement)
    except (WeeksError, ValueError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{file}: {error.strerror}; give a file that can be read")

    def lines(lang: str) -> list[str]:
        catalogue = words(lang)
        further = displacement_sentences(moved, catalogue) if moved else []
        if watched:
            weeks = policy.rebound.window_weeks
            further += [rebound_sentence(watched, table.weeks[0], weeks, catalogue)]
        return sentences(judgement, catalogue, policy.level) + further

    if as_json:
        texts = {lang: lines(lang) for lang in LANGUAGES}
        alarm = table.weeks[watched.alarm] if watched and watched.alarm is not None else None
        figures = _json(judgement, policy.level, moved, watched)
        print_json(figures | {"rebound_seen": str(alarm) if alarm else None, "says": texts})
        return
    for line in lines(language or spoken()):
        click.echo(line)


def _beside(
    table: WeeksFile, window: Window, policy: JudgingPolicy, judgement: Judgement
) -> tuple[Displacement | None, ReboundWatch | None]:
    """What is said besides the verdict: of neighbours and of a rebound, where the rate fell."""
    if judgement.detected is not Verdict.FELL or not (judgement.layout and judgement.change):
        return None, None
    moved = displacement(judgement.layout, judgement.change, policy)
    over = window.end is not None and window.end < table.series.weeks
    watched = watch(table.series, window, policy, table.complete) if over else None
    return moved, watched if isinstance(watched, ReboundWatch) and watched.weeks else None


def _json(
    judgement: Judgement, level: float, moved: Displacement | None, watched: ReboundWatch | None
) -> dict[str, Any]:
    change = judgement.change
    of_moved = ("shown", "named", "excess", "share", "lo", "hi", "detectable_share")
    of_watch = ("weeks", "power")
    figures = ("value", "lo", "hi", "p", "detectable_fall")
    return {
        "detected": judgement.detected,
        "harm": judgement.harm,
        "reasons": judgement.reasons,
        "level": level,
        "change": {name: getattr(change, name) for name in figures} if change else None,
        "weeks_merged": judgement.layout.size if judgement.layout else None,
        "moved": {name: _finite(getattr(moved, name)) for name in of_moved} if moved else None,
        "watch": {name: getattr(watched, name) for name in of_watch} if watched else None,
    }


def _finite(value: object) -> object:
    """The value; None for a number that JSON can't hold."""
    return None if isinstance(value, float) and not isfinite(value) else value
