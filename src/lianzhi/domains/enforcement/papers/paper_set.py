"""The papers of this domain, with the periods and surcharge for late payment of fines."""

import datetime as dt
from typing import Any

from lianzhi.documents.paper_set import PaperSet, time_limit
from lianzhi.domains.enforcement.law.statutes import late_fines


def _late(day: dt.date, language: str) -> dict[str, Any]:
    """Period for paying a fine, and the surcharge after it."""
    fields: dict[str, Any] = {}
    for rule in late_fines():
        if rule.in_force(day):
            paid, added = (
                rule.cite(name).say(language) for name in ("pay_within_days", "daily_rate")
            )
            fields["pay_within"] = time_limit(rule.pay_within_days, "calendar_days", paid)
            fields["surcharge"] = {"percent": rule.daily_rate * 100, "basis": added}
    return fields


PAPERS = PaperSet(__package__, _late)
