"""Upgrades a database again and again, and is killed at many statements.

`python migration_driver.py URL`: each try dies before a later statement, until one comes through;
one dies before it commits. Prints, as JSON, what the database held after each: its revisions and
how many entries. Forks from a process without connections.
"""

import json
import os
import signal
import sys
from collections.abc import Callable

from sqlalchemy import Engine, event, text

from lianzhi.store.db import open_engine
from lianzhi.store.migrate import revisions, upgrade

URL = sys.argv[1]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def upgraded(engine: Engine, last: int, commits: bool) -> None:
    """Upgrade; dies before statement number `last`, or before the commit."""
    done = [0]

    def count(*_: object) -> None:
        done[0] += 1
        if done[0] == last:
            die()

    event.listen(engine, "before_cursor_execute", count)
    if not commits:
        event.listen(engine, "commit", lambda _: die())
    upgrade(engine)


def told(engine: Engine, sink: int) -> None:
    with engine.connect() as connection:
        entries = connection.scalar(text("SELECT count(*) FROM entry"))
        os.write(sink, json.dumps([revisions(connection), entries]).encode())


def forked(work: Callable[[Engine], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work(open_engine(URL))
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def held() -> list[object]:
    """What the database holds, as a process of its own sees it."""
    source, sink = os.pipe()
    assert forked(lambda engine: told(engine, sink)) == 0
    os.close(sink)
    data = os.read(source, 1 << 16)
    os.close(source)
    said: list[object] = json.loads(data)
    return said


def main() -> None:
    """See module."""
    states = [held()]
    code, last = -signal.SIGKILL, 0
    while code == -signal.SIGKILL:
        last += 1 + last // 3  # the fold of the record has many of the same kind
        code = forked(lambda engine, n=last: upgraded(engine, n, commits=True))
        states.append(held())
        if last == 1:
            assert forked(lambda engine: upgraded(engine, 0, commits=False)) == -signal.SIGKILL
            states.append(held())
    print(json.dumps({"code": code, "states": states}))


if __name__ == "__main__":
    main()
