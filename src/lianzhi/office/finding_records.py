"""Finding records: how a finding goes on the record without names, and with its evidence.

Accounts become vault tokens, events their places in the log; copies of the events are kept in the
vault, where they can be erased, and the entry says which leaves they have and how far the log was.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding
from lianzhi.flow import log
from lianzhi.office.ports import Batch, Notify
from lianzhi.record.entry import Draft
from lianzhi.record.ports import Evidence as Kept

#: Line and salt of an event by its place in the log.
Lines = Mapping[int, tuple[bytes, bytes]]


def ref_of(key: bytes, identity: str) -> str:
    """How the record names a finding.

    A finding's own id is a hash over the account, which guessing could confirm after an erasure;
    so the record keys it, and keeps the plain id among the erasable texts.
    """
    return hashlib.blake2b(identity.encode(), digest_size=16, key=key).hexdigest()


def accounts(finding: Finding) -> list[str]:
    """Everybody whom a finding names."""
    actors = (item.actor for item in finding.evidence)
    return [finding.about, *finding.subjects, *finding.roles, *actors]


def with_tokens(finding: Finding, ref: str, tokens: Mapping[str, str]) -> Finding:
    """The finding with vault tokens in place of accounts, and log positions for events."""
    return msgspec.structs.replace(
        finding,
        id=ref,
        about=tokens[finding.about],
        subjects=tuple(tokens[account] for account in finding.subjects),
        roles={tokens[account]: role for account, role in finding.roles.items()},
        evidence=tuple(
            msgspec.structs.replace(item, actor=tokens[item.actor], event="", source="")
            for item in finding.evidence
        ),
    )


def finding_draft(
    draft: Draft,
    finding: Finding,
    copies: Sequence[Kept],
    tokens: Mapping[str, str],
    head: log.Head,
) -> Draft:
    """The entry of a finding that also tells which copies are kept, and how far the log was."""
    more = {"kept": {str(copy.seq): copy.leaf for copy in copies}, "log": head.as_payload()}
    plain = {"id": (finding.id, (tokens[finding.about],))}
    return msgspec.structs.replace(draft, payload={**draft.payload, **more}, texts=plain)


def copies(
    ref: str,
    evidence: Sequence[Evidence],
    lines: Lines,
    events: Mapping[int, Event],
    tokens: Mapping[str, str],
) -> list[Kept]:
    """Copies of the events for the vault; an event already erased is left out."""
    kept = []
    for item in evidence:
        if item.seq not in lines:
            continue
        (raw, salt), target = lines[item.seq], events[item.seq].target
        kept.append(
            Kept(
                ref=ref,
                seq=item.seq,
                leaf=log.leaf(salt, raw).hex(),
                salt=salt,
                raw=raw,
                actor=tokens[item.actor],
                target=None if target is None else tokens[target],
            )
        )
    return kept


def tell_offers(notify: Notify, batch: Batch, drafts: Sequence[Draft]) -> None:
    """Tell the harmed person where the entries offer protection: it is at hand."""
    for offer in drafts:
        if offer.kind == "protection.offered":
            params = {name: offer.payload[name] for name in ("hours", "minor")}
            about = offer.payload["about"]
            notify(batch, "protection_offered", about, offer.ref, params, {}, offer.at)
