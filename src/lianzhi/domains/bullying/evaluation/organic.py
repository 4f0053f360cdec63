"""Ordinary life of several hundred accounts, simulated.

Popularity is a bounded power law; strangers arrive at a base rate with good and bad days and, in
heavy-tailed clusters, for single posts; a circle of contacts keeps returning, some strangers
return too, comments draw replies, some people are rude, now and then a few of them quarrel and
sometimes a benign crowd comes.
"""

from dataclasses import replace

import numpy as np

from lianzhi.domains.bullying.evaluation.background import Background, background, ordinary_texts
from lianzhi.domains.bullying.evaluation.columns import (
    ACTORS,
    DAY,
    HOUR,
    KIND_CODES,
    MINUTE,
    NONE,
    Columns,
    Floats,
    Ints,
    concat,
    make,
)
from lianzhi.domains.bullying.evaluation.crowds import LONGEST, Scene, gather, lags, mix, opened
from lianzhi.domains.bullying.evaluation.scenario import Crowd, Organic, Plan
from lianzhi.domains.bullying.evaluation.texts import Texts

#: A Monday, 00:00 UTC; the simulated clock has no other meaning.
START = 1_767_571_200_000


def organic(
    spec: Organic,
    crowds: dict[str, Crowd],
    plan: Plan,
    texts: Texts,
    *,
    seed: int,
    surges: bool = False,
) -> Background:
    """Simulate `plan.targets` accounts over `plan.days`; the same seed gives the same events.

    With `surges` benign crowds are part of ordinary life: an alarm about one is then a false one.
    """
    rng = np.random.default_rng([seed, 2])
    gatherings = spec.quarrels | (spec.surges if surges else {})
    split = _split(plan)
    end = START + plan.days * DAY
    rates = popularity(rng, spec, plan.targets)
    circles = _Circles(rng, spec, rates)
    posts = _Posts(rng, rates, plan.days)

    strangers = _strangers(rng, spec, rates, posts, plan.days)
    events = concat([strangers, _contacts(rng, spec, circles, strangers, plan.days)])
    events = replace(events, object=posts.latest(events.target, events.time))
    events = concat([events, _replies(rng, spec, events, circles)])
    rudeness = (spec.rude_share, spec.rude_concentration)
    events = replace(events, text=ordinary_texts(rng, rudeness, events, split, texts))
    rows = _gatherings(rng, gatherings, crowds, plan, circles=circles, posts=posts, texts=texts)
    whole = concat([events, *rows])
    return background(
        "organic, with surges" if surges else "organic",
        whole.take(whole.time < end),
        texts.table,
        warm=START + plan.warm_days * DAY,
        split=split,
        end=end,
        hours=tuple(spec.hours.weights),
    )


def _split(plan: Plan) -> int:
    return START + (plan.warm_days + plan.fit_days) * DAY


def popularity(rng: np.random.Generator, spec: Organic, size: int) -> Floats:
    """Strangers a day: bounded Pareto, by inverse distribution."""
    lo, hi, exponent = spec.stranger_rate_min, spec.stranger_rate_max, spec.stranger_rate_exponent
    reach = 1 - (lo / hi) ** exponent
    rates: Floats = lo * (1 - rng.random(size) * reach) ** (-1 / exponent)
    return rates


class _Circles:
    """Each target's returning contacts: few of them do most of the talking."""

    def __init__(self, rng: np.random.Generator, spec: Organic, rates: Floats) -> None:
        ratio = rng.lognormal(np.log(spec.contacts_per_stranger), spec.contacts_spread, len(rates))
        self.daily: Floats = spec.contacts_floor + rates * ratio
        self.size: Ints = 3 + np.ceil(spec.contact_pool * self.daily).astype(np.int64)
        self.start: Ints = np.concatenate([[0], np.cumsum(self.size)])
        total = int(self.start[-1])
        self.actor: Ints = rng.integers(0, ACTORS, total)
        self.created = opened(rng, np.full(total, START, dtype=np.int64), spec.new_accounts)
        self.group: Ints = rng.integers(0, ACTORS, len(rates))

    def draw(self, rng: np.random.Generator, target: Ints) -> Ints:
        """For each event at these targets, the index of a contact."""
        rank = np.floor(self.size[target] * rng.random(len(target)) ** 2).astype(np.int64)
        return self.start[target] + rank

    def of(self, target: int) -> slice:
        """Indices of one target's contacts."""
        return slice(int(self.start[target]), int(self.start[target + 1]))


