"""Audit of a whole home: the record, and whatever stands beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from lianzhi.record.checkpoint import Signer, Verifier
from lianzhi.record.verify import Report
from lianzhi.store.audit import audit
from lianzhi.store.audit_accounts import audit_accounts
from lianzhi.store.audit_events import EventReport, audit_events
from lianzhi.store.audit_tables import TableReport, audit_tables
from lianzhi.store.read_model import Model


class HomeAudit(NamedTuple):
    """What was read, and what is wrong. Only a sound record can be held against the rest."""

    record: Report
    events: EventReport | None = None
    tables: TableReport | None = None
    accounts: TableReport | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was changed."""
        parts = (self.events, self.tables, self.accounts)
        return all(part is not None and part.ok for part in parts)

    def row_faults(self) -> Iterator[str]:
        """The first changed row of each table, and each changed user or key."""
        for part in (self.tables, self.accounts):
            for fault in part.faults if part else ():
                yield f"table {fault.table}, row {fault.key}: {fault.detail}"

    def event_faults(self) -> Iterator[str]:
        """The first changed event of each file."""
        for fault in self.events.faults if self.events else ():
            yield f"{fault.file}, event {fault.seq}: {fault.detail}"


def audit_home(
    engine: Engine, home: Path, key: Signer | Verifier, witness: Path, model: Model
) -> HomeAudit:
    """Audit record, events, tables, users and API keys. Seals are held only against a signer."""
    report = audit(engine, key, witness)
    if not report.ok:
        return HomeAudit(report)
    seal_key = key.seal_key if isinstance(key, Signer) else None
    return HomeAudit(
        report,
        audit_events(engine, home, seal_key),
        audit_tables(engine, model),
        audit_accounts(engine, seal_key),
    )
