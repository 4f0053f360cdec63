"""Question 疑难问题: a question with its answer, in versions that another person reviews.

A question has at most one draft and one version in the pool; a revision leaves the version in the
pool alone until it is published. What is asked and answered are texts of the entries.
"""

import datetime as dt

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

_WORKED_ON = frozenset({"drafted", "sent_back", "reviewed"})
_OPEN = _WORKED_ON | {"published"}
STEPS: Steps = {
    "question.drafted": (frozenset({START}), "drafted"),
    "question.revised": (_OPEN, "drafted"),
    "question.reviewed": (frozenset({"drafted"}), "reviewed"),
    "question.sent_back": (frozenset({"drafted", "reviewed"}), "sent_back"),
    "question.published": (frozenset({"reviewed"}), "published"),
    "question.discarded": (_WORKED_ON, "published"),
    "question.asked": (_OPEN, None),
    "question.withdrawn": (_OPEN, "withdrawn"),
}


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version, drafted, published or replaced."""

    number: int
    index: int
    """Entry with its texts `question`, `answer` and `sources`."""
    field: str
    causes: tuple[str, ...] = ()
    since: dt.date
    until: dt.date | None = None
    """Last day on which it holds; None: until it is replaced."""
    is_answered: bool
    """Whether it has an answer and a source."""
    authors: tuple[str, ...]
    """All who wrote at it."""
    reviewer: str = ""
    published: dt.date | None = None
    ended: dt.date | None = None
    """Day on which it was replaced or withdrawn."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question with all its versions."""

    id: str
    status: str
    draft: Version | None = None
    live: Version | None = None
    """The version in the pool."""
    past: tuple[Version, ...] = ()
    asker: str = ""
    """Token of the vault of who asked first; empty: it came from within the office."""
    askings: dict[str, int] = {}
    """How often it was asked, by day."""
    index: int = 0
    """Index of the newest entry about it."""

    def holds(self, day: dt.date) -> bool:
        """Whether the version in the pool is valid on a day."""
        live = self.live
        return live is not None and live.since <= day and (not live.until or day <= live.until)

    @property
    def newest(self) -> Version:
        """The draft, else the version in the pool, else the last one."""
        return self.draft or self.live or self.past[-1]

    @property
    def field(self) -> str:
        """Field of the newest version."""
        return self.newest.field

    @property
    def live_since(self) -> dt.date | None:
        """First day of the version in the pool."""
        return self.live.since if self.live else None

    @property
    def live_until(self) -> dt.date | None:
        """Last day of the version in the pool."""
        return self.live.until if self.live else None


def _fold(before: Question | None, entry: Entry, payload: Payload) -> Question:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        question = Question(
            id=payload["question"],
            status=status,
            draft=_version(payload, entry, 1, ()),
            asker=payload["asker"],
        )
        return _with_asking(question, payload, entry)
    after = _worked_on(before, entry, payload)
    return msgspec.structs.replace(after, status=status, index=entry.index)


def _worked_on(before: Question, entry: Entry, payload: Payload) -> Question:
    """A question with its versions after one more step."""
    draft, live, past, day = before.draft, before.live, before.past, payload["day"]
    match entry.kind.partition(".")[2]:
        case "revised":
            number = before.newest.number + (0 if draft else 1)
            draft = _version(payload, entry, number, draft.authors if draft else ())
        case "reviewed" if draft:
            draft = msgspec.structs.replace(draft, reviewer=payload["by"])
        case "sent_back" if draft:
            draft = msgspec.structs.replace(draft, reviewer="")
        case "published" if draft:
            past += _ended(live, day)
            live = msgspec.structs.replace(draft, published=dt.date.fromisoformat(day))
            draft = None
        case "discarded":
            draft = None
        case "asked":
            return _with_asking(before, payload, entry)
        case "withdrawn":
            past += (*_ended(live, day), *_ended(draft, day))
            draft = live = None
    return msgspec.structs.replace(before, draft=draft, live=live, past=past)


def _with_asking(before: Question, payload: Payload, entry: Entry) -> Question:
    """A question that was asked on the day that an entry says, if it says one."""
    day, askings = payload["day_asked"], before.askings
    if day:
        askings = {**askings, day: askings.get(day, 0) + 1}
    return msgspec.structs.replace(before, askings=askings, index=entry.index)


def _version(payload: Payload, entry: Entry, number: int, authors: tuple[str, ...]) -> Version:
    fields = {
        **payload,
        "index": entry.index,
        "number": number,
        "authors": tuple(dict.fromkeys((*authors, payload["by"]))),
    }
    return msgspec.convert(fields, Version)


def _ended(version: Version | None, day: str) -> tuple[Version, ...]:
    """A version that ends on a day, if there is one."""
    if version is None:
        return ()
    return (msgspec.structs.replace(version, ended=dt.date.fromisoformat(day)),)


QUESTION = Noun(
    "question",
    Question,
    STEPS,
    _fold,
    columns=("status", "field", "live_since", "live_until", "index"),
    indexes=(("status", "index"),),
)
