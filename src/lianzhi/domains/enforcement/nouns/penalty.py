"""Penalty 处罚案件: one file 卷宗, as its entries tell it.

The status is a fold over the entries of the record; what may follow what is data (`STEPS`). Some
steps are entries of the chain, as in every domain: its decision, the service of it, and redress;
`step_of` says which. Whether a step is lawful is judged by the gates (`penalty_gates.py`) before it
becomes an entry, on facts that `facts.py` draws from here. Parties appear as vault tokens, staff by
their user names. Days are those of China; money is whole yuan.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from lianzhi.chain.life import START, IllegalStepError, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Status = Literal["filed", "noticed", "decided", "served", "closed", "archived"]

_OPEN = frozenset({"filed", "noticed"})
_AFTER = frozenset({"decided", "served"})
_OVER = frozenset({"closed", "archived"})
_ANY = _OPEN | _AFTER | _OVER


class Payment(msgspec.Struct, frozen=True):
    """A payment by the party."""

    day: dt.date
    amount: int
    """Whole yuan."""


class Instalment(msgspec.Struct, frozen=True):
    """A part of the fine that is due on a day of its own."""

    due: dt.date
    amount: int
    """Whole yuan."""


class Pleaded(msgspec.Struct, frozen=True):
    """What the party answered to, when it stated its case or asked for a hearing."""

    facts: dict[str, Any]
    fine: int
    sanctions: tuple[str, ...]


class Span(msgspec.Struct, frozen=True):
    """A stretch of days in which clocks stand still; `until` None: it goes on."""

    since: dt.date
    until: dt.date | None = None


class Penalty(msgspec.Struct, frozen=True, kw_only=True):
    """One case file."""

    id: str
    item: str
    department: str
    party: str
    """Vault token."""
    unit: bool = True
    status: Status = "filed"
    squad: str = ""
    grid: str = ""
    inspection: str = ""
    """The inspection of the party that it comes from."""
    officers: tuple[str, ...] = ()
    assigned: str = ""
    hands: tuple[str, ...] = ()
    """Whoever else took evidence, gave notice, had it in hand, or stood aside as an officer."""
    recused: tuple[str, ...] = ()
    """Staff with an interest in the case, who take no part any more."""
    same_act_as: str = ""
    """The first file about the same act, where there is an earlier one."""
    facts: dict[str, Any] = {}
    """What the discretion table asks about."""
    act_day: dt.date | None = None
    found_day: dt.date | None = None
    fine_least: int | None = None
    """With the next: what the item allows in yuan, by the list that an imported file came with."""
    fine_most: int | None = None
    filed: dt.date | None = None
    filed_by: str = ""
    evidence: int = 0
    unreviewed: tuple[str, ...] = ()
    """Ids of electronic evidence that waits for review."""
    preserved: dt.date | None = None
    order: str = ""
    """Id of the chain's decision that orders it to be put right."""
    ordered: dt.date | None = None
    ordered_until: dt.date | None = None
    """Last day for putting right what was ordered."""
    rectified: dt.date | None = None
    noticed: dt.date | None = None
    announced: int | None = None
    """Fine that the notice announced."""
    announced_list: str = ""
    told_hearing: bool = False
    hearing_due: bool = False
    grave: bool = False
    sanctions: tuple[str, ...] = ()
    waived: dt.date | None = None
    defended: dt.date | None = None
    considered: dt.date | None = None
    hearing_requested: dt.date | None = None
    hearing_told: dt.date | None = None
    hearing_day: dt.date | None = None
    heard: dt.date | None = None
    hearing_ended: dt.date | None = None
    """The party took its wish back, or stayed away (64(6))."""
    pleaded: Pleaded | None = None
    """None: it has not spoken yet."""
    discussed: dt.date | None = None
    submitted: dt.date | None = None
    reviewed: dt.date | None = None
    review: str = ""
    reviewer: str = ""
    """Who reviewed it last."""
    reviewers: tuple[str, ...] = ()
    """Everybody who ever did: none of them decides."""
    decision: str = ""
    """Id of the chain's decision, once there is one; see `step_of`."""
    decided: dt.date | None = None
    decided_by: str = ""
    list: str = ""
    row: str = ""
    """Row of the discretion table, as `table#row`."""
    fine: int = 0
    on_the_spot: bool = False
    served: dt.date | None = None
    service: str = ""
    due: dt.date | None = None
    """Last day for paying."""
    instalments: tuple[Instalment, ...] = ()
    """Approved, of what was unpaid then; empty: all is due on one day."""
    payments: tuple[Payment, ...] = ()
    suspensions: tuple[Span, ...] = ()
    """Reconsideration and suits, during which no surcharge runs."""
    demanded: dt.date | None = None
    contested: dt.date | None = None
    appeal: str = ""
    """Id of the chain's appeal that goes on, or went on last."""
    overturned: dt.date | None = None
    published: dt.date | None = None
    withdrawn: dt.date | None = None
    closed: dt.date | None = None
    outcome: str = ""
    """How it ended: `carried_out`, `not_punished`, `dropped`, `transferred`, `overturned`."""
    archived: dt.date | None = None
    keep_until: dt.date | None = None
    marks: int | None = None
    """Marks of the last review of the file, of a hundred."""
    revisited: dt.date | None = None
    warned: tuple[str, ...] = ()
    """Of which clocks, and of which stage of each, was told: see `clocks.Running.mark`."""
    imported: bool = False

    @property
    def investigators(self) -> frozenset[str]:
        """Everybody who investigated: they neither review, preside nor decide."""
        return frozenset({*self.officers, *self.hands, self.filed_by, self.assigned} - {""})

    @property
    def act(self) -> str:
        """What files about one act have in common."""
        return self.same_act_as or self.id

    @property
    def public_since(self) -> dt.date | None:
        """Since when its decision is published; None: it is not, or not any more."""
        return None if self.withdrawn else self.published

    @property
    def review_status(self) -> str:
        """`waiting`, `passed`, `failed`, or empty where no legal review was asked for."""
        waits = self.status == "noticed" and self.submitted and not self.review
        return "waiting" if waits else self.review

    @property
    def paid(self) -> int:
        """Yuan received so far."""
        return sum(payment.amount for payment in self.payments)

    @property
    def suspended(self) -> bool:
        """Whether a reconsideration or a suit goes on."""
        return any(span.until is None for span in self.suspensions)


