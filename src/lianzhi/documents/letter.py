"""Letter 线索移送函: the cover letter of a transfer, in one language, ready to be laid out.

Like the summary's page it is made of strings and lists of strings only. It tells what is known and
on which ground the platform acted; it judges no crime.
"""

import datetime as dt

import msgspec
from babel.dates import format_date

from lianzhi.chain.measure import number as measure_number
from lianzhi.documents.format import moment, number, stamp, stretch, zone_name
from lianzhi.documents.forms import Facts, FileSaid
from lianzhi.documents.marks import seen
from lianzhi.documents.notice import Sender
from lianzhi.documents.page import Page
from lianzhi.documents.words import Says


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the platform or a legal basis, with the days on which it has effect."""

    title: str
    text: str
    """As published; empty where its file is gone."""
    since: dt.date
    until: dt.date | None = None
    """Last day of effect; None while no end is known."""
    url: str = ""
    unread: bool = False
    """Nobody has read its text in the statute: it is named, and not quoted."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter tells. Accounts and texts are None where they were erased."""

    facts: Facts
    sender: Sender
    measure: str
    authority: str
    kind: str
    """Of the case."""
    minor: bool
    """The harmed account is known to be a minor's."""
    thing: bool = False
    """The case is about a thing, which stands in place of the harmed."""
    blames: bool = True
    """An account is handed over for what it did; else it owns the thing, and that is all."""
    harmed: str | None
    subject: str | None
    role: str
    """Part that the subject played; empty where none was recorded."""
    since: int
    until: int
    """Of what happened, as far as it was found; ms."""
    actors: int
    """Accounts that took part; 0: not counted."""
    acts: tuple[int, ...]
    """Times of the subject's acts in evidence, in order; ms."""
    decision: str
    decided_at: int
    reason: str | None
    ground: Cited
    statute: bool
    """The ground is a statute, not a rule of the platform."""
    example: bool
    """The rules are the shipped examples, which nobody has published."""
    bases: tuple[Cited, ...]
    """Legal bases beside the ground, in force on the day of the letter."""
    key: str
    """Public key of the record."""
    checkpoint: int
    """Entries of the record under the evidence pack's checkpoint."""
    attachments: tuple[FileSaid, ...]
    producer: str


def page_of(letter: Letter) -> Page:
    """Everything that the letter says."""
    return _Teller(letter).page()


