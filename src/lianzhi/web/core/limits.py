"""Limits: token buckets, backoff after failures, and a gate; each bounded in memory.

Time is passed in as seconds of a monotonic clock, so that tests need no waiting.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, ip_address, ip_network


def network_of(address: str) -> str:
    """What an address is counted as: itself, and with IPv6 its network of 64 bits.

    One subscriber has a whole such network. What is no address stays as it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, 64), strict=False))


class Buckets:
    """Token buckets, one per key: `rate` a second, `burst` at once.

    At most `size` keys are kept; the one idle longest is forgotten first, and starts full again.
    """

    def __init__(self, rate: float, burst: float, size: int = 10_000) -> None:
        self._rate, self._burst, self._size = rate, burst, size
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> float:
        """Take one token; returns 0, or the seconds until there is one."""
        with self._lock:
            level, then = self._levels.pop(key, (self._burst, now))
            level = min(self._burst, level + (now - then) * self._rate)
            wait = 0.0 if level >= 1 else (1 - level) / self._rate
            self._levels[key] = (level if wait else level - 1, now)
            if len(self._levels) > self._size:
                self._levels.popitem(last=False)
            return wait


class Backoff:
    """Waits that double with each failure beyond the `free` ones, up to `longest` seconds.

    A success, or `longest` seconds without failure, clears the count.
    """

    def __init__(self, free: int, longest: float = 900.0, size: int = 10_000) -> None:
        self._free, self._longest, self._size = free, longest, size
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, now: float) -> float:
        """Seconds until this key may try again; 0 when it may now."""
        with self._lock:
            count, last = self._failures.get(key, (0, now))
            return max(0.0, last + self._due(count) - now)

    def failed(self, key: str, now: float) -> None:
        """Count one failure."""
        with self._lock:
            count, last = self._failures.pop(key, (0, now))
            if now - last > max(self._longest, self._due(count)):
                count = 0
            self._failures[key] = (count + 1, now)
            if len(self._failures) > self._size:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> int:
        """Forget the failures of this key; returns how many there were."""
        with self._lock:
            return self._failures.pop(key, (0, 0.0))[0]

    def forgive(self, key: str, failures: int) -> None:
        """Take back so many failures of this key."""
        with self._lock:
            count, last = self._failures.get(key, (0, 0.0))
            if count > failures:
                self._failures[key] = (count - failures, last)
            else:
                self._failures.pop(key, None)

    def _due(self, count: int) -> float:
        over = count - self._free
        return 0.0 if over < 0 else min(self._longest, 2.0 ** min(over, 30))


class Gate:
    """At most `places` at a time; who finds it full is turned away instead of queueing."""

    def __init__(self, places: int) -> None:
        self._free = threading.Semaphore(places)

    @contextmanager
    def enter(self) -> Iterator[bool]:
        """Yields whether there was a place."""
        got = self._free.acquire(blocking=False)
        try:
            yield got
        finally:
            if got:
                self._free.release()
