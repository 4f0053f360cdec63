"""Effect of decisions: the measures they order, the strikes they give, and who is notified.

All of it joins the batch that makes the decision effective.
"""

from collections.abc import Sequence
from typing import Any

from lianzhi.chain import strike
from lianzhi.chain.case import Case
from lianzhi.chain.decision import Decision
from lianzhi.chain.measure import RUNNING, is_thing, single
from lianzhi.chain.parts import Parts
from lianzhi.chain.protection import DAY_MS
from lianzhi.office.complaints import uphold_reports
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft


def take_effect(
    office: Office,
    batch: Batch,
    decision: Decision,
    case: Case,
    parts: Parts,
    facts: str,
    by: str,
    at: int,
) -> None:
    """Order the measures, give the strikes, notify those concerned; `by`: who took the step."""
    strike_policy = office.policy(at).strikes
    drafts: list[Draft] = []
    strikes: list[Draft] = []
    author_of = parts.author_lookup()
    for order in decision.orders:
        kind = "measure.shadowed" if order.mode == "shadow" else "measure.ordered"
        for target in order.targets():
            draft = single(
                *(kind, decision.id, case.id, order, target, at),
                author=author_of(target[1]) if target[1] else "",
                acted_at=parts.acted_at(target),
                rule=decision.rule,
            )
            drafts.append(draft)
            subject = draft.payload["subject"]
            points = strike.points_of(strike_policy, order.key, parts.roles.get(subject, ""))
            if order.mode != "shadow" and points > 0 and not is_thing(target[1]):
                expires_at = at + strike_policy.expiry_days * DAY_MS
                strikes.append(_strike(draft, points, expires_at, at))
    batch.append(drafts + strikes)
    ordered = [dict(draft.payload) for draft in drafts if draft.kind == "measure.ordered"]
    for payload in ordered:
        if office.announces(payload["mode"]):
            office.post.measure(batch, payload, 1, at)
    if office.of_party(case, at):
        notify_party(office, batch, decision, case, facts, at)
    else:
        _notify_concerned(office, batch, decision, case, ordered, facts, at)
    if ordered:
        concerned = {
            payload["subject"]
            for payload in ordered
            if not (payload["item"] and is_thing(payload["item"]))
        }
        uphold_reports(office, batch, case, concerned, by, at)


def _notify_concerned(
    office: Office,
    batch: Batch,
    decision: Decision,
    case: Case,
    ordered: Sequence[dict[str, Any]],
    facts: str,
    at: int,
) -> None:
    """Tell each account concerned, once, of all that is done to it and of the reasons."""
    concerned: dict[str, list[dict[str, Any]]] = {}
    for payload in ordered:
        if payload["key"] == "transfer":
            if office.policy(at).type_of(case.kind).about == "account":
                _notify_harmed(office, batch, decision, case, payload, facts, at)
            continue  # the authority notifies those concerned
        if payload["subject"] is None:
            continue  # the platform has not said who owns the thing
        measure = {"measure": payload["key"], "until": payload["ends_at"]}
        if payload["item"] and is_thing(payload["item"]):
            measure["thing"] = payload["item"]
        measures = concerned.setdefault(payload["subject"], [])
        if measure not in measures:
            measures.append(measure)
    for person, measures in concerned.items():
        params = {
            "measures": measures,
            "ground": office.grounds.words(decision.ground),
            "automated": decision.automated_decision,
            "contest_by": decision.contest_until,
        }
        texts = {"facts": (facts, (case.about, person))}
        office.post.notify(batch, "decision", person, decision.id, params, texts, at)


def notify_party(
    office: Office, batch: Batch, decision: Decision, case: Case, facts: str, at: int
) -> None:
    """Tell the party of an authority's case what was decided, as it stands now.

    Of a transfer to another body that body tells the party, if anybody does.
    """
    if decision.orders and all(order.key == "transfer" for order in decision.orders):
        return
    rows = office.queries.measures.measures_of(batch.connection, decision.id)
    params = {
        "measures": [
            {
                "measure": row["key"],
                "amount": row["amount"],
                "due": row["due_at"],
                "until": row["ends_at"],
            }
            for row in rows
            if row["undone_at"] is None and row["status"] in RUNNING
        ],
        "ground": office.grounds.words(decision.ground),
        "redress": office.policy(at).type_of(case.kind).redress,
    }
    texts = {"facts": (facts, (case.about,))}
    office.post.notify(batch, "authority_decision", case.about, decision.id, params, texts, at)


def _notify_harmed(
    office: Office,
    batch: Batch,
    decision: Decision,
    case: Case,
    payload: dict[str, Any],
    facts: str,
    at: int,
) -> None:
    """Tell the person harmed that another authority has the matter now."""
    params = {
        "to": {"zh": payload["authority"], "en": payload["authority"]},
        "ground": office.grounds.words(decision.ground),
    }
    texts = {"reason": (facts, (case.about,))}
    office.post.notify(batch, "transfer", case.about, payload["measure"], params, texts, at)


def _strike(draft: Draft, points: float, expires_at: int, at: int) -> Draft:
    payload = {name: draft.payload[name] for name in ("subject", "decision", "case")}
    payload |= {"strike": draft.ref, "points": points, "expires_at": expires_at}
    return Draft("strike.given", draft.ref, at, payload)
