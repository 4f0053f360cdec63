"""`lianzhi law surcharge`: the surcharge on a fine that is paid late."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from lianzhi.cli.common import fail
from lianzhi.cli.law_common import statutory_periods
from lianzhi.domains.legal_data import folders
from lianzhi.kit.terminal import print_json
from lianzhi.law import holidays
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.holidays import HolidaysError
from lianzhi.law.surcharge import Part, Payment, Surcharge, Suspension, surcharge
from lianzhi.law.surcharge_rules import Rule, SurchargeError, load

_DAY = "2026-01-05"


class Day(click.ParamType[dt.date]):
    """A day like 2026-01-05."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> dt.date:
        """The day of a text; wrong input is a usage error."""
        try:
            return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r}: write a day like {_DAY}", param, ctx)


class Money(click.ParamType[Decimal]):
    """Yuan with at most two decimals."""

    name = "yuan"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        """The sum of a text; wrong input is a usage error."""
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r}: write yuan like 5000 or 5000.50", param, ctx)


class Dated(click.ParamType[tuple[dt.date, Decimal]]):
    """A sum on a day: 2026-02-01=2500."""

    name = "day=yuan"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[dt.date, Decimal]:
        """Day and sum of a text; wrong input is a usage error."""
        day, equals, amount = str(value).partition("=")
        if not equals:
            self.fail(f"{value!r}: write day and yuan like {_DAY}=2500", param, ctx)
        return Day().convert(day, param, ctx), Money().convert(amount, param, ctx)


class Days(click.ParamType[Suspension]):
    """A range of days: 2026-01-20..2026-03-01; the last may be left out."""

    name = "from..to"

    def convert(self, value: Any, param: Any, ctx: Any) -> Suspension:
        """The days of a text; wrong input is a usage error."""
        first, dots, last = str(value).partition("..")
        if not dots:
            self.fail(f"{value!r}: write days like {_DAY}..2026-03-01", param, ctx)
        end = Day().convert(last, param, ctx) if last else None
        return Suspension(Day().convert(first, param, ctx), end)


@click.command("surcharge")
@click.option("--fine", type=Money(), required=True, help="Yuan.")
@click.option("--served", type=Day(), required=True, help="Day of receipt of the decision.")
@click.option("--paid", type=Day(), help="Day on which all was paid.")
@click.option(
    "--until", type=Day(), help="Count to the evening of this day, where not all is paid."
)
@click.option("--due", type=Day(), help="Last day of payment, where it was moved or deferred.")
@click.option("--part", "parts", type=Dated(), multiple=True,
              help="Approved instalment with its day; they make up the fine.")  # fmt: skip
@click.option("--payment", "payments", type=Dated(), multiple=True, help="A part that was paid.")
@click.option("--suspend", "suspensions", type=Days(), multiple=True,
              help="Days of reconsideration or suit.")  # fmt: skip
@click.option("--holidays", "file", help="Holidays of further years, TOML or CSV.",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def law_surcharge(
    *,
    fine: Decimal,
    served: dt.date,
    paid: dt.date | None,
    until: dt.date | None,
    due: dt.date | None,
    parts: tuple[tuple[dt.date, Decimal], ...],
    payments: tuple[tuple[dt.date, Decimal], ...],
    suspensions: tuple[Suspension, ...],
    file: Path | None,
    as_json: bool,
) -> None:
    """加处罚款: what is added to a fine that is paid late, day by day, exact to the fen.

    It runs from the day after the last day to pay. That is the fifteenth after receipt; where no
    work is done on it, the next working day, as `lianzhi law deadline penalty.pay` counts it.
    Of an instalment or a part that was paid, the rate is taken of what is due and unpaid.
    """
    end = paid or until
    if end is None or (paid and until):
        raise click.UsageError("give --paid or --until, one of them")
    if due and parts:
        raise click.UsageError("--part has days of its own; leave --due out")
    try:
        rule = load(folders("surcharge")).on(served)
        whole = [Part(*part) for part in parts] or [Part(due or _due(rule, served, file), fine)]
        if (total := sum((part.amount for part in whole), Decimal(0))) != fine:
            raise click.UsageError(f"--part come to {total} yuan, the fine is {fine}; mend either")
        given = [Payment(*payment) for payment in payments]
        if paid and (rest := fine - sum((payment.amount for payment in given), Decimal(0))) > 0:
            given.append(Payment(paid, rest))
        result = surcharge(whole, given, end, rule, suspensions)
    except UnknownYearError as error:
        fail(f"{error} (--holidays FILE, or --due DAY)")
    except (SurchargeError, HolidaysError) as error:
        fail(str(error))
    if as_json:
        summary = {
            "fine": fine, "due": [part.due for part in whole], **_plain(result),
            "basis": {name: rule.cite(name).say("zh") for name in rule.articles},
        }  # fmt: skip
        print_json(summary)
    else:
        _show(result, whole, fine)
        click.echo(f"{rule.cite('daily_rate').say('zh')}；{rule.cite('suspension').say('zh')}")


def _due(rule: Rule, served: dt.date, file: Path | None) -> dt.date:
    calendar = holidays.shipped() if file is None else holidays.load(file)
    return rule.last_day(served, statutory_periods(), calendar)


def _plain(surcharge: Surcharge) -> dict[str, Any]:
    return {name: getattr(surcharge, name) for name in surcharge.__struct_fields__}


def _show(surcharge: Surcharge, parts: list[Part], fine: Decimal) -> None:
    table = Table(
        "从 from", "至 to", "天数 days", "未缴 unpaid", "加处 added", title="加处罚款 surcharge"
    )
    for interval in surcharge.intervals:
        added = "不计 suspended" if interval.suspended else f"{interval.added:,.2f}"
        table.add_row(
            str(interval.first),
            str(interval.last),
            str(interval.days),
            f"{interval.unpaid:,.2f}",
            added,
        )
    for column in table.columns[2:]:
        column.justify = "right"
    if surcharge.intervals:
        Console().print(table)
    due = ", ".join(str(part.due) for part in parts)
    click.echo(f"缴款期限 due {due} · 罚款 fine {fine:,.2f} · 未缴 unpaid {surcharge.unpaid:,.2f}")
    capped = f"（{surcharge.capped_on} 达到上限 cap reached）" if surcharge.capped_on else ""
    click.echo(f"加处罚款 surcharge {surcharge.amount:,.2f} 元{capped}")
