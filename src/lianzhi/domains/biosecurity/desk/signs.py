"""Signs: firsts and alarms on the record, kept in step with the interceptions.

Whatever changes an interception or the register computes the firsts and alarms of the taxa
concerned anew, within the same transaction. What differs from the record becomes an entry: found,
moved or revoked; raised, changed or withdrawn. Those that policy names become findings, which open
cases.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from lianzhi.chain.finding import Finding, finding_id
from lianzhi.domains.biosecurity.desk.alarms import WEEK, WeekAlarm, alarms
from lianzhi.domains.biosecurity.desk.office import Office, Register, draft
from lianzhi.domains.biosecurity.nouns.signs import RecordedFirst, sign_id
from lianzhi.domains.biosecurity.queries import views
from lianzhi.domains.biosecurity.rules.firsts import First, firsts
from lianzhi.law.clock import midnight
from lianzhi.office.object_findings import record_object_finding
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft

#: Rows of one entry.
AT_ONCE = 1000
#: What a recorded first or alarm and a computed one must agree on to be the same.
_first_values = attrgetter("interception", "day", "covered", "ports")
_alarm_values = attrgetter("observed", "bound", "method")


class Changes(NamedTuple):
    """How many signs of each kind are new, changed or gone."""

    new: int = 0
    moved: int = 0
    revoked: int = 0
    raised: int = 0
    withdrawn: int = 0


class Signs:
    """Keeps firsts and alarms in step with the tables."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def refresh(self, batch: Batch, reason: str, taxa: Collection[str] | None = None) -> Changes:
        """Bring firsts and alarms in step; `taxa`: accepted codes that changed, None: any may have.

        `reason`: why what stood may stand no more: `earlier`, `reidentified` or `register`.
        """
        office = self._office
        register = office.register(batch.connection)
        codes = None if taxa is None else set().union(*map(register.codes, taxa))
        changes = self._firsts(batch, register, codes, taxa, reason)
        return changes._replace(**self._alarms(batch, register, codes, taxa))

    def _firsts(
        self,
        batch: Batch,
        register: Register,
        codes: Collection[str] | None,
        taxa: Collection[str] | None,
        reason: str,
    ) -> Changes:
        office, connection = self._office, batch.connection
        seen = (
            sighting._replace(taxon=register.accepted(sighting.taxon))
            for sighting in views.sightings(connection, codes)
        )
        policy = office.policy().firsts
        now = firsts(seen, office.coverage(connection), policy.terms, office.today())
        named = {sign_id(*key): first for key, first in now.items()}
        before = views.known_firsts(connection, None if codes is None else {*codes, *(taxa or ())})
        new, moved = [], []
        for identity, first in named.items():
            known = before.get(identity)
            if known is None or known.status == "revoked":
                new.append(_first_row(identity, first))
            elif _first_values(known) != _first_values(first):
                moved.append(_first_row(identity, first) | {"reason": reason})
        revoked = [
            {"id": identity, "reason": reason, "taxon": known.taxon}
            for identity, known in before.items()
            if known.status == "standing" and identity not in named
        ]
        self._append(batch, "first", {"found": new, "moved": moved, "revoked": revoked})
        line = office.today() - dt.timedelta(policy.case_days)
        for row in new:
            if row["scope"] in policy.case_scopes and row["day"] >= line:
                self._open_case(batch, "first", row, row["day"], register)
        for row in revoked:
            self._note_revocation(batch, before[row["id"]])
        return Changes(len(new), len(moved), len(revoked))

    def _alarms(
        self,
        batch: Batch,
        register: Register,
        codes: Collection[str] | None,
        taxa: Collection[str] | None,
    ) -> dict[str, int]:
        office, connection = self._office, batch.connection
        policy, today = office.policy().alarms, office.today()
        begin = views.first_day(connection)
        rows = [
            (register.accepted(taxon), channel, day)
            for taxon, channel, day in views.days(connection, codes)
            if day <= today
        ]
        now: dict[str, WeekAlarm] = {
            sign_id(alarm.taxon, alarm.channel, alarm.week.isoformat()): alarm
            for alarm in (alarms(rows, begin, today, policy) if begin else ())
        }
        before = views.known_alarms(connection, None if codes is None else {*codes, *(taxa or ())})
        raised, changed = [], []
        for identity, alarm in now.items():
            row = {**alarm._asdict(), "id": identity}
            known = before.get(identity)
            if known is None or known.status == "withdrawn":
                raised.append(row)
            elif _alarm_values(known) != _alarm_values(alarm):
                changed.append(row)
        withdrawn = [
            {"id": identity}
            for identity, known in before.items()
            if known.status == "raised" and identity not in now
        ]
        self._append(batch, "alarm", {"raised": raised, "changed": changed, "withdrawn": withdrawn})
        line = today - policy.case_weeks * WEEK
        for row in raised:
            if row["week"] >= line:
                self._open_case(batch, "alarm", row, row["week"] + WEEK, register)
        return {"raised": len(raised), "withdrawn": len(withdrawn)}

    def _append(self, batch: Batch, noun: str, rows: Mapping[str, Sequence[Any]]) -> None:
        at = self._office.now()
        for step, of_step in rows.items():
            for part in parts(of_step):
                batch.append([draft(f"{noun}.{step}", noun, at, {"rows": part})])

    def _open_case(
        self, batch: Batch, sign: str, row: Mapping[str, Any], day: dt.date, register: Register
    ) -> None:
        """Record the finding of a sign; a later sign about the same thing joins its case."""
        place = row.get("place") or row["channel"]
        name, kind = register.name(row["taxon"]), f"biosecurity.{sign}"
        about = f"on:{name} @ {place}"
        at = min(midnight(day), self._office.now())
        known = {name: value for name, value in row.items() if name in ("observed", "covered")}
        finding = Finding(
            id=finding_id(f"{kind}/{row['id']}", about, at, "warn", at),
            kind=kind,
            stage="warn",
            about=about,
            at=at,
            since=at,
            score=0.0,
            counts=known,
            rule=f"{kind}@{self._office.policy_version()}",
        )
        case = record_object_finding(self._office.chain, batch, finding)
        if case is not None:
            payload = {"case": case, "sign": row["id"], "of": sign}
            batch.append([draft("sign.linked", row["id"], self._office.now(), payload)])

    def _note_revocation(self, batch: Batch, first: RecordedFirst) -> None:
        """Tell the case of a revoked first, where it has one, that it rests on nothing now."""
        case = views.case_of(batch.connection, first.id)
        if case:
            note = {"case": case, "by": "biosecurity", "revoked": first.id}
            batch.append([Draft("case.noted", case, self._office.now(), note)])


def parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Rows as many as an entry holds."""
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _first_row(identity: str, first: First) -> dict[str, Any]:
    row = {"id": identity, **first._asdict(), **first.key._asdict()}
    del row["key"]
    return row
