"""Demo: the made-up platform of `lianzhi demo`, as events. Pure and seeded; time is given.

`demo.toml` holds the scenario: who is there, what is ordinary, what happens in a round. Nothing
here knows a threshold or looks at a finding: whether a warning comes is the detector's business.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.resources import files
from math import log
from typing import TypeVar

import msgspec
import numpy as np

from lianzhi.chain.event import Event

T = TypeVar("T")
Chance = np.random.Generator

DAY_MS = 86_400_000
#: So many accounts of an act, the earliest, are those who speak again.
_LOUD = 3


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Messages around one person. Times are seconds, shares 0 to 1."""

    name: str
    on: str
    """Group of the cast to which the person belongs."""
    at: float
    messages: dict[str, int]
    """Kind of text -> how many messages."""
    kinds: tuple[str, ...]
    median: float
    spread: float
    lasts: float
    strangers: float
    new_accounts: float
    again: int = 0
    """How many of the messages are by the first few accounts, speaking again."""
    through: str = ""
    """Group through which accounts come."""
    through_share: float = 0.0
    accepts_after: float | None = None
    """How long after a warning the person accepts protection; None: they do not."""


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Traffic of the days before the demo."""

    days: int
    regulars: int
    messages: float
    strangers: float
    rude: float
    new_accounts: float
    lead_in: float
    """The last so many seconds are as busy as the demo itself."""


class Calm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ordinary traffic between incidents."""

    per_second: float
    strangers: float
    rude: float
    kinds: tuple[str, ...]
    new_accounts: float


class Nicknames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts of which ordinary accounts' names are made."""

    first: tuple[str, ...]
    second: tuple[str, ...]


class WitnessReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report by a witness."""

    category: str
    words: str


class Past(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An incident that is over: what was decided, who contested it, why its case was closed."""

    days_ago: float
    reason: str
    decided_after_hours: float
    role: str
    measure: str
    hours: int
    ground: str
    facts: str
    appeal: str
    report: WitnessReport
    act: Act


