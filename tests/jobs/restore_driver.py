"""A restore in a process of its own, killed at a moment."""

import os
import signal
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from lianzhi.jobs import restore as restores

MOMENTS = ("files", "rows", "commit", "verify", "rename", "renamed")


def restore_until(moment: str, file: Path, home: Path, database: str) -> None:
    """Restore; at the moment this process is killed."""

    def kill(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    match moment:
        case "files":
            restores._write = kill
        case "rows":
            event.listen(
                Engine,
                "before_cursor_execute",
                lambda c, cur, said, *_: said.startswith("INSERT INTO payload") and kill(),
            )
        case "commit":
            event.listen(Engine, "commit", kill)
        case "verify":
            restores._verified = kill  # type: ignore[assignment]
        case "rename":
            Path.rename = kill  # type: ignore[method-assign, assignment]
        case "renamed":
            restores.sync_directory = lambda path: kill() if path == home.parent else None
    restores.restore(file, home, 1, database=database)
