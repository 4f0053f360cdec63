"""Requests: receiving, dispatching and closing them, with the map and the rotas."""

import datetime as dt
import logging
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.policy import first_day
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
from lianzhi.domains.enforcement.desk.import_rows import PLACE_DIGITS
from lianzhi.domains.enforcement.desk.maps import Maps
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.desk.rotas import Rotas
from lianzhi.domains.enforcement.desk.run_all import run_all
from lianzhi.domains.enforcement.policy import DISPATCH
from lianzhi.domains.enforcement.queries import request_views, steps, tables, views
from lianzhi.office.drafts import derived_id
from lianzhi.record.entry import Draft, Text

log = logging.getLogger(__name__)
#: Largest number of characters of a text about a request.
MOST_WORDS = 4000


class Requests:
    """Acts on requests. Raises KeyError, IllegalStepError and RefusedError."""

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
        """Dispatch policy in force today."""
        return dispatch.in_force(self._policies, self._office.today())[1]

    @property
    def since(self) -> dt.date:
        """First day of the policy in force today."""
        return first_day(dispatch.in_force(self._policies, self._office.today())[0])

    def grids(self) -> Grids:
        """Grids of the newest readable map; empty before a map was drawn."""
        with self._office.reading() as connection:
            newest = steps.newest(connection, "map")
        if newest > self._drawn[0]:
            with self._drawing:
                if newest > self._drawn[0]:
                    self._drawn = (newest, self._readable(newest))
        return self._drawn[1]

    def _readable(self, newest: int) -> Grids:
        """The last readable map up to an entry, so that a bad map breaks no page."""
        for index, drawn in views.maps(self._office.ledger, newest):
            try:
                return usable(drawn.encode())
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
        """Record a request; returns its id. `reporter`: an account of the vault.

        `grid` is used without a position. `also`: further texts by name: `contact`, `answers`,
        `media`. `once`: a UUID of the form; sending it again returns the same id.
        """
        if not words.strip():
            raise RefusedError("words", "say what is wrong")
        if len(words) > MOST_WORDS or len(place) > MOST_WORDS:
            raise RefusedError("too_long", f"at most {MOST_WORDS} characters", most=MOST_WORDS)
        if grid and grid not in self.grids().by_id:
            raise RefusedError("grid", f"grid is {grid!r:.80}: not on the map", grid=grid[:80])
        office, at = self._office, self._office.now()
        identity = derived_id(once, by, "request") if once else new_id()
        routed = self.route(category, lon, lat, grid)
        with office.batch() as batch:
            if once and tables.request.get(batch.connection, identity) is not None:
                return identity
            named = [account for account in (enterprise, reporter) if account]
            tokens = batch.tokens(named) if named else {}
            payload: dict[str, Any] = {"grid": routed.grid or "", "by": by}
            if lon is not None and lat is not None:
                payload |= {"lon": round(lon, PLACE_DIGITS), "lat": round(lat, PLACE_DIGITS)}
            for name, account in (("enterprise", enterprise), ("reporter", reporter)):
                if account:
                    payload[name] = tokens[account]
            about = tuple(tokens.values())
            words_by_name = {"words": words, "place": place, **(also or {})}
            texts: dict[str, Text] = {name: (text, about) for name, text in words_by_name.items()}
            batch.append([self.received(identity, channel, category, at, payload, texts)])
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
        """The entry of a new request, for a larger batch. Raises IllegalStepError."""
        payload = {"request": identity, "channel": channel, "category": category, **more}
        check_step(self.policy, None, "request.received", at, payload)
        return draft("request.received", identity, at, payload, texts)

    def route(self, category: str, lon: float | None, lat: float | None, grid: str = "") -> Route:
        """Squad or department for a new request, and why. `grid`: used without a position."""
        version, policy = dispatch.in_force(self._policies, self._office.today())
        point = None if lon is None or lat is None else (lon, lat)
        return route(policy, version, self.grids(), category=category, at=point, grid=grid)

    def accept(self, identity: str, by: str) -> None:
        """Accept a request."""
        self._step(identity, "accepted", by)

    def decline(self, identity: str, reason: str, turn_to: str, by: str, words: str = "") -> None:
        """Decline a request; `turn_to`: the competent body; `words`: answer to the citizen."""
        self._step(identity, "declined", by, words, turn_to, reason=reason)

    def dispatch(self, identity: str, to: str, by: str, **corrections: str) -> None:
        """Dispatch a request to a squad or department. Raises RefusedError for an unknown one."""
        self._check_holder(to)
        self._step(identity, "dispatched", by, to=to, **{k: v for k, v in corrections.items() if v})

    def hand_over(self, identity: str, to: str, words: str, by: str) -> None:
        """Ask another squad, department or officer to take a request over; `words` are for them.

        Raises RefusedError for an unknown one: other names may not be recorded in plain text.
        """
        if not words.strip():
            raise RefusedError("reason", "say what they have to know")
        self._check_holder(to)
        self._step(identity, "handed_over", by, words, to=to, note=new_id())

    def pass_on(self, chosen: Mapping[str, str], words: str, by: str) -> int:
        """Hand over several requests at a change of duty; returns how many were handed over.

        `chosen`: request -> recipient. Requests that moved meanwhile, and recipients not proposed
        by the rota, are skipped. Raises RefusedError if none was handed over.
        """
        with self._office.reading() as connection:
            waiting = request_views.waiting(connection)
        handed = 0
        for handover in self.rotas.handovers(waiting):
            to = chosen.get(handover.request, "")
            if to in handover.to:
                try:
                    self.hand_over(handover.request, to, words, by)
                except (IllegalStepError, KeyError):
                    continue
                handed += 1
        if not handed:
            raise RefusedError("handed_none", "nothing was chosen, or it has moved on")
        return handed

    def take_over(self, identity: str, by: str) -> None:
        """Confirm that the recipient took a request over."""
        self._step(identity, "taken_over", by)

    def hand_back(self, identity: str, reason: str, by: str, words: str = "") -> None:
        """Refuse a handover; the request stays with its holder."""
        self._step(identity, "handed_back", by, words, reason=reason)

    def suspend(self, identity: str, reason: str, by: str, words: str = "") -> None:
        """Suspend a request while waiting for the citizen."""
        self._step(identity, "suspended", by, words, reason=reason)

    def resume(self, identity: str, by: str) -> None:
        """Resume a suspended request."""
        self._step(identity, "resumed", by)

    def dispose(self, identity: str, outcome: str, words: str, by: str, turn_to: str = "") -> None:
        """Dispose of a request; `words`: answer to the citizen."""
        self._step(identity, "disposed", by, words, turn_to, outcome=outcome)

    def confirm(self, identity: str, by: str) -> None:
        """Confirm that the problem did not come back."""
        self._step(identity, "confirmed", by)

    def reopen(self, identity: str, reason: str, by: str, words: str = "") -> None:
        """Reopen a request because the problem came back."""
        self._step(identity, "reopened", by, words, reason=reason)

    def publish(self, identity: str, words: str, by: str) -> None:
        """Publish a summary of a request, which may not identify a person."""
        if not words.strip():
            raise RefusedError("words", "say what anybody may read")
        self._step(identity, "published", by, words)

    def unpublish(self, identity: str, by: str) -> None:
        """Withdraw the published summary."""
        self._step(identity, "unpublished", by)

    def merge(self, identity: str, into: str, by: str) -> None:
        """Merge a duplicate into another request, which must be open. Raises KeyError for an
        unknown one."""
        self._step(identity, "merged", by, into=into)

    def _check_holder(self, to: str) -> None:
        """Raise RefusedError unless this is a squad, department or officer's user name."""
        office = self._office
        known = {grid.squad for grid in self.grids().grids} | self.policy.departments.keys()
        known |= office.rules.power(office.today()).departments.keys()
        with office.reading() as connection:
            for officer in views.officers(connection):
                known |= {officer.id, officer.squad, officer.department}
        if to and to not in known:
            message = f"to is {to!r:.80}: no squad, department or officer; choose one of these"
            raise RefusedError("holder", message, to=to[:80])

    def load(self, connection: Connection, identity: str) -> Request:
        """A request by id. Raises KeyError for an unknown id."""
        return tables.request.load(connection, identity)

    def refusals(self, request: Request, step: str) -> list[IllegalStepError]:
        """What forbids a step now, as far as its form does not matter."""
        refused = refusal(self.policy, request, f"request.{step}", self._office.now())
        return [] if refused is None else [refused]

    def clocks(self, request: Request) -> tuple[request_clocks.Clock, ...]:
        """State of the request's time limits now."""
        return request_clocks.clocks(request, self.policy, self._days, self._office.now())

    def on_duty(self, squad: str) -> tuple[Duty, ...]:
        """Duties of a squad at this moment, by the rota."""
        return self.rotas.on_duty(self._office.now(), squad)

    def tick(self) -> int:
        """Record escalations of late requests and follow-up questions; returns the number of
        entries. Each is recorded once."""
        return run_all(self._waiting(), self._remind)

    def _remind(self, request: Request) -> int:
        drafts = [*self._late(request), *self._due_question(request)]
        if drafts:
            self._office.ledger.append(drafts)
        return len(drafts)

    def _waiting(self) -> list[Request]:
        column = tables.request.c
        is_waiting = column.status.in_(
            ("received", "accepted", "dispatched", "handing_over", "disposed")
        )
        with self._office.reading() as connection:
            return tables.request.every(connection, is_waiting, ~column.imported)

    def _late(self, request: Request) -> Iterator[Any]:
        at = self._office.now()
        for step in request_clocks.unreported_steps(request, self.policy, self._days, at):
            payload = {"request": request.id, "step": step.name, "tells": list(step.tells)}
            yield draft("request.escalated", request.id, at, payload)

    def _due_question(self, request: Request) -> Iterator[Any]:
        at = self._office.now()
        if request.status != "disposed" or request.disposed_at is None:
            return
        if at >= request.disposed_at + self.policy.ask_after_days * 86_400_000:
            yield draft("request.asked", request.id, at, {"request": request.id})

    def _step(
        self, identity: str, step: str, by: str, words: str = "", turn_to: str = "", **more: str
    ) -> None:
        """Take a step; `words` and `turn_to` become erasable texts of the entry."""
        office, at = self._office, self._office.now()
        if max(len(words), len(turn_to)) > MOST_WORDS:
            raise RefusedError("too_long", f"at most {MOST_WORDS} characters", most=MOST_WORDS)
        with office.batch() as batch:
            request = self.load(batch.connection, identity)
            payload = {"request": identity, "by": by, **more}
            if step == "merged" and not self.load(batch.connection, more["into"]).is_open:
                raise RefusedError("merge_closed", f"into is {more['into']}: it is not open")
            check_step(
                self.policy, request, f"request.{step}", at, payload | {"turn_to": turn_to.strip()}
            )
            about = tuple(filter(None, (request.enterprise, request.reporter)))
            texts: dict[str, Text] = {"words": (words, about), "turn_to": (turn_to, about)}
            batch.append([draft(f"request.{step}", identity, at, payload, texts)])
