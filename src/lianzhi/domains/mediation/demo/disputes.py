"""The demo's mediation office: disputes in every state, some of them of last year."""

import datetime as dt
import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import msgspec

from lianzhi.domains.mediation.desk import Desk
from lianzhi.domains.mediation.importing.dispute_row import DisputeRow
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable

#: Who mediates: the user of this name signs in.
MEDIATOR = "mediator"


class Matter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dispute of today, and how far it has come. Days are so many before or after today."""

    party: str
    field: str
    cause: str
    office: str
    words: str
    stage: str
    unit: bool = False
    amount: int = 0
    language: str = "zh"
    known: int = 0
    review: int = 0
    note: str = ""
    terms: tuple[tuple[int, str], ...] = ()
    sum: int = 0
    end: str = ""


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Take the disputes in, and bring each as far as it has come."""
    text = files(__package__).joinpath("disputes.toml").read_text("utf-8")
    world = tomllib.loads(text)
    rows = [_row(n, each, desk.office.today()) for n, each in enumerate(world["earlier"], 1)]
    desk.imports.take(Folder({"disputes": ReadTable(tuple(rows))}, ()), by)
    for matter in msgspec.convert(world["dispute"], tuple[Matter, ...]):
        _bring(desk, matter, by)
    echo(f"{len(world['dispute'])} disputes, {len(rows)} of last year")


def _row(number: int, earlier: dict[str, Any], today: dt.date) -> DisputeRow:
    names = ("received", "assigned", "settled", "closed")
    days = dict(zip(names, earlier.pop("days"), strict=True))
    known: dict[str, Any] = {
        name: today - dt.timedelta(back) for name, back in days.items() if back
    }
    return DisputeRow(id=f"R{number:03}", mediator=MEDIATOR, **known, **earlier)


def _bring(desk: Desk, matter: Matter, by: str) -> None:
    today = desk.office.today()

    def before(days: int) -> dt.date | None:
        return today - dt.timedelta(days) if days else None

    fields = {"party", "unit", "field", "cause", "office", "amount", "language", "words"}
    given = {name: getattr(matter, name) for name in fields}
    identity = desk.disputes.receive(
        by,
        officer="",
        warning="",
        known=before(matter.known),
        review=before(matter.review),
        **given,
    )
    if matter.stage == "received":
        return
    desk.disputes.assign(identity, by, mediator=MEDIATOR)
    if matter.stage in ("in_session", "stayed"):
        desk.sessions.open(identity, MEDIATOR)
        desk.sessions.note(identity, MEDIATOR, words=matter.note)
    if matter.stage == "stayed":
        desk.sessions.close(identity, MEDIATOR)
        desk.disputes.stay(identity, MEDIATOR, review=None, day=None, consent=True)
    if matter.terms:
        lines = "\n".join(f"{today + dt.timedelta(days)} {text}" for days, text in matter.terms)
        desk.agreements.agree(
            identity, MEDIATOR, terms=lines, amount=matter.sum, oral=False, day=None
        )
    if matter.stage == "settled":
        for number in range(1, len(matter.terms) + 1):
            desk.agreements.keep(identity, MEDIATOR, term=number, day=None)
        desk.agreements.settle(identity, MEDIATOR, words=matter.terms[-1][1])
    elif matter.stage == "reopened":
        for number in range(1, len(matter.terms) + 1):
            desk.agreements.keep(identity, MEDIATOR, term=number, day=None)
        desk.agreements.settle(identity, MEDIATOR, words=matter.terms[-1][1])
        answers = {each.key: each.least for each in desk.revisits.questions().questions}
        desk.revisits.visit(identity, by, answers=answers, words=matter.end)
        desk.revisits.reopen(identity, by, words=matter.end)
    elif matter.stage == "at_centre":
        desk.disputes.escalate(identity, MEDIATOR, words=matter.end)
    elif matter.stage == "failed":
        desk.agreements.fail(identity, MEDIATOR, words=matter.end, notice=True)
    elif matter.stage == "withdrawn":
        desk.disputes.withdraw(identity, MEDIATOR, words=matter.end)
