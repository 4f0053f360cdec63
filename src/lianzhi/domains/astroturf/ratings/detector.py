"""The detector `astroturf.ratings`: items with manipulated ratings, in the stream.

It keeps the newest ratings of each platform, and periodically weighs them as `lianzhi astroturf
ratings` does a file. Events do not tell when an item was released, so `before_release` applies to
files alone. A `crowd` counts in full and is no finding. A finding is evidence for a person to
weigh, and proposes nothing. The owner of the item may be the one attacked, and is never among the
answerable.
"""

from collections.abc import Iterator, Sequence
from math import exp
from typing import NamedTuple

import numpy as np

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding, Reason, Role, Stage, finding_id
from lianzhi.domains.astroturf.detection.events import objects
from lianzhi.domains.astroturf.detection.lookback import (
    DAY_MS,
    LookbackDetector,
    evidence_of,
    likeliest_owner,
    raise_alert,
)
from lianzhi.domains.astroturf.detection.state import Alert, RatingAct, State, Watched
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.ratings import RatingPolicy
from lianzhi.domains.astroturf.ratings import assess as engine
from lianzhi.domains.astroturf.ratings.assess import Assessed, assess
from lianzhi.domains.astroturf.ratings.bursts import Burst
from lianzhi.domains.astroturf.ratings.corating import Corating
from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Ratings


