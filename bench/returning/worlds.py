"""Worlds: people, groups that are nobody's, groups that were dissolved and those that came back.

Shares no code and no constants with what looks for them. Armies share sellers of accounts, sites,
topics, and slogans with one another and with fans, sister pages, neighbours and a client's own
staff, who spread the very same product with the same release text. A group that comes back keeps
each of its habits with a stated probability: topic and products, sites, texts, maker of names,
hours, haste.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from bench.returning.places import (
    DAY,
    HOUR,
    Namer,
    Topic,
    digits,
    latin,
    lot,
    person,
    recent,
    seller,
    sentence,
    topic,
    word,
)

#: Days: groups act and are dissolved; the file that is searched begins; some come back; it ends.
DISSOLVED, FROM, BACK, OVER = 15, 42, (56, 58), 63
#: Share of clean groups that begin within the file.
FRESH = 0.4
KEPT = (1.0, 0.9, 0.7, 0.5, 0.3)
CLEAN = {"fans": 0.45, "sister pages": 0.2, "neighbours": 0.25, "staff of a client": 0.1}


class Row(NamedTuple):
    """One action."""

    account: str
    object: str
    text: str
    time: int
    created: int


@dataclass(frozen=True)
class Group:
    """Who they are and what their habits are."""

    kind: str
    topics: list[Topic]
    products: list[str]
    sites: list[str]
    texts: list[list[str]]
    """Templates: words, of which an empty one is filled in anew each time."""
    namer: Namer
    hour: float
    wide: float
    weekend: float
    haste: float
    """Milliseconds from the first to the last, most of the time."""
    part: float
    rate: float
    """Joint actions a day."""
    size: int
    alone: float
    """Actions a day that each does by himself."""
    accounts: list[str] = field(default_factory=list)
    origin: int = -1
    kept: float = 0.0


@dataclass
class World:
    """What is in it."""

    old: list[Row]
    """Until groups were dissolved."""
    new: list[Row]
    dissolved: list[Group]
    clean: list[Group]
    returned: list[Group]


class Maker:
    """Makes one world."""

    def __init__(self, seed: int, clean: int, dissolved: int, back: int) -> None:
        self.draw = draw = np.random.default_rng((77, seed))
        self.common = [word(draw) for _ in range(900)]
        self.topics = [topic(draw, n, OVER, self.common) for n in range(160)]
        self.sites = [f"{latin(draw, 3)}-{n}.example" for n in range(90)]
        self.sellers = [seller(draw) for _ in range(30)]
        self.taken: set[str] = set()
        armies = [self._named(self._army()) for _ in range(dissolved)]
        nobody = [
            self._named(self._clean(str(kind), armies))
            for kind in draw.choice(list(CLEAN), clean, p=list(CLEAN.values()))
        ]
        which = draw.choice(dissolved, back, replace=False)
        again = [
            self._named(self._again(armies[one], KEPT[n % len(KEPT)], int(one)))
            for n, one in enumerate(which.tolist())
        ]
        old = [row for one in armies for row in self._life(one, 0, DISSOLVED, 3.0)]
        new = []
        for one in nobody:  # some are new too
            fresh = draw.random() < FRESH
            since = draw.uniform(FROM, BACK[1]) if fresh else FROM
            new += self._life(one, since, OVER, draw.uniform(1, 4) if fresh else None)
        for one in again:
            new += self._life(one, draw.uniform(*BACK), OVER, draw.uniform(1, 4))
        self.world = World(
            old + self._people(0, DISSOLVED), new + self._people(FROM, OVER), armies, nobody, again
        )

    def _pick(self, some: list[Any], count: int) -> list[Any]:
        return [some[n] for n in self.draw.choice(len(some), min(count, len(some)), replace=False)]

    def _text(self, some: Topic) -> list[str]:
        words = sentence(self.draw, some.words, self.common, int(self.draw.integers(8, 16)))
        for place in self.draw.choice(len(words), 2, replace=False):
            words[place] = ""
        return words

    def _army(self) -> Group:
        draw, some = self.draw, self._pick(self.topics, int(self.draw.integers(1, 3)))
        texts = [self._text(some[0]) for _ in range(draw.integers(6, 16))]
        if draw.random() < 0.3:
            texts += [[one] for one in self._pick(some[0].slogans, 3)]
        return Group(
            "army",
            some,
            self._pick(some[0].links[: some[0].lasting], 3),
            self._pick(self.sites, int(draw.integers(2, 5))),
            texts,
            self.sellers[draw.integers(len(self.sellers))],
            draw.uniform(0, 24),
            draw.uniform(1, 4),
            draw.uniform(0.3, 1),
            20_000 * 60 ** draw.random(),
            draw.uniform(0.5, 0.95),
            draw.uniform(2, 6),
            int(draw.integers(8, 25)),
            draw.uniform(0.2, 1),
        )

    def _clean(self, kind: str, armies: list[Group]) -> Group:
        draw, (some,) = self.draw, self._pick(self.topics, 1)
        group = replace(
            self._army(),
            kind=kind,
            topics=[some],
            products=self._pick(some.links[:6], 2),
            sites=[],
            namer=person,
            alone=draw.uniform(0.3, 1),
            rate=draw.uniform(0.6, 2),
        )
        if kind == "fans":
            stem = some.words[0]
            return replace(
                group,
                texts=[[one] for one in self._pick(some.slogans, 8)],
                hour=20 + draw.normal(),
                wide=2.5,
                haste=draw.uniform(5, 50) * 60_000,
                part=draw.uniform(0.2, 0.6),
                size=int(draw.integers(12, 40)),
                namer=lambda by: (
                    f"{stem}{word(by)}{digits(by, 2)}" if by.random() < 0.4 else person(by)
                ),
            )
        if kind == "sister pages":
            stem = word(draw)
            sold = draw.random() < 0.2
            seller = self.sellers[draw.integers(len(self.sellers))] if sold else None
            site = (
                f"{latin(draw, 4)}.example" if draw.random() < 0.7 else self._pick(self.sites, 1)[0]
            )
            return replace(
                group,
                texts=[self._text(some) for _ in range(20)],
                namer=seller or (lambda by: f"{stem}{word(by)}"),
                sites=[site],
                haste=draw.uniform(1, 120) * 1000,
                part=0.95,
                size=int(draw.integers(5, 10)),
            )
        if kind == "neighbours":
            return replace(
                group,
                texts=[self._text(some)],
                hour=draw.uniform(8, 22),
                wide=4.0,
                haste=draw.uniform(10, 55) * 60_000,
                part=draw.uniform(0.3, 0.6),
                size=int(draw.integers(8, 25)),
            )
        client = armies[draw.integers(len(armies))]
        return replace(
            group,
            topics=client.topics[:1],
            products=client.products[:2],
            hour=10 + 4 * draw.random(),
            texts=[*self._pick(client.texts, 2), *(self._text(client.topics[0]) for _ in range(6))],
            weekend=0.1,
            haste=draw.uniform(1, 50) * 60_000,
            part=draw.uniform(0.3, 0.8),
            size=int(draw.integers(5, 15)),
        )

    def _again(self, old: Group, kept: float, origin: int) -> Group:
        """The same people; each habit stays with that probability."""
        draw, new = self.draw, self._army()

        def stays() -> bool:
            return bool(draw.random() < kept)

        same = stays()
        topics = old.topics if same else new.topics
        texts = [self._edited(one) if stays() else self._text(topics[0]) for one in old.texts]
        return Group(
            "return",
            topics,
            [
                one if stays() else other
                for one, other in zip(old.products, new.products, strict=True)
            ],
            [one if stays() else lot(draw, self.sites) for one in old.sites],
            texts,
            old.namer if stays() else new.namer,
            old.hour + draw.normal(0, 0.5) if stays() else new.hour,
            old.wide if stays() else new.wide,
            old.weekend if stays() else new.weekend,
            old.haste * np.exp(draw.normal(0, 0.2)) if stays() else new.haste,
            old.part if stays() else new.part,
            max(2.0, old.rate * np.exp(draw.normal(0, 0.2))),
            max(6, round(old.size * draw.uniform(0.6, 1.2))),
            old.alone,
            [],
            origin,
            kept,
        )

    def _edited(self, text: list[str]) -> list[str]:
        """Now and then a word is put otherwise."""
        out = list(text)
        if self.draw.random() < 0.5:
            out[self.draw.integers(len(out))] = lot(self.draw, self.common)
        return out

    def _named(self, group: Group) -> Group:
        while len(group.accounts) < group.size:
            name = group.namer(self.draw)
            while name in self.taken:
                name += str(self.draw.integers(10))
            self.taken.add(name)
            group.accounts.append(name)
        return group

    def _life(self, group: Group, begin: float, end: float, joining: float | None) -> list[Row]:
        """What they do from one day to another; they join within so many days, or have long ago."""
        draw, rows = self.draw, []
        since = begin * DAY
        late = np.sort(draw.uniform(0, joining or 0, group.size))
        join = since + (late - late[0]) * DAY
        born = join - draw.uniform(0, 2 if joining else 900, group.size) * DAY
        for day in range(int(begin), int(end) + 1):
            often = group.rate * (group.weekend if day % 7 in {2, 3} else 1)
            for _ in range(draw.poisson(often)):
                at = day * DAY + (draw.normal(group.hour, group.wide) % 24) * HOUR
                there = np.flatnonzero((join <= at) & (draw.random(group.size) < group.part))
                if not since <= at < end * DAY:
                    continue
                thing = self._thing(group, int(at))
                template = group.texts[draw.integers(len(group.texts))]
                for one in there:
                    time = int(at + draw.random() * group.haste)
                    rows.append(
                        Row(
                            group.accounts[one],
                            thing,
                            self._said(template, group.topics[0]),
                            time,
                            int(born[one]),
                        )
                    )
        for one in range(group.size):
            span = end * DAY - join[one]
            for at in join[one] + span * draw.random(
                draw.poisson(max(group.alone * span / DAY, 0))
            ):
                some = (
                    self.topics[draw.integers(len(self.topics))]
                    if draw.random() < 0.5
                    else group.topics[0]
                )
                rows.append(self._free(group.accounts[one], some, int(at), int(born[one])))
        return rows

    def _thing(self, group: Group, at: int) -> str:
        draw, kind = self.draw, self.draw.random()
        if group.sites and kind < 0.35:
            return f"https://{lot(draw, group.sites)}/{latin(draw, 2)}/{draw.integers(10**6)}"
        if group.products and kind < 0.5:
            return lot(draw, group.products)
        return recent(draw, group.topics[draw.integers(len(group.topics))], at)

    def _said(self, template: list[str], some: Topic) -> str:
        if len(template) == 1:
            more = sentence(self.draw, some.words, self.common, 4)
            return template[0] + "".join(more)
        return "".join(one or lot(self.draw, self.common) for one in template)

    def _free(self, account: str, some: Topic, at: int, born: int) -> Row:
        words = sentence(self.draw, some.words, self.common, int(self.draw.integers(4, 12)))
        if self.draw.random() < 0.1:
            words.append(some.slogans[self.draw.integers(len(some.slogans))])
        return Row(account, recent(self.draw, some, at), "".join(words), at, born)

    def _people(self, begin: float, end: float) -> list[Row]:
        """Everybody else."""
        draw, rows = self.draw, []
        for _ in range(1500):
            name, some = person(draw), self._pick(self.topics, 2)
            born = int((begin - draw.uniform(-10, 900)) * DAY)
            for at in draw.uniform(max(begin * DAY, born), end * DAY, draw.poisson(8)):
                rows.append(self._free(name, some[draw.integers(2)], int(at), born))
                if draw.random() < 0.05:
                    site = f"https://{lot(draw, self.sites)}/{draw.integers(10**6)}"
                    rows.append(rows[-1]._replace(object=site))
        return rows


def make(seed: int, clean: int = 400, dissolved: int = 200, back: int = 40) -> World:
    """Make one."""
    return Maker(seed, clean, dissolved, back).world
