"""Decision 决定: what was decided about a case, why, on which ground, and how to contest it.

A decision without reasons, without a ground in force or without a way to contest it is not made.
Severe measures wait for the second person where policy asks for two. A reversal is a new entry; it
ends the measures and takes back the strikes that rested on the decision.
"""

import hashlib
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps
from lianzhi.chain.measure import Order
from lianzhi.record.entry import Draft

Status = Literal["awaiting", "effective", "refused", "reversed", "partly_reversed"]

STEPS: Steps = {
    "decision.proposed": (frozenset({START}), "awaiting"),
    "decision.made": (frozenset({START}), "effective"),
    "decision.confirmed": (frozenset({"awaiting"}), "effective"),
    "decision.refused": (frozenset({"awaiting"}), "refused"),
    "decision.reversed": (frozenset({"effective", "partly_reversed"}), "reversed"),
    "decision.partly_reversed": (
        frozenset({"effective", "partly_reversed"}),
        "partly_reversed",
    ),
    "decision.marked": (frozenset({"effective", "reversed", "partly_reversed"}), None),
}

Source = Literal["own_initiative", "report"]
#: How the name of a program that decides begins, in the place of a rule.
PROGRAM = "key:"

SOURCES: tuple[Source, ...] = get_args(Source)


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """On what a decision rests: a published rule of the platform, or a statute in force."""

    kind: Literal["rule", "statute"]
    key: str
    """Key of the rule or of the legal basis."""
    version: str
    """Date from which the cited version applies, `YYYY-MM-DD`."""
    context: tuple[str, ...] = ()
    """Legal bases that are told beside it, for context."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision as its first entry tells it. People appear as vault tokens."""

    id: str
    case: str
    by: str
    ground: Ground
    orders: tuple[Order, ...] = ()
    """None: it was decided that nothing is done."""
    category: str = ""
    """Harm, by our own key, whose category in the statement of reasons comes with the ground; or
    that category itself, where the ground is a statute."""
    source: Source = "own_initiative"
    automated_detection: bool = True
    automated_decision: bool = False
    rule: str = ""
    """The rule or program that made it, where no person did."""
    submitted_by: str = ""
    """The program, `key:<id>`, that passed on what `by` decided in the platform's own tools."""
    policy: dict[str, str] = {}
    """Version of the policy by which it was judged, of the chain and of the case's domain."""
    persons: int = 1
    """How many people it takes."""
    contest_until: int = 0
    sampled: bool = False
    """Chosen by lot for another reviewer, who judges again without seeing it."""
    request: str = ""
    """Digest of the request, where an idempotency key came with it, keyed with that key."""
    fields: dict[str, Any] = {}
    """What the domain of the case adds, such as the row of a discretion table. Nothing personal."""

    @property
    def restricts(self) -> bool:
        """Whether anything is done to anybody."""
        return bool(self.orders)


def decision_id(case: str, by: str, at: int, orders: tuple[Order, ...]) -> str:
    """Id of a decision: 96 bits of BLAKE2b over who decided what about which case when."""
    identifying = msgspec.json.encode([case, by, at, orders], order="deterministic")
    return "d_" + hashlib.blake2b(identifying, digest_size=12).hexdigest()


class Idempotency(msgspec.Struct, frozen=True):
    """What lets a repeated request be recognised."""

    identity: str
    """Id of the decision that the first request makes."""
    digest: str
    """Of the request; keyed, so that it does not give away a text that was erased since."""


def idempotency(program: str, key: str, request: bytes) -> Idempotency:
    """For a request that a program sent with this idempotency key."""
    secret = hashlib.blake2b(key.encode(errors="surrogatepass")).digest()
    named = hashlib.blake2b(program.encode(), digest_size=12, key=secret).hexdigest()
    return Idempotency(
        identity=f"d_{named}",
        digest=hashlib.blake2b(request, digest_size=16, key=secret).hexdigest(),
    )


class ReusedKeyError(ValueError):
    """An idempotency key that came with another request before."""


def drawn(identity: str, share: float) -> bool:
    """Whether a decision falls into a sample of this share; the id decides, so nobody chooses."""
    lot = int.from_bytes(hashlib.blake2b(b"lot" + identity.encode(), digest_size=8).digest(), "big")
    return lot < share * 2**64


def making(decision: Decision, facts: str, about: tuple[str, ...], at: int) -> Draft:
    """The entry that makes or, where it takes two, proposes a decision.

    `facts` is the reason in words, kept where it can be erased with any of the people `about` whom
    it speaks.
    """
    kind = "decision.proposed" if decision.persons > 1 else "decision.made"
    whole = msgspec.to_builtins(decision)
    payload: dict[str, Any] = {"decision": whole.pop("id"), **whole}
    return Draft(
        kind=kind, ref=decision.id, at=at, payload=payload, texts={"facts": (facts, about)}
    )


def from_payload(payload: dict[str, Any]) -> Decision:
    """The decision that an entry of `making` holds."""
    whole = {key: value for key, value in payload.items() if key != "texts"}
    return msgspec.convert({"id": whole.pop("decision"), **whole}, Decision)
