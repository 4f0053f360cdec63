"""How days, sums and periods are said in a paper: the filters that templates use."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from lianzhi.documents.capital import capital
from lianzhi.law.citation import chinese


def day(value: dt.date, language: str) -> str:
    """2026年1月5日; 5 January 2026."""
    return str(format_date(value, "y年M月d日" if language == "zh" else "d MMMM y", locale=language))


def filters(language: str, units: Mapping[str, str]) -> dict[str, Callable[..., str]]:
    """Filters of a language; `units` say a length of time, like `{n}日`."""
    zh = language == "zh"

    def moment(value: dt.datetime) -> str:
        clock = f"{value.hour}时{value.minute:02d}分" if zh else f", {value:%H:%M}"
        return day(value.date(), language) + clock

    def yuan(value: Decimal) -> str:
        return f"{'¥' if zh else 'CNY '}{value:,.2f}"

    def period(value: Mapping[str, Any]) -> str:
        return units[value["unit"]].format(n=value["length"])

    def percent(value: Decimal) -> str:
        whole = zh and value == int(value) and 1 <= value <= 100
        return f"百分之{chinese(int(value))}" if whole else f"{value.normalize():f}%"

    return {
        "day": lambda value: day(value, language),
        "moment": moment,
        "yuan": yuan,
        "capital": capital,
        "period": period,
        "percent": percent,
    }
