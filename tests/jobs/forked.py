"""Work in child processes, which may be killed. For drivers without threads of their own."""

import os
import signal
import sys
import time
from collections.abc import Callable

#: A child that is not ready by then never will be.
LONGEST_S = 20.0


def forked(
    work: Callable[[], None],
    kill_after: float | None = None,
    ready: Callable[[], bool] = lambda: True,
) -> int:
    """Run in a child; returns its status, negative for the signal that ended it.

    It is killed so many seconds after it is `ready`.
    """
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    if kill_after is not None:
        patience = time.monotonic() + LONGEST_S
        while not ready() and time.monotonic() < patience:
            time.sleep(0.01)
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