class Broken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows that cannot be accepted, sent so many seconds into the first round."""

    at: float
    rows: tuple[str, ...]


class Scene(msgspec.Struct, frozen=True):
    """An act of one round, cast."""

    act: Act
    person: str
    begins: int
    """Unix milliseconds."""

    @property
    def accepts_after(self) -> float | None:
        """How long after a warning the person accepts protection; None: they do not."""
        return self.act.accepts_after


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The whole of `demo.toml`."""

    seed: int
    source: str
    round_seconds: float
    cast: dict[str, tuple[str, ...]]
    minors: tuple[str, ...]
    nicknames: Nicknames
    history: History
    calm: Calm
    acts: tuple[Act, ...]
    past: Past
    broken: Broken
    texts: dict[str, tuple[str, ...]]

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Everybody in the cast."""
        return tuple(name for group in self.cast.values() for name in group)

    @cached_property
    def children(self) -> frozenset[str]:
        """Those who are minors."""
        return frozenset(name for group in self.minors for name in self.cast[group])

    @cached_property
    def regulars(self) -> dict[str, tuple[str, ...]]:
        """Person -> accounts that know them."""
        chance = _chance(self.seed, 0)
        names = [a + b for a in self.nicknames.first for b in self.nicknames.second]
        return {p: tuple(_sample(chance, names, self.history.regulars)) for p in self.people}

    @property
    def broken_rows(self) -> tuple[float, tuple[str, ...]]:
        """Rows that cannot be accepted, and how many seconds into the first round they come."""
        return self.broken.at, self.broken.rows

    def scenes(self, number: int, begin: int) -> list[Scene]:
        """The acts of round `number` (0, 1, ...) that begins at `begin`, each around its person."""
        return [self._cast(act, index, number, begin) for index, act in enumerate(self.acts)]

    def round(self, number: int, begin: int) -> list[Event]:
        """Events of a round, in order of time."""
        chance = _chance(self.seed, 2 + number)
        scenes = self.scenes(number, begin)
        calm = self._calm(chance, begin, self.round_seconds)
        drawn = [*calm, *(event for scene in scenes for event in self._play(chance, scene))]
        return _numbered(f"r{number}", drawn)

    def before(self, begin: int) -> list[Event]:
        """Events of the days that end at `begin`, in order of time."""
        chance = _chance(self.seed, 1)
        start = begin - self.history.days * DAY_MS
        lately = begin - int(self.history.lead_in * 1000)
        drawn = [*self._lives(chance, start), *self._play(chance, self.past_scene(begin))]
        calm = self._calm(chance, lately, self.history.lead_in)
        return _numbered("h", [*(event for event in drawn if event.time < lately), *calm])

    def past_scene(self, begin: int) -> Scene:
        """The incident within the history: its person is the last whose turn will come."""
        act = self.past.act
        return Scene(act, self.cast[act.on][-1], begin - int(self.past.days_ago * DAY_MS))

    def _cast(self, act: Act, index: int, number: int, begin: int) -> Scene:
        group = self.cast[act.on]
        a_round = sum(other.on == act.on for other in self.acts)
        before = sum(other.on == act.on for other in self.acts[:index])
        person = group[(number * a_round + before) % len(group)]
        return Scene(act, person, begin + int(act.at * 1000))

    def _lives(self, chance: Chance, start: int) -> Iterator[Event]:
        """Ordinary days: regulars follow on the first, and everybody talks on all of them."""
        rule = self.history
        for person in self.people:
            for account in self.regulars[person]:
                at = start + int(chance.integers(DAY_MS))
                yield self._event("follow", at, account, person, _opened(chance, at, 0.0))
            for day in range(rule.days):
                for _ in range(round(rule.messages * chance.uniform(0.4, 1.6))):
                    at = start + day * DAY_MS + int(chance.integers(DAY_MS))
                    stranger = chance.random() < rule.strangers
                    rude = chance.random() < rule.rude
                    yield self._message(
                        chance, "comment", at, person, stranger, rude, rule.new_accounts
                    )

    def _calm(self, chance: Chance, begin: int, seconds: float) -> Iterator[Event]:
        rule = self.calm
        second = 0.0
        while (second := second + chance.exponential(1 / rule.per_second)) < seconds:
            at, person = begin + int(second * 1000), _pick(chance, self.people)
            kind, stranger = _pick(chance, rule.kinds), chance.random() < rule.strangers
            rude = chance.random() < rule.rude
            yield self._message(chance, kind, at, person, stranger, rude, rule.new_accounts)

    def _message(
        self,
        chance: Chance,
        kind: str,
        at: int,
        person: str,
        stranger: bool,
        rude: bool,
        new: float,
    ) -> Event:
        actor = _stranger(chance) if stranger else _pick(chance, self.regulars[person])
        opened = _opened(chance, at, new if stranger else 0.0)
        event = self._event(kind, at, actor, person, opened)
        if kind != "like":
            event.text = _pick(chance, self.texts["rude" if rude else "chat"])
        return event

    def _play(self, chance: Chance, scene: Scene) -> Iterator[Event]:
        act, person = scene.act, scene.person
        texts = [text for text, count in act.messages.items() for _ in range(count)]
        chance.shuffle(texts)
        lags = sorted(_lag(chance, act) for _ in texts)
        cast: list[tuple[str, int]] = []
        for number, (lag, pool) in enumerate(zip(lags, texts, strict=True)):
            at = scene.begins + int(lag * 1000)
            left = len(texts) - number
            if cast and chance.random() * left < act.again - (number - len(cast)):
                actor, opened = _pick(chance, cast[:_LOUD])
            elif chance.random() < act.strangers:
                actor, opened = _stranger(chance), _opened(chance, at, act.new_accounts)
                cast.append((actor, opened))
            else:
                actor = _pick(chance, self.regulars[person])
                opened = _opened(chance, at, 0.0)
                cast.append((actor, opened))
            event = self._event(_pick(chance, act.kinds), at, actor, person, opened)
            event.text = _pick(chance, self.texts[pool])
            if chance.random() < act.through_share:
                event.group = act.through
            yield event

    def _event(self, kind: str, at: int, actor: str, person: str, opened: int) -> Event:
        return Event(
            id="",
            source=self.source,
            kind=kind,
            time=at,
            actor=actor,
            target=person,
            object=f"{person}/{at // DAY_MS}",
            actor_created=opened,
            target_is_minor=True if person in self.children else None,
        )


def load() -> Scenario:
    """The shipped scenario."""
    text = files(__package__).joinpath("demo.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Scenario)


def _chance(*seed: int) -> Chance:
    return np.random.default_rng(seed)


def _pick(chance: Chance, items: Sequence[T]) -> T:
    return items[int(chance.integers(len(items)))]


def _sample(chance: Chance, items: Sequence[T], count: int) -> list[T]:
    return [items[n] for n in chance.permutation(len(items))[:count]]


def _lag(chance: Chance, act: Act) -> float:
    """Seconds, log-normal, drawn again while longer than the act lasts."""
    while True:
        lag = float(chance.lognormal(log(act.median), act.spread))
        if lag <= act.lasts:
            return lag


def _stranger(chance: Chance) -> str:
    return f"用户{chance.integers(10**7):07d}"


def _opened(chance: Chance, at: int, new: float) -> int:
    """When an account was opened: within 20 days for a share `new`, else months or years ago."""
    days = chance.uniform(0.1, 20) if chance.random() < new else chance.uniform(120, 2000)
    return at - int(days * DAY_MS)


def _numbered(prefix: str, events: Iterable[Event]) -> list[Event]:
    """In order of time, with ids."""
    ordered = sorted(events, key=lambda event: event.time)
    for number, event in enumerate(ordered):
        event.id = f"{prefix}-{number:05d}"
    return ordered
