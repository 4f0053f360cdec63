"""GET Service Requests: reads the arguments and selects requests, within 90 days and 1,000."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from lianzhi.dispatch.open311 import datetimes
from lianzhi.dispatch.open311.problem import Problem, jurisdiction
from lianzhi.dispatch.policy import DispatchPolicy
from lianzhi.dispatch.requests.request import Request

#: Of the specification, "Response Volume".
MOST = 1000
SPAN = 90 * 86_400_000
Status = Literal["open", "closed"]


class Query(NamedTuple):
    """A query. Where ids are given, the other fields are ignored."""

    ids: tuple[str, ...]
    codes: frozenset[str]
    """Service codes; none: all."""
    since: int
    until: int
    statuses: frozenset[str]


def query(
    args: Mapping[str, str], now: int, jurisdictions: Collection[str] = ()
) -> Query | tuple[Problem, ...]:
    """The query of some arguments, or their problems; without dates, the last 90 days."""
    problems: list[Problem] = []
    if wrong := jurisdiction(args, jurisdictions):
        problems.append(wrong)
    ids = _listed(args, "service_request_id")
    if len(ids) > MOST:
        problems.append(Problem(400, f"{len(ids):,} ids; give {MOST:,} at most"))
    statuses = frozenset(_listed(args, "status")) if not ids else frozenset()
    if not statuses <= {"open", "closed"}:
        problems.append(Problem(400, "status is open, closed, or both, divided by a comma"))
    dates: dict[str, int] = {}
    for name in ("start_date", "end_date") if not ids else ():
        if args.get(name, "").strip():
            try:
                dates[name] = datetimes.read(args[name])
            except ValueError as error:
                problems.append(Problem(400, f"{name}: {error}"))
    since, until = dates.get("start_date"), dates.get("end_date")
    if until is None:
        until = now if since is None else min(since + SPAN, max(now, since))
    if since is None:
        since = until - SPAN
    if until < since:
        problems.append(Problem(400, "end_date lies before start_date; change them over"))
    if until - since > SPAN:
        problems.append(Problem(400, "start_date and end_date may span 90 days at most"))
    if problems:
        return tuple(sorted(problems, key=lambda problem: problem.code != 404))
    return Query(ids, frozenset(_listed(args, "service_code")), since, until, statuses)


def _listed(args: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = (part.strip() for part in args.get(name, "").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def status(request: Request) -> Status:
    """The Open311 status: `open` while somebody still has to act."""
    return "open" if request.is_open else "closed"


def select(
    requests: Iterable[Request], wanted: Query, policy: DispatchPolicy
) -> tuple[Request, ...]:
    """The requests of a query, newest first; for ids, in the order of the ids."""
    if wanted.ids:
        by_id = {request.id: request for request in requests if request.id in wanted.ids}
        return tuple(by_id[each] for each in wanted.ids if each in by_id)
    keys = {category.key for category in policy.categories if category.code in wanted.codes}
    chosen = [
        request
        for request in requests
        if wanted.since <= request.received_at <= wanted.until
        and (not wanted.codes or request.category in keys)
        and (not wanted.statuses or status(request) in wanted.statuses)
    ]
    return tuple(sorted(chosen, key=lambda request: (-request.received_at, request.id))[:MOST])
