"""Groups: accounts that act together more often than chance would have it, over several windows.

What `accounts.search` finds is put together where it is about the same accounts; then further
bursts are looked for in which the group was too, and who belongs to it is told by odds: how often
one was there, against how often chance would have brought one. The false discovery rate is held by
E-values: of k groups, chance is expected to give as many as the greatest E among them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from lianzhi.accounts.bursts import Bursts, cut
from lianzhi.accounts.chance import Chance, Floats, Habits
from lianzhi.accounts.kernel import Actions
from lianzhi.accounts.search import Found, Search
from lianzhi.stats.poisson import log_upper_tail

MINUTE = 60_000
#: Windows that are searched, in milliseconds.
WINDOWS = (MINUTE, 10 * MINUTE, 60 * MINUTE)
#: Expected share of groups that chance has made.
FALSE = 0.05
#: Sets less striking than this are not looked at further.
_MOST = 3.0
#: Sets that are put together share this part of the accounts of the smaller one, at least.
_SAME = 0.5
#: A burst belongs to a group if chance would put so many of it there, into any, at most so often.
_JOINS = 0.01
#: How often members take part, at least and at most, and before anything is known.
_PART, _PART_FIRST = (0.2, 0.95), 0.75
#: Chance is never surer of anybody than this, nor is anything less likely to it.
_LIKELIEST, _UNLIKELIEST = 0.95, 1e-9
#: How alike members are in how often they take part: as if so many times of each were known before.
_ALIKE = 3.0
#: Rounds of asking who belongs to a group; of looking for more that it did.
_ROUNDS, _LOOKS = 6, 3


class Settings(NamedTuple):
    """What to look for."""

    windows: tuple[int, ...] = WINDOWS
    false: float = FALSE


USUAL = Settings()


class Joint(NamedTuple):
    """A burst in which a group acted."""

    object: int
    since: int
    """When its span begins, Unix milliseconds."""
    window: int
    """Milliseconds; the span is twice as long."""
    size: int
    """Accounts in the burst, others among them."""
    members: tuple[int, ...]


class Member(NamedTuple):
    """An account of a group."""

    account: int
    probability: float
    times: int
    """Objects on which it acted with others of the group."""


@dataclass(frozen=True)
class Group:
    """Accounts that act together."""

    members: tuple[Member, ...]
    """The surest first."""
    joint: tuple[Joint, ...]
    """What they did together, one for each object, in order of time."""
    log_e: float
    """Logarithm of how many groups so striking chance would show in data like these."""
    windows: tuple[int, ...]
    """In which it shows."""


class _Seen(NamedTuple):
    """A burst of some window."""

    window: int
    """Place in the windows."""
    burst: int


def groups(
    actions: Actions,
    settings: Settings = USUAL,
    watch: Callable[[int], None] = lambda window: None,
    since: int | None = None,
) -> list[Group]:
    """Find groups, the most striking first. `actions` have accounts and objects numbered from 0 on.

    `watch` is told each window before it is searched. With `since` (Unix ms) only groups that have
    acted together after it are looked for, which is far quicker.
    """
    chance = Chance(actions)
    scales: list[Bursts] = []
    found: list[tuple[float, int, Found]] = []
    for place, window in enumerate(settings.windows):
        watch(window)
        scales.append(cut(actions, window))
        search = Search(scales[-1], chance, len(settings.windows))
        found += ((one.log_e, place, one) for one in search.run(_MOST, since))
    found.sort(key=lambda one: (one[0], one[1], one[2].bursts))
    drafts: list[_Draft] = []
    for log_e, place, one in found:
        fresh = _Draft(scales, chance, log_e, [_Seen(place, burst) for burst in one.bursts])
        fresh.settle()
        same = next((old for old in drafts if old.same(fresh)), None)
        if same is None:
            drafts.append(fresh)
        else:
            same.take(fresh)
    for draft in drafts:
        draft.widen()
    told = sorted((one.told() for one in drafts), key=lambda group: group.log_e)
    return list(_held([one for one in told if len(one.members) > 1], settings.false))


def _held(found: Sequence[Group], false: float) -> Iterator[Group]:
    """The most that can be kept while chance is expected to have made so small a share of them."""
    most = np.log(false)
    kept = [n for n, group in enumerate(found, 1) if group.log_e <= most + np.log(n)]
    yield from found[: max(kept, default=0)]


class _Draft:
    """A group in the making: its bursts, and the odds of who belongs to it."""

    def __init__(
        self, scales: Sequence[Bursts], chance: Chance, log_e: float, seen: list[_Seen]
    ) -> None:
        self._scales, self._chance, self.log_e = scales, chance, log_e
        self.seen = seen
        self.odds: dict[int, float] = {}
        self.members: frozenset[int] = frozenset()
        """Who is likelier in it than not."""

    def same(self, other: "_Draft") -> bool:
        """Whether it is about the same accounts."""
        mine, its = self.members, other.members
        return len(mine & its) >= max(2, _SAME * min(len(mine), len(its)))

    def take(self, other: "_Draft") -> None:
        """Put another's bursts to its own."""
        self.seen = list(dict.fromkeys(self.seen + other.seen))
        self.log_e = min(self.log_e, other.log_e)
        self.settle()

    def settle(self) -> None:
        """Work out who belongs to it.

        Members take part more or less often, around what is usual among them; all others come as
        chance brings them. What is known before is that a group is few among many (a mixture,
        fitted by expectation-maximisation).
        """
        happened = self._told()
        present: dict[int, dict[int, int]] = {}
        for place, one in enumerate(happened):
            for account, what in zip(one.who, one.what, strict=True):
                present.setdefault(account, {}).setdefault(what, place)
        often = {one: set(there.values()) for one, there in present.items() if len(there) > 1}
        self.odds = {}
        shares = {one: self._shares(one, there, happened) for one, there in often.items()}
        size = np.array([len(one.who) for one in happened])
        part, few = _PART_FIRST, float(max(len(often), 2))
        # Begun with nobody, two passers-by might prove each other, and nobody else be let in.
        self.members = self.members or frozenset(often)
        for _ in range(_ROUNDS):
            prior = float(np.log(few / max(self._chance.acts.size - few, 1)))
            inside = np.array([sum(who in self.members for who in one.who) for one in happened])
            for account, there in often.items():
                here = np.zeros(len(happened), bool)
                here[list(there)] = True
                own = here if account in self.members else np.zeros_like(here)
                # What only oneself and one more make a happening of the group says nothing of one.
                counts = inside - own >= min(2, len(self.members - {account}))
                if (here & counts).sum() < 2:
                    self.odds[account] = -np.inf
                    continue
                # Who belongs to it takes none of the places that chance fills, but oneself does.
                rates = shares[account] * (size - inside + own)
                self.odds[account] = prior + _evidence(here[counts], rates[counts], part)
            sure = {one: _probability(odds) for one, odds in self.odds.items()}
            few = max(sum(sure.values()), 2.0)
            share = sum(len(often[one]) * much for one, much in sure.items())
            part = float(np.clip(share / (few * max(len(happened), 1)), *_PART))
            self.members = frozenset(account for account, odds in self.odds.items() if odds > 0)

    def _shares(self, account: int, there: set[int], happened: Sequence["_Happened"]) -> Floats:
        """Which share one has of what is done at the time of each happening."""
        # What it did with the group is no measure of how often it acts otherwise.
        left_out = Habits(happened[place].since for place in there)
        return np.array([self._chance.share(account, one.since, left_out) for one in happened])

    def _told(self) -> list["_Happened"]:
        """One burst for each object, of the smallest window in which most of it shows."""
        best: dict[int, tuple[tuple[int, int], _Happened]] = {}
        for seen in self.seen:
            bursts = self._scales[seen.window]
            mine = slice(*bursts.bounds[seen.burst : seen.burst + 2])
            who, what = bursts.account[mine].tolist(), bursts.content[mine].tolist()
            thing, since = int(bursts.object[seen.burst]), int(bursts.since[seen.burst])
            inside = sum(account in self.members for account in who) if self.members else len(who)
            worth = (inside, -seen.window)
            if thing not in best or worth > best[thing][0]:
                best[thing] = worth, _Happened(thing, since, bursts.window, who, what)
        return [one for _, one in best.values()]

    def widen(self) -> None:
        """Look for further bursts in which it was too."""
        for _ in range(_LOOKS):
            before = len(self.seen)
            if len(self.members) < 2:
                return
            things = {one.object for one in self._told()}
            for place, bursts in enumerate(self._scales):
                for burst in self._joining(bursts):
                    if int(bursts.object[burst]) not in things:
                        self.seen.append(_Seen(place, burst))
            if len(self.seen) == before:
                return
            self.settle()

    def _joining(self, bursts: Bursts) -> list[int]:
        """Bursts in which more of it are than chance would put into any burst at all."""
        inside = np.isin(bursts.account, list(self.members))
        count = np.bincount(bursts.row[inside], minlength=bursts.size.size)
        some = np.flatnonzero(count >= 2)
        none = Habits()
        choices = np.log(max(bursts.size.size, 1) * len(self._scales))
        found = []
        for burst in some.tolist():
            since = int(bursts.since[burst])
            who = set(bursts.account[slice(*bursts.bounds[burst : burst + 2])].tolist())
            mean = sum(
                min(len(who) * self._chance.share(one, since, none, here=one in who), 1.0)
                for one in self.members
            )
            tail = log_upper_tail(count[burst], np.array(mean)) + choices
            if tail < np.log(_JOINS):
                found.append(burst)
        return found

    def told(self) -> Group:
        """What is known of it in the end."""
        joint = [
            Joint(one.object, one.since, one.window, len(one.who), inside)
            for one in self._told()
            if len(inside := tuple(account for account in one.who if account in self.members)) > 1
        ]
        times = Counter(account for one in joint for account in one.members)
        sure = {account for account, often in times.items() if often > 1}
        joint = [
            one._replace(members=kept)
            for one in joint
            if len(kept := tuple(account for account in one.members if account in sure)) > 1
        ]
        members = [
            Member(account, _probability(self.odds[account]), times[account]) for account in sure
        ]
        return Group(
            tuple(sorted(members, key=lambda one: (-one.probability, -one.times, one.account))),
            tuple(sorted(joint, key=lambda one: (one.since, one.object))),
            self.log_e,
            tuple(sorted({one.window for one in joint})),
        )


class _Happened(NamedTuple):
    """A burst of a group."""

    object: int
    since: int
    window: int
    who: Sequence[int]
    what: Sequence[int]
    """With which content each."""


def _evidence(here: NDArray[np.bool_], rates: Floats, part: float) -> float:
    """Log-odds of where an account was and where not; `rates`: how likely chance would have it so.

    Members do not all take part alike: how often one does is drawn from a beta distribution around
    what is usual in the group, and all that it may be is summed over (beta-binomial).
    """
    rates = np.clip(rates, _UNLIKELIEST, _LIKELIEST)
    chance = np.where(here, np.log(rates), np.log1p(-rates)).sum()
    often, seldom = _ALIKE * part, _ALIKE * (1 - part)
    came = betaln(often + here.sum(), seldom + (~here).sum()) - betaln(often, seldom)
    return float(came - chance)


def _probability(odds: float) -> float:
    return 1 / (1 + float(np.exp(-min(max(odds, -700), 700))))
