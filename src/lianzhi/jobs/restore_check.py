"""Check of a restored deployment: its record, events and tables, before it gets the home's name."""

from pathlib import Path

from sqlalchemy import Engine

from lianzhi.config import Config
from lianzhi.jobs.backup import WITNESS
from lianzhi.jobs.mounted import MODEL
from lianzhi.record.checkpoint import Signer, Verifier
from lianzhi.store.archive import Manifest
from lianzhi.store.audit_home import audit_home
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
    whole = audit_home(engine, staging, key, staging / WITNESS, MODEL)
    if whole.events is None:
        return 0, (f"the record, {whole.record.what}: {whole.record.detail}",)
    return whole.events.events, (*whole.event_faults(), *whole.row_faults())
