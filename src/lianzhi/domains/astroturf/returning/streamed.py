"""Traces of accounts from a node's events, and memory entries and comparisons of groups.

What identifies single accounts is not remembered: only values that two or more members of a group
share, histograms and counts.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from lianzhi.accounts.kernel import Actions
from lianzhi.accounts.memory.entries import Entry, entry
from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.likeness import TRAITS, VALUES, Likeness
from lianzhi.accounts.memory.observed import Observed, observe
from lianzhi.accounts.memory.posterior import Policy, posterior
from lianzhi.accounts.memory.shares import Shares
from lianzhi.accounts.memory.traces import Traces
from lianzhi.chain.event import Event
from lianzhi.domains.astroturf.detection.events import objects, without_links
from lianzhi.domains.astroturf.returning.traits import Coded, traces

#: Kinds of event whose text is read.
_TEXT_KINDS = ("comment", "danmaku", "repost")
#: Kinds of object that are accounts.
_ACCOUNTS = ("follow", "report")


def traced(events: Sequence[Event]) -> Traces:
    """Traces of the accounts' actions, texts, links and names."""
    accounts: dict[str, int] = {}
    objects_: dict[str, int] = {}
    texts: dict[str, int] = {}
    sources: dict[str, int] = {}
    created: dict[int, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    times: list[int] = []
    from_: list[int] = []
    for number, event in enumerate(events):
        text = without_links(event.text) if event.text and event.kind in _TEXT_KINDS else ""
        for place, object_ in enumerate(objects(event)):
            account = accounts.setdefault(event.actor, len(accounts))
            rows.append((account, objects_.setdefault(object_, len(objects_)), number, event.time))
            times.append(-1 if place or not text else texts.setdefault(text, len(texts)))
            host = _host(object_)
            from_.append(sources.setdefault(host, len(sources)) if host else -1)
            if event.actor_created is not None:
                created[account] = event.actor_created
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    whole = traces(
        Actions(*columns),
        list(accounts),
        list(objects_),
        Coded(np.array(times, np.int64), list(texts)),
        Coded(np.array(from_, np.int64), list(sources)),
        np.array([created.get(n, -1) for n in range(len(accounts))], np.int64),
    )
    # The text is already described by its phrases; as an object it would count twice.
    said_so = np.array([name.startswith("text:") for name in objects_], np.bool_)
    column = whole.columns["object"]
    columns_ = {**whole.columns, "object": column.where(~said_so[column.value])}
    return Traces(whole.accounts, whole.actions, columns_, whole.created)


def numbers(whole: Traces, names: Sequence[str]) -> list[int]:
    """Numbers of those accounts that occur in the traces."""
    known = {name: number for number, name in enumerate(whole.accounts)}
    return [known[name] for name in dict.fromkeys(names) if name in known]


def remember(
    whole: Traces, names: Sequence[str], key: Key, rules: Policy, now: int
) -> tuple[Entry | None, int]:
    """The entry to remember of a group, or None where too few members acted; and their number."""
    members = numbers(whole, names)
    if len(members) < rules.fewest:
        return None, len(members)
    entry_ = entry(whole, observe(whole, members), key, now=now, days=rules.days)
    # The policy gives co-occurrence no weight; without it no account name is kept.
    values = {trait: value for trait, value in entry_.values.items() if trait != "account"}
    return msgspec.structs.replace(entry_, values=values), len(members)


class Trait(NamedTuple):
    """Contribution of one trait to a link."""

    name: str
    nats: float
    matches: int
    """Number of values on which they agree; for a histogram, of joint actions in it."""


class Link(NamedTuple):
    """A group that acts like a remembered one."""

    entry: Entry
    posterior: float
    prior: float
    """Prior log-odds in nats of any group of new accounts, shared among all remembered ones."""
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

    `entries` must be of the given keys.
    """
    members = numbers(whole, names)
    if len(members) < rules.fewest or not entries:
        return None
    seen = observe(whole, members)
    others = [
        observe(whole, members_) for names in ordinary if len(members_ := numbers(whole, names)) > 1
    ]
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
    """Whether each account was first seen since a time; accounts without actions are left out."""
    return {whole.accounts[n]: bool(whole.first[n] >= since) for n in numbers(whole, names)}


def hashes_of(account: str, keys: Mapping[str, Key]) -> list[str]:
    """Hashes by which the memory of others may name an account, as an object of their actions."""
    return [key.hash("object", f"{kind}:{account}") for key in keys.values() for kind in _ACCOUNTS]


def _agreed(likeness: Likeness, seen: Observed, place: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for match in likeness.matches(seen, place):
        counts[match.trait] = counts.get(match.trait, 0) + 1
    return counts


def _host(url: str) -> str:
    kind, _, name = url.partition(":")
    return name.partition("/")[0].removeprefix("www.") if kind == "link" else ""
