"""What a person concludes from a report opens a case that everything else holds for."""

from pathlib import Path
from typing import Any

import pytest
from node_house import Clock, kinds, opened

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.jobs.node import Node
from lianzhi.jobs.recall import recorded_findings
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.conclusions import Conclusion
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import views, views_process
from lianzhi.store.audit import audit
from lianzhi.store.audit_events import audit_events
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import custody
from streams import body, event

DAY = 86_400_000
NOW = 1_795_608_300_000
"""2026-11-25: the platform's rules are in force."""
LI = Actor("li")
EVENTS = [
    event("old", NOW - 31 * DAY, "jeering", "girl", text="早就说过的话"),
    event("e1", NOW - 2 * DAY, "jeering", "girl", text="滚出去，垃圾"),
    event("e2", NOW - DAY, "jeering", "girl", text="蠢货，闭嘴"),
    event("e3", NOW - DAY + 5, "friend", "girl", text="别骂她了"),
    event("e4", NOW - DAY + 6, "jeering", "boy", text="你好"),
    event("e5", NOW - DAY + 7, "stranger", "girl", text="路过看看"),
]


def lived(home: Path) -> Node:
    """A node in whose log half of the events are sealed, half are not."""
    node, _ = opened(home, Clock(NOW))
    node.intake.submit(body(EVENTS[:2]), "test")
    node.store.log.turn()
    node.segments.seal()
    node.intake.submit(body(EVENTS[2:]), "test")
    node.intake.finish()
    return node


def reported(node: Node, reporter: str = "aunt", **said: Any) -> str:
    whole = {"category": "insult", "channel": "web", "about": "girl", "subject": "jeering", **said}
    return node.reports.receive(Complaint(reporter=reporter, **whole), "web", node.now())


def conclude(node: Node, report: str, acts: tuple[int, ...] = (1, 2), **said: Any) -> str:
    roles = {"jeering": "repeater"}
    whole = {"about": "girl", "roles": roles, "words": "He insulted her twice.", **said}
    return node.conclusions.conclude(
        Conclusion(report=report, acts=acts, **whole), "li", node.now()
    )


def sound(node: Node) -> bool:
    report = audit(node.engine, *custody(node.home, node.config.origin))
    events = audit_events(node.engine, node.home, node.ledger.signer.seal_key)
    return report.ok and events.ok and audit_tables(node.engine).ok


def test_what_can_be_evidence_is_what_they_did_lately_to_that_person(tmp_path: Path) -> None:
    with lived(tmp_path) as node:
        acts = node.conclusions.acts("girl", ["jeering", "friend"], node.now())
        assert [(act.seq, act.actor) for act in acts] == [
            (3, "friend"),
            (2, "jeering"),
            (1, "jeering"),
        ]
        assert acts[2].text == "滚出去，垃圾"
        assert node.conclusions.acts("girl", [], node.now()) == []


def test_a_case_rests_on_what_was_ticked(tmp_path: Path) -> None:
    with lived(tmp_path) as node:
        first, second = reported(node), reported(node, "uncle")
        roles = {"jeering": "repeater", "friend": "defender"}
        case = conclude(node, first, (1, 3), roles=roles, reach="alike", minor=True)
        view = views.case(node.engine, case)
        assert view is not None
        assert (view.row.kind, view.row.stage, view.row.minor) == (
            "bullying.complaint",
            "warn",
            True,
        )
        assert [row.event for row in view.evidence] == ["e1", "e3"]
        assert view.evidence[0].kinds, "what is harmful in it is marked"
        assert {part.account: part.role for part in view.parts} == roles
        rows = views_process.reports(node.engine).rows
        assert {row.id for row in rows if row.case == case} == {first, second}
        (finding,) = [f for f in recorded_findings(node.ledger) if f.kind == "bullying.complaint"]
        assert (finding.subjects, finding.since) == (("jeering",), NOW - 2 * DAY)
        assert finding.counts == {"actors": 2, "reports": 2}
        index = next(e.index for e in node.ledger.entries() if e.ref == view.findings[0].row.id)
        assert (node.ledger.payload(index) or {})["by"] == "li"
        assert "He insulted her twice." in [t for s in view.steps for t in s.texts.values()]
        assert kinds(node)["protection.offered"] == 1
        assert sound(node)


