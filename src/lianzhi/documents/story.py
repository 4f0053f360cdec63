"""Summary of a pack's lines as a fold, so that a huge case needs little memory.

The same fold runs when a pack is written and when it is verified, so that a summary that does not
follow from its lines is detected. Stored details are bounded; counts cover the rest.
"""

from array import array
from collections import Counter
from hashlib import sha256
from typing import Any

import msgspec

from lianzhi.chain.case import TRANSITIONS, Case, fold
from lianzhi.chain.finding import STAGES, Finding, Role, Span
from lianzhi.chain.life import IllegalStepError
from lianzhi.documents.forms import EntryLine, EventLine, State

#: Most distinct texts, steps, and events and entries listed in the annex.
TEXTS, STEPS, LISTED = 5_000, 200, 300
#: Most events listed for a text.
NAMED = 12


class EventSummary(msgspec.Struct, frozen=True):
    """Fields of an original event that the summary shows."""

    id: str = ""
    source: str = ""
    kind: str = ""
    text: str | None = None


class AnnexEvent(msgspec.Struct, frozen=True):
    """One event in the annex, without its proof, which would exceed the memory."""

    seq: int
    at: int
    account: str | None
    role: Role | None
    state: State
    leaf: str | None
    sealed: bool
    source: str
    id: str


class Quote(msgspec.Struct):
    """One text, or one kind of event without text, and its authors."""

    text: str
    """Empty where there was none, or it is gone."""
    kind: str
    """Event kind; empty where the copy is not whole."""
    state: State
    spans: tuple[Span, ...]
    seq: int
    """Position of the first of its events."""
    since: int
    until: int
    count: int = 0
    kinds: dict[str, None] = {}
    """Harms found in it, in order of appearance."""
    named: list[AnnexEvent] = []
    """The first of its events."""
    actors: set[str] = set()
    """Tokens, counted up to `TEXTS`."""


class Step(msgspec.Struct, frozen=True):
    """A step of the case with its payload."""

    line: EntryLine
    payload: dict[str, Any]


class Story:
    """Folds the lines of a pack; entries before events."""

    def __init__(self) -> None:
        self.case: Case | None = None
        self.telling: Finding | None = None
        """The finding that explains the case: the latest of the highest stage."""
        self.findings = 0
        self.reached: dict[str, int] = {}
        """When each stage was first reached."""
        self.since: int | None = None
        self.protected: int | None = None
        self.roles: dict[str, Role] = {}
        self.steps: list[Step] = []
        self.unlisted_steps = 0
        self.joined = 0
        self.entries: list[EntryLine] = []
        self.entry_count = 0
        self.quotes: dict[bytes, Quote] = {}
        self.unquoted = 0
        """Events whose texts are not told apart any more."""
        self.events: list[AnnexEvent] = []
        self.times, self.harmful = array("q"), bytearray()
        self.states: Counter[State] = Counter()
        self.sealed = 0
        """Events proved by a sealed segment."""
        self.bare = 0
        """Events that findings only name, for no copy of them was kept."""
        self.by_actor: Counter[str] = Counter()
        self.erased_texts = 0

    @property
    def event_count(self) -> int:
        """Number of events taken."""
        return len(self.times)

    def entry(self, line: EntryLine, payload: dict[str, Any]) -> None:
        """Take an entry with its decoded payload."""
        self.entry_count += 1
        if len(self.entries) < LISTED:
            self.entries.append(line)
        self.erased_texts += sum(text is None for text in line.texts.values())
        if line.part == "finding":
            self._finding(msgspec.convert(payload, Finding))
        elif line.part == "step":
            self._step(line, payload)

    def event(self, line: EventLine) -> None:
        """Take an event line."""
        content = (
            EventSummary() if line.raw is None else msgspec.json.decode(line.raw, type=EventSummary)
        )
        sealed = line.segment is not None
        event_ = AnnexEvent(
            *(line.seq, line.at, line.actor_account, line.role, line.state, line.leaf),
            *(sealed, content.source, content.id),
        )
        self.times.append(line.at)
        self.harmful.append(bool(line.kinds))
        self.states[line.state] += 1
        self.sealed += sealed
        self.bare += line.leaf is None
        self.by_actor[line.actor] += 1
        if len(self.events) < LISTED:
            self.events.append(event_)
        text = content.text if content.text and not content.text.isspace() else ""
        key = _sameness(text, content.kind, line.state)
        quote = self.quotes.get(key)
        if quote is None:
            if len(self.quotes) == TEXTS:
                self.unquoted += 1
                return
            quote = self.quotes[key] = Quote(
                *(text, content.kind, line.state, line.spans, line.seq, line.at, line.at)
            )
        quote.count += 1
        quote.since, quote.until = min(quote.since, line.at), max(quote.until, line.at)
        quote.kinds |= dict.fromkeys(line.kinds)
        if len(quote.named) < NAMED:
            quote.named.append(event_)
        if len(quote.actors) < TEXTS:
            quote.actors.add(line.actor)

    def quoted(self) -> list[Quote]:
        """Quotes: the most repeated first, then harmful ones, then early ones."""
        return sorted(
            self.quotes.values(),
            key=lambda q: (-q.count, not q.kinds, q.since, q.seq),
        )

    def _finding(self, finding: Finding) -> None:
        self.findings += 1
        at, stage = finding.at, finding.stage
        self.reached[stage] = min(at, self.reached.get(stage, at))
        self.since = finding.since if self.since is None else min(self.since, finding.since)
        best = self.telling
        if best is None or _rank(finding) >= _rank(best):
            self.telling = finding
        self.roles |= finding.roles  # in record order, so the newest view stays

    def _step(self, line: EntryLine, payload: dict[str, Any]) -> None:
        if line.kind == "case.opened" or line.kind in TRANSITIONS:
            try:
                self.case = fold(self.case, line.kind, line.at, payload)
            except IllegalStepError as error:
                raise ValueError(f"entry {line.index}: {error}") from None
        if line.kind == "protection.granted" and self.protected is None:
            self.protected = line.at
        if line.kind == "case.joined":
            self.joined += 1
        elif len(self.steps) < STEPS:
            self.steps.append(Step(line, payload))
        else:
            self.unlisted_steps += 1


def _rank(finding: Finding) -> tuple[int, int]:
    return STAGES.index(finding.stage), finding.at


def _sameness(text: str, kind: str, state: State) -> bytes:
    """Digest of what makes events one quote: their text, or the lack of one."""
    key = f"\x01{text.strip()}" if text else f"\x02{state}\x1f{kind}"
    return sha256(key.encode()).digest()[:16]
