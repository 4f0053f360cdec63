"""`lianzhi law`: statutory deadlines, the periods behind them, and legal bases."""

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
from rich.cells import set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lianzhi.cli.case_words import language
from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.cli.law_common import legal_bases, statutory_periods
from lianzhi.cli.law_page import CHINA, moment, steps, strip
from lianzhi.cli.law_words import fine, length, word
from lianzhi.kit.terminal import print_json
from lianzhi.law import holidays
from lianzhi.law.applicable import applicable
from lianzhi.law.basis import Bases, Basis, NotCitableError
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import ClockError, Deadline, Suspension, china_day, deadline
from lianzhi.law.course import Passed, passed_over
from lianzhi.law.holidays import HolidaysError
from lianzhi.law.periods import Period, Span, UnknownPeriodError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PATH = click.Path(exists=True, path_type=Path)

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
periods_option = click.option(
    "--periods", "own", type=_PATH, help="Periods of your own (TOML, or a folder of it)."
)


class Day(click.ParamType[dt.date]):
    """A day, as 2022-01-24."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """The day of a text; fails with the remedy."""
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write like 2022-01-24", param, ctx)


class Days(click.ParamType[Suspension]):
    """Days of suspension, both included, as 2022-01-24..2022-02-10."""

    name = "from..until"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Suspension:
        """The suspension of a text; fails with the remedy."""
        try:
            since, until = str(value).split("..")
            return Suspension(dt.date.fromisoformat(since), dt.date.fromisoformat(until))
        except ValueError:
            self.fail(f"{value!r}: write like 2022-01-24..2022-02-10", param, ctx)


@click.group()
def law() -> None:
    """Statutory time and legal bases."""


@law.command("deadline")
@click.argument("key", metavar="PERIOD")
@click.argument("start")
@click.option("--suspend", multiple=True, type=Days(), help="Days on which it stood still.")
@click.option("--extend", type=click.IntRange(1), help="Extended by so many, as the law counts.")
@click.option("--holidays", "file", type=_FILE, help="Holidays of further years, TOML or CSV.")
@periods_option
@as_json_option
def deadline_command(
    key: str,
    start: str,
    suspend: tuple[Suspension, ...],
    extend: int | None,
    file: Path | None,
    own: Path | None,
    as_json: bool,
) -> None:
    """When PERIOD ends that runs from START, and what was not counted on the way.

    START is a day, or for a period in hours a time in China like 2022-01-31T15:00. `lianzhi law
    periods` lists the periods.
    """
    try:
        calendar = holidays.shipped() if file is None else holidays.load(file)
        begin = _start(start)
        day = china_day(begin) if isinstance(begin, int) else begin
        period = statutory_periods(own).get(key, day)
        unit = period.extension.unit if period.extension else period.length.unit
        extensions = [] if extend is None else [Span(extend, unit)]
        end = deadline(begin, period, calendar, suspend, extensions)
        passed = passed_over(day, period, calendar, end, suspend)
    except (UnknownPeriodError, ClockError) as error:
        raise click.UsageError(str(error)) from None
    except UnknownYearError as error:
        fail(f"{error} (--holidays FILE)")
    except HolidaysError as error:
        fail(str(error))
    if as_json:
        print_json(_as_json(begin, period, extensions, end, passed))
        return
    console = Console(highlight=False)
    for name, text in steps(begin, period, _title(period, day), extensions, end, passed):
        console.print(Text(set_cell_size(name, 14), "dim").append(text, "default"), soft_wrap=True)
    if period.length.unit != "hour":
        console.print()
        console.print(strip(day, end, passed))
        console.print(Text(word("legend"), "dim"))


@law.command("periods")
@click.option("--on", "day", type=Day(), help="Those in force on a day.  [default: the latest]")
@periods_option
@as_json_option
def periods_command(day: dt.date | None, own: Path | None, as_json: bool) -> None:
    """The statutory periods: how long, whose and for what."""
    known = statutory_periods(own)
    periods_ = known.at(day) if day else [known.versions(key)[-1] for key in known.keys]
    if as_json:
        for period in periods_:
            print_json(period)
        return
    table = Table(box=None, pad_edge=False)
    for name in ("key", "length", "whose", "matter"):
        table.add_column(word(name), overflow="fold", no_wrap=name in ("key", "whose"))
    for period in periods_:
        table.add_row(
            period.key,
            length(period.length) + (f" (+{length(period.extension)})" if period.extension else ""),
            word(period.whose),
            period.title.say(language()) + ("" if period.verified else " ?"),
        )
    Console(highlight=False).print(table)
    if not all(period.verified for period in periods_):
        click.echo(f"? {word('unverified')}")


@law.command()
@click.argument("key")
@click.option("--on", "day", type=Day(), required=True, help="The day of the decision.")
@click.option("--acted", type=Day(), help="The day of the act: says which version judges it.")
@as_json_option
def cite(key: str, day: dt.date, acted: dt.date | None, as_json: bool) -> None:
    """Whether KEY may ground a decision of a day, and what it says.

    Exit code 1 where it may not. With --acted the version that judges an act of that day: the one
    in force then, unless a newer one is lighter (行政处罚法 37).
    """
    try:
        bases = legal_bases()
        basis, why, reason = _cited(bases, key, day, acted)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        print_json(
            {"key": key, "citable": basis is not None, "why": why, "said": reason, "basis": basis}
        )
    else:
        for line in (reason, *(_shown(basis) if basis else ())):
            click.echo(line)
    sys.exit(0 if basis else NO)


def _title(period: Period, day: dt.date) -> str:
    """Citation of its basis; the key where the operator's own file names another."""
    basis = legal_bases().get(period.basis, day)
    return period.basis if basis is None else basis.title.say(language())


def _start(text: str) -> dt.date | int:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        pass
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        mend = "write a day like 2022-01-24, or a time like 2022-01-31T15:00"
        raise click.BadParameter(f"{text!r}; {mend}", param_hint="START") from None
    return int(at.replace(tzinfo=at.tzinfo or CHINA).timestamp() * 1000)


def _cited(
    bases: Bases, key: str, day: dt.date, acted: dt.date | None
) -> tuple[Basis | None, str, str]:
    """The basis, the reason for it or for none, and that reason in words."""
    if acted is not None:
        applied = applicable(bases, key, acted, day)
        return applied.basis, applied.why, word(applied.why)
    try:
        basis = bases.citable(key, day)
    except NotCitableError as error:
        return None, error.why, str(error).partition(";")[0]
    return basis, "in_force", basis.title.say(language())


def _shown(basis: Basis) -> Iterator[str]:
    yield f"{word('quote')}: {basis.quote}"
    yield f"{word('effect')}: {basis.effective_from} - {basis.effective_until or word('open')}"
    if basis.fines:
        yield f"{word('fine')}: {', '.join(map(fine, basis.fines))}"


def _as_json(
    begin: dt.date | int,
    period: Period,
    extensions: Sequence[Span],
    end: Deadline,
    passed: Sequence[Passed],
) -> dict[str, object]:
    return {
        "period": msgspec.to_builtins(period),
        "start": moment(begin) if isinstance(begin, int) else begin,
        "extended": extensions,
        "passed": [{**gap._asdict(), "days": gap.days} for gap in passed],
        "due": end.due,
        "last_day": end.last_day,
        "over": moment(end.over_ms),
        "warn_from": end.warn_from,
    }