class _Posts:
    """What each target publishes; a post's number is its place in (target, time) order."""

    def __init__(self, rng: np.random.Generator, rates: Floats, days: int) -> None:
        self.daily: Floats = np.clip(0.3 * (1 + rates) ** 0.4, 0.3, 4.0)
        extra = rng.poisson(self.daily * days)
        target = np.repeat(np.arange(len(rates)), 1 + extra)
        time = START + (rng.random(len(target)) * days * DAY).astype(np.int64)
        time[np.cumsum(1 + extra) - 1 - extra] = START
        order = np.lexsort((time, target))
        self.target: Ints = target[order]
        self.time: Ints = time[order]
        self.span = (days + LONGEST // DAY + 1) * DAY

    def latest(self, target: Ints, time: Ints) -> Ints:
        """The target's latest post at that time."""
        places = self.target * self.span + (self.time - START)
        return np.searchsorted(places, target * self.span + (time - START), "right") - 1


def _process(
    rng: np.random.Generator, spec: Organic, daily: Floats, days: int
) -> tuple[Ints, Ints]:
    """Targets and times of a process with a `daily` mean per target, daily rhythm and moods."""
    shape = spec.daily_gamma_shape
    mood = rng.gamma(shape, 1 / shape, (len(daily), days))
    mood *= np.where(np.arange(days) % 7 >= 5, spec.weekend_factor, 1.0)
    counts = rng.poisson(daily[:, None] * mood)
    target, day = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    weights = np.array(spec.hours.weights) / sum(spec.hours.weights)
    hour = rng.choice(24, len(target), p=weights) + rng.random(len(target))
    return target.astype(np.int64), START + (day * DAY + hour * HOUR).astype(np.int64)


def _strangers(
    rng: np.random.Generator, spec: Organic, rates: Floats, posts: _Posts, days: int
) -> Columns:
    target, time = _process(rng, spec, rates * (1 - spec.post_share), days)
    sigma = spec.post_sigma
    reach = rng.lognormal(-(sigma**2) / 2, sigma, len(posts.target))
    drawn = rng.poisson((rates * spec.post_share / posts.daily)[posts.target] * reach)
    late = lags(rng, spec.post_lag_hours * HOUR, spec.post_lag_sigma, int(drawn.sum()), LONGEST)
    target = np.concatenate([target, np.repeat(posts.target, drawn)])
    time = np.concatenate([time, np.repeat(posts.time, drawn) + late])
    grouped = rng.random(len(target)) < spec.stranger_group_share
    return make(
        rng,
        time=time,
        kind=_kinds(rng, spec, len(target)),
        actor=rng.integers(0, ACTORS, len(target)),
        target=target,
        created=opened(rng, time, spec.new_accounts),
        group=np.where(grouped, rng.integers(0, ACTORS, len(target)), NONE),
    )


def _contacts(
    rng: np.random.Generator, spec: Organic, circles: _Circles, strangers: Columns, days: int
) -> Columns:
    target, time = _process(rng, spec, circles.daily, days)
    contact = circles.draw(rng, target)
    actor, created = circles.actor[contact], circles.created[contact]
    # Some of these are people who once came as strangers and stayed.
    seen = strangers.take(np.lexsort((strangers.time, strangers.target)))
    first = np.searchsorted(seen.target, target)
    place = seen.target * 2 * START + seen.time
    earlier = np.searchsorted(place, target * 2 * START + time) - first
    stayed = (rng.random(len(target)) < spec.return_share) & (earlier > 0)
    returning = (first + np.floor(rng.random(len(target)) * earlier).astype(np.int64))[stayed]
    actor[stayed], created[stayed] = seen.actor[returning], seen.created[returning]
    grouped = ~stayed & (rng.random(len(target)) < spec.contact_group_share)
    return make(
        rng,
        time=time,
        kind=_kinds(rng, spec, len(target)),
        actor=actor,
        target=target,
        created=created,
        group=np.where(grouped, circles.group[target], NONE),
    )


def _replies(
    rng: np.random.Generator, spec: Organic, events: Columns, circles: _Circles
) -> Columns:
    """Contacts who answer a comment on the target's page."""
    drawn = (events.kind == KIND_CODES["comment"]) & (rng.random(len(events)) < spec.reply_share)
    answered = events.take(drawn)
    contact = circles.draw(rng, answered.target)
    return make(
        rng,
        time=answered.time
        + lags(rng, spec.reply_lag_minutes * MINUTE, 1.0, len(answered), LONGEST),
        kind=answered.kind,
        actor=circles.actor[contact],
        target=answered.target,
        created=circles.created[contact],
        object=answered.object,
        reply=answered.key,
    )


def _gatherings(
    rng: np.random.Generator,
    per_1000_days: dict[str, float],
    crowds: dict[str, Crowd],
    plan: Plan,
    *,
    circles: _Circles,
    posts: _Posts,
    texts: Texts,
) -> list[Columns]:
    """Quarrels and benign surges as they come in ordinary life: the busier, the more of them."""
    busy = np.sqrt(circles.daily)
    rows: list[Columns] = []
    for name, per_1000 in per_1000_days.items():
        sizes = {people: 1 / people for people in crowds[name].lag_hours}
        for _ in range(rng.poisson(per_1000 * plan.targets * plan.days / 1000)):
            target = int(rng.choice(plan.targets, p=busy / busy.sum()))
            onset = START + int(rng.random() * plan.days * DAY)
            contacts = circles.of(target)
            scene = Scene(
                target=target,
                onset=onset,
                contacts=circles.actor[contacts],
                created=circles.created[contacts],
                posts=posts.latest(np.array([target]), np.array([onset])),
                part="fit" if onset < _split(plan) else "report",
            )
            people = int(mix(rng, sizes, 1)[0])
            rows.append(gather(rng, crowds[name], people, scene, texts))
    return rows


def _kinds(rng: np.random.Generator, spec: Organic, size: int) -> Ints:
    return mix(rng, {KIND_CODES[name]: share for name, share in spec.kinds.items()}, size)
