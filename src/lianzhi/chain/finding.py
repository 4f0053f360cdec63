"""Finding 研判: what a detector or an authorised person concluded, with its evidence.

A finding never acts: it names the harmed (`about`), the answerable (`subjects`) and the measures
that it *proposes*. Its id is a pure function of what it says, so a replay yields the same ids.
"""

import hashlib
from typing import Literal

import msgspec

Stage = Literal["watch", "warn", "act"]
STAGES: tuple[Stage, ...] = ("watch", "warn", "act")

# Of a pile-on; of a water army; whose the thing is; and whom an authority's case is against.
Role = Literal[
    "originator",
    "repeater",
    "inciter",
    "follower",
    "defender",
    "organiser",
    "operator",
    "paid_follower",
    "participant",
    "owner",
    "party",
]


class Span(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A marked stretch of an event's text: code points [start, end) and the harm kind."""

    start: int
    end: int
    kind: str


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One event that supports a finding."""

    source: str
    event: str
    at: int
    actor: str
    seq: int = -1
    """Position in the event log, where the event came through one."""
    role: Role | None = None
    kinds: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One feature's part in the score.

    `points` add up to the finding's score; `value` is what was seen, `expected` what the target's
    own baseline led one to expect, both in `unit` over `window` milliseconds (0: no window).
    """

    feature: str
    points: float
    value: float
    expected: float
    unit: str
    window: int = 0


class Finding(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One conclusion at one moment of event time."""

    id: str
    kind: str
    """What was found: `<domain>.<harm>`."""
    stage: Stage
    about: str
    """Account that is harmed, or the thing that is: a film, a link, a text."""
    subjects: tuple[str, ...] = ()
    """Accounts that are answerable, most involved first; capped by policy."""
    at: int
    """Event time (ms) at which the finding became true."""
    since: int
    """Event time (ms) at which the incident began."""
    score: float
    confidence: float = 0.0
    """How sure the detector is, 0 to 1, 0.5 at the line of warning; not a calibrated frequency."""
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    roles: dict[str, Role] = {}
    """Account -> part played, for the accounts in evidence."""
    counts: dict[str, int] = {}
    """Plain figures for people: actors, strangers, harmful, reporters."""
    minor: bool = False
    """The harmed account is known to be a minor's."""
    rule: str = ""
    """Detector and policy version, as in `<domain>.<harm>@2026-11-01+3f9a2c1d`."""
    lexicon: str = ""
    """Version of the lexicon by which the texts in evidence were read; empty: none was."""
    proposes: tuple[str, ...] = ()
    """Measures and protections proposed, by policy key."""


def finding_id(kind: str, about: str, since: int, stage: Stage, at: int, involved: int = 0) -> str:
    """Deterministic id: 128 bits of BLAKE2b over the identifying fields, hex.

    `involved` is how many accounts it counts: platforms that stamp whole seconds send many events
    in one moment, and a person may be told twice in it.
    """
    text = "\x1f".join((kind, about, str(since), stage, str(at), str(involved)))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
