"""Requests: taking them in, sending them to squads, and seeing them through."""

import datetime as dt
import logging
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from lianzhi.chain.life import IllegalStepError
from lianzhi.dispatch import policy as dispatch
from lianzhi.dispatch.grids.geojson import GridError, usable
from lianzhi.dispatch.grids.grid import Grids
from lianzhi.dispatch.policy import DispatchPolicy
from lianzhi.dispatch.requests import clocks as request_clocks
from lianzhi.dispatch.requests.request import Request
from lianzhi.dispatch.requests.routing import Route, route
from lianzhi.dispatch.requests.steps import check_step, refusal
from lianzhi.dispatch.requests.worktime import Weekdays
from lianzhi.dispatch.rota.rota import Duty
from lianzhi.domains.enforcement.desk.each import each
from lianzhi.domains.enforcement.desk.maps import Maps
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.desk.rotas import Rotas
from lianzhi.domains.enforcement.policy import DISPATCH
from lianzhi.domains.enforcement.queries import request_views, tables, views
from lianzhi.office.drafts import derived_id
from lianzhi.record.entry import Draft, Text

log = logging.getLogger(__name__)
#: Most characters that somebody may write about a request.
MOST_WORDS = 4000


class Requests:
    """See module. Raises KeyError, IllegalStepError and RefusedError."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._policies = dispatch.load(DISPATCH)
        self._days = Weekdays(office.rules.calendar)
        self._drawn: tuple[int, Grids] = (-1, Grids([]))
        self._drawing = threading.Lock()
        self.maps = Maps(office)
        self.rotas = Rotas(office)

    @property
    def policy(self) -> DispatchPolicy:
        """What is in force today."""
        return dispatch.in_force(self._policies, self._office.today())[1]

    @property
    def since(self) -> dt.date:
        """The day from which that applies."""
        return dt.date.fromisoformat(dispatch.in_force(self._policies, self._office.today())[0])

    def grids(self) -> Grids:
        """The newest map that can be read; one without grids where none was drawn yet."""
        with self._office.reading() as connection:
            newest = connection.scalar(select(func.max(tables.grid_map.c.index)))
        if newest is not None and newest > self._drawn[0]:
            with self._drawing:
                if newest > self._drawn[0]:
                    self._drawn = (newest, self._readable(newest))
        return self._drawn[1]

    def _readable(self, newest: int) -> Grids:
        """The last map up to an entry that can be read; no page fails over a bad one."""
        column = tables.grid_map.c
        maps = select(column.index, column.geojson).where(column.index <= newest)
        with self._office.reading() as connection:
            for index, drawn in connection.execute(maps.order_by(column.index.desc())):
                try:
                    return usable(bytes(drawn))
                except GridError:
                    log.warning("the map of entry %d cannot be read; the one before holds", index)
        return Grids([])

    def receive(
        self,
        channel: str,
        category: str,
        words: str,
        by: str,
        *,
        lon: float | None = None,
        lat: float | None = None,
        place: str = "",
        grid: str = "",
        enterprise: str = "",
        reporter: str = "",
        also: Mapping[str, str] | None = None,
        once: str = "",
    ) -> str:
        """Take a request in; returns its id. `reporter` is an account that the vault keeps.

        `grid` counts where no position is given. `also`: further texts that lie beside it, by name:
        `contact`, `answers`, `media`. `once`: a UUID of the form; whoever sends it again is told
        the same.
        """
        if not words.strip():
            raise RefusedError("words", "say what is wrong")
        if len(words) > MOST_WORDS or len(place) > MOST_WORDS:
            raise RefusedError("too_long", f"at most {MOST_WORDS} characters", most=MOST_WORDS)
        if grid and grid not in self.grids().by_id:
            raise RefusedError("grid", f"grid is {grid!r:.80}: not on the map", grid=grid[:80])
        office, at = self._office, self._office.now()
        identity = derived_id(once, by, "request") if once else new_id()
        found = self.route(category, lon, lat, grid)
        with office.batch() as batch:
            if once and self._there(batch.connection, identity):
                return identity
            named = [one for one in (enterprise, reporter) if one]
            tokens = batch.tokens(named) if named else {}
            said: dict[str, Any] = {"grid": found.grid or "", "by": by}
            if lon is not None and lat is not None:
                # About a hundred metres: enough for a squad to find it, too little to tell a door.
                said |= {"lon": round(lon, 3), "lat": round(lat, 3)}
            for name, account in (("enterprise", enterprise), ("reporter", reporter)):
                if account:
                    said[name] = tokens[account]
            about = tuple(tokens.values())
            kept = {"words": words, "place": place, **(also or {})}
            texts: dict[str, Text] = {name: (text, about) for name, text in kept.items()}
            batch.append([self.received(identity, channel, category, at, said, texts)])
        return identity

    def received(
        self,
        identity: str,
        channel: str,
        category: str,
        at: int,
        more: Mapping[str, Any],
        texts: dict[str, Text],
    ) -> Draft:
        """The entry of a new request, for a batch that holds more. Raises IllegalStepError."""
        said = {"request": identity, "channel": channel, "category": category, **more}
        check_step(self.policy, None, "request.received", at, said)
        return draft("request.received", identity, at, said, texts)

    def route(self, category: str, lon: float | None, lat: float | None, grid: str = "") -> Route:
        """Who should take it, and why. `grid`: the one that was given."""
        version, policy = dispatch.in_force(self._policies, self._office.today())
        point = None if lon is None or lat is None else (lon, lat)
        return route(policy, version, self.grids(), category=category, at=point, grid=grid)

    def accept(self, identity: str, by: str) -> None:
        """It is ours to deal with."""
        self._step(identity, "accepted", by)

    def decline(self, identity: str, reason: str, turn_to: str, by: str, words: str = "") -> None:
        """It is not ours, and who else could help; `words` are what the citizen is told."""
        self._step(identity, "declined", by, words, turn_to, reason=reason)

    def dispatch(self, identity: str, to: str, by: str, **anew: str) -> None:
        """Send it to a squad or department. Raises RefusedError for one that is not known."""
        self._known(to)
        self._step(identity, "dispatched", by, to=to, **{k: v for k, v in anew.items() if v})

    def hand_over(self, identity: str, to: str, words: str, by: str) -> None:
        """Ask another squad, department or officer to take it; `words` are for them.

        Raises RefusedError for one that is not known: a name of anybody else, or a word to them,
        has no place on the record.
        """
        if not words.strip():
            raise RefusedError("reason", "say what they have to know")
        self._known(to)
        self._step(identity, "handed_over", by, words, to=to, note=new_id())

    def pass_on(self, chosen: Mapping[str, str], words: str, by: str) -> int:
        """Hand over what the rota says has to change hands, as `chosen`: whom to ask by request.

        What has moved meanwhile, or goes to somebody whom the rota doesn't offer, is left; returns
        how many were handed over. Raises RefusedError where it is none.
        """
        with self._office.reading() as connection:
            waiting = [row.one for row in request_views.waiting(connection)]
        handed = 0
        for one in self.rotas.handovers(waiting):
            to = chosen.get(one.request, "")
            if to in one.to:
                try:
                    self.hand_over(one.request, to, words, by)
                except (IllegalStepError, KeyError):
                    continue
                handed += 1
        if not handed:
            raise RefusedError("handed_none", "nothing was chosen, or it has moved on")
        return handed

    def take_over(self, identity: str, by: str) -> None:
        """They have it now."""
        self._step(identity, "taken_over", by)

    def hand_back(self, identity: str, reason: str, by: str, words: str = "") -> None:
        """They will not; it stays where it was."""
        self._step(identity, "handed_back", by, words, reason=reason)

    def suspend(self, identity: str, reason: str, by: str, words: str = "") -> None:
        """Wait for the citizen."""
        self._step(identity, "suspended", by, words, reason=reason)

    def resume(self, identity: str, by: str) -> None:
        """Go on."""
        self._step(identity, "resumed", by)

    def dispose(self, identity: str, outcome: str, words: str, by: str, turn_to: str = "") -> None:
        """It is dealt with; `words` are what the citizen is told."""
        self._step(identity, "disposed", by, words, turn_to, outcome=outcome)

    def confirm(self, identity: str, by: str) -> None:
        """It has stayed mended."""
        self._step(identity, "confirmed", by)

    def reopen(self, identity: str, reason: str, by: str, words: str = "") -> None:
        """It is back."""
        self._step(identity, "reopened", by, words, reason=reason)

    def publish(self, identity: str, words: str, by: str) -> None:
        """Let anybody read of it what is written here: nothing that points to a person."""
        if not words.strip():
            raise RefusedError("words", "say what anybody may read")
        self._step(identity, "published", by, words)

    def unpublish(self, identity: str, by: str) -> None:
        """Take back what anybody could read."""
        self._step(identity, "unpublished", by)

    def merge(self, identity: str, into: str, by: str) -> None:
        """It is the same as another, which goes on for both: so that one has to be open. KeyError:
        there is no such other."""
        self._step(identity, "merged", by, into=into)

    def _known(self, to: str) -> None:
        """Raise RefusedError unless this is a squad, a department or an officer's user name."""
        office = self._office
        known = {grid.squad for grid in self.grids().grids} | self.policy.departments.keys()
        known |= office.rules.power(office.today()).departments.keys()
        with office.reading() as connection:
            for one in views.officers(connection):
                known |= {one.id, one.squad, one.department}
        if to and to not in known:
            said = f"to is {to!r:.80}: no squad, department or officer; choose one of these"
            raise RefusedError("holder", said, to=to[:80])

    def _there(self, connection: Connection, identity: str) -> bool:
        return (
            connection.scalar(select(tables.request.c.id).where(tables.request.c.id == identity))
            is not None
        )

    def one(self, connection: Connection, identity: str) -> Request:
        """A request as it stands. KeyError: there is none."""
        return self._office.one(connection, tables.request, Request, identity)

    def refusals(self, request: Request, step: str) -> list[IllegalStepError]:
        """What forbids a step now, as far as its form does not matter."""
        refused = refusal(self.policy, request, f"request.{step}", self._office.now())
        return [] if refused is None else [refused]

    def clocks(self, one: Request) -> tuple[request_clocks.Clock, ...]:
        """How its promises of time stand now."""
        return request_clocks.clocks(one, self.policy, self._days, self._office.now())

    def on_duty(self, squad: str) -> tuple[Duty, ...]:
        """Who of a squad is on duty now, as far as a rota is kept."""
        return self.rotas.on_duty(self._office.now(), squad)

    def tick(self) -> int:
        """Tell of what is late, and ask whether it stayed mended; returns how many entries it took.

        What was told is not told again.
        """
        return each(self._waiting(), self._tell)

    def _tell(self, one: Request) -> int:
        drafts = [*self._late(one), *self._due_question(one)]
        if drafts:
            self._office.ledger.append(drafts)
        return len(drafts)

    def _waiting(self) -> list[Request]:
        column = tables.request.c
        asked = column.status.in_(
            ("received", "accepted", "dispatched", "handing_over", "disposed")
        )
        with self._office.reading() as connection:
            rows = connection.scalars(select(column.state).where(asked, ~column.imported)).all()
        return [msgspec.json.decode(row, type=Request) for row in rows]

    def _late(self, one: Request) -> Iterator[Any]:
        at = self._office.now()
        for step in request_clocks.unreported_steps(one, self.policy, self._days, at):
            said = {"request": one.id, "step": step.name, "tells": list(step.tells)}
            yield draft("request.escalated", one.id, at, said)

    def _due_question(self, one: Request) -> Iterator[Any]:
        at = self._office.now()
        if one.status != "disposed" or one.disposed_at is None:
            return
        if at >= one.disposed_at + self.policy.ask_after_days * 86_400_000:
            yield draft("request.asked", one.id, at, {"request": one.id})

    def _step(
        self, identity: str, step: str, by: str, words: str = "", turn_to: str = "", **more: str
    ) -> None:
        """Take a step. What people wrote, `words` and `turn_to`, lies beside the entry."""
        office, at = self._office, self._office.now()
        if max(len(words), len(turn_to)) > MOST_WORDS:
            raise RefusedError("too_long", f"at most {MOST_WORDS} characters", most=MOST_WORDS)
        with office.batch() as batch:
            one = self.one(batch.connection, identity)
            said = {"request": identity, "by": by, **more}
            if step == "merged" and not self.one(batch.connection, more["into"]).is_open:
                raise RefusedError("merge_closed", f"into is {more['into']}: it is not open")
            check_step(self.policy, one, f"request.{step}", at, said | {"turn_to": turn_to.strip()})
            about = tuple(filter(None, (one.enterprise, one.reporter)))
            texts: dict[str, Text] = {"words": (words, about), "turn_to": (turn_to, about)}
            batch.append([draft(f"request.{step}", identity, at, said, texts)])
