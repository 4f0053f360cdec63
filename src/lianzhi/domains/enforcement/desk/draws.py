"""Draws 双随机一公开: planned before the seed is known, revealed after; both on the record.

The plan's entry holds the rosters, with enterprises as vault tokens, and the hash of a secret that
lies on this machine until it is revealed. So anybody who reads the record can draw again.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.enforcement.desk import strata
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.risk import Risk
from lianzhi.domains.enforcement.inspection import draw as drawing
from lianzhi.domains.enforcement.inspection import policy
from lianzhi.domains.enforcement.nouns.draw import RecordedDraw
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.office.kept_secrets import kept, there
from lianzhi.record.lots import Check, DrawError, Public

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
#: Rows of a roster that one entry of the record holds.
MOST = 20_000


class Draws:
    """See module. Raises RefusedError for what can't be drawn, KeyError for no such draw."""

    def __init__(self, office: Office, risk: Risk) -> None:
        self._office, self._risk = office, risk

    def plan(
        self,
        name: str,
        total: int,
        until: dt.date,
        public: Public,
        reveal_until: dt.date,
        by: str,
        *,
        by_risk: bool = False,
        conflicts: Mapping[str, Collection[str]] | None = None,
    ) -> str:
        """Commit to a draw among all registered enterprises and officers; returns its digest.

        `by_risk`: riskier enterprises are drawn more often, by the policy's tiers. `conflicts`:
        officer -> numbers of enterprises where they may not go (行政处罚法 43).
        """
        office = self._office
        if not _NAME.fullmatch(name):
            raise RefusedError("draw_name", f"name is {name[:80]!r}; write like 2026-Q3")
        apart = self._apart(conflicts or {})
        # Ranking takes seconds, so it comes before the record is held, and the day after it.
        ranked = self._ranked() if by_risk else []
        with office.batch() as batch:
            day = office.today()
            if public.on <= day:
                raise RefusedError("draw_known", f"public.on is {public.on}; give a later day")
            rules = policy.on(day).draw
            tiers = rules.tiers if by_risk else ()
            if tables.draw.get(batch.connection, name) is not None:
                raise RefusedError("draw_again", f"{name} was planned before", name=name)
            try:
                rosters = strata.rosters(
                    _register(batch.connection, day), day, office.rules.visits(day),
                    strata.tiered(ranked, tiers), conflicts=apart,
                    rest=tiers[-1].name if tiers else strata.ALL,
                )  # fmt: skip
                drawing_plan = drawing.plan(
                    name, rosters, strata.sizes(total, tiers), kept(office.keys / "draws" / name),
                    public, until, reveal_until, rules,
                )  # fmt: skip
            except DrawError as error:
                raise RefusedError("draw", str(error), why=error) from None
            payload = {
                "draw": name,
                "plan": msgspec.to_builtins(drawing_plan),
                "digest": drawing_plan.digest(),
                "enterprises": msgspec.to_builtins(rosters.enterprises),
                "officers": msgspec.to_builtins(rosters.officers),
                "day": day,
                "by": by,
            }
            batch.append([draft("draw.planned", name, office.now(), payload)])
        return drawing_plan.digest()

    def reveal(self, name: str, public: str, by: str) -> drawing.Draw:
        """Publish the secret and draw, once the public value is known."""
        office = self._office
        with office.batch() as batch:
            planned = tables.draw.load(batch.connection, name)
            if planned.reveal is not None:
                raise RefusedError("draw_again", f"{name} was revealed before", name=name)
            if office.today() < planned.plan.public.on:
                on = planned.plan.public.on
                raise RefusedError("draw_early", f"its value becomes known on {on}", day=on)
            try:
                secret = there(office.keys / "draws" / name)
            except KeyError:
                raise RefusedError("draw_secret", f"the secret of {name} is not here") from None
            try:
                opened = drawing.reveal(planned.plan, secret, public)
                result = drawing.draw(
                    planned.plan, opened, planned.rosters, policy.on(planned.day).draw
                )
            except DrawError as error:
                raise RefusedError("draw", str(error), why=error) from None
            payload = {
                "draw": name,
                "reveal": msgspec.to_builtins(opened),
                "result": msgspec.to_builtins(result),
                "by": by,
            }
            batch.append([draft("draw.revealed", name, office.now(), payload)])
        return result

    def checks(self, drawn: RecordedDraw) -> tuple[Check, ...]:
        """What can be checked here: what the record holds, drawn again. None before the reveal."""
        if drawn.reveal is None or drawn.result is None:
            return ()
        return drawing.verify(
            drawn.plan, drawn.reveal, drawn.rosters, drawn.result, policy.on(drawn.day).draw,
            digest=drawn.digest, recorded=drawn.day,
        )  # fmt: skip

    def _ranked(self) -> list[str]:
        """Enterprises, the riskiest first."""
        ranking = self._risk.ranking()
        if ranking.short:
            n, least = len(ranking.history.inspections), ranking.least
            message = f"{n} inspections; {least} tell risk"
            raise RefusedError("draw_short", message, n=n, least=least)
        if not ranking.ranked:
            raise RefusedError("draw", ranking.why, why=ranking.why)
        return [ranked.enterprise for ranked in ranking.ranked]

    def _apart(self, conflicts: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """Officer -> tokens. Raises RefusedError for somebody who is not registered."""
        tokens: dict[str, set[str]] = {}
        with self._office.reading() as connection:
            known = self._office.officers(connection, conflicts)
        for officer, numbers in conflicts.items():
            try:
                tokens[known[officer].id] = {self._office.token(number) for number in numbers}
            except KeyError as error:
                line = " ".join((officer, *numbers))[:80]
                message = f"conflicts of {line}: {error} is not registered"
                raise RefusedError("draw_conflict", message, line=line) from None
        return tokens


def _register(connection: Connection, day: dt.date) -> strata.Register:
    """The register as it stands, and the inspections until a day."""
    enterprises = tables.enterprise.every(connection)
    if len(enterprises) > MOST:
        raise RefusedError("draw", f"more than {MOST} enterprises", why=f"> {MOST}")
    return strata.Register(enterprises, views.officers(connection), _past(connection, day))


def _past(connection: Connection, day: dt.date) -> list[Visit]:
    return tables.inspection.every(connection, tables.inspection.c.day <= day.isoformat())
