"""What questions, manuals and lessons keep to. All raise RefusedError with field and mend."""

import datetime as dt
from collections.abc import Iterable

from lianzhi.domains.counsel.guidance.policy import Named
from lianzhi.domains.counsel.refusals import RefusedError


def known_key(name: str, key: str, known: Iterable[Named]) -> str:
    """A key of policy, such as that of a field."""
    keys = [each.key for each in known]
    if key not in keys:
        choices = ", ".join(keys)
        message = f"{name} is {key!r:.80}; choose one of {choices}"
        raise RefusedError(f"guidance_{name}", message, field=name, value=key[:80], choices=choices)
    return key


def filled(name: str, text: str, max_length: int) -> str:
    """A text that is neither blank nor longer than may be."""
    if not text.strip():
        raise RefusedError("guidance_empty", f"{name} is empty; fill it in", field=name)
    return at_most(name, text, max_length)


def at_most(name: str, text: str, max_length: int) -> str:
    """A text that is no longer than may be."""
    if len(text) > max_length:
        message = f"{name} has {len(text):,} characters; write {max_length:,} at most"
        raise RefusedError("guidance_long", message, field=name, most=f"{max_length:,}")
    return text.strip()


def past_or_today(name: str, day: dt.date | None, today: dt.date) -> dt.date:
    """A day up to today; None means today."""
    if day is not None and day > today:
        message = f"{name} is {day}; give a day up to {today}"
        raise RefusedError("guidance_future", message, field=name, value=str(day))
    return day or today


def in_order(since: dt.date, until: dt.date | None) -> None:
    """A last day that does not lie before the first."""
    if until is not None and until < since:
        message = f"until is {until}; give {since} or a later day"
        raise RefusedError("guidance_until", message, field="until", value=str(until))
