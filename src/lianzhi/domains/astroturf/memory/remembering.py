"""Remembering the behaviour of groups whose case is settled, and forgetting it again.

Each tick decides from the recorded state of the cases, so that a crash loses nothing and repeats
nothing. A group is forgotten once it expires, its case is reopened or closed with another outcome,
or no measure ordered in it is in force. Where a member was erased, the stored memory was erased as
well, and is rebuilt from the other members.
"""

import secrets
from contextlib import suppress

import msgspec

from lianzhi.accounts.memory.entries import Entry
from lianzhi.domains.astroturf.memory import queries
from lianzhi.domains.astroturf.memory.desk import COORDINATION, DAY_MS, Desk, forget_in
from lianzhi.domains.astroturf.memory.keys import needed
from lianzhi.domains.astroturf.memory.queries import Standing
from lianzhi.domains.astroturf.returning.streamed import remember
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

#: Longest interval between two looks, for entries that expire by time.
_AGAIN_MS = 60_000


class Remembering:
    """Remembers and forgets groups; called by one thread."""

    def __init__(self, desk: Desk, remembering: bool) -> None:
        """`remembering`: whether groups are remembered; otherwise they are only forgotten in
        time.
        """
        self._desk, self._ledger, self._remembering = desk, desk.office.ledger, remembering
        self._quiet: tuple[int, int] | None = None
        """How long the record was when nothing was to be done, and when."""

    def tick(self, at: int) -> int:
        """Forget what is due, and remember one group; returns the number of steps."""
        size = self._ledger.size
        if self._quiet is not None and self._quiet[0] == size and at - self._quiet[1] < _AGAIN_MS:
            return 0
        policy = self._desk.policy(at)
        since = at - round(self._desk.rules.days * DAY_MS)
        with self._ledger.engine.connect() as connection:
            groups = queries.standing(connection)
            closed = queries.settled(
                connection, COORDINATION, policy.outcomes, policy.measures_stand, since + 1
            )
        why = {group.group.case: self._over(group, at) for group in groups}
        left = [group for group in groups if why[group.group.case] is None]
        why |= {
            standing.group.case: "crowded" for standing in left[: max(0, len(left) - policy.groups)]
        }
        over = [(group.group, why_) for group in groups if (why_ := why[group.group.case])]
        for group, reason in over:
            with self._ledger.batch() as batch:
                if queries.of_case(batch.connection, group.case) == group:
                    forget_in(batch, group, reason, at)
        lost = [
            (standing.group.case, standing.group.closed_at)
            for standing in left
            if not standing.kept
        ]
        restarted = [*lost, *closed][: int(self._remembering)]
        for case, closed_at in restarted:
            self._remember(case, closed_at, at)
        self._quiet = None if over or restarted else (size, at)
        return len(over) + len(restarted)

    def _over(self, standing: Standing, at: int) -> str | None:
        """Why a group is to be forgotten; None if it is not."""
        policy = self._desk.policy(at)
        if standing.group.expires_at is not None and standing.group.expires_at <= at:
            return "expired"
        if standing.outcome is None or standing.closed_at != standing.group.closed_at:
            return "reopened"
        if standing.outcome not in policy.outcomes:
            return "outcome"
        return "undone" if policy.measures_stand and not standing.measures else None

    def _remember(self, case: str, closed_at: int, at: int) -> None:
        """Remember the group of a closed case, or record why not; does nothing where an erasure or
        a change of the case intervened: the next tick repeats it.
        """
        desk, policy, erasures = self._desk, self._desk.policy(at), self._desk.erasures
        with self._ledger.engine.connect() as connection:
            findings = queries.findings_of(connection, case)
            tokens = {token for finding in findings for token in finding.subjects}
            accounts = queries.accounts_of(connection, tokens)
        last = max((finding.at for finding in findings), default=closed_at)
        key = next(iter(needed(desk.home).values()))  # before the costly reads, which need it
        seen = desk.look(
            accounts.values(),
            last - round(policy.scan_days * DAY_MS),
            max(closed_at, last) + 1,
            policy.scan_events,
        )
        kept, count = None, 0
        if seen.traces is not None:
            # The time limit counts from the closing of the case, however often the memory is
            # rebuilt.
            kept, count = remember(
                seen.traces, sorted(accounts.values()), key, desk.rules, closed_at
            )
            if kept is not None:  # a random id: a key holder must not derive accounts from it
                kept = msgspec.structs.replace(kept, id=secrets.token_hex(8))
        with suppress(_ChangedError), self._ledger.batch() as batch:
            closing = queries.closing(batch.connection, case)
            if desk.erasures != erasures or closing[0] != closed_at:
                raise _ChangedError
            group = queries.of_case(batch.connection, case)
            again = group is not None and group.status == "remembered"
            if group is not None and group.closed_at == closed_at and not again:
                raise _ChangedError
            if kept is not None:
                self._keep(batch, case, kept, closed_at, tuple(accounts), at)
            elif again and group is not None:
                forget_in(batch, group, "erasure", at)
            else:
                payload = {"case": case, "accounts": count, "closed_at": closed_at}
                batch.append([Draft(queries.PASSED, case, at, payload)])

    def _keep(
        self,
        batch: Batch,
        case: str,
        entry_: Entry,
        closed_at: int,
        members: tuple[str, ...],
        at: int,
    ) -> None:
        text = msgspec.json.encode(entry_).decode()
        kept = Draft(
            queries.KEPT, entry_.id, at, {"group": entry_.id}, {queries.MEMORY: (text, members)}
        )
        (entry,) = batch.append([kept])
        payload = {
            "case": case,
            "group": entry_.id,
            "kept": entry.index,
            "key": entry_.key,
            "accounts": entry_.accounts,
            "closed_at": closed_at,
            "expires_at": entry_.expires,
        }
        batch.append([Draft(queries.REMEMBERED, case, at, payload)])


class _ChangedError(Exception):
    """The state changed after it was read."""