def step_of(kind: str, payload: Mapping[str, Any]) -> str:
    """The step of a file that an entry takes, such as `served`; empty: it takes none."""
    noun, _, step = kind.partition(".")
    if noun == "penalty":
        return step
    if payload.get("fields", {}).get("adopted"):
        return "adopted"  # it tells of what was done elsewhere, which the file says already
    if kind == "decision.made":
        keys = {order["key"] for order in payload["orders"]}
        return _BY_ORDER.get("".join(keys), "decided")
    if kind == "appeal.answered":
        return "upheld" if payload["outcome"] == "upheld" else ""
    return _OF_CHAIN.get(kind, "")


#: The steps that decisions take which order one thing alone; others decide on the penalty.
_BY_ORDER = {"order_to_rectify": "ordered", "transfer": "transferred"}
#: Entries of the chain that take a step of a file, whatever they say.
_OF_CHAIN = {
    "notice.served": "served",
    "appeal.filed": "contested",
    "decision.reversed": "overturned",
    "decision.partly_reversed": "overturned",
}


def _fold(before: Penalty | None, entry: Entry, payload: Payload) -> Penalty:
    # What the domain added to an entry of the chain is read beside what the chain says.
    kind, payload = entry.kind, {**payload, **payload.get("fields", {})}
    status = next_status(STEPS, kind, before.status if before else START)
    if before is None:
        if kind == "penalty.imported":
            return msgspec.convert({**payload["file"], "imported": True}, Penalty)
        fields = {name: payload[name] for name in payload if name in _FIELDS}
        fields |= {"id": payload["penalty"], "status": status}
        if kind == "penalty.spot_filed":
            # The entry tells its one piece of evidence by its id, as `evidence_added` does.
            fields |= {"evidence": 1, "on_the_spot": True}
        return msgspec.convert(fields, Penalty)
    step = kind.removeprefix("penalty.")
    change = _TABLE[step].change(before, _day(payload), payload)
    if step in _INVESTIGATES:
        change = {"hands": _with(before.hands, payload["by"])} | change
    return msgspec.structs.replace(before, status=status, **change)


