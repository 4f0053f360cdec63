"""Tables of due process: decisions, measures, strikes, appeals, reports, rules, second looks.

Like the other tables of the read model they are folds over the record and hold tokens only.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    Table,
    Text,
)

from lianzhi.chain.appeal import ELSEWHERE
from lianzhi.store.tables import metadata

decision = Table(
    "decision",
    metadata,
    Column("id", Text, primary_key=True),
    Column("index", BigInteger, nullable=False, comment="entry of the record that holds it whole"),
    Column("case", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("confirmed_by", Text),
    Column("made_at", BigInteger, nullable=False),
    Column("effective_at", BigInteger),
    Column("reversed_at", BigInteger),
    Column("ground_kind", Text, nullable=False),
    Column("ground_key", Text, nullable=False),
    Column("ground_version", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("automated_detection", Boolean, nullable=False),
    Column("automated_decision", Boolean, nullable=False),
    Column("rule", Text, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("measures", Integer, nullable=False, comment="single measures that it orders"),
    Column("contest_until", BigInteger, nullable=False),
    Column("sampled", Boolean, nullable=False, comment="another reviewer is to look at it again"),
    Column("golden", Boolean, nullable=False, comment="its answer is known to be right"),
    Index("decision_by", "by", "made_at"),
    Index("decision_looked", "sampled", "golden", "made_at"),
    Index("decision_golden", "golden", "made_at", "id"),
    Index("decision_made", "made_at", "id"),
    Index("decision_case", "case", "made_at"),
    Index("decision_status", "status", "made_at", "id"),
    Index("decision_effective", "effective_at", "status", "measures"),
)

measure = Table(
    "measure",
    metadata,
    Column("id", Text, primary_key=True),
    Column("decision", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("subject", Text, comment="whom it concerns; where it is on an item, its author"),
    Column("subject_type", Text, nullable=False),
    Column("item", Text),
    Column("amount", BigInteger, nullable=False, comment="whole yuan; 0: it is no sum"),
    Column("due_at", BigInteger, comment="by when it has to be obeyed"),
    Column("acted_at", BigInteger, comment="when that was done which it answers"),
    Column("role", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("hours", Integer, nullable=False),
    Column(
        "rule", Text, nullable=False, comment="the rule or program that ordered it; empty: a person"
    ),
    Column("status", Text, nullable=False),
    Column("why", Text, nullable=False, comment="why it was suppressed"),
    Column("authority", Text, nullable=False),
    Column("ordered_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    Column("applied_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("ended_by", Text),
    Column("end_applied_at", BigInteger),
    Column("undone_at", BigInteger, comment="when the decision was taken back as far as this"),
    Index("measure_ordered", "ordered_at", "id"),
    Index("measure_status", "status", "ordered_at", "id"),
    Index("measure_ends", "status", "ends_at"),
    Index("measure_by_hand", "mode", "status", "end_applied_at", "applied_at"),
    Index("measure_case", "case", "ordered_at"),
    Index("measure_decision", "decision"),
    Index("measure_subject", "subject", "ordered_at"),
    Index("measure_rule", "rule", "ordered_at"),
)


def not_by(table: Table, user: str) -> ColumnElement[bool]:
    """Decisions, in a table that tells who decided, that this person neither made nor confirmed."""
    confirmed = table.c.confirmed_by
    return (table.c.by != user) & (confirmed.is_(None) | (confirmed != user))


#: What people have to carry out, or to undo where they did so before it ended.
BY_HAND = (
    (measure.c.mode == "manual")
    & measure.c.status.in_(("ordered", "lapsed", "lifted"))
    & measure.c.end_applied_at.is_(None)
    & ((measure.c.status == "ordered") | measure.c.applied_at.is_not(None))
)

strike = Table(
    "strike",
    metadata,
    Column("id", Text, primary_key=True, comment="the measure that gave it"),
    Column("subject", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("points", Float, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
    Index("strike_subject", "subject", "given_at"),
    Index("strike_decision", "decision"),
    Index("strike_given", "given_at", "removed_at"),
)

appeal = Table(
    "appeal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("index", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("filed_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("answered_by", Text),
    Column("answer_index", BigInteger),
    Index("appeal_status", "status", "due_at", "id"),
    Index("appeal_filed", "filed_at", "id"),
    Index("appeal_case", "case"),
    Index("appeal_decision", "decision"),
    Index("appeal_due", "due_at"),
    Index("appeal_answered", "answered_at"),
    Index("appeal_person", "person"),
)

#: Appeals that are for us to answer.
OURS = appeal.c.route.not_in(sorted(ELSEWHERE))

report = Table(
    "report",
    metadata,
    Column("id", Text, primary_key=True),
    Column("index", BigInteger, nullable=False),
    Column("category", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reporter", Text),
    Column("about", Text),
    Column("subject", Text),
    Column("minor", Boolean, nullable=False),
    Column("case", Text),
    Column("status", Text, nullable=False),
    Column("outcome", Text),
    Column("same", Text, comment="keyed hash of what is complained of: alike where that is alike"),
    Column("route", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger),
    Column("answered_by", Text),
    Column("answer_index", BigInteger, comment="entry of the record that answers it"),
    Column("contested_at", BigInteger),
    Column("contest_index", BigInteger, comment="entry that asks for another answer"),
    Column("first_by", Text, comment="who gave the answer that is contested: not the next one"),
    Column("urgency", BigInteger, nullable=False),
    Index("report_queue", "status", "urgency", "id"),
    Index("report_received", "received_at", "id"),
    Index("report_case", "case"),
    Index("report_reporter", "reporter", "received_at"),
    Index("report_about", "about", "received_at"),
    Index("report_subject", "subject"),
    Index("report_same", "same", "status", "urgency", "id"),
    Index("report_due", "due_at"),
    Index("report_answered", "answered_at"),
)

rule_mode = Table(
    "rule_mode",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("terms", Text, nullable=False, comment="what the rule stood for when it was switched"),
    Column("switched_at", BigInteger, nullable=False),
    Column("switched_by", Text, nullable=False),
)

#: Second looks at decisions, by sample or because the answer was known.
review = Table(
    "review",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("case", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="sample or golden"),
    Column("agrees", Boolean, nullable=False),
    Column("restricts", Boolean, nullable=False, comment="would have ordered something"),
    Column("held_at", BigInteger, nullable=False),
    Index("review_decision", "decision"),
    Index("review_held", "held_at"),
    Index("review_by", "by", "held_at", "decision"),
)

#: Decisions of the sample that are in effect and that nobody has judged again yet.
look_due = Table(
    "look_due",
    metadata,
    Column("decision", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("confirmed_by", Text),
    Column("made_at", BigInteger, nullable=False),
    Index("look_due_made", "made_at", "decision", "by", "confirmed_by"),
)
