"""Node: a running deployment. Opens LIANZHI_HOME, accepts events, judges them, keeps the record.

Events are answered for when they are durable; a thread of its own judges them in log order, behind
a bounded queue, so that a slow detector slows the intake and memory does not grow. Findings go to
the record in one batch with whatever follows from them. After a crash the log is read again from
the last snapshot: findings have deterministic ids, and those on the record are not recorded twice.
"""

import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from lianzhi.chain.case import Outcome
from lianzhi.chain.event import KINDS, Event
from lianzhi.chain.finding import Finding
from lianzhi.chain.protection import Terms, Verdict
from lianzhi.config import Config, ConfigError, load
from lianzhi.documents.notice import Sender
from lianzhi.domains import registry
from lianzhi.domains.domain import Domain, Means, Reporting
from lianzhi.domains.monitor import Bucket, Monitor, Site
from lianzhi.domains.policies import Policies
from lianzhi.domains.settings import SettingsError
from lianzhi.flow import intake
from lianzhi.flow.quarantine import Rejected
from lianzhi.flow.runner import Runner
from lianzhi.jobs import restored, snapshots, ticker
from lianzhi.jobs.forms import Erased, Pulse, Receipt
from lianzhi.jobs.home import hold, sweep
from lianzhi.jobs.judge import DetectionStoppedError, Judge
from lianzhi.jobs.lexicons import Lexicons, Wording
from lianzhi.jobs.live import Live
from lianzhi.jobs.marking import mark
from lianzhi.jobs.minutely import Minutely
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.post.post import Post
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.jobs.recorder import Recorder
from lianzhi.jobs.segments import SegmentRecord
from lianzhi.jobs.signals.matching import Matching
from lianzhi.jobs.trial import Trial
from lianzhi.office.actor import Actor
from lianzhi.office.casework import Casework
from lianzhi.office.complaints import Complaint
from lianzhi.office.conclusions import Conclusion, Conclusions
from lianzhi.office.guard import Guard
from lianzhi.office.outgoing import MeasureDeliveryListener, Outgoing
from lianzhi.office.ports import Once
from lianzhi.office.proceedings import Proceedings
from lianzhi.office.signals import Signals
from lianzhi.office.views import Act
from lianzhi.record.mention import mentions
from lianzhi.store import lookups, pending_links, query
from lianzhi.store.db import open_engine
from lianzhi.store.events import EventStore
from lianzhi.store.heads import acknowledged
from lianzhi.store.ledger import Batch, open_ledger
from lianzhi.store.migrate import upgrade
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.owner import Owner, OwnerLostError
from lianzhi.store.quarantine import FileQuarantine
from lianzhi.store.sample import sample
from lianzhi.text import Lexicon

REASONS_SHOWN = 100

log = logging.getLogger(__name__)


class RetainedError(ValueError):
    """Somebody is not erased, for the law keeps what there is of them; the message says what."""


def wall_clock() -> int:
    """Unix milliseconds UTC."""
    return time.time_ns() // 1_000_000


