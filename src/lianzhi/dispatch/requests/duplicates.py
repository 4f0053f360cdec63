"""Likely duplicates: requests that may concern the same thing, for a person to look at.

Two people who report one heap of waste seldom write the same words, but they report the same place
within a few days. Nothing is merged without a person.
"""

from collections.abc import Iterable
from math import cos, hypot, radians
from typing import NamedTuple

from lianzhi.dispatch.grids.plane import DEGREE
from lianzhi.dispatch.policy import DuplicateLimits
from lianzhi.dispatch.requests.request import Request

_DAY = 86_400_000


class Duplicate(NamedTuple):
    """A request that may concern the same thing."""

    request: Request
    metres: float
    """Distance between the two."""


def likely_duplicates(
    request: Request, others: Iterable[Request], limits: DuplicateLimits
) -> tuple[Duplicate, ...]:
    """Open requests of the same category within the limits of place and time, nearest first."""
    at = request.at
    if at is None:
        return ()
    candidates = [
        Duplicate(other, distance(at, other.at))
        for other in others
        if other.id != request.id
        and other.is_open
        and other.category == request.category
        and other.at is not None
        and abs(other.received_at - request.received_at) <= limits.days * _DAY
    ]
    near = [duplicate for duplicate in candidates if duplicate.metres <= limits.metres]
    return tuple(
        sorted(near, key=lambda near: (near.metres, near.request.received_at, near.request.id))
    )


def distance(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Metres between two places (longitude, latitude) on a plane, to 1 % within a town."""
    east = (start[0] - end[0]) * cos(radians((start[1] + end[1]) / 2))
    return DEGREE * hypot(east, start[1] - end[1])
