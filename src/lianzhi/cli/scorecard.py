"""`lianzhi scorecard`: figures of a period from the record's tables."""

import datetime as dt
from pathlib import Path

import click
import msgspec
from click.core import ParameterSource

from lianzhi.chain.scorecard_figures import card
from lianzhi.cli.case_words import language
from lianzhi.cli.common import database, deployment, fail
from lianzhi.cli.exits import NO
from lianzhi.cli.proceedings import policies_of
from lianzhi.cli.scorecard_check import check
from lianzhi.cli.scorecard_text import print_figures
from lianzhi.documents.format import BEIJING, stamp
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.periods import last_days
from lianzhi.kit.terminal import print_json
from lianzhi.store.scorecard import read
from lianzhi.tabular.writing import csv_bytes
from lianzhi.web.console.figure_text import Names
from lianzhi.web.console.sheets import scorecard_table

USUAL_DAYS = 30


@click.group(invoke_without_command=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC+8).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last one (UTC+8).")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, with definitions.")
@deployment
@click.pass_context
def scorecard(
    context: click.Context,
    since: dt.datetime | None,
    until: dt.datetime | None,
    as_csv: bool,
    home: Path,
    as_json: bool,
) -> None:
    """Figures of a period with their 95 % intervals; by default the last 30 days.

    Exit code 1 where figures that must add up do not.
    """
    if context.invoked_subcommand is not None:
        _alone(context)
        return
    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms; choose one")
    at = wall_clock()
    usual = last_days(USUAL_DAYS, at)
    end = usual.until if until is None else _ms(until)
    begin = end - (usual.until - usual.since) if since is None else _ms(since)
    if begin >= end:
        fail(f"the period ends {stamp(end, BEIJING)}, before it begins; give an earlier --since")
    with database(home) as engine:
        policies = policies_of(home)
        figures = card(read(engine, begin, end, at, policies.case(at)))
    names = Names(language(), policies.reporting().classes.at(at)[1])
    if as_json:
        print_json(msgspec.to_builtins(figures))
    elif as_csv:
        click.echo(csv_bytes(scorecard_table(figures, names)), nl=False)
    else:
        print_figures(figures, names)
    if figures.contradictions:
        raise click.exceptions.Exit(NO)


def _alone(context: click.Context) -> None:
    for name in context.params:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{name} says nothing to `{context.invoked_subcommand}`; give its options after it"
            )


def _ms(day: dt.datetime) -> int:
    return int(day.replace(tzinfo=BEIJING).timestamp() * 1000)


scorecard.add_command(check)
