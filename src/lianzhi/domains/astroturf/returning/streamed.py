"""Streamed: events of a node as traces of accounts, and what is remembered and compared of them.

What identifies single accounts is left out of what is remembered: of a group, only what two of its
members or more share, histograms and counts.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from lianzhi.accounts.kernel import Actions
from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.likeness import TRAITS, VALUES, Likeness
from lianzhi.accounts.memory.observed import Observed, observe
from lianzhi.accounts.memory.posterior import Policy, posterior
from lianzhi.accounts.memory.remembered import Entry, entry
from lianzhi.accounts.memory.shares import Shares
from lianzhi.accounts.memory.traces import Traces
from lianzhi.chain.event import Event
from lianzhi.domains.astroturf.detection.events import objects, without_links
from lianzhi.domains.astroturf.returning.traits import Coded, traces

#: Kinds of event whose text is read.
_SAID = ("comment", "danmaku", "repost")
#: Kinds of object that are accounts.
_ACCOUNTS = ("follow", "report")


def traced(events: Sequence[Event]) -> Traces:
    """What accounts did, said, linked to and are called."""
    accounts: dict[str, int] = {}
    things: dict[str, int] = {}
    texts: dict[str, int] = {}
    sources: dict[str, int] = {}
    created: dict[int, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    said: list[int] = []
    from_: list[int] = []
    for number, event in enumerate(events):
        text = without_links(event.text) if event.text and event.kind in _SAID else ""
        for place, thing in enumerate(objects(event)):
            who = accounts.setdefault(event.actor, len(accounts))
            rows.append((who, things.setdefault(thing, len(things)), number, event.time))
            said.append(-1 if place or not text else texts.setdefault(text, len(texts)))
            host = _host(thing)
            from_.append(sources.setdefault(host, len(sources)) if host else -1)
            if event.actor_created is not None:
                created[who] = event.actor_created
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    whole = traces(
        Actions(*columns),
        list(accounts),
        list(things),
        Coded(np.array(said, np.int64), list(texts)),
        Coded(np.array(from_, np.int64), list(sources)),
        np.array([created.get(n, -1) for n in range(len(accounts))], np.int64),
    )
    # What was said is told by its phrases; the same text as an object would count it twice.
    said_so = np.array([name.startswith("text:") for name in things], np.bool_)
    column = whole.columns["object"]
    some = {**whole.columns, "object": column.where(~said_so[column.value])}
    return Traces(whole.accounts, whole.actions, some, whole.created)


def numbers(whole: Traces, names: Sequence[str]) -> list[int]:
    """Numbers of the accounts that are in the traces."""
    known = {name: number for number, name in enumerate(whole.accounts)}
    return [known[name] for name in dict.fromkeys(names) if name in known]


def remember(
    whole: Traces, names: Sequence[str], key: Key, rules: Policy, now: int
) -> tuple[Entry | None, int]:
    """What to remember of a group, or None where too few did anything; and how many did."""
    members = numbers(whole, names)
    if len(members) < rules.fewest:
        return None, len(members)
    made = entry(whole, observe(whole, members), key, now=now, days=rules.days)
    # Company counts for nothing in the policy; without it no account stands in what is kept.
    values = {trait: some for trait, some in made.values.items() if trait != "account"}
    return msgspec.structs.replace(made, values=values), len(members)


class Trait(NamedTuple):
    """One trait's part in a link."""

    name: str
    nats: float
    matches: int
    """Values on which they agree; of a histogram, joint actions in it."""


class Link(NamedTuple):
    """A group that acts like a remembered one."""

    entry: Entry
    posterior: float
    prior: float
    """Nats that it starts from: what any group of new accounts has, shared by all remembered."""
    traits: tuple[Trait, ...]
    accounts: int


def compare(
    whole: Traces,
    names: Sequence[str],
    ordinary: Sequence[Sequence[str]],
    entries: Sequence[Entry],
    keys: Mapping[str, Key],
    rules: Policy,
) -> Link | None:
    """Compare a group with the remembered ones; `ordinary` are other groups that were found.

    `entries` are of the keys given.
    """
    members = numbers(whole, names)
    if len(members) < rules.fewest or not entries:
        return None
    seen = observe(whole, members)
    others = [observe(whole, some) for one in ordinary if len(some := numbers(whole, one)) > 1]
    likeness = Likeness(whole, Shares(whole, entries, keys), [seen, *others])
    result = posterior(likeness.of(seen), rules)
    place = result.linked(rules)
    if place is None:
        return None
    nats = result.contributions[place].tolist()
    prior = rules.intercept + float(np.log(rules.prior / (1 - rules.prior) / len(entries)))
    agreed = _agreed(likeness, seen, place)
    traits = tuple(
        Trait(name, value, agreed.get(name, 0 if name in VALUES else seen.joint))
        for name, value in zip(TRAITS, nats, strict=True)
        if value
    )
    return Link(entries[place], float(result.probability[place]), prior, traits, len(members))


def new_in(whole: Traces, names: Sequence[str], since: int) -> dict[str, bool]:
    """Whether each account was first seen since a time; those that did nothing are left out."""
    return {whole.accounts[n]: bool(whole.first[n] >= since) for n in numbers(whole, names)}


def hashes_of(account: str, keys: Mapping[str, Key]) -> list[str]:
    """Hashes by which what is remembered of others may name an account: as what they acted on."""
    return [key.hash("object", f"{kind}:{account}") for key in keys.values() for kind in _ACCOUNTS]


def _agreed(likeness: Likeness, seen: Observed, place: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for match in likeness.matches(seen, place):
        found[match.trait] = found.get(match.trait, 0) + 1
    return found


def _host(thing: str) -> str:
    kind, _, name = thing.partition(":")
    return name.partition("/")[0].removeprefix("www.") if kind == "link" else ""
