"""Remembering: of groups whose case was settled, how they acted; and forgetting again.

What the record says of the cases decides, at each tick anew, so a crash loses nothing and nothing
is done twice. A group is forgotten once its time is over, its case is open again or closed
otherwise, or nothing that was ordered in it stands. Where a member was erased, what was kept went
along, and is made anew of what the others did.
"""

import secrets
from contextlib import suppress

import msgspec

from lianzhi.accounts.memory.remembered import Entry
from lianzhi.domains.astroturf.memory import queries
from lianzhi.domains.astroturf.memory.desk import COORDINATION, DAY_MS, Desk, forget_in
from lianzhi.domains.astroturf.memory.keys import needed
from lianzhi.domains.astroturf.memory.queries import Standing
from lianzhi.domains.astroturf.returning.streamed import remember
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

#: How often it is looked at least, for what ends by the clock.
_AGAIN_MS = 60_000


class Remembering:
    """See module. Called by one thread."""

    def __init__(self, desk: Desk, anew: bool) -> None:
        """`anew`: whether groups are remembered; else they are only forgotten in time."""
        self._desk, self._ledger, self._anew = desk, desk.office.ledger, anew
        self._quiet: tuple[int, int] | None = None
        """How long the record was when nothing was to be done, and when."""

    def tick(self, at: int) -> int:
        """Forget what is to be forgotten, and remember one group; returns how many steps."""
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
        why = {one.group.case: self._over(one, at) for one in groups}
        left = [one for one in groups if why[one.group.case] is None]
        why |= {one.group.case: "crowded" for one in left[: max(0, len(left) - policy.groups)]}
        over = [(one.group, why_) for one in groups if (why_ := why[one.group.case])]
        for group, reason in over:
            with self._ledger.batch() as batch:
                if queries.of_case(batch.connection, group.case) == group:
                    forget_in(batch, group, reason, at)
        lost = [(one.group.case, one.group.closed_at) for one in left if not one.kept]
        anew = [*lost, *closed][: int(self._anew)]
        for case, closed_at in anew:
            self._remember(case, closed_at, at)
        self._quiet = None if over or anew else (size, at)
        return len(over) + len(anew)

    def _over(self, one: Standing, at: int) -> str | None:
        """Why a group is to be forgotten, if it is."""
        policy = self._desk.policy(at)
        if one.group.expires_at is not None and one.group.expires_at <= at:
            return "expired"
        if one.outcome is None or one.closed_at != one.group.closed_at:
            return "reopened"
        if one.outcome not in policy.outcomes:
            return "outcome"
        return "undone" if policy.measures_stand and not one.measures else None

    def _remember(self, case: str, closed_at: int, at: int) -> None:
        """Remember the group of a closed case, or say why not; nothing where somebody was erased
        meanwhile, or the case went on: the next tick sees to it."""
        desk, policy, erasures = self._desk, self._desk.policy(at), self._desk.erasures
        with self._ledger.engine.connect() as connection:
            found = queries.findings_of(connection, case)
            tokens = {token for one in found for token in one.subjects}
            accounts = queries.accounts_of(connection, tokens)
        last = max((one.at for one in found), default=closed_at)
        key = next(iter(needed(desk.home).values()))  # before all that is read in vain without it
        seen = desk.look(
            accounts.values(),
            last - round(policy.scan_days * DAY_MS),
            max(closed_at, last) + 1,
            policy.scan_events,
        )
        made, count = None, 0
        if seen.traces is not None:
            # It is over so long after the case was closed, however often it is made anew.
            made, count = remember(
                seen.traces, sorted(accounts.values()), key, desk.rules, closed_at
            )
            if made is not None:  # an id that says nothing of who they are, to whoever has the key
                made = msgspec.structs.replace(made, id=secrets.token_hex(8))
        with suppress(_ChangedError), self._ledger.batch() as batch:
            closing = queries.closing(batch.connection, case)
            if desk.erasures != erasures or closing[0] != closed_at:
                raise _ChangedError
            group = queries.of_case(batch.connection, case)
            again = group is not None and group.status == "remembered"
            if group is not None and group.closed_at == closed_at and not again:
                raise _ChangedError
            if made is not None:
                self._keep(batch, case, made, closed_at, tuple(accounts), at)
            elif again and group is not None:
                forget_in(batch, group, "erasure", at)
            else:
                said = {"case": case, "accounts": count, "closed_at": closed_at}
                batch.append([Draft(queries.PASSED, case, at, said)])

    def _keep(
        self,
        batch: Batch,
        case: str,
        made: Entry,
        closed_at: int,
        members: tuple[str, ...],
        at: int,
    ) -> None:
        text = msgspec.json.encode(made).decode()
        kept = Draft(
            queries.KEPT, made.id, at, {"group": made.id}, {queries.MEMORY: (text, members)}
        )
        (entry,) = batch.append([kept])
        said = {
            "case": case,
            "group": made.id,
            "kept": entry.index,
            "key": made.key,
            "accounts": made.accounts,
            "closed_at": closed_at,
            "expires_at": made.expires,
        }
        batch.append([Draft(queries.REMEMBERED, case, at, said)])


class _ChangedError(Exception):
    """What was looked at is no more as it was."""
