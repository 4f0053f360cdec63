"""Findings about things that a domain's desk concludes from its own nouns: no event is evidence."""

import msgspec

from lianzhi.chain import docket
from lianzhi.chain.finding import Finding
from lianzhi.chain.protection import DAY_MS
from lianzhi.office import finding_records
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch


def record_object_finding(office: Office, batch: Batch, finding: Finding) -> str | None:
    """Put a finding about a thing, as in `on:film-7`, on the record; returns the case that it
    opens or joins. None: it was there before, or opens none."""
    ref = finding_records.ref_of(office.ledger.signer.seal_key, finding.id)
    if office.queries.cases.known_findings(batch.connection, [ref]):
        return None
    policy = office.policy(finding.at)
    named = finding_records.with_tokens(
        finding, ref, batch.tokens(finding_records.accounts(finding))
    )
    case = office.queries.cases.latest_case(batch.connection, named.kind, named.about)
    since = finding.at - policy.links_within_days * DAY_MS
    related = office.queries.incidents.related(batch.connection, named, (named.about,), since)
    opened, *rest = docket.receive(named, case, policy, related)
    opened = msgspec.structs.replace(opened, texts={"id": (finding.id, (named.about,))})
    batch.append([opened, *rest])
    return next((draft.ref for draft in rest if draft.kind in ("case.opened", "case.joined")), None)
