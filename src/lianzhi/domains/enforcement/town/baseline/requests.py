"""Requests by category, season, weekday and hour, and how the squads handle them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import accumulate

import msgspec

from lianzhi.domains.enforcement.town.baseline.chance import Chance, total
from lianzhi.domains.enforcement.town.baseline.places import located, pull
from lianzhi.domains.enforcement.town.baseline.rows import Enterprise, Grid, Outcome, Request
from lianzhi.domains.enforcement.town.baseline.settings import Category, Frame
from lianzhi.domains.enforcement.town.baseline.workdays import day_of, days, minute_of, moment

_MINUTE = 60_000


class ReportedRequests(msgspec.Struct, frozen=True):
    """Requests, and which of them repeat an earlier one."""

    requests: tuple[Request, ...]
    duplicates: dict[str, str]


def requests(
    frame: Frame,
    all_grids: Sequence[Grid],
    enterprises: Sequence[Enterprise],
    risks: Mapping[str, float],
) -> ReportedRequests:
    """All requests of the town's months, in order of time."""
    asking, chance = frame.settings.requests, frame.chance("requests")
    town = _Town(frame, chance, all_grids, enterprises, risks)
    raw: list[tuple[Request, int | None]] = []
    for day in days(frame.first, frame.last):
        for category, mean in town.means(day):
            for _ in range(chance.about(mean)):
                first = len(raw)
                raw.append((town.report(category, day), None))
                if chance.happens(asking.duplicate) and (more := town.again(raw[first][0])):
                    raw.append((more, first))
    order = sorted(range(len(raw)), key=lambda place: (raw[place][0].received_at, place))
    numbers: dict[dt.date, int] = {}
    ids: dict[int, str] = {}
    for place in order:
        day = day_of(raw[place][0].received_at)
        numbers[day] = numbers.get(day, 0) + 1
        ids[place] = f"R{day:%Y%m%d}-{numbers[day]:03}"
    return ReportedRequests(
        tuple(msgspec.structs.replace(raw[place][0], id=ids[place]) for place in order),
        {ids[place]: ids[earlier] for place in order if (earlier := raw[place][1]) is not None},
    )


