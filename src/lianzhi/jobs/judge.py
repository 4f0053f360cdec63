"""Judge: the thread that runs the detectors over accepted frames, in log order.

It begins with the log from the last snapshot on, saving its state on the way, while the intake is
open: what comes in meanwhile is read from the log as well. From then on frames come by a queue.
While the database is locked or away it holds on to the findings at hand and tries again; the queue
fills meanwhile, and then the intake waits.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import tee
from pathlib import Path

from lianzhi.chain.finding import Finding
from lianzhi.flow.clock import StepBack, in_force
from lianzhi.flow.log import LogDamagedError
from lianzhi.flow.runner import Accepted, Runner
from lianzhi.jobs import snapshots
from lianzhi.jobs.counts import Counts
from lianzhi.jobs.pace import Backlog, Pace, Progress
from lianzhi.jobs.patience import Patience
from lianzhi.office.recorder import Recorder
from lianzhi.store.events import EventStore
from lianzhi.store.segments import Position

#: Events that may wait before the intake blocks; bounds memory, whatever the size of a frame.
WAITING = 32_768
#: Seconds between two lines of progress in the log, and the fewest between two saved states, while
#: a backlog is judged. Saving takes at most a tenth of the time.
LOGGED_S, SAVED_S, SAVING_SHARE = 10.0, 30.0, 10
#: Seconds that closing goes on judging what waits; the next start judges the rest.
CLOSING_S = 10.0
#: Events that may be left of a backlog when the intake is held to judge the last of them.
FEW = 256

log = logging.getLogger(__name__)


class DetectionStoppedError(RuntimeError):
    """A detector or the record failed. What was accepted is safe; the next start judges it."""


Item = tuple[Accepted, Position] | None


class Judge:
    """Owns the runner, and judges in the background: first the log, then what is queued."""

    def __init__(
        self,
        runner: Runner,
        store: EventStore,
        recorder: Recorder,
        snapshot_path: Path,
        on_finding: Callable[[Finding], None],
        stop: threading.Event,
        counts: Counts,
        steps: Sequence[StepBack] = (),
    ) -> None:
        """`stop` ends the patience with a database that does not answer; `steps` are those of the
        clock so far."""
        self.runner = runner
        self._store, self._recorder, self._on_finding = store, recorder, on_finding
        self._snapshot_path, self._counts = snapshot_path, counts
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._room = threading.Condition()
        self._waiting = self._frames = 0
        """Events and frames put in and not judged yet."""
        self._busy = threading.Lock()
        self._snapshot_due = threading.Event()
        self._failure: BaseException | None = None
        self._patience, self._pace = Patience(stop), Pace()
        self._steps, self._step_due = tuple(steps), list[StepBack]()
        """Steps that its state knows, and those that it must yet begin anew for."""
        start = snapshots.restore(snapshot_path, runner, recorder.recorded, len(self._steps))
        self._after, self._judged_before = start
        if self._after > store.log.next:
            raise LogDamagedError(
                f"the event log ends at {store.log.next}, but events up to {self._after} were "
                "judged: restore events/ from a copy"
            )
        self._live = False
        """Whether the log is judged and frames come by the queue."""
        self._bound = store.log.next - self._after + WAITING
        """Events that may wait while a backlog is judged."""
        self._progress = Progress(self._after)
        self._closing: float | None = None
        """When closing must be over."""
        self._thread = threading.Thread(target=self._run, name="judge", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> Backlog | None:
        """What is left to judge of the log; None: frames are judged as they come."""
        if self._live:
            return None
        return self._progress.backlog(self._after, self._store.log.next)

    @property
    def waiting(self) -> int:
        """Events accepted and not given to the detectors yet."""
        return max(0, self._store.log.next - self._after)

    @property
    def trouble(self) -> str | None:
        """What keeps it from judging, in words that name nobody; None: nothing does."""
        if self._failure is not None:
            return "detection has stopped: start again to go on, nothing is lost"
        if waits_for := self._patience.waits_for:
            return f"detection waits: {waits_for}"
        if backlog := self.backlog:
            return f"detection judges what was accepted before: {backlog}"
        return None

    def put(self, accepted: Accepted, position: Position) -> None:
        """Queue a frame; blocks while too many events wait. Raises what stopped the judge."""
        with self._room:
            self._room.wait_for(lambda: self._has_room() or self._failure is not None)
            self._check()
            if self._live:  # or else it is read from the log
                self._waiting += len(accepted.events)
                self._frames += 1
                self._queue.put((accepted, position))

    def wait(self) -> None:
        """Return when everything accepted has been judged. Raises what stopped the judge."""
        with self._room:
            self._room.wait_for(
                lambda: (self._live and not self._frames) or self._failure is not None
            )
            self._check()

    def ask_snapshot(self) -> None:
        """Save the state when the frames at hand are judged."""
        self._snapshot_due.set()

    def start_over(self, step: StepBack) -> None:
        """Judge the whole log again, as the clock stepped back. Hold the intake meanwhile."""
        with self._room:
            self._step_due.append(step)
            self._live = False
            self._bound = self._store.log.next + WAITING
            self._queue.put(None)

    def end(self, error: BaseException) -> None:
        """Judge nothing any more: `error` is why, and is told to every later caller, once."""
        with self._room:
            if self._failure is None:
                log.error("detection has stopped: %s", error)
                self._failure = error
            self._room.notify_all()

    @contextmanager
    def halted(self) -> Iterator[Runner]:
        """The runner, with everything accepted judged, nothing running meanwhile, and the state
        saved as it is left. Hold the intake meanwhile.
        """
        self.wait()
        with self._busy:
            yield self.runner
        self._save()

    def close(self) -> None:
        """Judge what is queued, for a while, save the state, stop."""
        self._closing = time.monotonic() + CLOSING_S
        self._queue.put(None)
        self._thread.join()
        if self._failure is None:
            self._save()

    # -- the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                while not (self._live or self._failure or self._closing):
                    self._judge_log()
            except Exception as error:  # kept for every later caller
                self._fail(error)
            if not self._judge_queue() and self._closing is not None:
                return

    def _judge_log(self) -> None:
        """Judge the log to its end and go live; or return, to begin anew, to close or failed."""
        if self._step_due:
            self._begin_anew()
        logged = saved = time.monotonic()
        spacing = SAVED_S
        for frames in self._grouped(self._left()):
            self._judge_timed(frames)
            now = time.monotonic()
            if now - logged > LOGGED_S:
                log.info("judging what was accepted before: %s", self.backlog)
                logged = now
            if now - saved > spacing or self._snapshot_due.is_set():
                self._save()
                saved = time.monotonic()
                spacing = max(SAVED_S, SAVING_SHARE * (saved - now))
            if self._closing or self._failure or self._step_due:
                return
        if self._store.log.next - self._after <= FEW:
            with self._store.paused():
                for frames in self._grouped(self._left()):
                    self._judge_timed(frames)
                with self._room:
                    self._live = not self._step_due
                    self._room.notify_all()

    def _begin_anew(self) -> None:
        with self._room:
            self._steps += tuple(self._step_due)
            self._step_due.clear()
            # What waits is read from the log as well, with the watermarks that are in force now.
            while not self._queue.empty():
                self._queue.get_nowait()
            self._waiting = self._frames = 0
            if self._closing is not None:
                self._queue.put(None)
            self._after, self._judged_before = 0, max(self._judged_before, self.runner.watermark)
            self._progress = Progress(0)
        with self._busy:
            self.runner.clear()

    def _left(self) -> Iterator[Accepted]:
        """Yield durable frames from where the judge is.

        Before those that a step of the clock changed, nothing is judged that was judged before.
        """
        self._store.sync(self._store.log.position())
        frames, originals = tee(self._store.frames(self._after))
        for frame, original in zip(in_force(frames, self._steps), originals, strict=True):
            if frame is not original:
                self._judged_before = min(self._judged_before, frame.floor)
            yield frame

    def _judge_queue(self) -> bool:
        """Judge what is queued, once. False: the judge is to look what else there is to do."""
        items = [self._queue.get()]
        count = 0
        while items[-1] is not None:
            count += len(items[-1][0].events)
            if count >= self._pace.events:
                break
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        ready = [item for item in items if item is not None]
        late = self._closing is not None and time.monotonic() > self._closing
        try:
            if ready and self._failure is None and not late:
                self._store.sync(ready[-1][1])
                self._judge_timed([accepted for accepted, _ in ready])
                if self._snapshot_due.is_set():
                    self._save()
        except Exception as error:  # kept for every later caller; the queue is still drained
            self._fail(error)
        with self._room:
            self._waiting -= sum(len(accepted.events) for accepted, _ in ready)
            self._frames -= len(ready)
            self._room.notify_all()
        return items[-1] is not None

    def _judge_timed(self, frames: list[Accepted]) -> None:
        began = time.monotonic()
        with self._busy:
            self._judge(frames)
        seconds = time.monotonic() - began
        self._pace.learn(seconds, sum(len(frame.events) for frame in frames))
        self._counts.add_judged([frame.events for frame in frames], seconds)
        if not self._live:
            with self._room:
                self._room.notify_all()

    def _judge(self, frames: list[Accepted]) -> None:
        findings = [f for f in self.runner.feed(frames) if f.at >= self._judged_before]
        self._after = frames[-1].after
        if findings:
            attempt, recorder = self._patience.attempt, self._recorder
            fresh = attempt(lambda: recorder.unrecorded(findings))
            recorded = attempt(lambda: recorder.record(fresh))
            self._counts.add_findings(recorded)
            for finding in recorded:
                self._on_finding(finding)

    def _grouped(self, frames: Iterator[Accepted]) -> Iterator[list[Accepted]]:
        group: list[Accepted] = []
        count = 0
        for frame in frames:
            group.append(frame)
            count += len(frame.events)
            if count >= self._pace.events:
                yield group
                group, count = [], 0
        if group:
            yield group

    def _save(self) -> None:
        self._snapshot_due.clear()
        try:
            with self._busy:
                snapshot = self.runner.snapshot(
                    self._after, self._recorder.recorded, len(self._steps)
                )
            snapshots.save(self._snapshot_path, snapshot)
        except OSError:
            log.exception("the state is not saved; the next start has more to replay")

    def _has_room(self) -> bool:
        if self._live:
            return self._waiting < WAITING
        return self._store.log.next - self._after <= self._bound

    def _fail(self, error: BaseException) -> None:
        log.error("detection has stopped", exc_info=error)
        with self._room:
            self._failure = error
            self._room.notify_all()

    def _check(self) -> None:
        if self._failure is not None:
            message = f"detection has stopped: {self._failure}"
            raise DetectionStoppedError(message) from self._failure
