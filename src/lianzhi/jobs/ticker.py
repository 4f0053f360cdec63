"""Ticker: timed work in a thread of its own, about once a second, each task by itself."""

import logging
import threading
from collections.abc import Callable, Sequence

TICK_S = 1.0

log = logging.getLogger(__name__)

Task = Callable[[], object]


class Ticker:
    """Runs its tasks in turn until `stop` is set.

    What fails is told once and tried again; that nothing fails any more is told as well.
    """

    def __init__(self, tasks: Sequence[Task], stop: threading.Event) -> None:
        self._tasks, self._stop = tasks, stop
        self._failing: set[Task] = set()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self) -> None:
        """Wait until it has ended, after the task that is under way."""
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            failed_before = bool(self._failing)
            for task in self._tasks:
                try:
                    task()
                    self._failing.discard(task)
                except Exception:  # a full disk must not end what is left to do
                    if task not in self._failing:
                        log.exception("timed work failed; it is tried again every %s s", TICK_S)
                    self._failing.add(task)
            if failed_before and not self._failing:
                log.warning("timed work goes on: nothing fails any more")