class _Town:
    """Precomputed weights for the draws of requests."""

    def __init__(
        self,
        frame: Frame,
        chance: Chance,
        all_grids: Sequence[Grid],
        enterprises: Sequence[Enterprise],
        risks: Mapping[str, float],
    ) -> None:
        self.frame, self.chance, self.asking = frame, chance, frame.settings.requests
        self.grids = {grid.id: grid for grid in all_grids}
        self.sums = tuple(accumulate(pull(frame, all_grids)))
        self.on_time = {
            squad: self.asking.on_time + chance.bell() / 2.0 * self.asking.on_time_spread
            for squad in sorted({grid.squad for grid in all_grids})
        }
        self.about: dict[str, tuple[list[Enterprise], list[float]]] = {}
        for key, category in frame.settings.categories.items():
            kinds = {
                name
                for name, kind in frame.settings.industries.items()
                if any(
                    frame.settings.items[item].department == category.department
                    for item in kind.items
                )
            }
            members = [enterprise for enterprise in enterprises if enterprise.industry in kinds]
            self.about[key] = (
                members,
                list(accumulate(risks[enterprise.id] for enterprise in members)),
            )
        self.hour_sums = tuple(accumulate(self.asking.hours))
        self.mean = len(enterprises) * self.asking.per_enterprise / 365.0

    def means(self, day: dt.date) -> list[tuple[str, float]]:
        """Mean number of reports of each category on the day."""
        mean = self.mean * self.asking.weekdays[day.weekday()]
        if self.frame.calendar.festival(day):
            mean *= self.asking.festival
        seasons = self.frame.settings.seasons
        return [
            (key, mean * category.share * seasons[category.season][day.month - 1])
            for key, category in self.frame.settings.categories.items()
        ]

    def report(self, key: str, day: dt.date) -> Request:
        """A report of the day, with its handling."""
        chance, category = self.chance, self.frame.settings.categories[key]
        hour = chance.by_sums(range(24), self.hour_sums)
        received = moment(day, hour * 60 + chance.within(0, 60))
        members, sums = self.about[key]
        enterprise = None
        if members and chance.happens(category.about):
            enterprise = chance.by_sums(members, sums)
        if enterprise is not None and enterprise.opened <= day:
            grid, place = self.grids[enterprise.grid], (enterprise.lon, enterprise.lat)
        else:
            enterprise = None
            grid = chance.by_sums(tuple(self.grids.values()), self.sums)
            place = located(chance, grid)
        channels = self.asking.channels
        request = Request(
            id="",
            received_at=received,
            channel=chance.weighted(tuple(channels), tuple(channels.values())),  # type: ignore[arg-type]
            category=key,
            grid=grid.id,
            lon=place[0],
            lat=place[1],
            enterprise=enterprise.id if enterprise else None,
            accepted_at=None,
            dispatched_to=None,
            dispatched_at=None,
            due_at=0,
            disposed_at=None,
            outcome=None,
        )
        return self.dealt(request)

    def again(self, request: Request) -> Request | None:
        """A repeated report by another person a little later, or None."""
        later = int(self.chance.within(0.02, 1.0) * self.asking.duplicate_hours * 60) * _MINUTE
        received = request.received_at + later
        if day_of(received) > self.frame.last:
            return None
        return self.dealt(msgspec.structs.replace(request, received_at=received))

    def dealt(self, request: Request) -> Request:
        """The request as accepted, dispatched and disposed of by the town's last day."""
        chance, asking = self.chance, self.asking
        category = self.frame.settings.categories[request.category]
        accepted = request.received_at + int(chance.within(*asking.accept_minutes)) * _MINUTE
        dispatched = accepted + int(chance.within(*asking.dispatch_minutes)) * _MINUTE
        due = self.due(category, accepted)
        outcome = self.outcome()
        squad = self.grids[request.grid].squad
        to = category.department if outcome == "transferred" else squad
        if outcome == "declined":
            disposed = dispatched
        elif chance.happens(self.on_time[squad]):
            disposed = self.in_time(dispatched, due, bool(category.hours))
        else:
            late = self.frame.calendar.after(day_of(due), chance.whole(*asking.late_days))
            disposed = moment(late, chance.within(*asking.desk))
        end = moment(self.frame.last + dt.timedelta(1), 0)
        sent = outcome != "declined" and dispatched < end
        done = disposed < end
        return msgspec.structs.replace(
            request,
            accepted_at=accepted if accepted < end else None,
            dispatched_to=to if sent else None,
            dispatched_at=dispatched if sent else None,
            due_at=due,
            disposed_at=disposed if done else None,
            outcome=outcome if done else None,
        )

    def due(self, category: Category, accepted: int) -> int:
        """Hours after acceptance, or the evening of a later working day; Unix ms."""
        if category.hours:
            return accepted + category.hours * 60 * _MINUTE
        day = self.frame.calendar.after(day_of(accepted), category.days)
        return moment(day, self.asking.due_minute)

    def outcome(self) -> Outcome:
        """The outcome of a request."""
        asking = self.asking
        shares = (asking.declined, asking.transferred, asking.unfounded)
        outcomes: tuple[Outcome, ...] = ("declined", "transferred", "unfounded", "resolved")
        return self.chance.weighted(outcomes, (*shares, 1.0 - total(shares)))

    def in_time(self, dispatched: int, due: int, urgent: bool) -> int:
        """A moment before it is due; for non-urgent ones during office hours."""
        chance, asking = self.chance, self.asking
        if urgent:
            return dispatched + int((due - dispatched) * chance.within(0.05, 0.98)) // 1000 * 1000
        worked = self.frame.calendar.between(day_of(dispatched), day_of(due))
        later = [day for day in worked if day > day_of(dispatched)]
        if not later or (len(worked) > len(later) and chance.happens(0.2)):
            low = max(minute_of(dispatched) + 1, asking.desk[0])
            if worked and worked[0] == day_of(dispatched) and low < asking.desk[1]:
                return moment(worked[0], chance.within(low, asking.desk[1]))
        return moment(chance.pick(later), chance.within(*asking.desk))
