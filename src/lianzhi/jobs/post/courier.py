"""Courier: the thread that takes due messages out of the outbox and has them delivered.

It leases what is due, at most as many as a channel carries at once; the channel's own threads
deliver; what came of them is written in one batch of the record, together with what listeners put
on the record. It is awake at once when something is put, and looks once a second besides. Killed at
any moment it loses nothing: a lease runs out, and the message goes out again under the same id.

Waiting goes by the injected clock, which may jump: forward, everything comes due, once; back, what
is put off is moved back with it.
"""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from lianzhi.faults import fault_point
from lianzhi.jobs.post.delivery import (
    LONGEST_WAIT_MS,
    MOST_ATTEMPTS,
    SPREAD,
    Channel,
    Delivered,
    Failed,
    Listener,
    Moot,
    MootError,
    Outcome,
    Refused,
    wait_ms,
)
from lianzhi.office.messages import Message
from lianzhi.office.ports import Batch, Ledger
from lianzhi.store import outbox
from lianzhi.store.db import outage

POLL_S = 1.0
LEASE_MS = 180_000
"""Upper bound of a delivery's duration, scheduling delays of its thread included."""
GRACE_S = 2.0
"""Grace period for deliveries in progress at shutdown."""
#: A channel on which so many failed in a row rests, for longer each time, before it is given more.
TIRED_AFTER = 16
LONGEST_REST_S = 30.0
#: A clock that differs from the machine's steady one by so much has been set back.
JUMP_MS = 60_000
PURGE_EVERY_S = 60.0
DAY_MS = 86_400_000

log = logging.getLogger(__name__)


