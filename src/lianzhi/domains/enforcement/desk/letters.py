"""Letters: docking between bodies, and supervision, with receipts and clocks."""

from collections.abc import Callable, Collection, Mapping

from lianzhi.chain.roles import Permission
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.nouns.letter import KINDS, SUPERVISION, Kind
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.law.words import Words
from lianzhi.record.entry import Text

#: The body that writes supervision letters.
OFFICE = "supervision"
POWERS: tuple[Permission, ...] = ("lead", "supervise")
"""What decides in whose name somebody may write."""
Powers = Collection[Permission]
"""Those of `POWERS` that somebody has."""


class Letters:
    """Sends, receives and answers letters."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def voice(self, name: str, powers: Powers = ()) -> Callable[[str], bool]:
        """In the name of which bodies somebody may write and answer.

        Who may `supervise`: in that of the supervising office. An officer: in that of their squad
        and department. Who may `lead`, and is an officer of none: of every squad and department.
        """
        with self._office.reading() as connection:
            officer = self._office.officers(connection, [name]).get(name)
        own = set() if officer is None else {officer.squad, officer.department} - {""}

        def may(body: str) -> bool:
            if body == OFFICE:
                return "supervise" in powers
            return body in own if own else "lead" in powers

        return may

    def bodies(self) -> Mapping[str, Words | None]:
        """Departments with their names, squads, and the supervising office."""
        today = self._office.today()
        bodies: dict[str, Words | None] = {
            key: department.name
            for key, department in self._office.rules.power(today).departments.items()
        }
        with self._office.reading() as connection:
            squads = {officer.squad for officer in views.officers(connection)} - {""}
        return bodies | dict.fromkeys(sorted(squads - {*bodies})) | {OFFICE: None}

    def send(
        self,
        kind: Kind,
        sender: str,
        recipient: str,
        ref: str,
        words: str,
        by: str,
        *,
        facts: str = "",
        basis: str = "",
    ) -> str:
        """Write to another body about a file, or about nothing in particular; returns the id.

        `words` are what is asked; `facts` what was found, and `basis` on what it is asked: a
        supervision letter needs both. Raises RefusedError for one that lacks them, an unknown kind
        or a letter to oneself, KeyError for no such file.
        """
        if kind not in KINDS:
            raise RefusedError("letter_kind", f"kind is {kind!r}; use one of {', '.join(KINDS)}")
        if sender == recipient or not recipient.strip():
            raise RefusedError("recipient", "choose another body to write to")
        if not words.strip():
            raise RefusedError("reason", "a letter needs words")
        if kind in SUPERVISION:
            for name, value in (("facts", facts), ("basis", basis)):
                if not value.strip():
                    raise RefusedError(f"letter_{name}", f"{name} is empty: {kind} needs it")
        office, day = self._office, self._office.today()
        identity = new_id()
        days = office.rules.procedure(day).letters.get(kind)
        due = office.rules.working(day, days) if days else None
        with office.batch() as batch:
            about: tuple[str, ...] = ()
            if ref:
                about = (tables.penalty.load(batch.connection, ref).party,)
            payload = {
                "letter": identity,
                "kind": kind,
                "sender": sender,
                "recipient": recipient,
                "ref": ref,
                "due": due,
                "day": day,
                "by": by,
            }
            words_by_name = {"words": words, "facts": facts, "basis": basis}
            texts: dict[str, Text] = {
                name: (payload_texts, about) for name, payload_texts in words_by_name.items()
            }
            batch.append([draft("letter.sent", identity, office.now(), payload, texts)])
        return identity

    def receive(self, identity: str, receipt: str, by: str, powers: Powers = ()) -> None:
        """Take it in, under a number of one's own.

        Raises RefusedError for who wrote it, or may not answer for the body; see `voice`.
        """
        if not receipt.strip():
            raise RefusedError("receipt", "give the number under which it is received")
        self._addressed(identity, by, powers)
        self._step(identity, "letter.received", by, {"receipt": receipt.strip()[:80]})

    def answer(
        self, identity: str, accepted: bool, words: str, by: str, powers: Powers = ()
    ) -> None:
        """Answer it: what was done, or why not. Raises as `receive`."""
        if not words.strip():
            raise RefusedError("reason", "an answer needs words")
        self._addressed(identity, by, powers)
        kind = "letter.answered" if accepted else "letter.refused"
        self._step(identity, kind, by, {"words": words})

    def remind(self, identity: str, by: str) -> None:
        """Ask for the answer that is late."""
        self._step(identity, "letter.reminded", by, {})

    def _addressed(self, identity: str, by: str, powers: Powers) -> None:
        office = self._office
        with office.reading() as connection:
            letter = tables.letter.load(connection, identity)
        if by == letter.by:
            raise RefusedError("own_letter", f"{by} wrote it; let {letter.recipient} answer")
        if not self.voice(by, powers)(letter.recipient):
            raise RefusedError(
                "not_addressee", f"{by} is not of {letter.recipient}; let somebody of it answer"
            )

    def _step(self, identity: str, kind: str, by: str, texts: Mapping[str, str]) -> None:
        office = self._office
        with office.batch() as batch:
            letter = tables.letter.load(batch.connection, identity)
            about: tuple[str, ...] = ()
            if letter.ref:
                about = (tables.penalty.load(batch.connection, letter.ref).party,)
            payload = {"letter": identity, "day": office.today(), "by": by}
            party_texts: dict[str, Text] = {name: (text, about) for name, text in texts.items()}
            batch.append([draft(kind, identity, office.now(), payload, party_texts)])
