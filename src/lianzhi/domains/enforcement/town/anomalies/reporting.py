"""Anomalies of requests. Each plants, and returns what a monitor should name."""

from lianzhi.domains.enforcement.town.anomalies.planting import Planting
from lianzhi.domains.enforcement.town.baseline.rows import Request
from lianzhi.domains.enforcement.town.baseline.workdays import day_of


def undispatched_grid(planting: Planting) -> list[str]:
    """A grid whose requests are accepted, and then nobody is sent."""
    named = planting.chance.some(planting.bench.town.grids, planting.count)
    ids = [one.id for one in named]
    for request in planting.free("requests", lambda one: one.grid in ids and one.dispatched_to):
        planting.change(
            "requests",
            request,
            dispatched_to=None,
            dispatched_at=None,
            disposed_at=None,
            outcome=None,
        )
    return ids


def beautified_on_time(planting: Planting) -> list[str]:
    """A squad that enters the due time where it was late, and in `share` of the other cases."""
    squad = planting.chance.pick(tuple(planting.bench.staff.field))

    def able(one: Request) -> bool:
        due = day_of(one.due_at) <= planting.frame.last
        return one.dispatched_to == squad and one.disposed_at is not None and due

    for request in planting.free("requests", able):
        late = request.disposed_at > request.due_at
        if late or planting.chance.happens(planting.plant.share):
            planting.change("requests", request, disposed_at=request.due_at)
    return [squad]


def disposed_before_accepted(planting: Planting) -> list[str]:
    """Disposed of between receipt and acceptance."""

    def slow(one: Request) -> bool:
        return bool(one.disposed_at and one.accepted_at and one.dispatched_at) and (
            (one.accepted_at or 0) - one.received_at > 30 * 60_000
        )

    named = []
    for request in planting.draw("requests", slow):
        wait = (request.accepted_at - request.received_at) // 1000
        early = request.received_at + int(planting.chance.within(0.1, 0.9) * wait) * 1000
        named.append(planting.change("requests", request, disposed_at=early).id)
    return named
