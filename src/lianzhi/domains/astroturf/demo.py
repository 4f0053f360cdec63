"""Events of the demo's platform before it begins: a water army and ratings for money."""

import random
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import msgspec

from lianzhi.chain.event import Event

HOUR, MINUTE = 3_600_000, 60_000
DAY = 24 * HOUR


class Army(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Accounts that like and write as instructed."""

    name: str
    leader: str
    """The account that acts first each time."""
    size: int
    """Operated accounts, beside the leader and the paid ones."""
    paid: tuple[str, ...]
    """Accounts that take part now and then, and otherwise act on their own."""
    paid_part: float
    """Probability that a paid account takes part."""
    owner: str
    """Owner of the videos."""
    videos: tuple[str, ...]
    every_hours: float
    within_minutes: float
    part: float
    """Probability that an operated account takes part."""
    texts: tuple[str, ...]


class Rated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Films that people rate, and one that is rated down for money."""

    films: tuple[str, ...]
    ratings: int
    accounts: int
    attacked: str
    attackers: int
    within_hours: float


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contents of demo.toml."""

    source: str
    days: int
    likes: int
    accounts: int
    videos: tuple[str, ...]
    army: Army
    rated: Rated

    def before(self, begin: int) -> list[Event]:
        """The days before `begin` (ms), in order of time."""
        chance = random.Random(self.army.name)  # noqa: S311 - a made-up past
        events = [
            *self._life(chance, begin),
            *self._joint(chance, begin),
            *self._ratings(chance, begin),
        ]
        return sorted(events, key=lambda event: (event.time, event.id))

    def _life(self, chance: random.Random, begin: int) -> Iterator[Event]:
        """Actions of all other accounts; activity and popularity are uneven."""
        for n in range(self.likes):
            at = begin - int(chance.random() * self.days * DAY) - MINUTE
            account = int(chance.paretovariate(1.1) * 8) % self.accounts
            yield self._event("like", f"life-{n}", at, f"看客{account:03}", self._any(chance))

    def _any(self, chance: random.Random) -> str:
        return self.videos[int(chance.paretovariate(0.9) * 2) % len(self.videos)]

    def _joint(self, chance: random.Random, begin: int) -> Iterator[Event]:
        army = self.army
        run = [f"{army.name}{number + 1:02}" for number in range(army.size)]
        for place, video in enumerate(army.videos):
            start = begin - int((len(army.videos) - place) * army.every_hours * HOUR)
            for number, account in enumerate((army.leader, *run, *army.paid)):
                part = 1.0 if account == army.leader else army.part
                if chance.random() < (army.paid_part if account in army.paid else part):
                    late = 0.0 if account == army.leader else 0.05 + 0.95 * chance.random()
                    at, name = start + int(late * army.within_minutes * MINUTE), f"{place}-{number}"
                    yield self._event("like", f"army-{name}", at, account, video)
                    text, at = army.texts[place % len(army.texts)], at + 20_000
                    if account in run:
                        yield self._event("comment", f"says-{name}", at, account, video, text)
        for account in (army.leader, *army.paid):
            for n in range(24):
                at = begin - int(chance.random() * self.days * DAY) - MINUTE
                yield self._event("like", f"own-{account}-{n}", at, account, self._any(chance))

    def _ratings(self, chance: random.Random, begin: int) -> Iterator[Event]:
        rated = self.rated
        for n in range(rated.ratings):
            at = begin - int(chance.random() * 2 * self.days * DAY) - MINUTE
            film, account = chance.choice(rated.films), chance.randrange(rated.accounts)
            stars = min(5.0, max(1.0, round(chance.gauss(3.9, 0.9))))
            yield self._rating(f"rates-{n}", at, f"影迷{account:03}", film, stars)
        start = begin - int((rated.within_hours + 4) * HOUR)
        for n in range(rated.attackers):
            at = start + int(chance.random() * rated.within_hours * HOUR)
            yield self._rating(f"down-{n}", at, f"新用户{7300 + 11 * n}", rated.attacked, 1.0)

    def _rating(self, name: str, at: int, account: str, film: str, stars: float) -> Event:
        event = self._event("rating", name, at, account, film)
        return msgspec.structs.replace(event, rating=stars, target=f"{film}片方")

    def _event(
        self, kind: str, name: str, at: int, account: str, video: str, text: str | None = None
    ) -> Event:
        owner = self.army.owner if video in self.army.videos else None
        fields = {"kind": kind, "source": self.source, "time": at, "actor": account}
        return msgspec.convert(
            {**fields, "id": f"video-{name}", "object": video, "target": owner, "text": text}, Event
        )


def load() -> Scenario:
    """The shipped scenario."""
    text = (files(__package__) / "demo.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Scenario)


def before(now: int) -> list[Event]:
    """Events of the demo's platform before `now` (ms), in order of time."""
    return load().before(now)
