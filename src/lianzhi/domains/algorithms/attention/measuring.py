"""Measuring attention: events become sessions, sessions figures of people, in DuckDB."""

from typing import Any, NamedTuple

import numpy as np

from lianzhi.domains.algorithms.attention.attention_map import AttentionMap
from lianzhi.domains.algorithms.column_map import MapError, check_columns
from lianzhi.domains.algorithms.policy import AttentionPolicy
from lianzhi.domains.algorithms.table_source import TableSource, quoted
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


class Attention(NamedTuple):
    """Figures over all people, each with people as the units of chance."""

    people: int
    events: int
    left_out: int
    """Events without person, time or a length of 0 to 86,400 seconds."""
    figures: dict[str, Ratio]
    """Of `FIGURES`, those that the columns allow."""


def measure(source: TableSource, wanted: AttentionMap, policy: AttentionPolicy) -> Attention:
    """The figures of a source. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    rows = source.rows(f"SELECT count(*) FROM {source.relation}")[0][0]
    sums = source.arrays(_query(source.relation, wanted, policy))
    people = int(sums["events"].size)
    if not people:
        raise MapError("user", wanted.user, "name columns of a person, a time and seconds")
    events = int(np.sum(sums["events"]))
    figures = {
        name: ratio_of_sums(_plain(sums[above]), _plain(sums[below]), policy.level)
        for name, (above, below) in FIGURES.items()
        if not (need := _NEEDS.get(name)) or getattr(wanted, need)
    }
    return Attention(people, events, int(rows) - events, figures)


def _plain(values: Any) -> Any:
    return np.ma.filled(np.ma.asarray(values, np.float64), 0.0)


def _query(relation: str, wanted: AttentionMap, policy: AttentionPolicy) -> str:
    """A row of sums for each person.

    A session ends where nothing begins within `session_gap_minutes` after something ended. A prompt
    is obeyed where nothing begins for `break_minutes` after what it was shown with.
    """
    gap, pause = 60 * policy.session_gap_minutes, 60 * policy.break_minutes
    first, last = policy.night_from, policy.night_until
    hour = "hour(moment)"
    night = f"({hour} >= {first} OR {hour} < {last})"
    return f"""
    WITH events AS (
      SELECT hash({_text(wanted.user)}) AS person,
        TRY_CAST({quoted(wanted.time)} AS TIMESTAMP) AS moment,
        TRY_CAST({quoted(wanted.seconds)} AS DOUBLE) AS seconds,
        {_flag(wanted.autoplay)} AS auto, {_flag(wanted.minor)} AS minor,
        {_flag(wanted.prompt)} AS prompt
      FROM {relation} WHERE {_text(wanted.user)} IS NOT NULL
    ), timed AS (
      SELECT *, epoch(moment) AS start, epoch(moment) + seconds AS finish
      FROM events WHERE moment IS NOT NULL AND seconds BETWEEN 0 AND 86400
    ), neighbours AS (
      SELECT *, max(finish) OVER (PARTITION BY person ORDER BY start, finish
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
        lead(start) OVER (PARTITION BY person ORDER BY start, finish) AS following
      FROM timed
    ), numbered AS (
      SELECT *, sum((before IS NULL OR start - before > {gap})::INT) OVER (PARTITION BY person
          ORDER BY start, finish ROWS UNBOUNDED PRECEDING) AS session
      FROM neighbours
    ), sessions AS (
      SELECT person, session, sum(seconds) / 60 AS minutes, arg_min(auto, start) AS auto,
        (max(finish) - min(start)) / 60 AS span
      FROM numbered GROUP BY person, session
    ), days AS (
      SELECT person, CAST(moment AS DATE) AS day, bool_or(minor) AS minor, count(*) AS events,
        sum(seconds) / 60 AS minutes, sum(seconds * auto::INT) / 60 AS autoplay_minutes,
        sum(seconds * {night}::INT) / 60 AS night_minutes, sum(prompt::INT) AS prompts,
        sum((prompt AND (following IS NULL OR following - finish >= {pause}))::INT) AS obeyed
      FROM numbered GROUP BY person, day
    ), by_day AS (
      SELECT person, sum(events) AS events, sum(minutes) AS minutes, count(*) AS days,
        sum(autoplay_minutes) AS autoplay_minutes, sum(minor::INT) AS minor_days,
        sum(minor::INT * night_minutes) AS night_minutes, sum(prompts) AS prompts,
        sum(obeyed) AS obeyed,
        sum((minor AND minutes > {policy.minors_cap_minutes})::INT) AS over_cap
      FROM days GROUP BY person
    ), by_session AS (
      SELECT person, count(*) AS sessions,
        sum((span >= {policy.long_minutes})::INT) AS long_sessions,
        sum(auto::INT) AS begun_auto, sum(auto::INT * minutes) AS begun_auto_minutes,
        sum((NOT auto)::INT) AS begun_chosen, sum((NOT auto)::INT * minutes) AS begun_chosen_minutes
      FROM sessions GROUP BY person
    )
    SELECT * FROM by_day JOIN by_session USING (person) ORDER BY person
    """


def _text(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"


def _flag(column: str) -> str:
    if not column:
        return "FALSE"
    text = f"lower(trim(CAST({quoted(column)} AS VARCHAR)))"
    return f"coalesce({text} IN ('1', '1.0', 'true'), FALSE)"
