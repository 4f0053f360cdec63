"""Check of a restored deployment: its record, events and tables, before it gets the home's name."""

from pathlib import Path

from sqlalchemy import Engine

from lianzhi.config import Config
from lianzhi.jobs.backup import WITNESS
from lianzhi.jobs.mounted import MODEL
from lianzhi.record.checkpoint import Signer, Verifier
from lianzhi.store.archive import Manifest
from lianzhi.store.audit import audit
from lianzhi.store.audit_accounts import audit_accounts
from lianzhi.store.audit_events import audit_events
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import KEY, custody


def verify_restored(
    engine: Engine, staging: Path, config: Config, manifest: Manifest
) -> tuple[int, tuple[str, ...]]:
    """How many events are as recorded, and everything that is wrong."""
    if manifest.key is None:  # no node has run there yet
        return 0, ()
    key: Signer | Verifier = Verifier.parse(manifest.key)
    if (staging / KEY).exists():
        key, _ = custody(staging, config.origin)
    report = audit(engine, key, staging / WITNESS)
    if not report.ok:
        return 0, (f"the record, {report.what}: {report.detail}",)
    seal_key = key.seal_key if isinstance(key, Signer) else None
    events = audit_events(engine, staging, seal_key)
    faults = [f"{fault.file}, event {fault.seq}: {fault.detail}" for fault in events.faults]
    tables = audit_tables(engine, MODEL).faults + audit_accounts(engine, seal_key).faults
    faults += [f"table {fault.table}, row {fault.key}: {fault.detail}" for fault in tables]
    return events.events, tuple(faults)
