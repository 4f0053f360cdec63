"""`lianzhi biosecurity surveil`: does a count lie beyond what the counts before let expect?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lianzhi.domains.domain import lazily

#: Imported when it is needed: `--help` need not wait for scipy.
_judge_file = lazily("lianzhi.domains.biosecurity.judging:judge_file")
_options = lazily("lianzhi.domains.biosecurity.judging:options")
_METHODS = (
    "ears-c1",
    "ears-c2",
    "ears-c3",
    "farrington",
    "farrington-flexible",
    "bayes",
    "rki",
)


def _pair(kind: str, separator: str) -> Callable[..., tuple[int, int] | None]:
    def read(context: click.Context, parameter: click.Parameter, value: str | None) -> Any:
        if value is None:
            return None
        first, between, last = value.partition(separator)
        if not (between and first.strip().isdigit() and last.strip().isdigit()):
            raise click.BadParameter(f"{value!r}; give {kind}")
        return int(first), int(last)

    return read


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice(_METHODS), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option(
    "--range",
    "times",
    metavar="FROM:TO",
    callback=_pair("two times, such as 209:312", ":"),
    help="Times to judge, as idx or, with dates, counted from 1.  [default: all that can be]",
)
@click.option("--alpha", type=click.FloatRange(0, 1, True, True), help="Chance of a false alarm.")
@click.option("--baseline", type=int, help="EARS: counts before.  [default: 7]")
@click.option("--min-sigma", type=click.FloatRange(0), help="EARS: least standard deviation.")
@click.option("--b", type=int, help="Years back.")
@click.option("--w", type=int, help="Weeks on either side.")
@click.option("--freq", type=click.IntRange(1), help="Times of a year.  [default: 52]")
@click.option("--act-y/--no-act-y", "this_year", default=None, help="Take the weeks before, too.")
@click.option("--reweight/--no-reweight", default=None, help="Weigh outbreaks of the past down.")
@click.option("--weights-threshold", type=float, help="From which residual on.  [default: 2.58]")
@click.option("--trend/--no-trend", default=None, help="Fit a trend in time.")
@click.option("--p-threshold-trend", type=click.FloatRange(0, 1), help="Keep it below this p.")
@click.option(
    "--limit54",
    metavar="CASES,WEEKS",
    callback=_pair("a count and weeks, such as 5,4", ","),
    help="No alarm with fewer cases in so many weeks.  [default: 5,4]",
)
@click.option("--powertrans", type=click.Choice(["2/3", "1/2", "none"]))
@click.option("--no-periods", type=int, help="Seasons of a year.  [default: 1]")
@click.option("--past-weeks-not-included", type=int, help="Weeks left out.  [default: --w]")
@click.option("--threshold-method", type=click.Choice(["delta", "nbPlugin"]))
def surveil(
    file: Path, method: str, out: Path, times: tuple[int, int] | None, **given: Any
) -> None:
    """Judge each count of FILE by the counts before it, and write OUT.

    FILE has the columns date or idx, and observed: one row a time, without a gap. OUT has idx,
    date, observed, expected, upperbound and alarm; a cell is empty where there is no value. Methods
    and parameters are those of the R package surveillance.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    if wrong := sorted(chosen.keys() - _options(method)):
        parameters = click.get_current_context().command.params
        option = next(each.opts[0] for each in parameters if each.name == wrong[0])
        raise click.UsageError(f"{option} is no option of {method}; leave it out")
    try:
        watch = _judge_file(file, method, out, times, chosen)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(watch.times)} times judged, {int(watch.alarm.sum())} alarms: {out}")
