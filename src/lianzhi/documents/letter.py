"""Cover letter of a transfer 线索移送函 in one language, as data for the templates.

Like the summary's page it consists of strings and lists of strings. It states what is known and on
which ground the platform acted; it judges no crime.
"""

import datetime as dt

import msgspec
from babel.dates import format_date

from lianzhi.chain.measure import number as measure_number
from lianzhi.documents.format import moment, number, stamp, stretch, zone_name
from lianzhi.documents.forms import Facts, FileDigest
from lianzhi.documents.marks import seen
from lianzhi.documents.notice import Sender
from lianzhi.documents.page import Page
from lianzhi.documents.words import Texts


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the platform or a legal basis, with its days of effect."""

    title: str
    text: str
    """As published; empty where its file is gone."""
    since: dt.date
    until: dt.date | None = None
    """Last day of effect; None while no end is known."""
    url: str = ""
    unread: bool = False
    """Its text was not checked against the statute: it is named, and not quoted."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """Contents of a letter. Accounts and texts are None where they were erased."""

    facts: Facts
    sender: Sender
    measure: str
    authority: str
    kind: str
    """Of the case."""
    minor: bool
    """Whether the harmed account is known to be a minor's."""
    thing: bool = False
    """Whether the case is about an object in place of a harmed person."""
    blames: bool = True
    """Whether an account is handed over for its acts; otherwise it only owns the object."""
    harmed: str | None
    subject: str | None
    role: str
    """Role of the subject; empty where none was recorded."""
    since: int
    until: int
    """End of the events found; ms, as `since`."""
    actors: int
    """Number of accounts that took part; 0: not counted."""
    acts: tuple[int, ...]
    """Times of the subject's acts in evidence, in order; ms."""
    decision: str
    decided_at: int
    reason: str | None
    ground: Cited
    statute: bool
    """Whether the ground is a statute, not a rule of the platform."""
    example: bool
    """Whether the rules are the shipped examples, which were never published."""
    bases: tuple[Cited, ...]
    """Legal bases beside the ground, in force on the day of the letter."""
    key: str
    """Public key of the record."""
    checkpoint: int
    """Number of entries under the evidence pack's checkpoint."""
    attachments: tuple[FileDigest, ...]
    producer: str


def page_of(letter: Letter) -> Page:
    """All strings of the letter."""
    return _Teller(letter).page()


