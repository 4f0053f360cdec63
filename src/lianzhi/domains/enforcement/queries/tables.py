"""Tables of the domain: what its entries amount to, for lists and pages.

All of it is folded from the record and can be folded anew. Parties and citizens appear as vault
tokens only; days are ISO 8601 text, which sorts as days do; `state` holds the noun whole, as JSON.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, Table, Text

metadata = MetaData()

penalty = Table(
    "enforcement_penalty",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("squad", Text, nullable=False),
    Column("grid", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("assigned", Text, nullable=False),
    Column("filed", Text),
    Column("decided", Text),
    Column("closed", Text),
    Column("published", Text, comment="while it is published"),
    Column("list", Text, nullable=False),
    Column("fine", BigInteger, nullable=False, comment="whole yuan"),
    Column("review", Text, nullable=False, comment="waiting, passed, failed or empty"),
    Column("imported", Boolean, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Index("enforcement_penalty_status", "status", "filed"),
    Index("enforcement_penalty_party", "party", "item"),
    Index("enforcement_penalty_published", "published"),
    Index("enforcement_penalty_review", "review"),
)

inspection = Table(
    "enforcement_inspection",
    metadata,
    Column("id", Text, primary_key=True),
    Column("enterprise", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("violations", BigInteger, nullable=False),
    Column("imported", Boolean, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Index("enforcement_inspection_day", "day", "id"),
    Index("enforcement_inspection_enterprise", "enterprise", "day"),
)

request = Table(
    "enforcement_request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("grid", Text, nullable=False),
    Column("squad", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("due_at", BigInteger),
    Column("disposed_at", BigInteger),
    Column("imported", Boolean, nullable=False),
    Column("index", BigInteger, nullable=False, comment="entry that began it"),
    Column("state", LargeBinary, nullable=False),
    Index("enforcement_request_status", "status", "due_at"),
    Index("enforcement_request_received", "received_at"),
    Index("enforcement_request_grid", "grid", "received_at"),
)

permit = Table(
    "enforcement_permit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("item", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("applied", Text),
    Column("state", LargeBinary, nullable=False),
    Index("enforcement_permit_applied", "applied"),
)

enterprise = Table(
    "enforcement_enterprise",
    metadata,
    Column("id", Text, primary_key=True, comment="vault token"),
    Column("industry", Text, nullable=False),
    Column("grid", Text, nullable=False),
    Column("index", BigInteger, nullable=False, comment="entry that holds its name"),
    Column("state", LargeBinary, nullable=False),
    Index("enforcement_enterprise_grid", "grid"),
)

officer = Table(
    "enforcement_officer",
    metadata,
    Column("id", Text, primary_key=True, comment="user name"),
    Column("squad", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("until", Text, comment="last day of the certificate"),
    Column("state", LargeBinary, nullable=False),
)

letter = Table(
    "enforcement_letter",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("ref", Text, nullable=False, comment="file or other noun that it is about"),
    Column("due", Text),
    Column("index", BigInteger, nullable=False, comment="entry that holds its words"),
    Column("state", LargeBinary, nullable=False),
    Index("enforcement_letter_status", "status", "due"),
    Index("enforcement_letter_ref", "ref"),
)

draw = Table(
    "enforcement_draw",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("planned_at", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
)

grid_map = Table(
    "enforcement_map",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("geojson", LargeBinary, nullable=False),
)

#: Papers that were issued: their numbers run without a gap by kind and year.
paper = Table(
    "enforcement_paper",
    metadata,
    Column("id", Text, primary_key=True),
    Column("penalty", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("year", BigInteger, nullable=False),
    Column("serial", BigInteger, nullable=False),
    Column("number", Text, nullable=False, comment="as printed"),
    Column("day", Text, nullable=False, comment="that it bears"),
    Column("language", Text, nullable=False),
    Column("docx", Text, nullable=False, comment="file under evidence/"),
    Column("pdf", Text, nullable=False, comment="file under evidence/"),
    Column("index", BigInteger, nullable=False, comment="entry that issued it"),
    Index("enforcement_paper_number", "kind", "year", "serial", unique=True),
    Index("enforcement_paper_penalty", "penalty", "index"),
)

#: Entries of each noun, in order: its story.
step = Table(
    "enforcement_step",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("of", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Index("enforcement_step_of", "of", "index"),
)

TABLES = (
    *(penalty, inspection, request, permit, enterprise, officer, letter, draw, grid_map),
    *(paper, step),
)
