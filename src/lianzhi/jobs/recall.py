"""Recall: findings back from the record, with accounts in place of vault tokens."""

from collections.abc import Iterator

import msgspec

from lianzhi.chain.finding import Evidence, Finding
from lianzhi.flow.intake import decode
from lianzhi.record.ports import Evidence as Kept
from lianzhi.store.ledger import Ledger

ERASED = "(erased)"


def recorded_findings(ledger: Ledger) -> Iterator[Finding]:
    """Every finding on the record, oldest first; erased people are named `(erased)`."""
    for entry in ledger.entries():
        if entry.kind != "finding.made":
            continue
        payload = ledger.payload(entry.index)
        if payload is not None:
            plain = ledger.vault.text(entry.index, "id")
            finding = _named(msgspec.convert(payload, Finding), ledger)
            yield finding if plain is None else msgspec.structs.replace(finding, id=plain)


def _named(finding: Finding, ledger: Ledger) -> Finding:
    kept = {kept_.seq: kept_ for kept_ in ledger.vault.evidence(finding.id)}
    actors = [item.actor for item in finding.evidence]
    accounts = ledger.vault.accounts({finding.about, *finding.subjects, *finding.roles, *actors})
    return msgspec.structs.replace(
        finding,
        about=accounts.get(finding.about, ERASED),
        subjects=tuple(accounts.get(token, ERASED) for token in finding.subjects),
        roles={accounts[t]: role for t, role in finding.roles.items() if t in accounts},
        evidence=tuple(_event(item, kept, accounts) for item in finding.evidence),
    )


def _event(item: Evidence, kept: dict[int, Kept], accounts: dict[str, str]) -> Evidence:
    actor = accounts.get(item.actor, ERASED)
    copy = kept.get(item.seq)
    if copy is None:
        return msgspec.structs.replace(item, actor=actor)
    event = decode(copy.raw)
    return msgspec.structs.replace(item, actor=actor, event=event.id, source=event.source)
