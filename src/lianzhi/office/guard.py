"""Guard: protections in force, in memory, so that a check never waits for the database."""

import threading
from collections.abc import Callable
from heapq import heappop, heappush

from lianzhi.chain.protection import PASS, Terms, Verdict, check


class Guard:
    """Protections by account. Thread-safe."""

    def __init__(self, stranger: Callable[[str, str], bool]) -> None:
        self._stranger = stranger
        self._by_account: dict[str, dict[str, Terms]] = {}
        self._account_of: dict[str, str] = {}
        self._ends: list[tuple[int, str]] = []
        """Heap of (expiry, protection); may name protections that have ended."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._account_of)

    def put(self, protection: str, account: str, terms: Terms) -> None:
        """Bring a protection into force."""
        with self._lock:
            current = self._by_account.get(account, {})
            self._by_account[account] = {**current, protection: terms}
            self._account_of[protection] = account
            heappush(self._ends, (terms.expires_at, protection))

    def drop(self, protection: str) -> None:
        """Take a protection out of force; unknown ones are ignored."""
        with self._lock:
            account = self._account_of.pop(protection, None)
            if account is None:
                return
            left = {k: v for k, v in self._by_account[account].items() if k != protection}
            if left:
                self._by_account[account] = left
            else:
                del self._by_account[account]

    def account_of(self, protection: str) -> str | None:
        """Whom a protection in force protects."""
        return self._account_of.get(protection)

    def protections(self) -> set[str]:
        """Ids of all in force."""
        with self._lock:
            return set(self._account_of)

    def of(self, account: str) -> list[str]:
        """Ids of the protections of an account."""
        return list(self._by_account.get(account, ()))

    def expired(self, now: int) -> list[str]:
        """Ids of protections whose time is over."""
        over = []
        with self._lock:
            while self._ends and self._ends[0][0] <= now:
                end = heappop(self._ends)
                if end[1] in self._account_of:
                    over.append(end)
            for end in over:  # they are asked for again until they are dropped
                heappush(self._ends, end)
        return [protection for _, protection in over]

    def check(
        self, channel: str, actor: str, target: str, at: int, actor_created: int | None
    ) -> Verdict:
        """Whether an interaction passes every protection of the target."""
        terms = self._by_account.get(target)
        if not terms or actor == target:
            return PASS
        stranger = self._stranger(actor, target)
        for term in terms.values():
            verdict = check(term, channel, at=at, stranger=stranger, actor_created=actor_created)
            if not verdict.allowed:
                return verdict
        return PASS