class _Teller:
    def __init__(self, letter: Letter) -> None:
        self.letter, self.says = letter, Says(letter.facts.lang)
        self.zone = dt.timezone(dt.timedelta(minutes=letter.facts.utc_offset_minutes))

    def page(self) -> Page:
        letter, says = self.letter, self.says
        own, made = measure_number(letter.measure), moment(letter.facts.made_at, self.zone)
        who, to = seen(letter.sender.name), seen(letter.authority)
        contact = seen(letter.sender.contact) or says("letter.no_contact")
        kind = says.word("kind", letter.kind)
        today = self.day(made.date())
        return {
            "lang": {"zh": "zh-CN", "en": "en"}[letter.facts.lang],
            "title": says("letter.title"),
            "care": says("pack.care"),
            "facts": [
                [says("letter.number"), own],
                [says("letter.date"), today],
                [says("letter.to"), to],
                [says("letter.from"), who],
                [says("letter.contact"), contact],
            ],
            "dear": says("letter.dear", to=to),
            "opening": says(
                "letter.opening" if letter.blames else "letter.opening_thing",
                who=who,
                kind=kind,
                case=letter.facts.case,
            ),
            "judges": says("letter.judges_none"),
            "happened": {
                "title": says("letter.happened"),
                "lead": says("pack.zone", zone=zone_name(letter.facts.utc_offset_minutes)),
                "rows": self.happened(),
                "reason_title": says("letter.reason"),
                "reason": self.reason(),
                "erased": self.erased(),
            },
            "ground": {
                "title": says("letter.ground"),
                "rows": [self.cited(letter.ground, not letter.statute)],
                "note": says("letter.example") if letter.example else "",
            },
            "bases": {
                "title": says("letter.bases"),
                "lead": says("letter.bases_lead" if letter.bases else "letter.bases_none"),
                "rows": [self.cited(one) for one in letter.bases],
            },
            "attached": {
                "title": says("letter.attached"),
                "head": [says("letter.col.file"), says("letter.col.bytes")],
                "rows": [self.attached(one) for one in letter.attachments],
            },
            "verify": {
                "title": says("letter.verify"),
                "steps": [says(f"letter.verify.{one}") for one in ("digest", "pack", "record")],
                "rows": [
                    [says("pack.key"), letter.key],
                    [says("pack.size"), number(letter.checkpoint)],
                ],
            },
            "signed": {"who": who, "seal": says("letter.seal"), "day": today},
            "receipt": {
                "title": says("letter.receipt"),
                "lead": says("letter.receipt_lead"),
                "said": says("letter.receipt_said", who=who, number=own),
                "rows": [
                    says(f"letter.receipt.{one}")
                    for one in ("by", "person", "number", "date", "digest", "course", "seal")
                ],
                "choices": {
                    "digest": says("letter.receipt_digest"),
                    "course": says("letter.receipt_course"),
                },
                "back": says("letter.receipt_back", who=who, contact=contact),
            },
            "foot": says("letter.foot", number=own, producer=letter.producer),
        }

    def day(self, day: dt.date) -> str:
        return str(format_date(day, format="long", locale=self.letter.facts.lang))

    def person(self, account: str | None) -> str:
        return seen(account or self.says("person.erased"))

    def happened(self) -> list[list[str]]:
        letter, says = self.letter, self.says
        harmed = self.person(letter.harmed)
        if letter.minor:
            harmed = says("letter.minor", who=harmed, minor=says("person.minor"))
        rows = [
            [says("letter.case"), letter.facts.case],
            [says("letter.period"), stretch(letter.since, letter.until, self.zone)],
        ]
        if letter.actors:
            rows.append([says("letter.actors"), number(letter.actors)])
        rows.append([says("letter.thing" if letter.thing else "letter.harmed"), harmed])
        if letter.blames:
            rows.append([says("letter.subject"), self.person(letter.subject)])
        elif letter.subject is not None:
            rows.append([says("letter.owner"), self.person(letter.subject)])
            rows.append(["", says("letter.owner_says")])
        if letter.role and letter.blames:
            rows.append([says("letter.role"), says.word("role_in_case", letter.role)])
        if letter.acts:
            when = stretch(letter.acts[0], letter.acts[-1], self.zone)
            acts = says("letter.acts_said", n=number(len(letter.acts)), when=when)
            rows.append([says("letter.acts"), acts])
        decided = stamp(letter.decided_at, self.zone)
        said = says("letter.decision_said", decision=letter.decision, at=decided)
        rows.append([says("letter.decision"), said])
        return rows

    def reason(self) -> str:
        reason = self.letter.reason
        return self.says("letter.reason_erased") if reason is None else seen(reason)

    def erased(self) -> str:
        """Said where somebody, or what was said of them, is gone."""
        letter = self.letter
        named = [letter.harmed, letter.reason, *([letter.subject] if letter.blames else [])]
        gone = None in named
        return self.says("letter.erased", name=self.says("person.erased")) if gone else ""

    def cited(self, one: Cited, rule: bool = False) -> dict[str, str]:
        since = self.says(
            "letter.rule_since" if rule else "letter.basis_since", day=self.day(one.since)
        )
        if one.until is not None:
            since += self.says("letter.basis_until", day=self.day(one.until))
        if one.unread:
            since += self.says("letter.basis_unread")
        return {"title": seen(one.title), "days": since, "text": seen(one.text), "url": one.url}

    def attached(self, file: FileSaid) -> dict[str, str]:
        stem = file.name.partition(".")[0].lower()
        return {
            "name": file.name,
            "what": self.says.word("letter.file", stem),
            "bytes": f"{file.bytes:,}",
            "sha256": file.sha256,
        }
