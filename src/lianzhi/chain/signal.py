"""Signal 信号: a keyed hash of an account or content shared between platforms, with opinions on it.

A signal opens a review, in which a person judges it; it is no ground for a measure.
Its state is a fold over entries; `owner` and everybody with an opinion is a platform by name, empty
where it is ourselves. Times are Unix milliseconds UTC. The hash is HMAC-SHA-256 (RFC 2104).
"""

import hmac
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, TypeVar, get_args

import msgspec

from lianzhi.chain.life import START, IllegalStepError, Steps, next_status
from lianzhi.chain.protection import DAY_MS

Kind = Literal["account", "content"]
KINDS: tuple[Kind, ...] = get_args(Kind)
View = Literal["confirm", "dispute", "withdraw"]
"""What a platform says of a signal. Withdrawing takes back what one has said oneself: the owner the
signal, anybody else an opinion."""
VIEWS: tuple[View, ...] = get_args(View)
Status = Literal["standing", "withdrawn"]

#: Texts of entries: the hashes that we were told, and by which name others know an account.
HASHES, IDENTIFIER = "hashes", "identifier"

_STANDING = frozenset({"standing"})
STEPS: Steps = {
    "signal.shared": (frozenset({START}), "standing"),
    "signal.received": (frozenset({START}), "standing"),
    "signal.opined": (_STANDING, None),
    "signal.matched": (_STANDING, None),
    "signal.withdrawn": (_STANDING, "withdrawn"),
    "signal.recalled": (frozenset({"withdrawn"}), None),
    "signal.delivered": (frozenset({"standing", "withdrawn"}), None),
}

#: Of a platform's name, and of a hash key's id.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{64}")
#: Tolerated lead of another platform's clock over ours.
SKEW_MS = 300_000
#: Hashes of one signal: one for each key that is in use while keys are changed.
MOST_HASHES = 8


class SignalError(ValueError):
    """A signal or opinion is invalid; the message names field, value and mend."""


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a signal may say, in words, and for how many days at most."""

    zh: str
    en: str
    most_days: int


class Hash(NamedTuple):
    """An account or content under one key of the federation; 64 hex digits."""

    key: str
    value: str


class Sighted(msgspec.Struct, frozen=True, kw_only=True):
    """A platform's statement on an account or content. Raises SignalError where invalid."""

    signal: str
    """A UUID."""
    by: str
    kind: Kind
    category: str
    confidence: int
    """0 to 100, as STIX has it: how sure the platform is."""
    since: int
    until: int
    """When it was first and last seen."""
    said_at: int
    expires_at: int
    hashes: tuple[Hash, ...]

    def __post_init__(self) -> None:
        _id(self.signal)
        _name("by", self.by)
        check(self.kind, self.category, self.confidence, self.said_at, self.expires_at)
        if not self.since <= self.until <= self.said_at:
            raise SignalError("since, until: give them in order, and not after it is said")
        if not 1 <= len(self.hashes) <= MOST_HASHES:
            raise SignalError(f"hashes: give 1 to {MOST_HASHES}")
        for key, value in self.hashes:
            _name("key of a hash", key)
            if not _HEX.fullmatch(value):
                raise SignalError("hash: give 64 hex digits of HMAC-SHA-256")


class Opined(msgspec.Struct, frozen=True, kw_only=True):
    """A platform's opinion on a signal, or its withdrawal."""

    signal: str
    by: str
    view: View
    made_at: int
    """When it spoke of this signal first."""
    said_at: int
    own: bool = False
    """Whether the signal is its own, which it can only withdraw."""

    def __post_init__(self) -> None:
        _id(self.signal)
        _name("by", self.by)
        if self.view not in VIEWS:
            raise SignalError(f"view {self.view!r}: choose one of {', '.join(VIEWS)}")
        if self.own and self.view != "withdraw":
            raise SignalError(f"view {self.view!r}: nobody has an opinion on a signal of their own")
        if self.made_at > self.said_at:
            raise SignalError("made_at: it is after said_at")


Statement = Sighted | Opined
Form = TypeVar("Form", Sighted, Opined)


