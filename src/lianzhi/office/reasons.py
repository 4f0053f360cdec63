"""Reasons: the statement of reasons of each single measure of a decision."""

from collections.abc import Sequence

import msgspec

from lianzhi.chain.decision import Decision
from lianzhi.chain.restriction import restrict, restriction
from lianzhi.chain.rules import PlatformRule
from lianzhi.chain.statement import Statement
from lianzhi.chain.statement_schema import schema
from lianzhi.law.basis import Basis
from lianzhi.office.grounds import PublishedGrounds, ground_text
from lianzhi.office.views import DecisionView, MeasureRow

_SOURCES = {"own_initiative": "SOURCE_VOLUNTARY", "report": "SOURCE_TYPE_OTHER_NOTIFICATION"}
#: Where a statute grounds a decision, which names no category.
_CATEGORY = "STATEMENT_CATEGORY_CYBER_VIOLENCE"
_OF_SCHEMA = "STATEMENT_CATEGORY_"


def statements(
    view: DecisionView, grounds: PublishedGrounds, scope: Sequence[str], language: str
) -> list[Statement]:
    """One statement for each single measure that restricts somebody, named by the measure's id.

    The ground is given in `language`, `zh` or `en`; the facts are as they were written.
    """
    return [
        statement(view, row, grounds, scope, language)
        for row in view.measures
        if row.status not in ("shadowed", "suppressed") and restriction(row.key) is not None
    ]


def statement(
    view: DecisionView,
    row: MeasureRow,
    grounds: PublishedGrounds,
    scope: Sequence[str],
    language: str,
) -> Statement:
    """The statement of reasons of one measure. It names nobody; an erased reason is said to be."""
    draft = Statement(
        content_type=("CONTENT_TYPE_TEXT",),
        content_date=grounds.day(view.since if row.acted_at is None else row.acted_at),
        territorial_scope=tuple(scope),
        application_date=grounds.day(row.ordered_at),
        decision_facts=view.facts or "[erased]",
        source_type=_SOURCES[view.row.source],
        automated_detection="Yes" if view.row.automated_detection else "No",
        automated_decision=(
            "AUTOMATED_DECISION_FULLY"
            if view.row.automated_decision
            else "AUTOMATED_DECISION_NOT_AUTOMATED"
        ),
        puid=row.id,
    )
    until = None if row.ends_at is None else grounds.day(row.ends_at)
    if row.mode == "authority":
        conduct = schema().words["conduct"].say(language)
        draft = msgspec.structs.replace(
            draft, content_type=("CONTENT_TYPE_OTHER",), content_type_other=conduct
        )
    grounded = _grounded(draft, view.decision, grounds, language)
    whole, restricted = restrict(grounded, row.key, until), restriction(row.key)
    if restricted is None or restricted.other is None:
        return whole
    words = restricted.other.say(language)
    if row.amount:
        words += schema().words["yuan"].say(language).format(sum=f"{row.amount:,}")
    return msgspec.structs.replace(whole, **{f"{restricted.field}_other": words})


def _grounded(
    draft: Statement, decision: Decision, grounds: PublishedGrounds, language: str
) -> Statement:
    ground = decision.ground
    source, words = grounds.source(ground), ground_text(grounds, ground, language)
    if isinstance(source, Basis):
        return msgspec.structs.replace(
            draft,
            decision_ground="DECISION_GROUND_ILLEGAL_CONTENT",
            illegal_content_legal_ground=words.title,
            illegal_content_explanation=words.text,
            category=decision.category if decision.category.startswith(_OF_SCHEMA) else _CATEGORY,
        )
    rule = source if isinstance(source, PlatformRule) else None
    return msgspec.structs.replace(
        draft,
        decision_ground="DECISION_GROUND_INCOMPATIBLE_CONTENT",
        decision_ground_reference_url=words.url,
        incompatible_content_ground=words.title,
        incompatible_content_explanation=words.text or words.title,
        category=rule.category if rule else _CATEGORY,
        category_specification=rule.specification if rule else (),
    )
