"""What the detector remembers of each person: bounded, serialisable, keyed by account.

Everything here is a plain struct, so that a snapshot is one call and erasing is easy.
"""

from collections.abc import Callable, Iterable

import msgspec

from lianzhi.chain.finding import Evidence, Stage
from lianzhi.flow.contacts import Contacts

HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Arrival(msgspec.Struct, array_like=True, gc=False):
    """Who came lately: a stranger, or an acquaintance with a harmful text.

    One per account; the strongest text counts.
    """

    time: int
    """Latest arrival."""
    first: int
    weight: float
    """Log-likelihood ratio of what they said, pile-on against ordinary times, in nats."""
    age_weight: float
    """The same of their account's age."""
    harmful: bool
    inciting: bool
    counter: bool
    via: str | None
    """Group or post through which they came."""
    source: str
    event: str
    """Source and id of the event with the strongest text."""
    seq: int
    stranger: bool = True


class Part(msgspec.Struct, array_like=True, gc=False):
    """What one account did in an incident."""

    first: int
    events: int = 0
    harmful: int = 0
    inciting: int = 0
    counter: int = 0
    stranger: bool = False


class Incident(msgspec.Struct, array_like=True, gc=False):
    """From the first finding on: who takes part, and on what it rests."""

    since: int
    stage: Stage
    last_harm: int
    parts: dict[str, Part] = {}
    evidence: list[Evidence] = []
    harmful: int = 0
    """Distinct accounts with harmful texts."""
    defending: int = 0
    """Distinct accounts that spoke in the person's defence before any harmful text of theirs."""
    reported: int = 0
    """Distinct harmful accounts when the last finding was made."""
    inciters: int = 0
    """Distinct accounts that called on others to join."""
    reported_inciters: int = 0


class Person(msgspec.Struct, array_like=True, gc=False):
    """One target. Counts are of distinct strangers a day, decayed day by day."""

    last: int
    """Time of the latest event."""
    day: int
    """Day of the latest event; what follows belongs to it or to the days before."""
    today: int = 0
    today_messages: int = 0
    today_harm: float = 0.0
    today_with_text: int = 0
    today_flagged: int = 0
    strangers: float = 0.0
    days: float = 0.0
    messages: float = 0.0
    harm: float = 0.0
    """How many of the strangers' messages were harmful, as far as the text model can tell."""
    with_text: float = 0.0
    """Messages of anybody that had text."""
    flagged: float = 0.0
    """Those of them that the text model holds for harmful, rightly or not."""
    cusum: float = 0.0
    cusum_at: int = 0
    onset: int = 0
    """When the CUSUM last left zero."""
    next_look: int = 0
    minor: bool = False
    recent: dict[str, Arrival] = {}
    """Who came lately by account, latest last."""
    reporters: dict[str, float] = {}
    """Reporters of harm to this person, with their reliability, in the present day."""
    incident: Incident | None = None


class State(msgspec.Struct):
    """One partition: people by account, and who knows whom."""

    version: int = 1
    people: dict[str, Person] = {}
    contacts: Contacts = msgspec.field(default_factory=Contacts)
    swept: int = 0
    """Day on which idle people were last forgotten."""


def unnamed(evidence: Iterable[Evidence], named: Callable[[bytes], bool]) -> list[Evidence]:
    """The evidence in which neither the actor nor an id names an account that is erased."""
    return [e for e in evidence if not named(f"{e.actor}\n{e.source}\n{e.event}".encode())]