class _Teller:
    def __init__(self, letter: Letter) -> None:
        self.letter, self.texts = letter, Texts(letter.facts.lang)
        self.zone = dt.timezone(dt.timedelta(minutes=letter.facts.utc_offset_minutes))

    def page(self) -> Page:
        letter, texts = self.letter, self.texts
        own, decided = measure_number(letter.measure), moment(letter.facts.made_at, self.zone)
        sender, to = seen(letter.sender.name), seen(letter.authority)
        contact = seen(letter.sender.contact) or texts("letter.no_contact")
        kind = texts.word("kind", letter.kind)
        today = self.day(decided.date())
        return {
            "lang": {"zh": "zh-CN", "en": "en"}[letter.facts.lang],
            "title": texts("letter.title"),
            "care": texts("pack.care"),
            "facts": [
                [texts("letter.number"), own],
                [texts("letter.date"), today],
                [texts("letter.to"), to],
                [texts("letter.from"), sender],
                [texts("letter.contact"), contact],
            ],
            "dear": texts("letter.dear", to=to),
            "opening": texts(
                "letter.opening" if letter.blames else "letter.opening_thing",
                who=sender,
                kind=kind,
                case=letter.facts.case,
            ),
            "judges": texts("letter.judges_none"),
            "happened": {
                "title": texts("letter.happened"),
                "lead": texts("pack.zone", zone=zone_name(letter.facts.utc_offset_minutes)),
                "rows": self.happened(),
                "reason_title": texts("letter.reason"),
                "reason": self.reason(),
                "erased": self.erased(),
            },
            "ground": {
                "title": texts("letter.ground"),
                "rows": [self.cited(letter.ground, not letter.statute)],
                "note": texts("letter.example") if letter.example else "",
            },
            "bases": {
                "title": texts("letter.bases"),
                "lead": texts("letter.bases_lead" if letter.bases else "letter.bases_none"),
                "rows": [self.cited(basis) for basis in letter.bases],
            },
            "attached": {
                "title": texts("letter.attached"),
                "head": [texts("letter.col.file"), texts("letter.col.bytes")],
                "rows": [self.attached(attachment) for attachment in letter.attachments],
            },
            "verify": {
                "title": texts("letter.verify"),
                "steps": [texts(f"letter.verify.{key}") for key in ("digest", "pack", "record")],
                "rows": [
                    [texts("pack.key"), letter.key],
                    [texts("pack.size"), number(letter.checkpoint)],
                ],
            },
            "signed": {"who": sender, "seal": texts("letter.seal"), "day": today},
            "receipt": {
                "title": texts("letter.receipt"),
                "lead": texts("letter.receipt_lead"),
                "said": texts("letter.receipt_said", who=sender, number=own),
                "rows": [
                    texts(f"letter.receipt.{key}")
                    for key in ("by", "person", "number", "date", "digest", "course", "seal")
                ],
                "choices": {
                    "digest": texts("letter.receipt_digest"),
                    "course": texts("letter.receipt_course"),
                },
                "back": texts("letter.receipt_back", who=sender, contact=contact),
            },
            "foot": texts("letter.foot", number=own, producer=letter.producer),
        }

    def day(self, day: dt.date) -> str:
        return str(format_date(day, format="long", locale=self.letter.facts.lang))

    def person(self, account: str | None) -> str:
        return seen(account or self.texts("person.erased"))

    def happened(self) -> list[list[str]]:
        letter, texts = self.letter, self.texts
        harmed = self.person(letter.harmed)
        if letter.minor:
            harmed = texts("letter.minor", who=harmed, minor=texts("person.minor"))
        rows = [
            [texts("letter.case"), letter.facts.case],
            [texts("letter.period"), stretch(letter.since, letter.until, self.zone)],
        ]
        if letter.actors:
            rows.append([texts("letter.actors"), number(letter.actors)])
        rows.append([texts("letter.thing" if letter.thing else "letter.harmed"), harmed])
        if letter.blames:
            rows.append([texts("letter.subject"), self.person(letter.subject)])
        elif letter.subject is not None:
            rows.append([texts("letter.owner"), self.person(letter.subject)])
            rows.append(["", texts("letter.owner_says")])
        if letter.role and letter.blames:
            rows.append([texts("letter.role"), texts.word("role_in_case", letter.role)])
        if letter.acts:
            when = stretch(letter.acts[0], letter.acts[-1], self.zone)
            acts = texts("letter.acts_said", n=number(len(letter.acts)), when=when)
            rows.append([texts("letter.acts"), acts])
        decided = stamp(letter.decided_at, self.zone)
        text = texts("letter.decision_said", decision=letter.decision, at=decided)
        rows.append([texts("letter.decision"), text])
        return rows

    def reason(self) -> str:
        reason = self.letter.reason
        return self.texts("letter.reason_erased") if reason is None else seen(reason)

    def erased(self) -> str:
        """A note where an account or text was erased."""
        letter = self.letter
        named = [letter.harmed, letter.reason, *([letter.subject] if letter.blames else [])]
        erased = None in named
        return self.texts("letter.erased", name=self.texts("person.erased")) if erased else ""

    def cited(self, cited: Cited, rule: bool = False) -> dict[str, str]:
        since = self.texts(
            "letter.rule_since" if rule else "letter.basis_since", day=self.day(cited.since)
        )
        if cited.until is not None:
            since += self.texts("letter.basis_until", day=self.day(cited.until))
        if cited.unread:
            since += self.texts("letter.basis_unread")
        return {
            "title": seen(cited.title),
            "days": since,
            "text": seen(cited.text),
            "url": cited.url,
        }

    def attached(self, file: FileDigest) -> dict[str, str]:
        stem = file.name.partition(".")[0].lower()
        return {
            "name": file.name,
            "what": self.texts.word("letter.file", stem),
            "bytes": f"{file.bytes:,}",
            "sha256": file.sha256,
        }
