"""View of one case: findings, steps, evidence and roles."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, get_args

import msgspec
from sqlalchemy import Connection, Select, select

from lianzhi.chain.case import Case
from lianzhi.chain.finding import Finding, Role
from lianzhi.chain.parts import merge_roles
from lianzhi.chain.views import (
    CaseRow,
    CaseView,
    EvidenceRow,
    FindingRow,
    FindingView,
    Part,
    Step,
)
from lianzhi.record.entry import TEXTS, decode
from lianzhi.store.db import chunks
from lianzhi.store.tables import entry, evidence, payload, person, vault_text
from lianzhi.store.views_rows import FINDINGS, PROTECTIONS, protection_row
from lianzhi.store.views_tables import case_step, finding, protection

ROLES: tuple[Role, ...] = get_args(Role)
#: Most findings on a case page, the newest; the list of warnings has the others.
FINDINGS_TOLD = 20
#: Most steps on a case page; findings are left out of them.
STEPS_TOLD = 200


class _EventFields(msgspec.Struct):
    id: str = ""
    source: str = ""
    kind: str | None = None
    text: str | None = None
    target: str | None = None
    object: str | None = None
    group: str | None = None
    rating: float | None = None


def view_of(connection: Connection, row: CaseRow, state: bytes) -> CaseView:
    """The whole view, read in one transaction."""
    pairs = _findings(connection, row.id)
    finding_views = [view for view, _ in pairs]
    whole = [finding for _, finding in pairs]
    steps = _steps(connection, row.id)
    tokens = {row.about}
    for stored in whole:
        tokens |= {
            stored.about,
            *stored.subjects,
            *stored.roles,
            *(item.actor for item in stored.evidence),
        }
    for step in steps:
        tokens.update(step.payload.get("subjects", ()))
    accounts = _accounts(connection, tokens)
    rows = _evidence(connection, whole, accounts)
    query = PROTECTIONS.where(protection.c.case == row.id).order_by(protection.c.granted_at)
    granted = connection.execute(query).mappings()
    return CaseView(
        row=row,
        state=msgspec.json.decode(state, type=Case),
        findings=tuple(finding_views),
        steps=tuple(steps),
        protections=tuple(protection_row(**item) for item in granted),
        evidence=tuple(rows),
        parts=_parts(whole, rows, accounts),
        accounts=accounts,
    )


def steps_of(connection: Connection, query: Select[Any]) -> list[Step]:
    """Entries with their payloads and texts; `query` gives index, at, kind, ref and body."""
    rows = [(row, decode(row["body"])) for row in connection.execute(query).mappings()]
    named = [row["index"] for row, payload_ in rows if TEXTS in payload_]
    texts: dict[int, dict[str, str]] = {}
    for chunk in chunks(named):
        texts_query = select(vault_text).where(vault_text.c.index.in_(chunk))
        for text in connection.execute(texts_query).mappings():
            texts.setdefault(text["index"], {})[text["name"]] = text["body"].decode()
    return [
        Step(
            index=row["index"],
            at=row["at"],
            kind=row["kind"],
            ref=row["ref"],
            payload={key: value for key, value in payload_.items() if key != TEXTS},
            texts={name: texts.get(row["index"], {}).get(name) for name in payload_.get(TEXTS, ())},
        )
        for row, payload_ in rows
    ]


def _steps(connection: Connection, case_id: str) -> list[Step]:
    newest = (
        select(case_step.c.index)
        .where(case_step.c.case == case_id, case_step.c.kind != "case.joined")
        .order_by(case_step.c.index.desc())
        .limit(STEPS_TOLD)
        .subquery()
    )
    query = (
        select(entry.c.index, entry.c.at, entry.c.kind, entry.c.ref, payload.c.body)
        .join(newest, newest.c.index == entry.c.index)
        .join(payload, payload.c.index == entry.c.index)
        .order_by(entry.c.index)
    )
    return steps_of(connection, query)


def _findings(connection: Connection, case_id: str) -> list[tuple[FindingView, Finding]]:
    query = (
        FINDINGS.add_columns(payload.c.body)
        .join(payload, payload.c.index == finding.c.index)
        .where(finding.c.case == case_id)
        .order_by(finding.c.at.desc(), finding.c.id.desc())
        .limit(FINDINGS_TOLD)
    )
    views = []
    for mapping in connection.execute(query).mappings():
        columns = dict(mapping)
        finding_ = msgspec.convert(decode(columns.pop("body")), Finding)
        view = FindingView(
            row=FindingRow(**columns),
            reasons=finding_.reasons,
            counts=finding_.counts,
            proposes=finding_.proposes,
            confidence=finding_.confidence,
            lexicon=finding_.lexicon,
        )
        views.append((view, finding_))
    return views


def _evidence(
    connection: Connection, whole: list[Finding], accounts: dict[str, str]
) -> list[EvidenceRow]:
    """Each event once, as in its newest finding, with its text from the vault."""
    copies: dict[int, _EventFields] = {}
    for chunk in chunks([stored.id for stored in whole]):
        query = select(evidence.c.seq, evidence.c.raw).where(evidence.c.ref.in_(chunk))
        for seq, raw in connection.execute(query):
            copies[seq] = msgspec.json.decode(raw, type=_EventFields)
    rows: dict[int, EvidenceRow] = {}
    for ref, item in ((stored.id, item) for stored in whole for item in stored.evidence):
        if item.seq in rows:
            continue
        copy = copies.get(item.seq, _EventFields())
        rows[item.seq] = EvidenceRow(
            source=copy.source,
            event=copy.id,
            seq=item.seq,
            at=item.at,
            actor=item.actor,
            account=accounts.get(item.actor),
            kind=copy.kind,
            role=item.role,
            kinds=item.kinds,
            spans=item.spans,
            text=copy.text,
            target=copy.target,
            object=copy.object,
            group=copy.group,
            rating=copy.rating,
            item=f"{ref}/{item.seq}",
        )
    return sorted(rows.values(), key=lambda row: (row.at, row.seq))


def _parts(
    whole: list[Finding], rows: list[EvidenceRow], accounts: dict[str, str]
) -> tuple[Part, ...]:
    """The role of each account as in the newest finding that names it."""
    roles: dict[str, Role] = {}
    for stored in whole:
        roles = merge_roles(stored.roles, roles)
    events = Counter(row.actor for row in rows)
    parts = [
        Part(token=token, account=accounts.get(token), role=role, events=events[token])
        for token, role in roles.items()
    ]
    return tuple(sorted(parts, key=lambda p: (ROLES.index(p.role), -p.events, p.token)))


def _accounts(connection: Connection, tokens: Iterable[str]) -> dict[str, str]:
    accounts_: dict[str, str] = {}
    for chunk in chunks(sorted(tokens)):
        query = select(person.c.token, person.c.account).where(person.c.token.in_(chunk))
        accounts_ |= {row.token: row.account for row in connection.execute(query)}
    return accounts_
