"""Penalties decided on the spot 当场处罚 (行政处罚法 51-53, 68-71).

For plain facts and a warning or small fine, two officers hear the party, decide and serve the
decision at once. Filing, decision, service and any collected fine are one transaction, whose
entries are also the officers' report to the agency.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.desk.penalty_steps import (
    PenaltySteps,
    about,
    checked_length,
    require_words,
)
from lianzhi.domains.enforcement.nouns import case_entries
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import ProposedStep
from lianzhi.law.clock import midnight
from lianzhi.office.files import KeptFile
from lianzhi.office.ports import Batch

Collected = Literal["", "small", "hard_later", "remote"]
"""Why a fine is collected on the spot: small (68(1)), hard to execute later (68(2)), or in a remote
place at the party's request (69). Empty: the party pays at the bank."""


class SpotRecord(NamedTuple):
    """Place, defence and service of a decision on the spot."""

    place: str
    defence: str
    """Statement of the party, or that it made none."""
    receipt: str
    """Proof of service: signature, or refusal to sign (52)."""
    collected: Collected = ""


class Spot:
    """Takes decisions on the spot. Raises as `PenaltySteps` does."""

    def __init__(self, office: Office, penalties: Penalties) -> None:
        self._office, self._penalties = office, penalties
        self._steps = PenaltySteps(office)

    def decide(
        self,
        item: str,
        party: str,
        facts_known: Mapping[str, Any],
        officers: Iterable[str],
        kept: KeptFile,
        kind: str,
        by: str,
        words: str,
        record: SpotRecord,
        *,
        fine: int = 0,
        inspection: str = "",
        unit: bool = True,
        same_act_as: str = "",
    ) -> str:
        """Decide on the spot against a registered party, today; returns the file's id.

        Without a fine it is a warning. `kept` is the evidence, of a `kind`; `words` are the facts.
        """
        require_words(words)
        for name in ("place", "defence", "receipt"):
            if not getattr(record, name).strip():
                raise RefusedError("spot_" + name, f"{name} is empty")
        office, at, day = self._office, self._office.now(), self._office.today()
        sanctions = ["fine"] if fine else ["warning"]
        hands = tuple(dict.fromkeys(officers))
        with office.batch() as batch:
            token = office.party(party)
            inspection = office.inspection_of(batch.connection, inspection, token)
            registered = office.enterprise(batch.connection, token)
            root = office.same_act(batch.connection, token, same_act_as)
            known = office.officers(batch.connection, hands)
            listed = office.rules.named(item, day)
            case = new_id()
            policy = office.chain.policy(at)
            drafts = case_entries.opening_entries(case, item, token, midnight(day), at, by, policy)
            proposed = Penalty(
                id=case,
                item=item,
                department=listed.department if listed else "",
                party=token,
                unit=unit,
                squad=next((officer.squad for officer in known.values()), ""),
                grid=registered.grid,
                inspection=inspection,
                officers=hands,
                assigned=by,
                same_act_as=root,
                facts=dict(facts_known),
                act_day=day,
                found_day=day,
                evidence=1,
                sanctions=tuple(sanctions),
                decided_by=by,
                fine=fine,
            )
            ruling = self._penalties.ruling(proposed, facts_known)
            if ruling.list == "no_penalty":
                raise RefusedError("spot_unpunished", "the table asks for no penalty here")
            gates = {
                "fine": fine,
                "outcome": ruling.list,
                "tabled": (ruling.fine_from, ruling.fine_to),
            }
            self._steps.check(batch, proposed, ProposedStep("spot_decided", day, by, hands, gates))
            self._may_collect(record.collected, fine, day)
            fields = {name: getattr(proposed, name) for name in _FIELDS}
            fields |= {"collected": record.collected, **kept.payload(kind)}
            texts = {"words": words, "place": record.place, "defence": record.defence}
            texts |= {"name": kept.name, "salt": kept.salt}
            payload = msgspec.to_builtins({"penalty": case, "day": day, "by": by, **fields})
            party_texts = {name: about(text, token) for name, text in texts.items()}
            batch.append([*drafts, draft("penalty.spot_filed", case, at, payload, party_texts)])
            penalty = office.penalty(batch.connection, case)
            self._steps.proceeding.decide(batch, penalty, ruling, fine, by, words)
            self._hand_over(batch, case, record, by, day)
        return case

    def _hand_over(
        self, batch: Batch, case: str, record: SpotRecord, by: str, day: dt.date
    ) -> None:
        """Record service of the decision, and the payment if the fine was collected."""
        office = self._office
        penalty = office.penalty(batch.connection, case)
        due = office.rules.last_day("penalty.pay", day) if penalty.fine else None
        receipt, proceeding = checked_length(record.receipt), self._steps.proceeding
        proceeding.serve(batch, penalty, "direct", day, receipt, due, by)
        if record.collected:
            self._steps.append(batch, penalty, "paid", by, day, {"amount": penalty.fine}, {})
            proceeding.paid_up(batch, penalty, by)

    def _may_collect(self, reason: Collected, fine: int, day: dt.date) -> None:
        most = self._office.rules.procedure(day).spot.collect
        if reason and not fine:
            raise RefusedError("nothing_owed", "there is no fine to collect")
        if reason == "small" and fine > most:
            raise RefusedError("collect_small", f"fine is {fine}, over {most} yuan", most=most)


_FIELDS = (
    *("item", "department", "party", "unit", "squad", "grid", "inspection", "officers"),
    *("assigned", "same_act_as", "facts", "act_day", "found_day", "sanctions"),
)
