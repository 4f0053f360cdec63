"""Measuring attention: events become sessions and days, and these figures of people."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.attention.attention_map import AttentionMap
from lianzhi.audits.attention.events import Events, Flags, Whole
from lianzhi.audits.policy import AttentionPolicy
from lianzhi.stats.clustered_ratio import Ratio, ratio_of_sums

#: What is summed by person: numerator and denominator of each figure.
FIGURES = {
    "minutes_a_day": ("minutes", "days"),
    "minutes_a_session": ("minutes", "sessions"),
    "long_sessions": ("long_sessions", "sessions"),
    "autoplay_share": ("autoplay_minutes", "minutes"),
    "minors_night": ("night_minutes", "minor_days"),
    "minors_over_cap": ("over_cap", "minor_days"),
    "prompts_obeyed": ("obeyed", "prompts"),
    "session_after_autoplay": ("begun_auto_minutes", "begun_auto"),
    "session_after_choice": ("begun_chosen_minutes", "begun_chosen"),
}
_NEEDS = {
    "autoplay_share": "autoplay",
    "minors_night": "minor",
    "minors_over_cap": "minor",
    "prompts_obeyed": "prompt",
    "session_after_autoplay": "autoplay",
    "session_after_choice": "autoplay",
}
#: Minutes at which the survival of sessions is told.
MINUTES = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240)
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
Floats = NDArray[np.float64]


class Attention(NamedTuple):
    """Figures over all people, each with people as the units of chance."""

    people: int
    events: int
    left_out: int
    """Events without person, time or a length of 0 to 86,400 seconds."""
    figures: Mapping[str, Ratio]
    """Of `FIGURES`, those that the columns allow."""
    survival: Mapping[str, tuple[Ratio, ...]]
    """Share of sessions that span each of `MINUTES` or more, by how they began: `autoplay` and
    `choice`; `all` where no column says so."""


class _Sessions(NamedTuple):
    person: Whole
    minutes: Floats
    """Minutes of the events of the session, added up, without the gaps between them."""
    span: Floats
    """Minutes from the begin of the first event to the end of the last."""
    auto: Flags
    """Whether the first event began by itself."""


def measure(events: Events, wanted: AttentionMap, policy: AttentionPolicy) -> Attention:
    """The figures of events, those of columns that the map names."""
    people = int(events.person[-1]) + 1
    sessions = _sessions(events, policy)
    sums = _by_session(sessions, people, policy) | _by_day(events, people, policy)
    kinds = {"all": np.ones(sessions.auto.size, np.bool_)}
    if wanted.autoplay:
        kinds = {"autoplay": sessions.auto, "choice": ~sessions.auto}
    return Attention(
        people,
        int(events.person.size),
        events.left_out,
        {
            name: ratio_of_sums(sums[above], sums[below], policy.level)
            for name, (above, below) in FIGURES.items()
            if not (need := _NEEDS.get(name)) or getattr(wanted, need)
        },
        {
            name: tuple(_survival(sessions, chosen, people, policy.level))
            for name, chosen in kinds.items()
            if chosen.any()
        },
    )


def _sessions(events: Events, policy: AttentionPolicy) -> _Sessions:
    """A session ends where nothing begins within `session_gap_minutes` after something ended."""
    person, start = events.person, events.start - events.start.min()
    finish = start + events.length
    # On a line on which people follow one another, a running maximum is one of each person.
    room = int(finish.max()) + 1
    latest = np.maximum.accumulate(finish + person * room)
    first = np.ones(person.size, np.bool_)
    same = person[1:] == person[:-1]
    waited = start[1:] + person[1:] * room - latest[:-1]
    first[1:] = ~same | (waited > policy.session_gap_minutes * _MINUTE)
    at = np.flatnonzero(first)
    last = np.append(at[1:], person.size) - 1
    return _Sessions(
        person[at],
        np.add.reduceat(events.length, at) / _MINUTE,
        (latest[last] - person[at] * room - start[at]) / _MINUTE,
        events.auto[at],
    )


def _by_session(sessions: _Sessions, people: int, policy: AttentionPolicy) -> dict[str, Floats]:
    auto = sessions.auto
    return {
        "sessions": _sum(sessions.person, people),
        "long_sessions": _sum(sessions.person, people, sessions.span >= policy.long_minutes),
        "begun_auto": _sum(sessions.person, people, auto),
        "begun_auto_minutes": _sum(sessions.person, people, auto * sessions.minutes),
        "begun_chosen": _sum(sessions.person, people, ~auto),
        "begun_chosen_minutes": _sum(sessions.person, people, ~auto * sessions.minutes),
    }


def _by_day(events: Events, people: int, policy: AttentionPolicy) -> dict[str, Floats]:
    """Sums of people's days. A prompt is obeyed where nothing begins for `break_minutes`."""
    person, start = events.person, events.start
    day, hour = start // _DAY, start // _HOUR % 24
    change = (person[1:] != person[:-1]) | (day[1:] != day[:-1])
    at = np.flatnonzero(np.concatenate([[True], change]))
    owner, minor = person[at], np.logical_or.reduceat(events.minor, at)
    night = (hour >= policy.night_from) | (hour < policy.night_until)
    minutes = np.add.reduceat(events.length, at) / _MINUTE
    nights = np.add.reduceat(events.length * night, at) / _MINUTE
    shown = np.flatnonzero(events.prompt)
    after = np.minimum(shown + 1, person.size - 1)
    ends = (after == shown) | (person[after] != person[shown])
    rest = start[after] - start[shown] - events.length[shown]
    obeyed = ends | (rest >= policy.break_minutes * _MINUTE)
    return {
        "minutes": _sum(owner, people, minutes),
        "days": _sum(owner, people),
        "autoplay_minutes": _sum(person, people, events.length * events.auto) / _MINUTE,
        "minor_days": _sum(owner, people, minor),
        "night_minutes": _sum(owner, people, minor * nights),
        "over_cap": _sum(owner, people, minor & (minutes > policy.minors_cap_minutes)),
        "prompts": _sum(person[shown], people),
        "obeyed": _sum(person[shown], people, obeyed),
    }


def _survival(sessions: _Sessions, chosen: Flags, people: int, level: float) -> Iterator[Ratio]:
    whole, span = _sum(sessions.person, people, chosen), sessions.span
    for minutes in MINUTES:
        chosen = chosen & (span >= minutes)
        yield ratio_of_sums(_sum(sessions.person[chosen], people), whole, level)


def _sum(person: Whole, people: int, values: NDArray[np.generic] | None = None) -> Floats:
    return np.asarray(np.bincount(person, values, people), np.float64)
