"""The water army of `lianzhi demo`: what happened on the made-up platform before it begins."""

import random
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import msgspec

from lianzhi.chain.event import Event

HOUR, MINUTE = 3_600_000, 60_000
DAY = 24 * HOUR


class Army(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Accounts that are told what to like and what to say."""

    name: str
    size: int
    videos: tuple[str, ...]
    every_hours: float
    within_minutes: float
    part: float
    """Probability that one takes part."""
    says: tuple[str, ...]


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in demo.toml."""

    source: str
    days: int
    likes: int
    accounts: int
    videos: tuple[str, ...]
    army: Army

    def before(self, begin: int) -> list[Event]:
        """The days before `begin` (ms), in order of time."""
        chance = random.Random(self.army.name)  # noqa: S311 - a made-up past
        made = [*self._life(chance, begin), *self._joint(chance, begin)]
        return sorted(made, key=lambda event: (event.time, event.id))

    def _life(self, chance: random.Random, begin: int) -> Iterator[Event]:
        """Everybody else: some like more than others, some videos are liked more."""
        for n in range(self.likes):
            at = begin - int(chance.random() * self.days * DAY) - MINUTE
            account = int(chance.paretovariate(1.1) * 8) % self.accounts
            video = self.videos[int(chance.paretovariate(0.9) * 2) % len(self.videos)]
            yield self._event("like", f"life-{n}", at, f"看客{account:03}", video)

    def _joint(self, chance: random.Random, begin: int) -> Iterator[Event]:
        army = self.army
        for place, video in enumerate(army.videos):
            start = begin - int((len(army.videos) - place) * army.every_hours * HOUR)
            for one in range(army.size):
                if chance.random() < army.part:
                    at = start + int(chance.random() * army.within_minutes * MINUTE)
                    account, name = f"{army.name}{one + 1:02}", f"army-{place}-{one}"
                    yield self._event("like", name, at, account, video)
                    text = army.says[place % len(army.says)]
                    said = f"{name}-says"
                    yield self._event("comment", said, at + 20_000, account, video, text)

    def _event(
        self, kind: str, name: str, at: int, account: str, video: str, text: str | None = None
    ) -> Event:
        fields = {"kind": kind, "source": self.source, "time": at, "actor": account}
        return msgspec.convert(
            {**fields, "id": f"video-{name}", "object": video, "text": text}, Event
        )


def load() -> Scenario:
    """The shipped scenario."""
    text = (files(__package__) / "demo.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Scenario)
