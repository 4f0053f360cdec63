"""Fields of the forms of a visit, read strictly."""

import datetime as dt
from typing import Literal

from starlette.datastructures import FormData

from lianzhi.domains.enforcement.desk.photos import Announced
from lianzhi.domains.enforcement.desk.visits import Marked, VisitPlan
from lianzhi.domains.enforcement.nouns.visit import Reason, Result
from lianzhi.domains.enforcement.rulebook import scan
from lianzhi.kit.form_values import choice, day, prefixed, text, texts, user_names

_MOST = 2000


def coming(form: FormData, today: dt.date) -> VisitPlan:
    """Who goes where. Raises RefusedError naming the first field that can't be read.

    The enterprise may be left out where its code was scanned: the code names it.
    """
    code = text(form, "code", _MOST)
    return VisitPlan(
        enterprise=text(form, "enterprise", _MOST) or scan.enterprise_of(code),
        day=day(text(form, "day", _MOST), "day") or today,
        reason=choice(Reason, text(form, "reason", _MOST) or "random", "visit_reason"),
        officers=user_names(form, "officers"),
        observers=user_names(form, "observers"),
        code=code,
    )


def visited(form: FormData, by: str) -> list[Marked]:
    """What was marked, line by line; who is not named was the sender."""
    marks = []
    for line, mark in prefixed(form, "mark.", _MOST).items():
        result, items = choice(Result, mark, "line"), texts(form, f"item.{line}", 50)
        author = text(form, f"by.{line}", _MOST) or by
        marks.append(Marked(line, result, author, items, text(form, f"note.{line}", _MOST)))
    return marks


def photographed(form: FormData) -> list[Announced]:
    """The photos that are announced, each as `<uuid>:<sha256>:<Unix ms>` under its line."""
    photos = []
    for field, value in form.multi_items():
        if not field.startswith("photo.") or not isinstance(value, str):
            continue
        photo, _, rest = value[:200].partition(":")
        digest, _, taken_at = rest.partition(":")
        ms = int(taken_at) if taken_at.isdecimal() and len(taken_at) < 16 else 0
        photos.append(Announced(photo, field.removeprefix("photo."), digest, ms))
    return photos


def minutes(form: FormData) -> int:
    """How long it took; what is no number counts as not told."""
    given = text(form, "minutes", _MOST)
    return int(given) if given.isdecimal() and len(given) < 6 else 0


def channel(form: FormData) -> Literal["volunteer", "grid"]:
    """As what an observer reports."""
    return "grid" if form.get("channel") == "grid" else "volunteer"
