"""Routing: where a request goes, by category and place, with the reasons.

What no rule covers goes to a person at the central desk; nothing is guessed.
"""

from typing import NamedTuple

from lianzhi.dispatch.grids.grid import Grids
from lianzhi.dispatch.phrases import phrase
from lianzhi.dispatch.policy import Category, DispatchPolicy
from lianzhi.law.words import Words


class Reason(NamedTuple):
    """A rule that a route rests on."""

    rule: str
    """Its key: `category`, `unknown_category`, `grid`, `grid_given`, `grid_differs`, `no_grid`,
    `unknown_grid`, `to_department`, `to_desk`, `priority`."""
    words: Words


class Route(NamedTuple):
    """Where a request goes."""

    category: str | None
    """Its key in the policy; None: a person has to sort it."""
    grid: str | None
    squad: str | None
    """The squad of the grid: it acts, or assists the department."""
    department: str | None
    """The department in charge of the category."""
    first: str
    """Who acts first: `squad`, `department` or `desk` (a person dispatches it)."""
    priority: str | None
    reasons: tuple[Reason, ...]
    version: str
    """Day from which the policy applies."""


def route(
    policy: DispatchPolicy,
    version: str,
    grids: Grids,
    *,
    category: str,
    at: tuple[float, float] | None = None,
    grid: str = "",
) -> Route:
    """The route of a request. `at`: longitude, latitude; `grid`: the one the reporter gave."""
    own_grid = None if at is None else grids.find(*at)
    return route_in(policy, version, grids, category=category, placed=at is not None,
                    grid=own_grid, given=grid)  # fmt: skip


def route_in(
    policy: DispatchPolicy,
    version: str,
    grids: Grids,
    *,
    category: str,
    placed: bool,
    grid: str | None,
    given: str = "",
) -> Route:
    """The route of a request whose position was looked up: `found`, if it was `placed` at all."""
    kind = policy.category(category)
    reasons = [_of_category(policy, kind, category)]
    area, why = _area(grids, placed, grid, given)
    squad = None if area is None else grids.by_id[area].squad
    reasons += why
    first = "desk" if kind is None or (squad is None and kind.to == "squad") else kind.to
    if first != "squad":
        reasons.append(Reason(f"to_{first}", phrase(f"reason.to_{first}")))
    if kind is not None:
        priority = policy.priorities[kind.priority].words
        reasons.append(Reason("priority", phrase("reason.priority", priority=priority)))
    return Route(
        None if kind is None else kind.key,
        area,
        squad,
        None if kind is None else kind.department,
        first,
        None if kind is None else kind.priority,
        tuple(reasons),
        version,
    )


def _of_category(policy: DispatchPolicy, kind: Category | None, given: str) -> Reason:
    if kind is None:
        return Reason("unknown_category", phrase("reason.unknown_category", category=given or "-"))
    department = policy.departments[kind.department]
    return Reason("category", phrase("reason.category", category=kind.words, department=department))


def _area(
    grids: Grids, placed: bool, grid: str | None, given: str
) -> tuple[str | None, list[Reason]]:
    """The grid and the reasons: the position decides; without one, the grid that was given."""
    if grid is not None:
        reasons = [Reason("grid", _in("reason.grid", grids, grid))]
        if given and given != grid:
            differs = phrase("reason.grid_differs", given=given, grid=grids.by_id[grid].words)
            reasons.append(Reason("grid_differs", differs))
        return grid, reasons
    if not placed and given in grids.by_id:
        return given, [Reason("grid_given", _in("reason.grid_given", grids, given))]
    if not placed and given:
        return None, [Reason("unknown_grid", phrase("reason.unknown_grid", given=given))]
    return None, [Reason("no_grid", phrase("reason.no_grid"))]


def _in(key: str, grids: Grids, grid: str) -> Words:
    return phrase(key, grid=grids.by_id[grid].words, squad=grids.by_id[grid].squad)
