"""`lianzhi algorithms filing`: until when an algorithm has to be filed, changed, cancelled."""

import datetime as dt

import click

from lianzhi.domains.domain import lazily

#: Imported when it is needed: `--help` need not wait for the calendar.
_clocks = lazily("lianzhi.domains.algorithms.filing.clocks:filing_clocks")
_law = lazily("lianzhi.domains.algorithms.filing.clocks:shipped_law")
_words = lazily("lianzhi.domains.algorithms.words:words")
_print_json = lazily("lianzhi.kit.terminal:print_json")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--today", type=_DAY, required=True, help="Day on which it is looked at.")
@click.option("--launched", type=_DAY, help="The service began.")
@click.option("--filed", type=_DAY, help="It was filed.")
@click.option("--changed", type=_DAY, help="What was filed changed.")
@click.option("--change-filed", type=_DAY, help="The change was filed.")
@click.option("--ended", type=_DAY, help="The service ended.")
@click.option("--cancelled", type=_DAY, help="The filing was cancelled.")
@click.option("--received", type=_DAY, help="The authority received complete papers.")
@click.option("--answered", type=_DAY, help="The authority filed it or refused.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def filing(today: dt.datetime, language: str, as_json: bool, **days: dt.datetime | None) -> None:
    """Print the last day of each step of a filing that has begun, with its article.

    Exit code 1: a step is late or overdue.
    """
    names = {
        "file": ("launched", "filed"),
        "change": ("changed", "change_filed"),
        "cancel": ("ended", "cancelled"),
        "examine": ("received", "answered"),
    }
    since = {step: day.date() for step, (name, _) in names.items() if (day := days[name])}
    done = {step: day.date() for step, (_, name) in names.items() if (day := days[name])}
    for step in done.keys() - since.keys():
        start, end = names[step]
        raise click.UsageError(f"--{end.replace('_', '-')} goes with --{start}")
    if not since:
        raise click.UsageError("give --launched, --changed, --ended or --received")
    try:
        clocks = _clocks(since, done, _law())
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    gettext = _words(language).gettext
    for clock in clocks:
        state = clock.state(today.date())
        if as_json:
            fields = {"step": clock.step, "since": clock.since, "last_day": clock.last_day}
            more = {"articles": list(clock.basis.articles), "state": state, "done": clock.done}
            _print_json(fields | more)
            continue
        named = {
            "title": clock.period.title.say(language),
            "last": clock.last_day.isoformat(),
            "state": gettext(f"algorithms_filing.{state}"),
            "basis": clock.basis.title.say(language),
        }
        click.echo(gettext("algorithms_filing.line") % named)
    if any(clock.state(today.date()) in ("late", "overdue") for clock in clocks):
        raise click.exceptions.Exit(1)
