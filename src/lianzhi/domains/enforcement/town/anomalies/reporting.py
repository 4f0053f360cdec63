"""Anomalies of requests. Each function plants one and returns the ids a monitor should name."""

from lianzhi.domains.enforcement.town.anomalies.planting import Planting
from lianzhi.domains.enforcement.town.baseline.rows import Request
from lianzhi.domains.enforcement.town.baseline.workdays import day_of


def undispatched_grid(planting: Planting) -> list[str]:
    """A grid whose accepted requests are not dispatched."""
    named = planting.chance.sample(planting.bench.town.grids, planting.count)
    ids = [grid.id for grid in named]
    for request in planting.free(
        "requests", lambda request_: request_.grid in ids and request_.dispatched_to
    ):
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

    def able(request: Request) -> bool:
        due = day_of(request.due_at) <= planting.frame.last
        return request.dispatched_to == squad and request.disposed_at is not None and due

    for request in planting.free("requests", able):
        late = request.disposed_at > request.due_at
        if late or planting.chance.happens(planting.plant.share):
            planting.change("requests", request, disposed_at=request.due_at)
    return [squad]


def disposed_before_accepted(planting: Planting) -> list[str]:
    """Requests disposed of between receipt and acceptance."""

    def slow(request: Request) -> bool:
        return bool(request.disposed_at and request.accepted_at and request.dispatched_at) and (
            (request.accepted_at or 0) - request.received_at > 30 * 60_000
        )

    named = []
    for request in planting.draw("requests", slow):
        wait = (request.accepted_at - request.received_at) // 1000
        early = request.received_at + int(planting.chance.within(0.1, 0.9) * wait) * 1000
        named.append(planting.change("requests", request, disposed_at=early).id)
    return named