class Opinion(msgspec.Struct, frozen=True):
    """A platform's view of a signal, when it first had one, and when it stated this one."""

    view: View
    made_at: int
    said_at: int


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """State of a signal, folded from its entries, without its hashes, which can be erased."""

    id: str
    owner: str
    kind: Kind
    category: str
    confidence: int
    since: int
    until: int
    said_at: int
    expires_at: int
    status: Status = "standing"
    case: str | None = None
    """Of our own: the case that it comes from."""
    subject: str | None = None
    """Of our own: whom it is about, as a vault token."""
    item: str | None = None
    """Of our own, on content: the act in evidence, `<finding>/<position in the event log>`."""
    opinions: dict[str, Opinion] = {}
    """By platform; those taken back stay, as `withdraw`, for the time when they were."""
    reviews: tuple[str, ...] = ()
    """Cases here that it was found to fit."""
    delivered: dict[str, int] = {}
    """Platform -> entry of the record up to which it knows what we said."""
    withdrawn_at: int | None = None
    why: str = ""
    """Why it was withdrawn: `person`, `appeal`, `reversal`, `erasure`; empty: another platform
    does not tell."""

    def stands(self, at: int) -> bool:
        """Whether it counts at a time: neither withdrawn nor over."""
        return self.status == "standing" and at < self.expires_at

    def views(self, view: View) -> tuple[str, ...]:
        """Platforms that hold this view now, by name."""
        return tuple(sorted(name for name, o in self.opinions.items() if o.view == view))

    def informed(self, index: int) -> frozenset[str]:
        """Platforms that received our statements up to an entry of the record."""
        return frozenset(platform for platform, known in self.delivered.items() if known >= index)


def fold(signal: Signal | None, kind: str, at: int, payload: dict[str, Any]) -> Signal:
    """The signal after one more entry. Raises IllegalStepError where it may not follow.

    An opinion that is older than what the platform has said since changes nothing, so that the
    order in which statements arrive does not matter.
    """
    status = next_status(STEPS, kind, START if signal is None else signal.status)
    if signal is None:
        fields = (*Sighted.__struct_fields__, "case", "subject", "item")
        known = {name: payload[name] for name in fields if name in payload and name != "by"}
        return Signal(id=known.pop("signal"), owner=payload["owner"], **known)
    changes: dict[str, Any] = {"status": status}
    if kind == "signal.opined":
        platform, opinion = payload["platform"], msgspec.convert(payload, Opinion)
        if platform == signal.owner:
            raise IllegalStepError(kind, status, rule="own_signal")
        before = signal.opinions.get(platform)
        if before is not None:
            opinion = msgspec.structs.replace(opinion, made_at=before.made_at)
        if before is None or before.said_at < opinion.said_at:
            changes["opinions"] = {**signal.opinions, platform: opinion}
    elif kind == "signal.matched":
        changes["reviews"] = tuple(dict.fromkeys((*signal.reviews, payload["case"])))
    elif kind == "signal.withdrawn":
        changes |= {"withdrawn_at": payload["said_at"], "why": payload.get("why", "")}
    elif kind == "signal.delivered":
        peer = payload["peer"]
        newest = max(signal.delivered.get(peer, -1), payload["index"])
        changes["delivered"] = {**signal.delivered, peer: newest}
    return msgspec.structs.replace(signal, **changes)


@cache
def categories() -> dict[str, Category]:
    """What signals may say, by key."""
    text = files("lianzhi.chain").joinpath("signal.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["categories"], dict[str, Category])


def check(kind: str, category: str, confidence: int, said_at: int, expires_at: int) -> None:
    """Raise SignalError where a field of a signal is invalid."""
    if kind not in KINDS:
        raise SignalError(f"kind {kind!r}: choose one of {', '.join(KINDS)}")
    known = categories().get(category)
    if known is None:
        raise SignalError(f"category {category!r}: choose one of {', '.join(categories())}")
    if not 0 <= confidence <= 100:
        raise SignalError(f"confidence {confidence}: give 0 to 100")
    if not said_at < expires_at <= said_at + known.most_days * DAY_MS:
        raise SignalError(f"expires_at: {category} lasts at most {known.most_days} days")


def parse(form: type[Form], fields: dict[str, Any]) -> Form:
    """A statement parsed from fields that another platform sent. Raises SignalError."""
    try:
        return msgspec.convert(fields, form)
    except msgspec.ValidationError as error:
        raise SignalError(str(error)) from None


def digest(key: bytes, kind: Kind, value: str) -> str:
    """The keyed hash of an account or content, the same on every platform that has the key.

    The value is normalised first: NFKC, case folding, runs of blanks as one, none at the ends.
    """
    normalised = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    text = f"lianzhi-signal/1\n{kind}\n{normalised}"
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _id(identity: str) -> None:
    if not _ID.fullmatch(identity):
        raise SignalError("signal: its id is a UUID in lower case")


def _name(field: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise SignalError(f"{field}: use 1 to 32 of a-z 0-9 - and begin with none of -")
