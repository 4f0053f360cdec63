"""Patience: work on the database that waits out an outage, instead of failing for good."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from lianzhi.store.db import outage

T = TypeVar("T")

FIRST_WAIT_S = 0.1
#: Waits double up to this.
LONGEST_WAIT_S = 5.0

log = logging.getLogger(__name__)


class Patience:
    """Tries again what a database refuses that is locked or away. One thread at a time."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self.waits_for: str | None = None
        """What is wrong, while it waits; None: nothing."""

    def attempt(self, work: Callable[[], T]) -> T:
        """The result of `work`, which must do no harm when it is done again.

        Raises at once what waiting would not mend; and, when `stop` is set, the outage after one
        last try.
        """
        wait = FIRST_WAIT_S
        while True:
            try:
                result = work()
            except (SQLAlchemyError, OSError) as error:
                wrong = outage(error)
                if wrong is None or self._stop.is_set():
                    raise
                if self.waits_for is None:
                    detail = " ".join(str(getattr(error, "orig", error)).split())
                    log.warning("detection waits: %s (%s)", wrong, detail)
                self.waits_for = wrong
            else:
                if self.waits_for is not None:
                    self.waits_for = None
                    log.warning("detection goes on: the database answers again")
                return result
            self._stop.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
