"""Groups: accounts that act together more often than by chance, over several windows.

Burst sets from `accounts.search` are merged where they share accounts; further bursts of the group
are then sought, and membership is decided by odds: how often an account was present, against how
often by chance. E-values control the false discovery rate: of k groups, chance is expected to give
as many as the greatest E among them.
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
from lianzhi.accounts.search import BurstSet, Search
from lianzhi.stats.poisson import log_upper_tail

MINUTE = 60_000
#: Search windows, in milliseconds.
WINDOWS = (MINUTE, 10 * MINUTE, 60 * MINUTE)
#: Nominal false discovery rate of groups.
FALSE = 0.05
#: Largest log E of a set that is examined further.
_MOST = 3.0
#: Share of the smaller set's accounts that two sets must have in common to be merged.
_SAME = 0.5
#: Largest expected number of chance bursts at which a burst joins a group.
_JOINS = 0.01
#: Bounds of a member's participation rate, and its initial value.
_PART, _PART_FIRST = (0.2, 0.95), 0.75
#: Bounds of the probability that a participation is due to chance.
_LIKELIEST, _UNLIKELIEST = 0.95, 1e-9
#: Prior strength of the shared participation rate, in occasions.
_ALIKE = 3.0
#: Iterations of the membership estimate, and of the search for further bursts.
_ROUNDS, _LOOKS = 6, 3


class Settings(NamedTuple):
    """Windows and false discovery rate of the search."""

    windows: tuple[int, ...] = WINDOWS
    false: float = FALSE


USUAL = Settings()


class Joint(NamedTuple):
    """A burst in which a group acted."""

    object: int
    since: int
    """Start of its span, Unix milliseconds."""
    window: int
    """Milliseconds; the span is twice as long."""
    size: int
    """Accounts in the burst, other accounts included."""
    members: tuple[int, ...]


class Member(NamedTuple):
    """An account of a group with its probability of membership."""

    account: int
    probability: float
    times: int
    """Objects on which it acted with others of the group."""


@dataclass(frozen=True)
class Group:
    """Accounts that act together, with the evidence."""

    members: tuple[Member, ...]
    """The most probable first."""
    joint: tuple[Joint, ...]
    """Joint bursts, one for each object, in order of time."""
    log_e: float
    """Logarithm of the expected number of such groups by chance in data like these."""
    windows: tuple[int, ...]
    """Windows in which it shows, milliseconds."""


class _Seen(NamedTuple):
    window: int
    """Place in the windows."""
    burst: int


def groups(
    actions: Actions,
    settings: Settings = USUAL,
    watch: Callable[[int], None] = lambda window: None,
    since: int | None = None,
) -> list[Group]:
    """Find groups, the most significant first. Accounts and objects are numbered from 0.

    `watch` is called with each window before it is searched. With `since` (Unix ms) only groups
    that acted together after it are sought, which is far faster.
    """
    chance = Chance(actions)
    scales: list[Bursts] = []
    seeds: list[tuple[float, int, BurstSet]] = []
    for place, window in enumerate(settings.windows):
        watch(window)
        scales.append(cut(actions, window))
        search = Search(scales[-1], chance, len(settings.windows))
        seeds += ((seed.log_e, place, seed) for seed in search.run(_MOST, since))
    seeds.sort(key=lambda seed: (seed[0], seed[1], seed[2].bursts))
    drafts: list[_Draft] = []
    for log_e, place, seed in seeds:
        fresh = _Draft(scales, chance, log_e, [_Seen(place, burst) for burst in seed.bursts])
        fresh.settle()
        same = next((old for old in drafts if old.same(fresh)), None)
        if same is None:
            drafts.append(fresh)
        else:
            same.take(fresh)
    for draft in drafts:
        draft.widen()
    groups = sorted((draft.group() for draft in drafts), key=lambda group: group.log_e)
    return list(_controlled([group for group in groups if len(group.members) > 1], settings.false))


def _controlled(groups: Sequence[Group], false: float) -> Iterator[Group]:
    """The most groups that keep the expected share of false ones within the limit."""
    most = np.log(false)
    kept = [n for n, group in enumerate(groups, 1) if group.log_e <= most + np.log(n)]
    yield from groups[: max(kept, default=0)]


class _Draft:
    """A group under construction: its bursts, and the odds of membership."""

    def __init__(
        self, scales: Sequence[Bursts], chance: Chance, log_e: float, seen: list[_Seen]
    ) -> None:
        self._scales, self._chance, self.log_e = scales, chance, log_e
        self.seen = seen
        self.odds: dict[int, float] = {}
        self.members: frozenset[int] = frozenset()
        """Who is likelier in it than not."""

    def same(self, other: "_Draft") -> bool:
        """Whether both drafts concern the same accounts."""
        mine, its = self.members, other.members
        return len(mine & its) >= max(2, _SAME * min(len(mine), len(its)))

    def take(self, other: "_Draft") -> None:
        """Merge another draft's bursts into this one."""
        self.seen = list(dict.fromkeys(self.seen + other.seen))
        self.log_e = min(self.log_e, other.log_e)
        self.settle()

    def settle(self) -> None:
        """Estimate the memberships.

        Members take part more or less often, around what is usual among them; all others come as by
        chance. The prior is that a group is few among many (a mixture, fitted by expectation
        maximisation).
        """
        joint_bursts = self._clearest()
        present: dict[int, dict[int, int]] = {}
        for place, burst in enumerate(joint_bursts):
            for account, content in zip(burst.accounts, burst.contents, strict=True):
                present.setdefault(account, {}).setdefault(content, place)
        often = {name: set(there.values()) for name, there in present.items() if len(there) > 1}
        self.odds = {}
        shares = {name: self._shares(name, there, joint_bursts) for name, there in often.items()}
        size = np.array([len(burst.accounts) for burst in joint_bursts])
        part, few = _PART_FIRST, float(max(len(often), 2))
        # From an empty start, two unrelated accounts could confirm each other and exclude the rest.
        self.members = self.members or frozenset(often)
        for _ in range(_ROUNDS):
            prior = float(np.log(few / max(self._chance.acts.size - few, 1)))
            inside = np.array(
                [len(self.members.intersection(burst.accounts)) for burst in joint_bursts]
            )
            for account, there in often.items():
                here = np.zeros(len(joint_bursts), bool)
                here[list(there)] = True
                own = here if account in self.members else np.zeros_like(here)
                # A burst with a single other member is no evidence about this account.
                counts = inside - own >= min(2, len(self.members - {account}))
                if (here & counts).sum() < 2:
                    self.odds[account] = -np.inf
                    continue
                # Members fill none of the places left to chance; the account itself does.
                rates = shares[account] * (size - inside + own)
                self.odds[account] = prior + _evidence(here[counts], rates[counts], part)
            sure = {name: _probability(odds) for name, odds in self.odds.items()}
            few = max(sum(sure.values()), 2.0)
            share = sum(len(often[name]) * much for name, much in sure.items())
            part = float(np.clip(share / (few * max(len(joint_bursts), 1)), *_PART))
            self.members = frozenset(account for account, odds in self.odds.items() if odds > 0)

    def _shares(self, account: int, there: set[int], bursts: Sequence["_JointBurst"]) -> Floats:
        """The account's share of all actions at the time of each joint burst."""
        # Its actions with the group do not measure its activity outside it.
        left_out = Habits(bursts[place].since for place in there)
        return np.array([self._chance.share(account, burst.since, left_out) for burst in bursts])

    def _clearest(self) -> list["_JointBurst"]:
        """One burst for each object, of the smallest window in which most of the group shows."""
        best: dict[int, tuple[tuple[int, int], _JointBurst]] = {}
        for seen in self.seen:
            bursts = self._scales[seen.window]
            mine = slice(*bursts.bounds[seen.burst : seen.burst + 2])
            accounts, contents = bursts.account[mine].tolist(), bursts.content[mine].tolist()
            object_, since = int(bursts.object[seen.burst]), int(bursts.since[seen.burst])
            inside = (
                sum(account in self.members for account in accounts)
                if self.members
                else len(accounts)
            )
            worth = (inside, -seen.window)
            if object_ not in best or worth > best[object_][0]:
                best[object_] = (
                    worth,
                    _JointBurst(object_, since, bursts.window, accounts, contents),
                )
        return [burst for _, burst in best.values()]

    def widen(self) -> None:
        """Add further bursts in which the group was present."""
        for _ in range(_LOOKS):
            before = len(self.seen)
            if len(self.members) < 2:
                return
            objects = {joint_bursts.object for joint_bursts in self._clearest()}
            for place, bursts in enumerate(self._scales):
                for burst in self._joining(bursts):
                    if int(bursts.object[burst]) not in objects:
                        self.seen.append(_Seen(place, burst))
            if len(self.seen) == before:
                return
            self.settle()

    def _joining(self, bursts: Bursts) -> list[int]:
        """Bursts with more members than chance would put into any burst."""
        inside = np.isin(bursts.account, list(self.members))
        count = np.bincount(bursts.row[inside], minlength=bursts.size.size)
        repeated = np.flatnonzero(count >= 2)
        none = Habits()
        choices = np.log(max(bursts.size.size, 1) * len(self._scales))
        joining = []
        for burst in repeated.tolist():
            since = int(bursts.since[burst])
            accounts = set(bursts.account[slice(*bursts.bounds[burst : burst + 2])].tolist())
            mean = sum(
                min(
                    len(accounts)
                    * self._chance.share(member, since, none, here=member in accounts),
                    1.0,
                )
                for member in self.members
            )
            tail = log_upper_tail(count[burst], np.array(mean)) + choices
            if tail < np.log(_JOINS):
                joining.append(burst)
        return joining

    def group(self) -> Group:
        """The finished group."""
        joint = [
            Joint(
                joint_bursts.object,
                joint_bursts.since,
                joint_bursts.window,
                len(joint_bursts.accounts),
                inside,
            )
            for joint_bursts in self._clearest()
            if len(
                inside := tuple(
                    account for account in joint_bursts.accounts if account in self.members
                )
            )
            > 1
        ]
        times = Counter(account for joint_ in joint for account in joint_.members)
        sure = {account for account, often in times.items() if often > 1}
        joint = [
            joint_._replace(members=kept)
            for joint_ in joint
            if len(kept := tuple(account for account in joint_.members if account in sure)) > 1
        ]
        members = [
            Member(account, _probability(self.odds[account]), times[account]) for account in sure
        ]
        return Group(
            tuple(
                sorted(
                    members, key=lambda member: (-member.probability, -member.times, member.account)
                )
            ),
            tuple(sorted(joint, key=lambda joint_: (joint_.since, joint_.object))),
            self.log_e,
            tuple(sorted({joint_.window for joint_ in joint})),
        )


class _JointBurst(NamedTuple):
    object: int
    since: int
    window: int
    accounts: Sequence[int]
    contents: Sequence[int]
    """Content of each account."""


def _evidence(here: NDArray[np.bool_], rates: Floats, part: float) -> float:
    """Log-odds of membership from presence and absence; `rates`: probability by chance.

    Members take part at different rates, drawn from a beta distribution around the group's rate and
    integrated out (beta-binomial).
    """
    rates = np.clip(rates, _UNLIKELIEST, _LIKELIEST)
    chance = np.where(here, np.log(rates), np.log1p(-rates)).sum()
    often, seldom = _ALIKE * part, _ALIKE * (1 - part)
    log_odds = betaln(often + here.sum(), seldom + (~here).sum()) - betaln(often, seldom)
    return float(log_odds - chance)


def _probability(odds: float) -> float:
    return 1 / (1 + float(np.exp(-min(max(odds, -700), 700))))
