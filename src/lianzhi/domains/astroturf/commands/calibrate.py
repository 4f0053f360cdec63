"""`lianzhi astroturf calibrate`: expected detections, true and false, in the operator's data."""

from pathlib import Path

import click
import msgspec
from rich.table import Table

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.groups import Settings
from lianzhi.accounts.numbered import Numbered
from lianzhi.domains.astroturf.calibration.measure import Report, measure
from lianzhi.domains.astroturf.calibration.worlds import habits
from lianzhi.domains.astroturf.commands.common import Given, reading, refusals
from lianzhi.domains.astroturf.commands.groups import searching, windows
from lianzhi.kit.terminal import console

#: Largest excess of the false discovery rate over its nominal value.
_MORE = 0.03
_FEWEST = 20


@click.command()
@reading
@searching[0]
@searching[1]
@click.option(
    "--worlds", default=200, show_default=True, type=click.IntRange(_FEWEST, 10_000),
    help="Placebo worlds with groups put in, and as many without.",
)  # fmt: skip
@click.option(
    "--habits", "habits_path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of groups to put in; the shipped one shows how.",
)  # fmt: skip
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(0),
    help="The same seed gives the same figures.",
)
def calibrate(
    *, given: Given, spans: str, false: float, worlds: int, habits_path: Path | None, seed: int
) -> None:
    """Tell how many groups would be false, and which found, in data like FILE.

    Builds placebo worlds: accounts act as often as they do, objects draw what they draw, when they
    do, but who did what is drawn by lot. Puts groups of stated habits in and looks for them. Exit
    code 1: rows are no actions, or more groups are false than were asked for.
    """
    with refusals():
        habits_ = habits(habits_path)
        settings = Settings(windows(spans), false)
        given.check()
        with given.opened(DuckDB, 2 + 2 * worlds) as (engine, watch):
            watch("reading")
            counts = given.read(engine)
            actions = Numbered.of(engine.actions()).actions
            if len(set(actions.account.tolist())) < _FEWEST:
                raise ActionError(f"{given.path}: fewer than {_FEWEST} accounts; give more data")
            done = 0

            def on(count: int) -> None:
                nonlocal done
                for _ in range(count - done):
                    watch(f"world {count:,} of {2 * worlds:,}")
                done = count

            report = measure(actions, habits_, settings, worlds=worlds, seed=seed, watch=on)
    if given.as_json:
        click.echo(msgspec.json.encode(report))
    else:
        _show(report)
    given.leave(counts)
    if max(report.false_most, report.empty_most) > report.nominal + _MORE:
        raise SystemExit(1)


def _show(report: Report) -> None:
    click.echo(
        f"{report.worlds:,} placebo worlds without groups: something found in "
        f"{report.empty:.1%} (at most {report.empty_most:.1%}, 95 %)\n"
        f"{report.worlds:,} with one group of each habit: {report.false:.1%} of what is found is "
        f"false (at most {report.false_most:.1%}, 95 %); asked for {report.nominal:.0%}"
    )
    table = Table("habit", "groups found", "95 %", "their accounts found", "right among found")
    for row in report.rows:
        table.add_row(
            row.name,
            f"{row.share:.0%}",
            f"{row.interval.lo:.0%}-{row.interval.hi:.0%}",
            f"{row.accounts:.0%}",
            f"{row.precision:.1%}",
        )
    console().print(table)
    if max(report.false_most, report.empty_most) > report.nominal + _MORE:
        click.echo("Too many may be false: lower --false, or try more --worlds.")
