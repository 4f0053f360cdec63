"""Docket 立案: the entries that a new finding adds to the record.

Pure: from a finding (people already replaced by vault tokens), the open case about the same person
and the policy in force, to the entries that follow. Detection never acts: measures are proposed,
protection is offered, nothing is done.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from lianzhi.chain.case import Case
from lianzhi.chain.finding import STAGES, Finding
from lianzhi.chain.link import Related, links
from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.protection import DAY_MS
from lianzhi.record.entry import Draft


def receive(
    finding: Finding, case: Case | None, policy: CasePolicy, related: Sequence[Related] = ()
) -> list[Draft]:
    """Entries that record a finding and, where policy says so, open or raise a case.

    `case` is the latest case of this kind about the same person, or None; `related` are cases that
    share people or events with the finding.
    """
    drafts = [_draft("finding.made", finding.id, finding.at, msgspec.to_builtins(finding))]
    window = policy.joins_within_days * DAY_MS
    if case is not None and case.outcome == "false_positive" and finding.since in case.incidents:
        return drafts  # a person has judged this incident; its growth is on the record
    if case is None or case.status == "closed" or finding.at - case.updated_at > window:
        if STAGES.index(finding.stage) < STAGES.index(policy.opens_at):
            return drafts
        case_id = case_id_of(finding)
        drafts.append(_draft("case.opened", case_id, finding.at, opening(case_id, finding, policy)))
        drafts += links(case_id, (), related, finding.at)
        return drafts + _proposals(case_id, None, finding, policy)
    join = {"case": case.id, "finding": finding.id, "score": finding.score}
    join |= {"since": finding.since} | _roles(finding)
    drafts.append(_draft("case.joined", case.id, finding.at, join))
    if STAGES.index(finding.stage) > STAGES.index(case.stage):
        raised = {"case": case.id, "stage": finding.stage, "finding": finding.id}
        drafts.append(_draft("case.escalated", case.id, finding.at, raised))
    drafts += links(case.id, case.links, related, finding.at)
    return drafts + _proposals(case.id, case, finding, policy)


def case_id_of(finding: Finding) -> str:
    """A case is named by the finding that opened it, so that a replay names it alike."""
    return hashlib.blake2b(b"case\x1f" + finding.id.encode(), digest_size=10).hexdigest()


def opening(case_id: str, finding: Finding, policy: CasePolicy) -> dict[str, Any]:
    """Payload of the entry that opens a case by its first finding."""
    marked = {"thing": True} if finding.kind in policy.without_victim else {}
    return (
        marked
        | _roles(finding)
        | {
            "case": case_id,
            "kind": finding.kind,
            "about": finding.about,
            "stage": finding.stage,
            "score": finding.score,
            "minor": finding.minor,
            "since": finding.since,
            "finding": finding.id,
        }
    )


def _roles(finding: Finding) -> dict[str, Any]:
    """Parts played in it; none in most findings, and then no field."""
    roles = sorted(set(finding.roles.values()))
    return {"roles": roles} if roles else {}


def _proposals(
    case_id: str, case: Case | None, finding: Finding, policy: CasePolicy
) -> list[Draft]:
    drafts: list[Draft] = []
    for proposal in policy.proposals_for(finding.kind):
        if STAGES.index(proposal.at) > STAGES.index(finding.stage):
            continue
        if proposal.key.startswith("protection."):
            if case is None or case.offered_at is None:
                offer: dict[str, Any] = {
                    "case": case_id,
                    "about": finding.about,
                    "key": proposal.key,
                    "hours": proposal.hours,
                    "minor": finding.minor,
                }
                drafts.append(_draft("protection.offered", case_id, finding.at, offer))
            continue
        subjects = _subjects(proposal.to, finding)
        if not subjects or _known(case, proposal.key, proposal.to, subjects):
            continue
        measure: dict[str, Any] = {
            "case": case_id,
            "finding": finding.id,
            "key": proposal.key,
            "to": proposal.to,
            "subjects": list(subjects),
            "mode": proposal.mode,
            "hours": proposal.hours,
            "ground": proposal.ground,
        }
        drafts.append(_draft("measure.proposed", case_id, finding.at, measure))
    if case is None:
        due = finding.at + policy.revisit_after_days * DAY_MS
        plan = {"case": case_id, "due": due}
        drafts.append(_draft("revisit.scheduled", case_id, finding.at, plan))
    return drafts


def _subjects(to: str, finding: Finding) -> tuple[str, ...]:
    if to == "about":
        return (finding.about,)
    return tuple(sorted(account for account, role in finding.roles.items() if role == to))


def _known(case: Case | None, key: str, to: str, subjects: tuple[str, ...]) -> bool:
    if case is None:
        return False
    return any((p.key, p.to, p.subjects) == (key, to, subjects) for p in case.proposals)


def _draft(kind: str, ref: str, at: int, payload: dict[str, Any]) -> Draft:
    return Draft(kind=kind, ref=ref, at=at, payload=payload)