def test_acts_at_others_or_by_others_are_no_evidence(tmp_path: Path) -> None:
    with lived(tmp_path) as node:
        case = conclude(node, reported(node), (2, 4, 5, 99))
        view = views.case(node.engine, case)
        assert view is not None
        assert [row.event for row in view.evidence] == ["e2"]


def test_a_measure_can_rest_on_it_and_upholds_the_report(tmp_path: Path) -> None:
    with lived(tmp_path) as node:
        report = reported(node)
        case = conclude(node, report)
        subject = node.ledger.vault.known(["jeering"])["jeering"]
        order = Order(key="mute", hours=24, subjects=(subject,), to="repeater", mode="manual")
        asking = DecisionRequest(orders=(order,), facts="Twice in two days.", ground="harassment")
        made = node.proceedings.decisions.decide(case, asking, LI, NOW)
        view = views_process.decision_view(node.engine, made)
        assert view is not None
        assert (view.row.source, view.row.automated_detection) == ("report", False)
        found = views_process.report_view(node.engine, report)
        assert found is not None
        assert found.row.outcome == "upheld"


def test_without_an_act_in_evidence_there_is_a_case_but_no_measure(tmp_path: Path) -> None:
    with lived(tmp_path) as node:
        case = conclude(node, reported(node), ())
        subject = node.ledger.vault.known(["jeering"])["jeering"]
        order = Order(key="mute", hours=24, subjects=(subject,), to="repeater", mode="manual")
        asking = DecisionRequest(orders=(order,), facts="They say so.", ground="harassment")
        with pytest.raises(IllegalStepError) as refused:
            node.proceedings.decisions.decide(case, asking, LI, NOW)
        assert refused.value.rule == "own_act"
        assert sound(node)


def test_a_second_conclusion_joins_the_open_case_and_a_closed_one_stays_closed(
    tmp_path: Path,
) -> None:
    with lived(tmp_path) as node:
        case = conclude(node, reported(node))
        assert conclude(node, reported(node, "b"), (3,), roles={"friend": "follower"}) == case
        node.casework.close_case(case, "false_positive", "nothing in it", Actor("li"), NOW)
        assert conclude(node, reported(node, "c")) != case


@pytest.mark.parametrize(
    ("said", "rule"),
    [({"words": " "}, "reasons_given"), ({"about": "boy"}, "same_person")],
)
def test_a_conclusion_that_is_refused_leaves_nothing(
    tmp_path: Path, said: dict[str, Any], rule: str
) -> None:
    with lived(tmp_path) as node:
        report, entries = reported(node), node.ledger.size
        with pytest.raises(IllegalStepError) as refused:
            conclude(node, report, **said)
        assert refused.value.rule == rule
        with pytest.raises(KeyError):
            conclude(node, "r_none")
        assert node.ledger.size == entries


def test_of_two_people_who_open_a_case_one_does(tmp_path: Path) -> None:
    with lived(tmp_path) as node:
        report = reported(node)
        conclude(node, report)
        with pytest.raises(IllegalStepError):
            conclude(node, report)


@pytest.mark.parametrize("account", ["girl", "jeering", "aunt"])
def test_erasing_anybody_leaves_a_record_that_verifies(tmp_path: Path, account: str) -> None:
    with lived(tmp_path) as node:
        report = reported(node, words=f"{account} knows", content="post/1")
        case = conclude(node, report)
        assert node.erasure.erase(account).record.token is not None
        assert sound(node)
        assert node.ledger.rebuild() == node.ledger.size
        assert sound(node)
        view = views.case(node.engine, case)
        assert view is not None
        assert account not in str(view)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or account.encode() not in path.read_bytes(), path