_FIELDS = frozenset(Penalty.__struct_fields__)
_INVESTIGATES = frozenset({"evidence_added", "preserved", "ordered", "noticed"})
Change = dict[str, Any]


def _with(hands: tuple[str, ...], *names: str) -> tuple[str, ...]:
    """Each name once, in order."""
    return tuple(dict.fromkeys((*hands, *filter(None, names))))


def _day(payload: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(payload["day"])


def _unchanged(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    return {}


def _on(*names: str) -> Any:
    """A step that sets these fields to its day."""
    return lambda penalty, day, payload: dict.fromkeys(names, day)


def _evidence(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    waits = (
        (*penalty.unreviewed, payload["evidence"]) if payload["electronic"] else penalty.unreviewed
    )
    return {"evidence": penalty.evidence + 1, "unreviewed": waits}


def _evidence_reviewed(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    """What did not pass is out of the file, and may not be counted."""
    left = tuple(identity for identity in penalty.unreviewed if identity != payload["evidence"])
    if left == penalty.unreviewed:
        raise IllegalStepError("penalty.evidence_reviewed", penalty.status, rule="evidence_waits")
    return {"unreviewed": left, "evidence": penalty.evidence - (0 if payload["passed"] else 1)}


def _noticed(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    """A notice given anew starts everything after it anew."""
    reset: Change = dict.fromkeys(
        ("waived", "defended", "considered", "hearing_requested", "hearing_told", "hearing_day")
    )
    reset |= dict.fromkeys(("heard", "hearing_ended", "discussed", "submitted", "reviewed"))
    announced = Pleaded(payload["facts"], payload["fine"], tuple(payload["sanctions"]))
    has_pleaded = penalty.pleaded is not None and penalty.pleaded.facts == announced.facts
    return {
        **reset,
        # On the same facts a lighter notice is what the next one may not go beyond (45(2)).
        "pleaded": announced if has_pleaded else penalty.pleaded,
        "review": "",
        "reviewer": "",
        "noticed": day,
        "announced": payload["fine"],
        "announced_list": payload["list"],
        "told_hearing": payload["told_hearing"],
        "hearing_due": payload["hearing_due"],
        "grave": payload["grave"],
        "sanctions": tuple(payload["sanctions"]),
        "facts": payload["facts"],
    }


def _answers(penalty: Penalty) -> Change:
    """The party uses its rights: from here on nothing may become worse for that."""
    return {"pleaded": Pleaded(penalty.facts, penalty.announced or 0, penalty.sanctions)}


def _preserved(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    """The days run from the first time: preserving again does not begin them anew."""
    if penalty.preserved is not None:
        raise IllegalStepError("penalty.preserved", penalty.status, rule="preserved_already")
    return {"preserved": day}


def _settled(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    if penalty.preserved is None:
        raise IllegalStepError("penalty.preservation_settled", penalty.status, rule="not_preserved")
    return {"preserved": None}


def _reviewed(result: str) -> Any:
    return lambda penalty, day, payload: {
        "reviewed": day,
        "review": result,
        "reviewer": payload["by"],
        "reviewers": _with(penalty.reviewers, payload["by"]),
    }


def _decided(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    return {"decided": day, "decided_by": payload["by"], **{
        name: payload[name] for name in ("decision", "list", "row", "fine")}}  # fmt: skip


def _served(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    due = payload.get("due")
    return {"served": day, "service": payload["way"], "due": due and dt.date.fromisoformat(due)}


def _paid(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    return {"payments": (*penalty.payments, Payment(day, payload["amount"]))}


def _deferred(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    parts = msgspec.convert(payload["instalments"], tuple[Instalment, ...])
    return {"due": parts[-1].due, "instalments": parts}


def _recused(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    """Who steps in stands in the place of who stands aside."""
    officer, instead = payload["officer"], payload["replaced_by"]
    hands = tuple(instead if name == officer else name for name in penalty.officers)
    change: Change = {"officers": hands, "recused": (*penalty.recused, officer)}
    if officer in penalty.officers:
        change["hands"] = _with(penalty.hands, officer)
    return change | ({"assigned": instead} if penalty.assigned == officer else {})


def _contested(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    if penalty.decided is None:
        raise IllegalStepError("penalty.contested", penalty.status, rule="undecided")
    if penalty.suspended:
        raise IllegalStepError("penalty.contested", penalty.status, rule="contested_already")
    return {
        "contested": day,
        "appeal": payload["appeal"],
        "suspensions": (*penalty.suspensions, Span(day)),
    }


def _answered(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    if not penalty.suspended:
        raise IllegalStepError("penalty.upheld", penalty.status, rule="nothing_contested")
    last = Span(penalty.suspensions[-1].since, day)
    return {"suspensions": (*penalty.suspensions[:-1], last)}


def _overturned(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    if penalty.decided is None:
        raise IllegalStepError("penalty.overturned", penalty.status, rule="undecided")
    ended = _answered(penalty, day, payload) if penalty.suspended else {}
    if penalty.closed is not None and not payload["fine"]:
        ended["outcome"] = "overturned"
    return ended | {"overturned": day, "fine": payload["fine"], "instalments": ()}


def _adopted(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    return {"decision": payload["decision"], "appeal": payload.get("appeal") or penalty.appeal}


def _published(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    if penalty.decided is None:
        raise IllegalStepError("penalty.published", penalty.status, rule="undecided")
    if penalty.published and not penalty.withdrawn:
        raise IllegalStepError("penalty.published", penalty.status, rule="published_already")
    if penalty.overturned and not penalty.fine:
        raise IllegalStepError("penalty.published", penalty.status, rule="annulled")
    return {"published": day, "withdrawn": None}


def _unpublished(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    if not penalty.published or penalty.withdrawn:
        raise IllegalStepError("penalty.unpublished", penalty.status, rule="not_published")
    return {"withdrawn": day}


def _ended(penalty: Penalty, day: dt.date, payload: dict[str, Any]) -> Change:
    return {"closed": day, "outcome": payload["outcome"]}


class Step(NamedTuple):
    """One step of a file: when it may be taken, and what it makes of the file."""

    when: frozenset[str]
    """Statuses in which it may be taken."""
    after: Status | None
    """Status afterwards; None: as before."""
    change: Callable[["Penalty", dt.date, dict[str, Any]], dict[str, Any]] = _unchanged
    """Fields that change: from the file, the day of the step, and what the entry says."""


_TABLE: dict[str, Step] = {
    "filed": Step(frozenset({START}), "filed"),
    "imported": Step(frozenset({START}), None),
    "evidence_added": Step(_OPEN, None, _evidence),
    "evidence_reviewed": Step(_OPEN, None, _evidence_reviewed),
    "preserved": Step(_OPEN, None, _preserved),
    "preservation_settled": Step(_OPEN, None, _settled),
    "preservation_released": Step(_OPEN, None, _settled),
    "ordered": Step(
        _OPEN,
        None,
        lambda penalty, day, payload: {
            "order": payload["decision"],
            "ordered": day,
            "ordered_until": dt.date.fromisoformat(payload["until"]),
        },
    ),
    "rectified": Step(_OPEN | _AFTER, None, _on("rectified")),
    "noticed": Step(_OPEN, "noticed", _noticed),
    "defended": Step(
        frozenset({"noticed"}),
        None,
        lambda penalty, day, payload: {**_answers(penalty), "defended": day, "considered": None},
    ),
    "defence_waived": Step(frozenset({"noticed"}), None, _on("waived")),
    "defence_considered": Step(frozenset({"noticed"}), None, _on("considered")),
    "hearing_requested": Step(
        frozenset({"noticed"}),
        None,
        lambda penalty, day, payload: {
            **_answers(penalty),
            "hearing_requested": day,
            "hearing_ended": None,
            "waived": None,
        },
    ),
    "hearing_called": Step(
        frozenset({"noticed"}),
        None,
        lambda penalty, day, payload: {
            "hearing_told": day,
            "hearing_day": dt.date.fromisoformat(payload["hearing"]),
        },
    ),
    "heard": Step(frozenset({"noticed"}), None, _on("heard")),
    "hearing_ended": Step(frozenset({"noticed"}), None, _on("hearing_ended")),
    "discussed": Step(frozenset({"noticed"}), None, _on("discussed")),
    "submitted": Step(frozenset({"noticed"}), None, _on("submitted")),
    "review_passed": Step(frozenset({"noticed"}), None, _reviewed("passed")),
    "review_failed": Step(frozenset({"noticed"}), None, _reviewed("failed")),
    "decided": Step(frozenset({"noticed"}), "decided", _decided),
    "spot_filed": Step(frozenset({START}), "noticed"),
    "adopted": Step(_ANY, None, _adopted),
    "dropped": Step(_OPEN, "closed", _ended),
    "transferred": Step(_OPEN, "closed", _ended),
    "served": Step(frozenset({"decided"}), "served", _served),
    "deferred": Step(frozenset({"served"}), None, _deferred),
    "paid": Step(frozenset({"served"}), None, _paid),
    "demanded": Step(frozenset({"served"}), None, _on("demanded")),
    "contested": Step(_AFTER | _OVER, None, _contested),
    "upheld": Step(_AFTER | _OVER, None, _answered),
    "overturned": Step(_AFTER | _OVER, None, _overturned),
    "published": Step(_AFTER | _OVER, None, _published),
    "unpublished": Step(_AFTER | _OVER, None, _unpublished),
    "closed": Step(frozenset({"served"}), "closed", _ended),
    "archived": Step(
        frozenset({"closed"}),
        "archived",
        lambda penalty, day, payload: {
            "archived": day,
            "keep_until": dt.date.fromisoformat(payload["keep_until"]),
        },
    ),
    "document_issued": Step(_ANY, None),
    "assigned": Step(
        _OPEN | _AFTER,
        None,
        lambda penalty, day, payload: {
            "assigned": payload["to"],
            "hands": _with(penalty.hands, penalty.assigned, payload["to"]),
        },
    ),
    "recused": Step(_OPEN | _AFTER, None, _recused),
    "warned": Step(
        _ANY, None, lambda penalty, day, payload: {"warned": (*penalty.warned, payload["mark"])}
    ),
    "file_reviewed": Step(_OVER, None, lambda penalty, day, payload: {"marks": payload["marks"]}),
    "revisited": Step(_OVER, None, _on("revisited")),
}
#: Kind of step, `penalty.<step>`, as `chain.life` reads it.
STEPS: Steps = {f"penalty.{name}": (step.when, step.after) for name, step in _TABLE.items()}
PENALTY = Noun(
    "penalty",
    Penalty,
    STEPS,
    _fold,
    columns=(
        *("status", "item", "department", "squad", "grid", "party", "assigned", "filed", "decided"),
        *("closed", "public_since", "list", "fine", "review_status", "imported"),
    ),
    indexes=(("status", "filed"), ("party", "item"), ("public_since",), ("review_status",)),
    identity=lambda payload: payload.get("penalty") or payload.get("case", ""),
    also_reads=frozenset({"decision", "notice", "appeal"}),
    step_of=step_of,
)
