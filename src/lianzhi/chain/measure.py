"""Measure 措施: what is done as a result of a decision, to one subject, item or thing, until when.

Measures of platforms (a mute, a delisting) and of authorities (a fine, an order to rectify, the
destruction of goods) are the same noun. Each has one id, made of what it is: an order repeated is
the same measure, and the id is the key under which a platform applies it once. A timed measure
lapses by itself; one that is lifted or lapsed never comes back, a new decision makes a new one.
"""

import hashlib
import re
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps
from lianzhi.record.entry import Draft

Kind = Literal[
    # Of platforms.
    "hide", "limit", "mute", "suspend_private_messages", "freeze", "close", "re_rank", "label",
    "freeze_rating", "dissolve", "host_ban", "takedown", "delisting",
    # Penalties, as `law.basis.Sanction` names them (行政处罚法 9).
    "warning", "criticism", "fine", "confiscation", "suspension", "downgrade", "restriction",
    "stoppage", "closure", "disqualification", "revocation", "detention",
    # Of authorities and mediators, besides.
    "order_to_rectify", "seizure", "settlement", "treatment", "return", "destruction", "transfer",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)

SubjectType = Literal[
    "account", "group", "host", "app", "site", "merchant", "product", "enterprise", "person",
    "goods",
]  # fmt: skip
"""What a measure concerns: an account, a group of accounts, a livestream host 主播, an app or
mini-program, a website, a merchant, a product on sale, an enterprise, a natural person, or a batch
of goods."""
SUBJECT_TYPES: tuple[SubjectType, ...] = get_args(SubjectType)

_PARTY: frozenset[SubjectType] = frozenset({"enterprise", "person", "merchant"})
_PARTIES: tuple[Kind, ...] = (
    "warning", "criticism", "fine", "confiscation", "suspension", "downgrade", "restriction",
    "stoppage", "disqualification", "revocation",
)  # fmt: skip
#: Types of subject that a measure may concern; those that are not named here concern accounts.
SUBJECTS: dict[str, frozenset[SubjectType]] = {
    **dict.fromkeys(_PARTIES, _PARTY),
    "detention": frozenset({"person"}),
    "closure": _PARTY | {"site", "app"},
    "order_to_rectify": _PARTY | {"site", "app"},
    "seizure": _PARTY | {"goods"},
    "host_ban": frozenset({"host"}),
    "takedown": frozenset({"merchant", "product"}),
    "delisting": frozenset({"app", "product"}),
    "settlement": _PARTY | {"account"},
    "treatment": frozenset({"goods"}),
    "return": frozenset({"goods"}),
    "destruction": frozenset({"goods"}),
    "transfer": frozenset(SUBJECT_TYPES),
}
_ACCOUNTS: frozenset[SubjectType] = frozenset({"account"})

#: Measures on an item (a comment, a post) or on the thing that a case is about (a film, a shop, a
#: group of people who write to one another); the others are on a subject.
ON_ITEMS: frozenset[str] = frozenset({"hide", "re_rank", "label", "freeze_rating", "dissolve"})
#: Prefixes of the names of objects; a name with another prefix is an account's, on which no
#: measure for objects may be taken.
OBJECT_PREFIXES = ("on:", "group:", "link:", "hashtag:", "text:")
#: Measures that apply to one kind of object only, with its prefixes.
ONLY_ON: dict[str, tuple[str, ...]] = {"dissolve": ("group:",)}
#: Measures that have no length: they are done, not kept up.
ONCE: frozenset[str] = frozenset(
    {
        *("warning", "criticism", "fine", "confiscation", "revocation", "order_to_rectify"),
        *("settlement", "treatment", "return", "destruction", "transfer"),
    }
)
#: Measures that come to a sum of money; a fine always does.
SUMS: frozenset[str] = frozenset({"fine", "confiscation", "settlement"})

Mode = Literal["shadow", "queued", "manual", "authority"]
"""Who carries a measure out: nobody (it is recorded what would be), the platform by message, a
person by hand, or an authority by its own procedure, which also records that it was."""
MODES: tuple[Mode, ...] = get_args(Mode)

Status = Literal["ordered", "applied", "undelivered", "lapsed", "lifted", "shadowed", "suppressed"]

