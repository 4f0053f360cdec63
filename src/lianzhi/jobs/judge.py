"""Judge: the thread that runs the detectors over accepted frames, in log order.

While the database is locked or away it holds on to the findings at hand and tries again; the queue
fills meanwhile, and then the intake waits.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lianzhi.chain.finding import Finding
from lianzhi.flow.log import LogDamagedError
from lianzhi.flow.runner import Accepted, Runner
from lianzhi.jobs import snapshots
from lianzhi.jobs.patience import Patience
from lianzhi.office.recorder import Recorder
from lianzhi.store.events import EventStore
from lianzhi.store.segments import Position

#: Events that may wait before the intake blocks; bounds memory, whatever the size of a frame.
WAITING = 32_768
#: Frames are judged together up to about so many events: vectors are cheaper than rows.
TOGETHER = 8192

log = logging.getLogger(__name__)


class DetectionStoppedError(RuntimeError):
    """A detector or the record failed. What was accepted is safe; the next start judges it."""


Item = tuple[Accepted, Position] | None


class Judge:
    """Owns the runner. Replays the log on construction, then judges in the background."""

    def __init__(
        self,
        runner: Runner,
        store: EventStore,
        recorder: Recorder,
        snapshot_path: Path,
        on_finding: Callable[[Finding], None],
        stop: threading.Event,
    ) -> None:
        """`stop` ends the patience with a database that does not answer."""
        self.runner = runner
        self._store, self._recorder, self._on_finding = store, recorder, on_finding
        self._snapshot_path = snapshot_path
        self._queue: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._room = threading.Condition()
        self._waiting = self._frames = 0
        """Events and frames put in and not judged yet."""
        self._busy = threading.Lock()
        self._snapshot_due = threading.Event()
        self._failure: BaseException | None = None
        self._patience = Patience(stop)
        self._after, self._judged_before = snapshots.restore(
            snapshot_path, runner, recorder.recorded
        )
        if self._after > store.log.next:
            raise LogDamagedError(
                f"the event log ends at {store.log.next}, but events up to {self._after} were "
                "judged: restore events/ from a copy"
            )
        for frames in _grouped(store.frames(self._after)):
            self._judge(frames)
        self._thread = threading.Thread(target=self._run, name="judge", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str | None:
        """What keeps it from judging, in words that name nobody; None: nothing does."""
        if self._failure is not None:
            return "detection has stopped: start again to go on, nothing is lost"
        waits_for = self._patience.waits_for
        return waits_for and f"detection waits: {waits_for}"

    def put(self, accepted: Accepted, position: Position) -> None:
        """Queue a frame; blocks while too many events wait. Raises what stopped the judge."""
        with self._room:
            self._room.wait_for(lambda: self._waiting < WAITING or self._failure is not None)
            self._check()
            self._waiting += len(accepted.events)
            self._frames += 1
            self._queue.put((accepted, position))

    def wait(self) -> None:
        """Return when everything queued has been judged. Raises what stopped the judge."""
        with self._room:
            self._room.wait_for(lambda: not self._frames)
            self._check()

    def ask_snapshot(self) -> None:
        """Save the state when the frames at hand are judged."""
        self._snapshot_due.set()

    def end(self, error: BaseException) -> None:
        """Judge nothing any more: `error` is why, and is told to every later caller, once."""
        with self._room:
            if self._failure is None:
                log.error("detection has stopped: %s", error)
                self._failure = error
            self._room.notify_all()

    @contextmanager
    def halted(self) -> Iterator[Runner]:
        """The runner, with everything queued judged and nothing running meanwhile."""
        self.wait()
        with self._busy:
            yield self.runner

    def close(self) -> None:
        """Judge what is queued, save the state, stop."""
        self._queue.put(None)
        self._thread.join()
        if self._failure is None:
            self._save()

    def _save(self) -> None:
        try:
            snapshot = self.runner.snapshot(self._after, self._recorder.recorded)
            snapshots.save(self._snapshot_path, snapshot)
        except OSError:
            log.exception("the state is not saved; the next start has more to replay")

    def _run(self) -> None:
        ending = False
        while not ending:
            items = [self._queue.get()]
            count = 0
            while count < TOGETHER and items[-1] is not None:
                count += len(items[-1][0].events)
                try:
                    items.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            ending = items[-1] is None
            ready = [item for item in items if item is not None]
            try:
                if ready and self._failure is None:
                    self._store.sync(ready[-1][1])
                    with self._busy:
                        self._judge([accepted for accepted, _ in ready])
                        if self._snapshot_due.is_set():
                            self._snapshot_due.clear()
                            self._save()
            except Exception as error:  # kept for every later caller; the queue is still drained
                log.exception("detection has stopped")
                self._failure = error
            with self._room:
                self._waiting -= sum(len(accepted.events) for accepted, _ in ready)
                self._frames -= len(ready)
                self._room.notify_all()

    def _check(self) -> None:
        if self._failure is not None:
            message = f"detection has stopped: {self._failure}"
            raise DetectionStoppedError(message) from self._failure

    def _judge(self, frames: list[Accepted]) -> None:
        findings = [f for f in self.runner.feed(frames) if f.at >= self._judged_before]
        self._after = frames[-1].after
        if findings:
            attempt, recorder = self._patience.attempt, self._recorder
            fresh = attempt(lambda: recorder.unrecorded(findings))
            for finding in attempt(lambda: recorder.record(fresh)):
                self._on_finding(finding)


def _grouped(frames: Iterator[Accepted]) -> Iterator[list[Accepted]]:
    group: list[Accepted] = []
    count = 0
    for frame in frames:
        group.append(frame)
        count += len(frame.events)
        if count >= TOGETHER:
            yield group
            group, count = [], 0
    if group:
        yield group
