"""Story of a noun: its entries in order, as its page shows them."""

from typing import Any

import msgspec
from sqlalchemy import Table, select

from lianzhi.office.ports import Ledger

#: Nouns of the chain, whose facts or reason are the words of a step.
_OF_CHAIN = frozenset({"decision", "appeal"})


class Step(msgspec.Struct, frozen=True):
    """One entry of a noun's story."""

    index: int
    kind: str
    at: int
    payload: dict[str, Any]
    """What the entry says, the fields of its domain among it."""
    texts: dict[str, str]


def noun_story(ledger: Ledger, steps: Table, identity: str) -> list[Step]:
    """The entries of a noun, in order, with the texts that are left of them. `steps` is the
    domain's table of steps, see `kit.noun_tables.step_table`."""
    column = steps.c
    with ledger.engine.connect() as connection:
        rows = connection.execute(
            select(column.index, column.kind).where(column.of == identity).order_by(column.index)
        ).all()
    story = []
    for index, kind in rows:
        entry = next(iter(ledger.entries(index, index + 1)))
        payload = ledger.payload(index) or {}
        kept = {name: ledger.vault.text(index, name) for name in payload.pop("texts", {})}
        texts = {name: text for name, text in kept.items() if text is not None}
        noun = entry.kind.partition(".")[0]
        for name in ("facts", "reason") if noun in _OF_CHAIN else ():
            if name in texts:
                texts["words"] = texts.pop(name)
        story.append(Step(index, kind, entry.at, {**payload, **payload.get("fields", {})}, texts))
    return story
