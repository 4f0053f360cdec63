"""Measures in the words of a statement of reasons; of several, the longest and the heaviest."""

import datetime as dt
from itertools import permutations

import pytest

import dsa_schema as dsa
from lianzhi.chain.restriction import restrict, restriction
from lianzhi.chain.statement import EVERYWHERE, Statement, check, to_json

EARLY, LATE = dt.date(2026, 11, 28), dt.date(2026, 12, 28)
BARE = Statement(
    decision_ground="DECISION_GROUND_INCOMPATIBLE_CONTENT",
    incompatible_content_ground="社区规则第一条",
    incompatible_content_explanation="人身侮辱。",
    category="STATEMENT_CATEGORY_CYBER_VIOLENCE",
    content_type=("CONTENT_TYPE_TEXT",),
    content_date=dt.date(2026, 11, 24),
    territorial_scope=EVERYWHERE,
    application_date=dt.date(2026, 11, 25),
    decision_facts="十二条侮辱性评论。",
    source_type="SOURCE_VOLUNTARY",
    automated_detection="Yes",
    automated_decision="AUTOMATED_DECISION_NOT_AUTOMATED",
    puid="d-1",
)
EACH = [
    ("hide", "decision_visibility", ["DECISION_VISIBILITY_CONTENT_DISABLED"]),
    ("limit", "decision_visibility", ["DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED"]),
    ("label", "decision_visibility", ["DECISION_VISIBILITY_CONTENT_LABELLED"]),
    ("re_rank", "decision_visibility", ["DECISION_VISIBILITY_CONTENT_DEMOTED"]),
    ("mute", "decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
    ("suspend_private_messages", "decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
    ("freeze", "decision_account", "DECISION_ACCOUNT_SUSPENDED"),
    ("close", "decision_account", "DECISION_ACCOUNT_TERMINATED"),
]


@pytest.mark.parametrize(("measure", "field", "value"), EACH)
def test_each_measure_is_filed_as_what_it_is(measure, field, value):
    filed = to_json(restrict(BARE, measure, None))
    assert filed[field] == value
    assert filed == to_json(BARE) | {field: value}
    assert dsa.refusals(filed) == []


@pytest.mark.parametrize("measure", [measure for measure, _, _ in EACH if measure != "close"])
def test_the_end_of_a_timed_measure_is_filed(measure):
    statement = restrict(BARE, measure, LATE)
    filed = to_json(statement)
    assert [filed[name] for name in filed if name.startswith("end_date_")] == ["2026-12-28"]
    assert check(statement) == []
    assert dsa.refusals(filed) == []


@pytest.mark.parametrize("measure", ["nudge", "transfer"])
def test_what_restricts_nothing_changes_nothing_and_needs_no_statement(measure):
    assert restriction(measure) is None
    assert restrict(BARE, measure, None) == BARE
    assert [fault.rule for fault in check(BARE)] == ["missing"]


def together(*measures):
    """The statement for measures in every order; the order must not matter but for arrays."""
    made = []
    for order in permutations(measures):
        statement = BARE
        for measure, until in order:
            statement = restrict(statement, measure, until)
        assert check(statement) == []
        filed = to_json(statement)
        made.append({k: sorted(v) if isinstance(v, list) else v for k, v in filed.items()})
    assert all(one == made[0] for one in made)
    return made[0]


def test_the_longest_of_several_on_one_field_is_stated():
    filed = together(("hide", EARLY), ("limit", LATE), ("hide", EARLY))
    assert filed["end_date_visibility_restriction"] == "2026-12-28"
    assert len(filed["decision_visibility"]) == 2
    filed = together(("mute", LATE), ("suspend_private_messages", EARLY))
    assert filed["end_date_service_restriction"] == "2026-12-28"


def test_what_does_not_end_is_longer_than_what_does():
    filed = together(("hide", EARLY), ("label", None), ("limit", LATE))
    assert "end_date_visibility_restriction" not in filed


def test_closing_outweighs_freezing():
    filed = together(("freeze", LATE), ("close", None))
    assert filed["decision_account"] == "DECISION_ACCOUNT_TERMINATED"
    assert "end_date_account_restriction" not in filed


def test_closing_has_no_end():
    with pytest.raises(ValueError, match="until is 2026-12-28, but close does not end"):
        restrict(BARE, "close", LATE)


def test_an_unknown_measure_is_named_with_the_known():
    with pytest.raises(ValueError, match=r"measure is 'shout'; choose one of .*mute"):
        restriction("shout")
