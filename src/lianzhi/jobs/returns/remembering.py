"""Remembering: of groups whose case was settled, how they acted; and forgetting again.

What the record says of the cases decides, at each tick anew, so a crash loses nothing and nothing
is done twice. A group is forgotten once its time is over, its case is open again or closed
otherwise, or nothing that was ordered in it stands. Where a member was erased, what was kept went
along, and is made anew of what the others did.
"""

import secrets
from contextlib import suppress

import msgspec
from sqlalchemy import Connection

from lianzhi.accounts.memory.remembered import Entry
from lianzhi.domains.astroturf.returning.streamed import remember
from lianzhi.jobs.returns.desk import COORDINATION, DAY_MS, Desk, forget_in
from lianzhi.jobs.returns.keys import needed
from lianzhi.record.entry import Draft
from lianzhi.store import remembered
from lianzhi.store.ledger import Batch
from lianzhi.store.remembered import Group


class Remembering:
    """See module. Called by one thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._ledger = desk, desk.office.ledger

    def tick(self, at: int) -> int:
        """Forget what is to be forgotten, and remember one group; returns how many steps."""
        policy = self._desk.policy(at)
        since = at - round(self._desk.rules.days * DAY_MS)
        with self._ledger.engine.connect() as connection:
            groups = remembered.standing(connection)
            over = [(one, why) for one in groups if (why := self._over(connection, one, at))]
            kept = len(groups) - len(over)
            over += [
                (one, "crowded") for one in self._left(groups, over)[: max(0, kept - policy.groups)]
            ]
            gone = {one.case for one, _ in over}
            anew = [
                (one.case, one.closed_at)
                for one in groups
                if one.case not in gone and not self._there(connection, one)
            ]
            closed = remembered.settled(connection, COORDINATION, policy.outcomes, since + 1)
            anew += [
                (one.case, one.closed_at)
                for one in closed
                if not policy.measures_stand or remembered.measures_stand(connection, one.case)
            ]
        for one, why in over:
            with self._ledger.batch() as batch:
                still = remembered.of_case(batch.connection, one.case)
                if still == one:
                    forget_in(batch, one, why, at)
        for case, closed_at in anew[:1]:
            self._remember(case, closed_at, at)
        return len(over) + len(anew[:1])

    def _over(self, connection: Connection, group: Group, at: int) -> str | None:
        """Why a group is to be forgotten, if it is."""
        policy = self._desk.policy(at)
        if group.expires_at is not None and group.expires_at <= at:
            return "expired"
        closed_at, outcome = remembered.closing(connection, group.case)
        if outcome is None or closed_at != group.closed_at:
            return "reopened"
        if outcome not in policy.outcomes:
            return "outcome"
        if policy.measures_stand and not remembered.measures_stand(connection, group.case):
            return "undone"
        return None

    def _left(self, groups: list[Group], over: list[tuple[Group, str]]) -> list[Group]:
        gone = {one.case for one, _ in over}
        return [one for one in groups if one.case not in gone]

    def _there(self, connection: Connection, group: Group) -> bool:
        return group.kept is not None and remembered.has_memory(connection, group.kept)

    def _remember(self, case: str, closed_at: int, at: int) -> None:
        """Remember the group of a closed case, or say why not; nothing where somebody was erased
        meanwhile, or the case went on: the next tick sees to it."""
        desk, policy, erasures = self._desk, self._desk.policy(at), self._desk.erasures
        with self._ledger.engine.connect() as connection:
            found = remembered.findings_of(connection, case)
            tokens = {token for one in found for token in one.subjects}
            accounts = remembered.accounts_of(connection, tokens)
        last = max((one.at for one in found), default=closed_at)
        seen = desk.look(
            accounts.values(),
            last - round(policy.scan_days * DAY_MS),
            max(closed_at, last) + 1,
            policy.scan_events,
        )
        made, count = None, 0
        if seen.traces is not None:
            key = next(iter(needed(desk.home).values()))
            # It is over so long after the case was closed, however often it is made anew.
            made, count = remember(
                seen.traces, sorted(accounts.values()), key, desk.rules, closed_at
            )
            if made is not None:  # an id that says nothing of who they are, to whoever has the key
                made = msgspec.structs.replace(made, id=secrets.token_hex(8))
        with suppress(_ChangedError), self._ledger.batch() as batch:
            closing = remembered.closing(batch.connection, case)
            if desk.erasures != erasures or closing[0] != closed_at:
                raise _ChangedError
            group = remembered.of_case(batch.connection, case)
            again = group is not None and group.status == "remembered"
            if group is not None and group.closed_at == closed_at and not again:
                raise _ChangedError
            if made is not None:
                self._keep(batch, case, made, closed_at, tuple(accounts), at)
            elif again and group is not None:
                forget_in(batch, group, "erasure", at)
            else:
                said = {"case": case, "accounts": count, "closed_at": closed_at}
                batch.append([Draft(remembered.PASSED, case, at, said)])

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
            remembered.KEPT, made.id, at, {"group": made.id}, {remembered.MEMORY: (text, members)}
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
        batch.append([Draft(remembered.REMEMBERED, case, at, said)])


class _ChangedError(Exception):
    """What was looked at is no more as it was."""
