"""Duplicates: requests that may be about the same thing, for a person to look at.

Two people who report one heap of waste seldom write the same words; they write about the same place
in the same days. What is alike is never merged unasked.
"""

from collections.abc import Iterable
from math import cos, hypot, radians
from typing import NamedTuple

from lianzhi.dispatch.policy import Alike
from lianzhi.dispatch.requests.request import Request

_DAY = 86_400_000
#: Metres of a degree of latitude (40,008 km around the poles).
_DEGREE = 111_132.0


class Near(NamedTuple):
    """A request that may be about the same thing."""

    one: Request
    metres: float


def alike(request: Request, others: Iterable[Request], policy: Alike) -> tuple[Near, ...]:
    """Open requests of the same category nearby and within the days of policy, nearest first."""
    at = request.at
    if at is None:
        return ()
    found = [
        Near(one, metres(at, one.at))
        for one in others
        if one.id != request.id
        and one.is_open
        and one.category == request.category
        and one.at is not None
        and abs(one.received_at - request.received_at) <= policy.days * _DAY
    ]
    near = [each for each in found if each.metres <= policy.metres]
    return tuple(sorted(near, key=lambda each: (each.metres, each.one.received_at, each.one.id)))


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two places (longitude, latitude) are apart, on a plane: good to 1 % within a town."""
    east = (one[0] - other[0]) * cos(radians((one[1] + other[1]) / 2))
    return _DEGREE * hypot(east, one[1] - other[1])