class Node:
    """See module. Use as a context manager, or call `close`."""

    def __init__(
        self,
        home: Path,
        config: Config | None = None,
        clock: Callable[[], int] = wall_clock,
        on_finding: Callable[[Finding], None] | None = None,
    ) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home, self.now = home, clock
        with ExitStack() as opened:
            opened.callback(os.close, hold(home))
            self._open(home, config or load(home), on_finding, opened)
            self._opened = opened.pop_all()

    def _open(
        self,
        home: Path,
        config: Config,
        on_finding: Callable[[Finding], None] | None,
        opened: ExitStack,
    ) -> None:
        """Open what lies under `home`; what is to be closed goes on the stack, the last first."""
        _tune_interpreter()
        sweep(home)
        self.config = config
        self.domains = _domains(config)
        self._limits = intake.Limits(kinds=registry.event_kinds() | {*KINDS})
        self._lateness = int(self.config.lateness_seconds * 1000)
        self.engine = open_engine(self.config.url(home))
        opened.callback(self.engine.dispose)
        self._owner = Owner(self.engine, home)
        opened.callback(self._owner.close)
        upgrade(self.engine, MODEL)
        self._owner.sign(self.now())
        self.ledger = open_ledger(
            self.engine, home, self.config.origin, MODEL.make(), fence=self._owner.check
        )
        restored.record(home, self.ledger)
        heads = acknowledged(self.engine, self.ledger.signer.seal_key)
        self.store = EventStore(home, self.config.segment_megabytes << 20, heads)
        opened.callback(self.store.close)
        self._quarantine = FileQuarantine(home / "quarantine.ndjson", self.now)
        policies = Policies(home / config.policy if config.policy else None)
        self._case_policy = policies.case
        words = home / config.lexicon if config.lexicon else None
        self.lexicons = Lexicons(self.ledger, words, self.now)
        self._monitors = self._open_monitors(policies)
        runner = Runner([each for one in self._monitors for each in one.detectors])
        self.live = Live(
            self._monitors, self.store, self.lexicons, self.now, lambda: self.judge.runner
        )
        self.post = Post(self.ledger, home, self.config, self.now)
        self.guard = self._open_guard()
        reporting = policies.reporting()
        self.proceedings = self._open_proceedings(reporting)
        self.post.listen("measure", MeasureDeliveryListener(self.proceedings.measures))
        self.signals = Signals(self.proceedings.office, home)
        self.casework = Casework(self.proceedings.office, self.guard)
        self.desks = self._desks(home, policies)
        self.concluding = Conclusions(
            self.proceedings.office,
            self.store.log,
            partial(query.acts_at, self.store),
            self._mark,
            reporting.kind,
        )
        recorder = Recorder(
            self.ledger,
            self.store,
            self._case_policy,
            self._mark,
            self._automate,
            self.post.notify,
        )
        self.segments = SegmentRecord(self.ledger, self.store, self.now)
        self.segments.catch_up()
        self.segments.keep_head()
        self._snapshot_path = home / snapshots.SNAPSHOT
        self._stop = threading.Event()
        self.judge = Judge(
            runner,
            self.store,
            recorder,
            self._snapshot_path,
            on_finding or (lambda finding: None),
            self._stop,
        )
        opened.callback(self.judge.close)
        opened.callback(self._keep_last_head)
        self._last_accept = self._saved = time.monotonic()
        self._start_tickers(opened)
        opened.callback(self._stop.set)
        self.post.start()
        opened.callback(self.post.close)

    def _open_guard(self) -> Guard:
        """Protections in force, in memory."""
        guard = Guard(self.live.is_stranger)
        with self.engine.connect() as connection:
            for protection, account, _, terms in lookups.running_protections(connection):
                guard.put(protection, account, terms)
        return guard

    def _open_proceedings(self, reporting: Reporting) -> Proceedings:
        outgoing = Outgoing(self.post, QUERIES.notices)
        return open_proceedings(self.home, self.ledger, self._case_policy, outgoing, reporting)

    def _desks(self, home: Path, policies: Policies) -> dict[str, Any]:
        """Desks by name: of the domains that are opened, and of those that have one always."""
        means = Means(
            self.ledger, home, self.now, self.proceedings.office, partial(sample, self.store)
        )
        return {
            domain.name: domain.open(
                means._replace(policy=policies.folder(domain.name), opened=domain in self.domains)
            )
            for domain in registry.DOMAINS.values()
            if domain.open is not None and (domain.always or domain in self.domains)
        }

    def _open_monitors(self, policies: Policies) -> list[Monitor]:
        """Monitors of the domains that are opened and have one."""
        settings = self.config.settings
        known = [one.name for one in registry.DOMAINS.values() if one.settings is not None]
        if unknown := sorted(settings.keys() - known):
            mend = f"leave it out, or use one of {', '.join(known)}"
            raise ConfigError(f"config.toml: [{unknown[0]}] is no table; {mend}")
        try:
            return [
                domain.monitor(
                    Site(
                        self.home,
                        policies.folder(domain.name),
                        settings.get(domain.name, {}),
                        self._lexicon,
                    )
                )
                for domain in self.domains
                if domain.monitor is not None
            ]
        except SettingsError as error:
            raise ConfigError(str(error)) from None

    # -- events -------------------------------------------------------------------------------

    def submit(self, body: bytes, origin: str, first_line: int = 1) -> Receipt:
        """Accept a batch of NDJSON; returns when it is durable. Thread-safe."""
        batch = intake.read(body, self.now(), self._limits, first_line)
        written = self.store.accept(
            batch.events, batch.lines, self.now(), self._lateness, self.judge.put
        )
        held = self._quarantine.hold(origin, batch.rejected)
        self.store.sync(written.position)
        self._last_accept = time.monotonic()
        return Receipt(
            accepted=len(written.accepted.events),
            duplicates=written.duplicates,
            quarantined=len(batch.rejected) + batch.uncounted,
            late=written.late,
            reasons=tuple(_shown(row) for row in batch.rejected[:REASONS_SHOWN]),
            quarantined_before=len(batch.rejected) - held,
        )

    def finish(self) -> None:
        """The input has ended: release what the watermark holds back, and wait for the verdicts."""
        self.store.release(self.now(), self.judge.put, ended=True)
        self.store.sync(self.store.log.position())
        self.judge.wait()

    def events(self, seqs: Sequence[int]) -> dict[int, Event]:
        """Events by position in the log; erased ones are missing."""
        return self.store.events(seqs)

    def quarantine(self) -> FileQuarantine:
        """Rows that could not be accepted."""
        return self._quarantine

    @property
    def sender(self) -> Sender:
        """Who speaks in its notices."""
        return self.post.sender

    # -- what is going on ---------------------------------------------------------------------

    def trouble(self) -> str | None:
        """What keeps the detectors from judging, in words that name nobody; None: nothing does."""
        return self.judge.trouble

    def try_out(self, wording: Wording, since: int = 0, identity: str = "") -> Trial:
        """What a term would do: a new one, or the one of this id, tried on stored comments.

        Raises LexiconError.
        """
        return self.live.try_out(wording, since, identity)

    def pulse(self) -> Pulse:
        """The live picture."""
        return self.live.pulse()

    def timeline(self, account: str, since: int, until: int, width: int) -> list[Bucket]:
        """Messages at a person by interval, from the event log."""
        return self.live.timeline(account, since, until, width)

    def expected_per_hour(self, account: str) -> float | None:
        """The person's own baseline of strangers an hour; None when unknown."""
        return self.live.expected_per_hour(account)

    # -- protection and cases -----------------------------------------------------------------

    def check(
        self, channel: str, actor: str, target: str, at: int, actor_created: int | None
    ) -> Verdict:
        """Whether an interaction passes the target's protection. No I/O."""
        return self.guard.check(channel, actor, target, at, actor_created)

    def grant(self, account: str, terms: Terms, by: str, case: str | None, at: int) -> str:
        """Grant a protection; returns its id when it is on the record."""
        return self.casework.grant(account, terms, by, case, at)

    def lift(self, protection: str, by: str, at: int) -> None:
        """End a protection early. Raises KeyError when there is none."""
        self.casework.lift(protection, by, at)

    def close_case(self, case: str, outcome: Outcome, reason: str, by: str, at: int) -> None:
        """Close a case; raises IllegalStepError when its status forbids it."""
        self.casework.close_case(case, outcome, reason, Actor(by), at)

    def reopen_case(self, case: str, reason: str, by: str, at: int) -> None:
        """Reopen a closed case."""
        self.casework.reopen_case(case, reason, Actor(by), at)

    def revisit_case(self, case: str, rebound: bool, words: str, by: str, at: int) -> None:
        """Hold the follow-up visit of a closed case."""
        self.casework.revisit(case, rebound, words, Actor(by), at)

    def report(self, complaint: Complaint, by: str, once: Once | None = None) -> str:
        """Take a report; returns its id, the receipt. ValueError: there is no such class of harm.

        The detectors see it too: it is an event, with what is known of its reporter. With `once`
        what was reported before is not reported again.
        """
        made, line = self.proceedings.report(complaint, by, self.now(), once)
        if line is not None:
            try:
                self.submit(line, "reports")
            except DetectionStoppedError:  # the report stands; a person reads it all the same
                log.warning("detection has stopped: it does not see report %s", made)
        return made

    def acts(self, about: str, actors: Collection[str]) -> list[Act]:
        """What these accounts did to a person lately, newest first: evidence to choose from."""
        return self.concluding.acts(about, actors, self.now())

    def conclude(self, conclusion: Conclusion, by: str) -> str:
        """Put on the record what a person concluded from reports; returns the case."""
        return self.concluding.conclude(conclusion, by, self.now())

    def note_case(self, case: str, text: str, by: str, at: int) -> None:
        """Add a note; its text is kept in the vault."""
        self.casework.note_case(case, text, by, at)

    def assign_case(self, case: str, user: str, by: str, at: int) -> None:
        """Give a case to a user."""
        self.casework.assign_case(case, user, by, at)

    # -- erasure and end ----------------------------------------------------------------------

    def erase(self, account: str, *, retained_too: bool = False) -> Erased:
        """Erase a person everywhere; every proof still verifies afterwards.

        Raises RetainedError, with nothing erased, where the law keeps something of them, unless it
        is to be erased too.
        """
        desks = [(registry.DOMAINS[name], desk) for name, desk in self.desks.items()]
        kept = [domain.retained(desk, account) for domain, desk in desks]
        if any(kept) and not retained_too:
            raise RetainedError("; ".join(filter(None, kept)))
        for domain, desk in desks:
            domain.erase(desk, account)
        named = mentions(account)
        for protection in self.guard.of(account):
            self.lift(protection, "erasure", self.now())
        aliases = self.signals.hashes_of(account, self.now())
        self.signals.forget(account, self.now())
        with self.store.paused(), self.judge.halted() as runner:
            runner.forget(account, named)
            state = runner.snapshot(self.store.log.next, self.ledger.size)
            snapshots.save(self._snapshot_path, state)
            for monitor in self._monitors:
                monitor.forget(account)
        # From here on the node goes on: rewriting what is stored may take minutes.
        pending_links.erase(self.engine, self.ledger.signer.seal_key, account)
        events = self.store.erase(named, self.segments.put)
        rows = self._quarantine.erase(named)
        for domain, desk in desks:
            aliases += domain.erased(desk, account)
        return Erased(self.ledger.erase(account, self.now(), aliases), events, rows)

    def close(self) -> None:
        """Judge what was accepted, save the state and let go of LIANZHI_HOME."""
        self._opened.close()

    def __enter__(self) -> "Node":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _timed(self) -> list[ticker.Task]:
        """What is done about once a second."""
        matching = Matching(self.signals)
        return [
            self._keep_owner,
            self.lexicons.look,
            lambda: self.casework.lapse(self.now()),
            lambda: self.proceedings.measures.lapse(self.now()),
            self.segments.keep_head,
            self.segments.seal,
            self._release_idle,
            self._ask_snapshot,
            lambda: pending_links.sweep(self.engine, self.now()),
            lambda: matching.tick(self.now()),
        ]

    def _start_tickers(self, opened: ExitStack) -> None:
        # What reads many events has a thread of its own, so that what is timed goes on.
        for tasks in (self._timed(), self._slow()):
            timed = ticker.Ticker(tasks, self._stop)
            timed.start()
            opened.callback(timed.join)

    def _slow(self) -> list[ticker.Task]:
        """What is done about once a second, and may take seconds each time."""
        desks = [(registry.DOMAINS[name], desk) for name, desk in self.desks.items()]
        tasks: list[ticker.Task] = [partial(domain.poll, desk) for domain, desk in desks]
        return [*tasks, *(Minutely(partial(domain.tick, desk), self.now) for domain, desk in desks)]

    def _keep_last_head(self) -> None:
        try:
            self.segments.keep_head()
        except (SQLAlchemyError, OwnerLostError):
            log.exception("where the event log ends was not kept; the next start does it")

    def _keep_owner(self) -> None:
        try:
            self._owner.keep()
        except OwnerLostError as error:
            self.judge.end(error)

    def _lexicon(self) -> Lexicon:
        return self.lexicons.lexicon

    def _mark(self, findings: Sequence[Finding], events: Mapping[int, Event]) -> list[Finding]:
        """Mark harm to persons; what is found of things is not read for it."""
        persons = [
            f for f in findings if self._case_policy(f.at).type_of(f.kind).about == "account"
        ]
        marked = {one.id: one for one in mark(persons, events, self._lexicon())}
        return [marked.get(one.id, one) for one in findings]

    def _automate(self, batch: Batch, case: str, found: Finding) -> None:
        self.proceedings.automation.act(batch, case, found.at, found.since, self.now())

    def _release_idle(self) -> None:
        if time.monotonic() - self._last_accept > max(ticker.TICK_S, self._lateness / 1000):
            self.store.release(self.now() - self._lateness, self.judge.put, ended=False)

    def _ask_snapshot(self) -> None:
        if time.monotonic() - self._saved > self.config.snapshot_minutes * 60:
            self.judge.ask_snapshot()
            self._saved = time.monotonic()


def _shown(row: Rejected) -> tuple[int, str, str]:
    return row.line, row.reason, row.detail


def _domains(config: Config) -> tuple[Domain, ...]:
    try:
        return registry.opened(config.domains)
    except ValueError as error:
        raise ConfigError(f"config.toml: {error}") from None


def _tune_interpreter() -> None:
    """A node is its process: fit CPython to millions of long-lived objects and two busy threads.

    Fewer collections of what will live anyway, and longer turns between intake and judge.
    """
    gc.set_threshold(100_000, 50, 1000)
    sys.setswitchinterval(0.02)
