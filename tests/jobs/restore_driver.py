"""A restore in a process of its own, killed at a moment."""

import os
import signal
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from lianzhi.jobs import restore as restores

MOMENTS = ("files", "rows", "commit", "verify", "rename", "renamed")


def kill(*_: object, **__: object) -> None:
    """This process, at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def restore_until(moment: str, file: Path, home: Path, database: str) -> None:
    """Restore; at the moment this process is killed."""
    heard = {
        "rows": (
            "before_cursor_execute",
            lambda _, cursor, said, *rest: said.startswith("INSERT INTO payload") and kill(),
        ),
        "commit": ("commit", kill),
    }
    called = {
        "files": (restores, "_write", kill),
        "verify": (restores, "verify_restored", kill),
        "rename": (Path, "rename", kill),
        "renamed": (restores, "sync_directory", lambda path: path == home.parent and kill()),
    }
    if moment in heard:
        event.listen(Engine, *heard[moment])
    else:
        setattr(*called[moment])
    restores.restore(file, home, 1, database=database)
