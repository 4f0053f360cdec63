"""Making what stays without the garbage collector: a leaf, which anything may import."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept() -> Iterator[None]:
    """Pause the collector while tables are built, or modules loaded, that stay.

    It would go through all of them, and through all that the process holds beside, again and again,
    and find nothing: a good part of the time in a process that holds much. What was made counts as
    old afterwards, as if it had been gone through, and waits for the next full collection; so does
    all else that was young.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if not gc.get_freeze_count():  # else what a host has frozen would thaw
                gc.freeze()
                gc.unfreeze()
            gc.enable()
