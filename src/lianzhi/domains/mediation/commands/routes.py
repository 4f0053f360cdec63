"""`lianzhi mediation routes`: the remedies of a dispute."""

import datetime as dt
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.mediation.routes import FIELDS, REMEDIES
from lianzhi.domains.mediation.rules import Rules
from lianzhi.domains.mediation.wording import fault_text, no_last_day
from lianzhi.domains.mediation.words import words
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import NO, console, print_json
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.periods import UnknownPeriodError
from lianzhi.law.remedies import Dispute, Fault, Way, filing_faults, ways

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option(
    "--field", type=click.Choice(FIELDS), required=True, help="What the dispute is about."
)
@click.option("--date", "date", type=_DAY, required=True, help="Day of asking: its law holds.")
@click.option("--known", type=_DAY, help="Day on which the act became known.  [default: --date]")
@click.option("--acted", type=_DAY, help="Day of the act, for the very longest periods.")
@click.option("--untold", is_flag=True, help="The right to ask for reconsideration was not told.")
@click.option("--real-estate", is_flag=True, help="It is about real estate.")
@click.option("--answered", type=_DAY, help="Day on which the reconsideration decision came.")
@click.option("--unpaid", is_flag=True, help="The tax is not paid.")
@click.option("--remedy", type=click.Choice(REMEDIES), help="Check a filing: what is asked for.")
@click.option("--forum", default="", help="Check a filing: before whom.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@deployment_options
def routes(
    field: str,
    date: dt.datetime,
    known: dt.datetime | None,
    acted: dt.datetime | None,
    untold: bool,
    real_estate: bool,
    answered: dt.datetime | None,
    unpaid: bool,
    remedy: str | None,
    forum: str,
    language: str,
    home: Path,
    as_json: bool,
) -> None:
    """Print the remedies of a dispute in their order, with articles and last days.

    With --remedy the filing is checked: exit code 1 where it goes to the wrong forum, before its
    turn, too late or before the tax is paid, with the right way.
    """
    dispute = Dispute(
        field=field,
        known=(known or date).date(),
        day=date.date(),
        informed=not untold,
        acted=None if acted is None else acted.date(),
        real_estate=real_estate,
        answers=() if answered is None else (("reconsideration", answered.date()),),
        paid=not unpaid,
    )
    try:
        rules = Rules(home / "mediation")
        known_ways = ways(dispute, rules.law)
        faults = filing_faults(remedy, forum, dispute, rules.law) if remedy else ()
    except (PolicyError, UnknownYearError, UnknownPeriodError) as error:
        raise click.ClickException(str(error)) from None
    if not known_ways:
        first = rules.first_known(field)
        raise click.ClickException(
            f"date is {date.date()}: no text of {field} is known before {first}"
        )
    if as_json:
        print_json(
            {
                "ways": [way_fields(way, language) for way in known_ways],
                "faults": [
                    {"fault": fault.key, "text": fault_text(fault, language)}
                    | {"right": fault.right and way_fields(fault.right, language)}
                    for fault in faults
                ],
            }
        )
    else:
        _print(known_ways, faults, language)
    if faults:
        raise click.exceptions.Exit(NO)


def way_fields(way: Way, language: str) -> dict[str, Any]:
    """A way as JSON fields, in words."""
    gettext = words(language).gettext
    return {
        "remedy": way.route.remedy,
        "forum": way.route.forum,
        "forum_name": gettext(f"mediation_forum.{way.route.forum}"),
        "period": None if way.period is None else way.period.title.say(language),
        "runs_since": None if way.period is None else way.period.since.say(language),
        "last_day": way.last_day,
        "obstacles": [gettext(f"mediation_obstacle.{key}") for key in way.obstacles],
        "articles": [basis.title.say(language) for basis in way.bases],
        "note": "" if way.route.note is None else way.route.note.say(language),
        "source": way.route.source.say(language),
    }


def _print(known_ways: tuple[Way, ...], faults: tuple[Fault, ...], language: str) -> None:
    gettext = words(language).gettext
    heads = ("mediation.remedy", "mediation.forum", "mediation.last_day", "mediation.articles")
    table = Table(*map(gettext, heads))
    for way in known_ways:
        fields = way_fields(way, language)
        last = str(way.last_day or no_last_day(way, language))
        stop = "; ".join(fields["obstacles"])
        lines = [*fields["articles"], *filter(None, [fields["note"], fields["source"]])]
        table.add_row(
            gettext(f"mediation_remedy.{way.route.remedy}"),
            fields["forum_name"],
            f"{last}\n{stop}" if stop else last,
            "\n".join(lines),
        )
    console().print(table)
    for fault in faults:
        click.echo(fault_text(fault, language))
