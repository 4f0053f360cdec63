"""Tables of the read model for lists and pages.

All can be rebuilt from the record. People appear as vault tokens only, so that erasing a person
from the vault leaves nothing here.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from lianzhi.store.tables import metadata

finding = Table(
    "finding",
    metadata,
    Column("id", Text, primary_key=True),
    Column("index", BigInteger, nullable=False, comment="entry of the record that holds it whole"),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("score", Float, nullable=False),
    Column("reach", Integer, nullable=False, comment="accounts involved"),
    Column("minor", Boolean, nullable=False),
    Column("rule", Text, nullable=False),
    Column("case", Text),
    Index("finding_at", "at", "id"),
    Index("finding_about", "about", "at"),
    Index("finding_case", "case", "at"),
    Index("finding_stage", "stage", "at"),
    Index("finding_kind", "kind", "at", "about"),
)

case = Table(
    "case",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("waiting", Boolean, nullable=False, comment="not closed"),
    Column("stage", Text, nullable=False),
    Column("minor", Boolean, nullable=False),
    Column("assignee", Text),
    Column("outcome", Text),
    Column("opened_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("offered_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("revisit_at", BigInteger),
    Column("reach", Integer, nullable=False),
    Column("urgency", BigInteger, nullable=False, comment="harm x reach x age; see projections"),
    Column("state", LargeBinary, nullable=False, comment="chain.case.Case as JSON"),
    Column("to_judge", Boolean, nullable=False, comment="waits for a decision, or to be closed"),
    Index(
        *("case_urgency", "urgency", "id"),
        sqlite_where=text("waiting = 1"),
        postgresql_where=text("waiting"),
    ),
    Index(
        *("case_to_judge", "urgency", "id", "assignee"),
        sqlite_where=text("to_judge = 1"),
        postgresql_where=text("to_judge"),
    ),
    Index(
        *("case_waits", "assignee", "status", "offered_at", "minor"),
        sqlite_where=text("waiting = 1"),
        postgresql_where=text("waiting"),
    ),
    Index("case_closed", "closed_at"),
    Index("case_revisit", "revisit_at"),
    Index("case_updated", "updated_at", "id"),
    Index("case_about", "about", "updated_at"),
    Index("case_opened", "opened_at", "status"),
)

#: Entries that belong to a case, in record order.
case_step = Table(
    "case_step",
    metadata,
    Column("case", Text, primary_key=True),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
)

protection = Table(
    "protection",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("case", Text),
    Column("channels", Text, nullable=False, comment="separated by spaces"),
    Column("strangers", Boolean, nullable=False),
    Column("younger_than_days", Integer, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended", Text, comment="lifted or lapsed"),
    Column("ended_by", Text),
    Index("protection_person", "person", "granted_at"),
    Index("protection_case", "case"),
    Index("protection_granted", "granted_at", "id"),
    Index("protection_running", "ended_at", "expires_at"),
)
