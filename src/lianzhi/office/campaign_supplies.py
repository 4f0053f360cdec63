"""Weekly figures supplied to a campaign: denominators and a control, from a CSV file."""

import csv
import datetime as dt
import io
import secrets
from collections.abc import Callable
from typing import Any, NoReturn

from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.chain.campaign_supply import COLUMNS, Column
from lianzhi.office.acts import Upload
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office
from lianzhi.office.refusal import Refusal
from lianzhi.record.entry import Draft

#: Weeks of a table, the greatest number in it, and characters of a cell.
MOST_WEEKS, MOST_NUMBER, _CELL = 1040, 1e15, 30
#: The column of the first day of each week.
WEEK = "week"
#: Rules by which an act is refused, as `refused.<rule>` words them.
RULES = ("campaign_supply", "campaign_supply_weekday", "campaign_supply_column")


class CampaignSupplies(DomainOffice):
    """What people do with supplied figures. Raises KeyError for no such campaign or table."""

    def __init__(self, office: Office, now: Callable[[], int]) -> None:
        self.office, self.ledger, self.now = office, office.ledger, now

    def give(self, *, by: str, plan: str, weeks: Upload, words: str) -> str:
        """Supply a table of weeks; returns its id. `words`: where its figures come from.

        Columns: week (its first day), and one or more of exposure, control, control_exposure.
        Raises Refusal naming line, value and mend.
        """
        if not words.strip():
            raise Refusal("missing", "words is empty; fill it in", field="words")
        first, columns = read_supply(weeks)
        with self.ledger.batch() as batch:
            known = self.office.queries.campaigns.load_plan(batch.connection, plan)
            if known.status == "withdrawn":
                _refuse("campaign_withdrawn", "plan", plan)
            if first.weekday() != known.first.weekday():
                _refuse("campaign_supply_weekday", "weeks", first.isoformat(), known.first)
            identity = secrets.token_hex(8)
            payload = {
                "supply": identity, "plan": plan, "first": first, "columns": columns, "by": by,
                "weeks": len(next(iter(columns.values()))),
            }  # fmt: skip
            batch.append([self._draft("supply.given", identity, payload, words)])
        return identity

    def withdraw(self, identity: str, *, by: str, words: str) -> None:
        """Withdraw a table, which stays to be seen. Raises IllegalStepError."""
        if not words.strip():
            raise Refusal("missing", "words is empty; fill it in", field="words")
        with self.ledger.batch() as batch:
            known = self.office.queries.campaigns.load_supply(batch.connection, identity)
            payload = {"supply": identity, "plan": known.plan, "by": by}
            batch.append([self._draft("supply.withdrawn", identity, payload, words)])

    def _draft(self, kind: str, ref: str, payload: dict[str, Any], words: str) -> Draft:
        return domain_draft(CAMPAIGN, kind, ref, self.now(), payload, {"words": (words, ())})


def read_supply(upload: Upload) -> tuple[dt.date, dict[Column, list[float]]]:
    """The first day of a table and its columns. Raises Refusal naming line, value and mend."""
    rows = [row for row in csv.reader(io.StringIO(_text(upload))) if any(map(str.strip, row))]
    if not 2 <= len(rows) <= MOST_WEEKS + 1:
        _refuse("campaign_supply", "weeks", f"{max(0, len(rows) - 1)} ✕ {WEEK}")
    header = [cell.strip() for cell in rows[0]]
    places = {name: header.index(name) for name in (WEEK, *COLUMNS) if name in header}
    if unknown := [name for name in header if name not in places]:
        _refuse("campaign_supply_column", "weeks", unknown[0])
    if len(set(header)) < len(header) or WEEK not in places or len(places) == 1:
        _refuse("campaign_supply_column", "weeks", ",".join(header))
    if "control_exposure" in places and "control" not in places:
        _refuse("campaign_supply_column", "weeks", "control_exposure")
    days = [_day(row, places[WEEK], number) for number, row in enumerate(rows[1:])]
    for number, day in enumerate(days):
        if day != days[0] + dt.timedelta(weeks=number):
            _refuse("campaign_supply", "weeks", f"{number + 2}: {day}")
    columns = {
        name: [_number(row, places[name], number, name) for number, row in enumerate(rows[1:])]
        for name in COLUMNS
        if name in places
    }
    return days[0], columns


def _text(upload: Upload) -> str:
    """The text of a CSV file in UTF-8, or as spreadsheets write it in China."""
    try:
        return upload.body.decode("utf-8-sig")
    except UnicodeError:
        pass
    try:
        return upload.body.decode("gb18030")
    except UnicodeError:
        _refuse("campaign_supply", "weeks", upload.name)


def _cell(row: list[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _day(row: list[str], place: int, number: int) -> dt.date:
    cell = _cell(row, place)
    try:
        return dt.date.fromisoformat(cell.replace("/", "-"))
    except ValueError:
        _refuse("campaign_supply", "weeks", f"{number + 2}: {cell[:_CELL]}")


def _number(row: list[str], place: int, number: int, name: Column) -> float:
    cell = _cell(row, place)
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    least = 0.0 if name == "control" else 1e-9
    if not least <= value <= MOST_NUMBER:
        _refuse("campaign_supply", "weeks", f"{number + 2}: {name} {cell[:_CELL]}")
    return value


def _refuse(rule: str, field: str, value: object, first: dt.date | None = None) -> NoReturn:
    message = f"{field} is {value!r:.80}: {rule.replace('_', ' ')}"
    shown = "" if first is None else first.isoformat()
    raise Refusal(
        rule, message, field=field, value=str(value)[:80], status=422, given=value, first=shown
    )
