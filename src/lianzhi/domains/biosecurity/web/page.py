"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

import datetime as dt
from functools import partial
from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.desk import Desk as BorderDesk
from lianzhi.domains.biosecurity.rules.places import origin_name
from lianzhi.kit import page, periods
from lianzhi.kit.page import desk_of, language_of, missing, user_with
from lianzhi.kit.periods import Days

Desk = Annotated[BorderDesk, desk_of("biosecurity")]
Reader = Annotated[Any, user_with("read")]
Inspector = Annotated[Any, user_with("intercept")]
Keeper = Annotated[Any, user_with("border_lead", "audit")]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    country = partial(origin_name, language=language_of(request))
    return page.show(request, f"biosecurity/{template}", country=country, **context)


def chosen_days(name: str, today: dt.date) -> Days:
    """The period of a name, by default the running year. Raises 404 for no period."""
    days = periods.days_named(name, today) if name else periods.current("year", today)
    if days is None:
        raise missing()
    return days


def period_choices(today: dt.date) -> list[tuple[str, str]]:
    """Names of the periods to choose from, with the keys of what they are called."""
    return [(periods.current(length, today).name, length) for length in periods.CHOICES]
