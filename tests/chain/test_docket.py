"""Docket: what a finding puts on the record. It opens, joins, proposes, offers; it never acts."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from lianzhi.chain import docket
from lianzhi.chain.case import Case, fold
from lianzhi.chain.finding import Finding, Stage
from lianzhi.chain.link import Related
from lianzhi.chain.policy import Proposal
from lianzhi.domains.policies import Policies
from lianzhi.record.entry import Draft

DAY = 86_400_000
KINDS = ("bullying.pile_on",)
POLICY = msgspec.structs.replace(
    Policies().case(1 << 50),
    opens_at="warn",
    joins_within_days=7,
    revisit_after_days=7,
    evidence_kept=10,
    proposals=(
        Proposal("protection.strangers", "warn", "about", mode="offer", hours=72, kinds=KINDS),
        Proposal("mute", "act", "inciter", hours=72, ground="incitement", kinds=KINDS),
        Proposal("call", "warn", "about", kinds=KINDS),
    ),
)


def finding(stage: Stage, at: int = 1000, **more: Any) -> Finding:
    fields = {"id": f"{stage}-{at}", "kind": "bullying.pile_on", "about": "p_1", "since": 500}
    return Finding(**{**fields, "stage": stage, "at": at, "score": 10.0, **more})


def folded(drafts: Sequence[Draft], case: Case | None = None) -> Case | None:
    for draft in drafts:
        if draft.kind != "finding.made":
            case = fold(case, draft.kind, draft.at, dict(draft.payload))
    return case


def kinds(drafts: Sequence[Draft]) -> list[str]:
    return [draft.kind for draft in drafts]


def opened() -> Case:
    case = folded(docket.receive(finding("warn"), None, POLICY))
    assert case is not None
    return case


def test_a_watch_is_recorded_and_opens_nothing() -> None:
    (made,) = docket.receive(finding("watch"), None, POLICY)
    assert (made.kind, made.ref) == ("finding.made", "watch-1000")
    assert msgspec.convert(made.payload, Finding) == finding("watch")


def test_a_warning_opens_a_case_offers_protection_and_plans_the_revisit() -> None:
    drafts = docket.receive(finding("warn", minor=True), None, POLICY)
    assert kinds(drafts) == [
        *("finding.made", "case.opened", "protection.offered", "measure.proposed"),
        "revisit.scheduled",
    ]
    case = folded(drafts)
    assert case is not None
    assert (case.about, case.stage, case.minor, case.findings) == (*("p_1", "warn", True, 1),)
    assert case.revisit_at == 1000 + 7 * DAY
    assert case.offered_at == 1000
    assert [p.mode for p in case.proposals] == ["shadow"]


def test_the_same_finding_names_the_same_case() -> None:
    first, again = (docket.receive(finding("warn"), None, POLICY) for _ in range(2))
    assert first == again
    other = docket.case_id_of(finding("warn", at=1001))
    assert docket.case_id_of(finding("warn")) != other


def test_a_later_finding_joins_and_raises_and_offers_once() -> None:
    roles = {"p_9": "inciter", "p_8": "follower", "p_7": "inciter"}
    drafts = docket.receive(finding("act", at=2000, roles=roles), opened(), POLICY)
    assert kinds(drafts) == [
        *("finding.made", "case.joined", "case.escalated", "measure.proposed"),
    ]
    assert drafts[-1].payload["subjects"] == ["p_7", "p_9"]
    case = folded(drafts, opened())
    assert case is not None
    assert (case.stage, case.findings) == ("act", 2)
    again = docket.receive(finding("act", at=3000, roles=roles), case, POLICY)
    assert kinds(again) == ["finding.made", "case.joined"]
    more = docket.receive(finding("act", at=3000, roles={**roles, "p_6": "inciter"}), case, POLICY)
    assert kinds(more) == ["finding.made", "case.joined", "measure.proposed"]


def test_a_lower_finding_joins_too() -> None:
    assert kinds(docket.receive(finding("watch", at=2000), opened(), POLICY)) == [
        *("finding.made", "case.joined"),
    ]


@pytest.mark.parametrize("days", [7, 8])
def test_after_the_window_another_case_opens(days: int) -> None:
    late = finding("warn", at=1000 + days * DAY)
    assert ("case.opened" in kinds(docket.receive(late, opened(), POLICY))) == (days > 7)


def test_a_closed_case_is_left_closed() -> None:
    closed = fold(opened(), "case.closed", 1500, {"outcome": "settled"})
    drafts = docket.receive(finding("warn", at=2000), closed, POLICY)
    assert "case.opened" in kinds(drafts)
    assert drafts[1].ref != closed.id


def test_without_anybody_in_the_role_nothing_is_proposed() -> None:
    drafts = docket.receive(finding("act"), None, POLICY)
    assert [d.payload["key"] for d in drafts if d.kind == "measure.proposed"] == ["call"]


def test_cases_that_share_people_or_events_are_linked_on_both_sides_once() -> None:
    related = [Related(case="c9", people=2, events=1), Related(case="c8", people=1)]
    drafts = docket.receive(finding("warn"), None, POLICY, related)
    told = [d for d in drafts if d.kind == "case.linked"]
    opened_id = docket.case_id_of(finding("warn"))
    assert [(d.ref, d.payload["other"]) for d in told] == [
        *((opened_id, "c9"), ("c9", opened_id), (opened_id, "c8"), ("c8", opened_id)),
    ]
    assert (told[0].payload["people"], told[0].payload["events"]) == (2, 1)
    case = folded([d for d in drafts if d.ref == opened_id])
    assert case is not None
    assert case.links == ("c9", "c8")
    again = docket.receive(finding("act", at=2000), case, POLICY, related)
    assert "case.linked" not in kinds(again)
