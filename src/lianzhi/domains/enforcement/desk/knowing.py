"""Knowing: all that a paper of a file is filled in from, looked up in one place."""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import select

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.law import money
from lianzhi.domains.enforcement.nouns.letter import Body, Letter
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.papers.agency import load
from lianzhi.domains.enforcement.papers.filling import Case, Issued, Party, Piece, Told
from lianzhi.domains.enforcement.papers.possible import day_of
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.words import words
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.words import LANGUAGES, Words

_CHINA = dt.timezone(dt.timedelta(hours=8))
#: Entries that put a piece of evidence into a file.
PIECES = frozenset({"penalty.evidence_added", "penalty.spot_filed"})
#: Kind of a supervision letter -> the paper that prints it.
_PRINTED = {
    "supervision_opinion": "supervision_opinion",
    "supervision_suggestion": "supervision_advice",
}
_UNITS = {
    "day": "calendar_days", "working_day": "working_days", "month": "months", "year": "years",
}  # fmt: skip


class Knowing:
    """See module."""

    def __init__(self, office: Office, penalties: Penalties) -> None:
        self._office, self._penalties = office, penalties

    def case(
        self, one: Penalty, kind: str, steps: Sequence[views.Step], issued: Sequence[Issued]
    ) -> Case:
        """What is known of a file for a paper of a kind. Raises PolicyError for bad settings."""
        office, today = self._office, self._office.today()
        rules, day, acted = office.rules, day_of(one, kind, today), one.act_day or today
        with office.reading() as connection:
            known = office.officers(connection, one.officers)
        try:
            ruling = self._penalties.ruling(one, one.facts)
        except ValueError:  # a hole: the paper asks for what the table does not say
            ruling = None
        period = rules.periods.get(rules.procedure(day).defence, day)
        kept = None
        with suppress(UnknownYearError):  # the paper says which field is missing
            if one.preserved:
                kept = rules.last_day("penalty.registered_preservation", one.preserved)
        letter = self.letters(one.id).get(kind)
        return Case(
            one=one,
            told=told(one, steps),
            party=self.party(one.party),
            officers=[known[name] for name in one.officers if name in known],
            agency=load(day, office.home / "enforcement" / "agency.toml"),
            account=money.account(one, day),
            day=day,
            defend_within=(period.length.number, _UNITS[period.length.unit]),
            preserve_until=kept,
            item=rules.named(one.item, acted),
            ruling=ruling,
            table=ruling and rules.discretion.title(ruling.row),
            asks=rules.discretion.inputs(one.item),
            issued=issued,
            letter=letter,
            to=letter and self._body(letter.recipient),
        )

    def letters(self, identity: str) -> dict[str, Body]:
        """The last supervision letter of each kind about a file, by the paper that prints it."""
        office, column = self._office, tables.letter.c
        query = select(column.state).where(column.ref == identity).order_by(column.index)
        with office.reading() as connection:
            some = [msgspec.json.decode(row, type=Letter) for row in connection.scalars(query)]
        vault, found = office.ledger.vault, {}
        for one in some:
            if one.kind in _PRINTED:
                said = (vault.text(one.index, name) or "" for name in ("facts", "basis", "words"))
                found[_PRINTED[one.kind]] = Body(one.recipient, *said)
        return {kind: body for kind, body in found.items() if body.facts}

    def _body(self, key: str) -> Words:
        """What a department, or a squad, is called."""
        office = self._office
        department = office.rules.power(office.today()).departments.get(key)
        if department is not None:
            return department.name
        return Words(*(words(one).gettext("letters.squad") % {"squad": key} for one in LANGUAGES))

    def party(self, token: str) -> Party:
        """The party as the register tells it; what it does not tell, or was erased, is empty."""
        vault, column = self._office.ledger.vault, tables.enterprise.c
        with self._office.reading() as connection:
            index = connection.scalar(select(column.index).where(column.id == token))
        if index is None:
            return Party()
        names = ("name", "name_en", "code", "address", "head")
        return Party(*(vault.text(index, name) or "" for name in names))


def told(one: Penalty, steps: Iterable[views.Step]) -> Told:
    """What the entries of a file say. Evidence that did not pass its review is none."""
    said_: dict[str, dict[str, str]] = {}
    said: dict[str, dict[str, Any]] = {}
    times: dict[str, dt.datetime] = {}
    pieces: dict[str, Piece] = {}
    for step in steps:
        name = step.kind.removeprefix("penalty.")
        # What was filed for is told as its reason; every later step has words.
        texts = dict(step.texts)
        texts.setdefault("words", texts.get("reason", ""))
        said_[name], said[name] = texts, step.said
        times[name] = dt.datetime.fromtimestamp(step.at / 1000, _CHINA)
        if step.kind in PIECES:
            kind, note = step.said["name_kind"], texts["words"]
            note = "" if name == "spot_filed" else note
            pieces[step.said["evidence"]] = Piece(texts.get("name", ""), kind, note)
        elif name == "evidence_reviewed" and not step.said["passed"]:
            pieces.pop(step.said["evidence"], None)
    counted = [piece for key, piece in pieces.items() if key not in one.unreviewed and piece.name]
    return Told(said_, said, times, counted)
