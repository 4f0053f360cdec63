"""Deadline: an end to talking over sockets, however slowly the other side drips.

Time limits of a socket start anew with every byte that comes; so a watch shuts the socket down.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class DeadlineError(Exception):
    """The time was over; `reason` says whether it was the watch or the end of the process."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Line:
    """One conversation: the sockets that it has opened or taken up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self.reason: str | None = None
        """Why it was cut; None: it was not."""

    def opened(self, sock: socket.socket) -> None:
        """The conversation goes over this socket; shuts it where the conversation is cut already.

        A handle of our own: the socket's may be closed, and its number given to another, while we
        are about to shut it.
        """
        handle = socket.socket(sock.family, sock.type, sock.proto, fileno=os.dup(sock.fileno()))
        with self._lock:
            self._handles.append(handle)
            if self.reason is not None:
                _shut(handle)

    def close(self) -> None:
        """Let go of the handles; the sockets stay as they are."""
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    def cut(self, reason: str) -> None:
        """Shut its sockets: whoever waits for them wakes up with an error."""
        with self._lock:
            self.reason = self.reason or reason
            for handle in self._handles:
                _shut(handle)


class Watch:
    """Keeps the conversations that are under way. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: set[Line] = set()
        self._over = False

    @contextmanager
    def limit(self, seconds: float) -> Iterator[Line]:
        """A conversation that ends after so long; an error of a cut one becomes DeadlineError."""
        line = Line()
        with self._lock:
            if self._over:
                raise DeadlineError("stopping")
            self._lines.add(line)
        timer = threading.Timer(seconds, line.cut, (f"no answer within {seconds:g} s",))
        timer.daemon = True
        timer.start()
        try:
            yield line
        except Exception as error:
            if line.reason is not None:
                raise DeadlineError(line.reason) from error
            raise
        finally:
            timer.cancel()
            with self._lock:
                self._lines.discard(line)
            line.close()

    def cut(self) -> None:
        """End all conversations, and let none begin."""
        with self._lock:
            self._over = True
            lines = list(self._lines)
        for line in lines:
            line.cut("stopping")


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # the other side was quicker
        handle.shutdown(socket.SHUT_RDWR)
