"""Looks up everything that a paper of a penalty file is filled in from."""

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.law import money
from lianzhi.domains.enforcement.nouns.letter import Body
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.papers.agency import load
from lianzhi.domains.enforcement.papers.filling import Case, FileEntries, Issued, Party, Piece
from lianzhi.domains.enforcement.papers.issue_rules import day_of
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.words import words
from lianzhi.kit.noun_story import Step
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.words import LANGUAGES, Words

_CHINA = dt.timezone(dt.timedelta(hours=8))
#: Kinds of entries that add evidence to a file.
EVIDENCE_KINDS = frozenset({"penalty.evidence_added", "penalty.spot_filed"})
#: Kind of a supervision letter -> the paper that prints it.
_PRINTED = {
    "supervision_opinion": "supervision_opinion",
    "supervision_suggestion": "supervision_advice",
}
_UNITS = {
    "day": "calendar_days", "working_day": "working_days", "month": "months", "year": "years",
}  # fmt: skip


class PaperContext:
    """Looks up the context of papers."""

    def __init__(self, office: Office, penalties: Penalties) -> None:
        self._office, self._penalties = office, penalties

    def case(
        self, penalty: Penalty, kind: str, steps: Sequence[Step], issued: Sequence[Issued]
    ) -> Case:
        """Context of a file for a paper of a kind. Raises PolicyError for bad settings."""
        office, today = self._office, self._office.today()
        rules, day, acted = office.rules, day_of(penalty, kind, today), penalty.act_day or today
        with office.reading() as connection:
            known = office.officers(connection, penalty.officers)
        try:
            ruling = self._penalties.ruling(penalty, penalty.facts)
        except ValueError:  # no row: the paper lists the missing fields
            ruling = None
        period = rules.periods.get(rules.procedure(day).defence, day)
        kept = None
        with suppress(UnknownYearError):  # the paper lists the missing field
            if penalty.preserved:
                kept = rules.last_day("penalty.registered_preservation", penalty.preserved)
        letter = self.letters(penalty.id).get(kind)
        return Case(
            penalty=penalty,
            entries=file_entries(penalty, steps),
            party=self.party(penalty.party),
            officers=[known[name] for name in penalty.officers if name in known],
            agency=load(day, office.home / "enforcement" / "agency.toml"),
            account=money.account(penalty, day),
            day=day,
            defend_within=(period.length.number, _UNITS[period.length.unit]),
            preserve_until=kept,
            item=rules.named(penalty.item, acted),
            ruling=ruling,
            table=ruling and rules.discretion.title(ruling.row),
            inputs=rules.discretion.inputs(penalty.item),
            issued=issued,
            letter=letter,
            to=letter and self._body(letter.recipient),
        )

    def letters(self, identity: str) -> dict[str, Body]:
        """The last supervision letter of each kind about a file, by the paper that prints it."""
        office, column = self._office, tables.letter.c
        with office.reading() as connection:
            letters = tables.letter.every(connection, column.ref == identity, order=(column.index,))
        vault, bodies = office.ledger.vault, {}
        for letter in letters:
            if letter.kind in _PRINTED:
                texts = (
                    vault.text(letter.index, name) or "" for name in ("facts", "basis", "words")
                )
                bodies[_PRINTED[letter.kind]] = Body(letter.recipient, *texts)
        return {kind: body for kind, body in bodies.items() if body.facts}

    def _body(self, key: str) -> Words:
        """Name of a department or squad."""
        office = self._office
        department = office.rules.power(office.today()).departments.get(key)
        if department is not None:
            return department.name
        return Words(
            *(words(language).gettext("letters.squad") % {"squad": key} for language in LANGUAGES)
        )

    def party(self, token: str) -> Party:
        """The party as registered; missing or erased fields are empty."""
        vault = self._office.ledger.vault
        with self._office.reading() as connection:
            registered = tables.enterprise.get(connection, token)
        if registered is None:
            return Party()
        names = ("name", "name_en", "code", "address", "head")
        return Party(*(vault.text(registered.index, name) or "" for name in names))


def file_entries(penalty: Penalty, steps: Iterable[Step]) -> FileEntries:
    """Texts and payloads of a file by step, and its evidence unless it failed review."""
    texts_by_step: dict[str, dict[str, str]] = {}
    payloads: dict[str, dict[str, Any]] = {}
    times: dict[str, dt.datetime] = {}
    pieces: dict[str, Piece] = {}
    for step in steps:
        name = step.kind.removeprefix("penalty.")
        # The entry that files a case has a reason; every later step has words.
        texts = dict(step.texts)
        texts.setdefault("words", texts.get("reason", ""))
        texts_by_step[name], payloads[name] = texts, step.payload
        times[name] = dt.datetime.fromtimestamp(step.at / 1000, _CHINA)
        if step.kind in EVIDENCE_KINDS:
            kind, note = step.payload["name_kind"], texts["words"]
            note = "" if name == "spot_filed" else note
            pieces[step.payload["evidence"]] = Piece(texts.get("name", ""), kind, note)
        elif name == "evidence_reviewed" and not step.payload["passed"]:
            pieces.pop(step.payload["evidence"], None)
    counted = [
        piece for key, piece in pieces.items() if key not in penalty.unreviewed and piece.name
    ]
    return FileEntries(texts_by_step, payloads, times, counted)