#: A platform may confirm late, after the measure has ended: that is noted and changes nothing.
STEPS: Steps = {
    "measure.ordered": (frozenset({START}), "ordered"),
    "measure.shadowed": (frozenset({START}), "shadowed"),
    "measure.suppressed": (frozenset({START}), "suppressed"),
    "measure.applied": (frozenset({"ordered", "undelivered"}), "applied"),
    "measure.undelivered": (frozenset({"ordered", "undelivered"}), "undelivered"),
    "measure.retried": (frozenset({"undelivered"}), "ordered"),
    "measure.lapsed": (frozenset({"ordered", "applied", "undelivered"}), "lapsed"),
    "measure.lifted": (frozenset({"ordered", "applied", "undelivered"}), "lifted"),
    "measure.amended": (frozenset({"ordered", "applied", "undelivered"}), None),
    "measure.end_applied": (frozenset({"lapsed", "lifted"}), None),
    "measure.end_undelivered": (frozenset({"lapsed", "lifted"}), None),
    "transfer.exported": (frozenset({"ordered", "applied"}), None),
    "transfer.answered": (frozenset({"applied"}), None),
}

#: The number of a measure without its hyphens.
_NUMBER = re.compile(r"m[0-9a-f]{24}")

#: In force, or about to be.
RUNNING: frozenset[str] = frozenset({"ordered", "applied", "undelivered"})


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision orders: one kind of measure for some subjects or items."""

    key: Kind
    hours: int = 0
    """How long; 0: without end, or at once where it has no length."""
    subjects: tuple[str, ...] = ()
    """Vault tokens of the accounts, or of other subjects."""
    subject_type: SubjectType = "account"
    """What the subjects are."""
    items: tuple[str, ...] = ()
    """Items, each as `<finding>/<position in the event log>` of its kept copy, or as the vault
    token of the thing that the case is about."""
    to: str = ""
    """Role under which the subjects were chosen; empty: chosen one by one."""
    mode: Mode = "queued"
    authority: str = ""
    """Where a transfer goes: the body's name."""
    amount: int = 0
    """Sum of money in whole yuan, of the measures in `SUMS`."""
    due_at: int = 0
    """By when an order has to be obeyed (ms); 0: it sets no time."""

    def targets(self) -> tuple[tuple[str, str], ...]:
        """(subject, item) of each single measure."""
        items = tuple(("", item) for item in self.items)
        if self.key in ON_ITEMS:
            return items
        return (*((subject, "") for subject in self.subjects), *(items if self.key in ONCE else ()))


def subject_types(key: str) -> frozenset[SubjectType]:
    """Types of subject that a kind of measure may concern."""
    return SUBJECTS.get(key, _ACCOUNTS)


def is_thing(item: str) -> bool:
    """Whether an item is the thing that a case is about, and no copy in the evidence."""
    return item.startswith("p_")


def measure_id(decision: str, key: str, subject: str, item: str) -> str:
    """The id of one measure: 96 bits of BLAKE2b over what it is, hex after `m_`."""
    text = "\x1f".join((decision, key, subject, item))
    return "m_" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def number(identity: str) -> str:
    """What a letter calls a measure: `m_3f9c...` gives `M-3F9C-...`, six groups of four."""
    signs = identity.removeprefix("m_").upper()
    return "-".join(("M", *(signs[at : at + 4] for at in range(0, len(signs), 4))))


def read(text: str) -> str:
    """The id of a measure whose number somebody typed; what is no number stays as it is."""
    plain = "".join(text.split()).replace("-", "").lower()
    return f"m_{plain[1:]}" if _NUMBER.fullmatch(plain) else text


def ends_at(at: int, hours: int) -> int | None:
    """When a measure ordered at `at` (ms) ends; None: it does not end by itself."""
    return at + hours * 3_600_000 if hours else None


def single(
    kind: str, decision: str, case: str, order: Order, target: tuple[str, str], at: int, **more: Any
) -> Draft:
    """The entry that begins one measure: `measure.ordered`, `.shadowed` or `.suppressed`.

    `more` is, where it is known: `author` of an item, whom its measure then concerns; `acted_at`,
    when that was done which it answers (ms); `rule`; and `why` it was suppressed.
    """
    subject, item = target
    identity = measure_id(decision, order.key, subject, item)
    subject = subject or more.pop("author", "")
    payload: dict[str, Any] = {
        "measure": identity,
        "decision": decision,
        "case": case,
        "key": order.key,
        "subject": subject or None,
        "item": item or None,
        "to": order.to,
        "mode": order.mode,
        "hours": order.hours,
        "ends_at": ends_at(at, order.hours),
        **more,
    }
    for name in ("authority", "amount", "due_at"):
        if value := getattr(order, name):
            payload[name] = value
    if order.subject_type != "account":
        payload["subject_type"] = order.subject_type
    return Draft(kind=kind, ref=identity, at=at, payload=payload)