class RatingDetector(LookbackDetector[RatingAct]):
    """Weighs each rating against all ratings of its platform."""

    name = "astroturf.ratings"
    form = State[RatingAct]

    def acts(self, event: Event) -> list[RatingAct]:
        """The rating of an event that carries stars."""
        if event.kind != "rating" or event.rating is None or event.object is None:
            return []
        name, owner = next(objects(event)), event.target
        return [RatingAct(event.time, event.actor, name, event.id, event.seq, owner, event.rating)]

    def bounds(self, policy: Policy) -> RatingPolicy:
        """Horizon, interval and limits of looks."""
        return policy.ratings

    def look(
        self, source: str, seen: Watched[RatingAct], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Findings of items with more reduced ratings than at their last alert."""
        bounds = policy.ratings
        weighed = _weighed(seen.acts, bounds)
        alerts = {alert.about: alert for alert in seen.alerts}
        for item in np.unique(weighed.table.item[weighed.weight < 1]).tolist():
            item_, about = _item(weighed, item, seen.next), weighed.items[item]
            before = alerts.get(about)
            again = before is not None and before.stage == "watch"
            rated = weighed.table.time[item_.rows].max() >= seen.looked
            if item_.less.size < bounds.least or not (rated or again):
                continue
            members = list(dict.fromkeys(act.actor for act in item_.acts))[: bounds.subjects]
            sure = item_.moved >= bounds.moved and not item_.going_on
            stage: Stage = "warn" if sure else "watch"
            fresh = Alert(about, members, item_.less.size, stage, seen.next)
            if raise_alert(seen, fresh, before, bounds.tell_again):
                yield self._finding(source, fresh, item_, weighed, seen.acts, version, bounds)

    def _finding(
        self,
        source: str,
        alert: Alert,
        rated: "_Item",
        weighed: "_Weighed",
        acts: Sequence[RatingAct],
        version: str,
        policy: RatingPolicy,
    ) -> Finding:
        reasons = [_reason(weighed.table, reason) for reason in rated.reasons]
        owner = likeliest_owner(act.owner for act in acts if act.object == alert.about)
        evidence = sorted(rated.acts[: policy.evidence], key=lambda act: (act.time, act.event))
        roles: dict[str, Role] = {act.actor: "participant" for act in evidence}
        if owner is not None:
            roles[owner] = "owner"
        since = int(weighed.table.time[rated.less].min())
        size = int(rated.less.size)
        return Finding(
            id=finding_id(
                self.name, f"{source}\x1f{alert.about}", since, alert.stage, alert.at, size
            ),
            kind=self.name,
            stage=alert.stage,
            about=alert.about,
            subjects=tuple(member for member in alert.members if member != owner),
            at=alert.at,
            since=since,
            score=sum(reason.points for reason in reasons),
            confidence=1 / (1 + exp(-max(reason.points for reason in reasons))),
            reasons=tuple(reasons),
            evidence=tuple(evidence_of(source, act, roles[act.actor]) for act in evidence),
            roles=roles,
            counts=_counts(rated, weighed, policy),
            rule=f"{self.name}@{version}",
        )


class _Weighed(NamedTuple):
    table: Ratings
    assessed: Assessed
    items: list[str]
    act: list[RatingAct]
    """By row of the table."""
    reasons: dict[int, list[engine.Reason]]
    """By item."""

    @property
    def weight(self) -> Floats:
        return self.assessed.weight


class _Item(NamedTuple):
    number: int
    rows: Ints
    less: Ints
    """Rows that count less, by weight, then in order of time."""
    acts: list[RatingAct]
    """The acts of `less`."""
    reasons: list[engine.Reason]
    """The most significant of each kind."""
    kinds: dict[str, int]
    """Number of ratings of each kind, crowds included."""
    moved: float
    """Shift of the mean by the reduced ratings, as a share of the scale."""
    going_on: bool
    """The only evidence is a burst that may continue, with differing ratings still to come."""


def _weighed(acts: Sequence[RatingAct], policy: RatingPolicy) -> _Weighed:
    accounts, items = (
        {name: number for number, name in enumerate(sorted(names))}
        for names in ({act.actor for act in acts}, {act.object for act in acts})
    )
    account = np.array([accounts[act.actor] for act in acts], np.int64)
    item = np.array([items[act.object] for act in acts], np.int64)
    rating = np.array([act.rating for act in acts], np.float64)
    time = np.array([act.time for act in acts], np.int64)
    table, _ = Ratings.of(account, item, rating, time)
    # The act behind each row: an account's last rating of an item counts.
    code = item * len(accounts) + account
    order = np.lexsort((np.arange(code.size), rating, time, code))
    place = np.searchsorted(code[order], table.item * len(accounts) + table.account, "right") - 1
    act = [acts[number] for number in order[place].tolist()]
    assessed = assess(table, None, policy)
    reasons: dict[int, list[engine.Reason]] = {}
    for reason in assessed.reasons:
        reasons.setdefault(reason.item, []).append(reason)
    return _Weighed(table, assessed, list(items), act, reasons)


def _item(weighed: _Weighed, item: int, at: int) -> _Item:
    table, weight = weighed.table, weighed.weight
    rows = np.arange(*table.bounds[item : item + 2])
    less = rows[weight[rows] < 1]
    less = less[np.lexsort((less, table.time[less], weight[less]))]
    best: dict[str, engine.Reason] = {}
    kinds: dict[str, int] = {}
    for reason in weighed.reasons[item]:
        kinds[reason.kind] = kinds.get(reason.kind, 0) + int(reason.rows.size)
        if reason.kind != "crowd":
            before = best.setdefault(reason.kind, reason)
            best[reason.kind] = min(before, reason, key=_log_e)
    plain = table.rating[rows].mean()
    robust = np.average(table.rating[rows], weights=weight[rows])
    scale = max(float(np.ptp(table.rating)), 1e-9)
    moved = abs(float(plain - robust)) / scale
    acts = [weighed.act[row] for row in less.tolist()]
    bursts = [reason.evidence for reason in best.values() if isinstance(reason.evidence, Burst)]
    going_on = best.keys() == {"burst"} and any(
        at < table.time[burst.begin] + burst.window for burst in bursts
    )
    return _Item(item, rows, less, acts, list(best.values()), kinds, moved, going_on)


def _log_e(reason: engine.Reason) -> float:
    """Logarithm of the expected number of such findings by chance."""
    corating = reason.evidence
    if isinstance(corating, Corating):
        return corating.group.log_e
    return 0.0 if corating is None else corating.log_e


def _reason(table: Ratings, reason: engine.Reason) -> Reason:
    corating = reason.evidence
    if isinstance(corating, Corating):
        window = max(corating.group.windows)
        return Reason("group", -_log_e(reason), reason.rows.size, 0.0, "ratings", window)
    seen = expected = 0.0
    window = corating.window if isinstance(corating, Burst) else 0
    if corating is not None:
        tail = slice(*corating.tail)
        seen, expected = (
            float(corating.excess.seen[tail].sum()),
            corating.excess.expected[tail].sum(),
        )
    points = -_log_e(reason)
    return Reason(reason.kind, points, seen, round(float(expected), 2), "ratings", window)


def _counts(rated: _Item, weighed: _Weighed, policy: RatingPolicy) -> dict[str, int]:
    """Figures of a finding: means in hundredths, reasons, alternatives, and ratings by level, with
    those that count less.
    """
    table, means = weighed.table, weighed.assessed.means
    counts = {"ratings": int(rated.rows.size), "less": int(rated.less.size)}
    for name, value in (
        ("mean", means.plain), ("robust", means.robust), ("lo", means.lo), ("hi", means.hi)
    ):  # fmt: skip
        counts[f"{name}_x100"] = round(100 * float(value[rated.number]))
    counts |= {f"flag_{kind}": size for kind, size in rated.kinds.items() if kind != "crowd"}
    if "crowd" in rated.kinds:
        counts["explained_crowd"] = 1
    time = table.time[rated.rows]
    if time.max() - time.min() < policy.young_days * DAY_MS:
        counts["explained_new_item"] = 1
    if {reason.kind for reason in rated.reasons} == {"burst"}:
        counts["explained_own_accord"] = 1
    if rated.going_on:
        counts["explained_going_on"] = 1
    for name, rows in (("seen", rated.rows), ("less", rated.less)):
        level_counts = np.bincount(table.level[rows], minlength=table.levels.size).tolist()
        pairs = zip(table.levels.tolist(), level_counts, strict=True)
        counts |= {f"{name}_{level:g}": size for level, size in pairs}
    return counts
