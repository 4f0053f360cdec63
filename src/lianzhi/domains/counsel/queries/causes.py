"""How often causes came up, by day: in askings of the pool."""

import datetime as dt
from collections import Counter, defaultdict

from sqlalchemy import Connection

from lianzhi.domains.counsel.queries import tables


def askings(connection: Connection) -> dict[str, Counter[dt.date]]:
    """Askings of questions by their causes and day; without a cause under the empty one."""
    daily: dict[str, Counter[dt.date]] = defaultdict(Counter)
    for question in tables.question.every(connection):
        for day, count in question.askings.items():
            for cause in question.newest.causes or ("",):
                daily[cause][dt.date.fromisoformat(day)] += count
    return daily