class _Lane:
    """A channel, its threads, what they have at hand, and how it goes."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.threads = ThreadPoolExecutor(channel.at_once, f"post-{channel.name}")
        self.in_flight: set[str] = set()
        self.failures = 0
        self.rests_until = 0.0

    def room(self) -> int:
        """How many more it can be given now."""
        resting = time.monotonic() < self.rests_until
        return 0 if resting else self.channel.at_once - len(self.in_flight)

    def record(self, outcome: Outcome) -> None:
        """Record an outcome; consecutive failures pause the channel."""
        self.failures = self.failures + 1 if isinstance(outcome, Failed) else 0
        tired, exponent = divmod(self.failures, TIRED_AFTER)
        if tired and not exponent:
            self.rests_until = time.monotonic() + min(2.0 ** min(tired - 1, 10), LONGEST_REST_S)


class Courier:
    """Delivers the messages of the outbox; `start` and `close` it."""

    def __init__(
        self,
        ledger: Ledger,
        channels: Sequence[Channel],
        listeners: Mapping[str, Listener],
        clock: Callable[[], int],
        by: str,
        keep_sent_days: int = 30,
    ) -> None:
        """`listeners` by the noun of a topic; `by` names this node, the same after a restart."""
        self._ledger, self._listeners, self._clock, self._by = ledger, listeners, clock, by
        self._lanes = [_Lane(channel) for channel in channels]
        self._keep_ms = keep_sent_days * DAY_MS
        self._done: deque[tuple[_Lane, Message, Outcome]] = deque()
        self._bell, self._stop = threading.Event(), threading.Event()
        self._purged = time.monotonic()
        self._recovered = False
        self._chance = random.Random().random  # noqa: S311 - spreads waits
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Take up the work; what the process before had under way is due at once.

        A locked database does not hold up the start, since the judge may be writing already: the
        courier's thread then tries again.
        """
        try:
            self._recover()
        except SQLAlchemyError as error:
            if outage(error) is None:
                raise
        self._thread.start()

    def wake(self) -> None:
        """Signal that a message was added to the outbox."""
        self._bell.set()

    def close(self) -> None:
        """Stop; what is under way may end, or is cut and waits for the next start."""
        self._stop.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        self._began = self._clock() - _steady()
        failing = False
        while not self._stop.is_set():
            try:
                if not self._recovered:
                    self._recover()
                busy = self._pass()
                failing = False
            except Exception as error:  # what is not settled is kept, and settled later
                busy = False
                if not failing:
                    wrong = outage(error)
                    log.error("the courier waits: %s", wrong or type(error).__name__)
                failing = True
            if not busy:
                self._bell.wait(POLL_S)
            self._bell.clear()
        self._end()

    def _recover(self) -> None:
        now = self._clock()
        latest = now + int(LONGEST_WAIT_MS * (1 + SPREAD))
        outbox.recover(self._ledger.engine, self._by, now, latest)
        self._recovered = True

    def _pass(self) -> bool:
        """Settle what is done, start what is due; whether there was anything to do."""
        self._follow_clock()
        settled = self._settle()
        started = sum(self._begin(lane) for lane in self._lanes)
        if not settled and not started:
            self._purge()
        return bool(settled or started)

    def _begin(self, lane: _Lane) -> int:
        room = lane.room()
        if room <= 0:
            return 0
        messages = outbox.claim(
            self._ledger.engine,
            self._by,
            self._clock(),
            room,
            LEASE_MS,
            channel=lane.channel.name,
            in_progress=lane.in_flight,
        )
        if messages:
            fault_point("delivery.claimed")
        for message in messages:
            lane.in_flight.add(message.id)
            lane.threads.submit(self._carry, lane, message)
        return len(messages)

    def _carry(self, lane: _Lane, message: Message) -> None:
        try:
            outcome = lane.channel.deliver(message, self._clock())
        except MootError as error:
            outcome = Moot(str(error))
        except Exception as error:
            # Its words may name people.
            log.error("message %s was not composed: %s", message.id, type(error).__name__)
            outcome = Failed(f"could not be composed ({type(error).__name__})")
        fault_point("delivery.answered")
        self._done.append((lane, message, outcome))
        self._bell.set()

    def _settle(self) -> int:
        """Write down what came of messages, all in one batch; returns how many."""
        done = list(self._done)
        if not done:
            return 0
        try:
            with self._ledger.batch() as batch:
                for _, message, outcome in done:
                    self._write(batch, message, outcome)
                fault_point("delivery.settled")
        except Exception as error:
            if isinstance(error, SQLAlchemyError | OSError) and outage(error) is not None:
                raise
            for _, message, outcome in done:  # one of them is at fault: the others are not
                self._write_alone(message, outcome)
        for lane, message, outcome in done:
            self._done.popleft()
            lane.in_flight.discard(message.id)
            lane.record(outcome)
        return len(done)

    def _write(self, batch: Batch, message: Message, outcome: Outcome) -> None:
        connection, now = batch.connection, self._clock()
        listener = self._listeners.get(message.topic.partition(".")[0])
        match outcome:
            case Delivered():
                if outbox.sent(connection, message, now) and listener is not None:
                    listener.on_sent(batch, message, now)
            case Moot(why):
                outbox.drop(connection, message, now, why)
            case Failed(error, after_ms) if message.attempts < MOST_ATTEMPTS:
                due = now + wait_ms(message.attempts, after_ms, self._chance())
                outbox.failed(connection, message, due, error)
            case Failed(error) | Refused(error):
                if outbox.bury(connection, message, now, error) and listener is not None:
                    listener.on_dead(batch, message, now, error)

    def _write_alone(self, message: Message, outcome: Outcome) -> None:
        """Write one down; should its listener refuse, the message is tried again, then buried."""
        try:
            with self._ledger.batch() as batch:
                self._write(batch, message, outcome)
        except Exception as error:
            if isinstance(error, SQLAlchemyError | OSError) and outage(error) is not None:
                raise
            why = f"not taken into the record ({type(error).__name__})"
            log.exception("message %s: %s", message.id, why)
            with self._ledger.batch() as batch:
                connection, now = batch.connection, self._clock()
                if message.attempts < MOST_ATTEMPTS and not isinstance(outcome, Refused):
                    due = now + wait_ms(message.attempts, 0, self._chance())
                    outbox.failed(connection, message, due, why)
                else:
                    outbox.bury(connection, message, now, why)

    def _follow_clock(self) -> None:
        began = self._clock() - _steady()
        back = self._began - began
        if back > JUMP_MS:
            outbox.set_back(self._ledger.engine, self._clock(), back)
        if abs(back) > JUMP_MS:
            self._began = began

    def _purge(self) -> None:
        if time.monotonic() - self._purged > PURGE_EVERY_S:
            self._purged = time.monotonic()
            outbox.purge(self._ledger.engine, self._clock() - self._keep_ms)

    def _end(self) -> None:
        until = time.monotonic() + GRACE_S
        while any(lane.in_flight for lane in self._lanes) and time.monotonic() < until:
            if len(self._done) == sum(len(lane.in_flight) for lane in self._lanes):
                break
            self._bell.wait(0.05)
            self._bell.clear()
        for lane in self._lanes:
            lane.channel.cut()
        for lane in self._lanes:
            lane.threads.shutdown()
        try:
            self._settle()
        except Exception as error:  # leases run out, the next start sends again
            log.error("what was under way is not written down: %s", type(error).__name__)


def _steady() -> int:
    """Milliseconds of a clock that nobody sets."""
    return time.monotonic_ns() // 1_000_000
