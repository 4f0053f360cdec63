"""Entries of a rectification: each in the transaction that the rest of its act is in."""

from typing import Any

from lianzhi.chain.life import next_status
from lianzhi.domains.algorithms.desk.office import Office, desk_actor, draft
from lianzhi.domains.algorithms.nouns.rectification import STEPS, Rectification
from lianzhi.domains.algorithms.queries import tables
from lianzhi.office import casework
from lianzhi.office.ports import Batch


def load(batch: Batch, identity: str, step: str) -> Rectification:
    """A rectification that may take the step now. Raises IllegalStepError."""
    file = tables.rectification.load(batch.connection, identity)
    next_status(STEPS, f"rectification.{step}", file.status)
    return file


def put(
    office: Office,
    batch: Batch,
    file: Rectification,
    step: str,
    by: str,
    texts: dict[str, str] | None = None,
    **more: Any,
) -> None:
    """Append a step: `texts` are erasable, `more` are its fields."""
    payload = {"rectification": file.id, "by": by, **more}
    batch.append([draft(f"rectification.{step}", file.id, office.now(), payload, texts)])


def close_case(
    office: Office, batch: Batch, identity: str, outcome: Any, by: str, words: str
) -> None:
    """Close its case on the chain, for reasons."""
    casework.close_case_in(
        office.chain, batch, identity, outcome, words, desk_actor(by), office.now()
    )
