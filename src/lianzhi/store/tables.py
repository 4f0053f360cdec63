"""Tables of the record and the vault. Other rooms add theirs to the same `metadata`."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

#: On SQLite only a column declared INTEGER is the rowid, without a second index.
_Key = BigInteger().with_variant(Integer, "sqlite")

entry = Table(
    "entry",
    metadata,
    Column("index", _Key, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)

payload = Table(
    "payload",
    metadata,
    Column("index", _Key, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", _Key, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

#: Roots of the perfect subtrees at levels 8, 16, 24: 1/255 of the entries.
node = Table(
    "node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

#: One row: the position up to which the event log was durable when last checked; see `heads`.
log_head = Table(
    "log_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("after", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("token", Text, primary_key=True),
    Column("account", Text, nullable=False, unique=True),
)

#: Mail address and language of a person.
address = Table(
    "address",
    metadata,
    Column("token", Text, primary_key=True),
    Column("mail", Text, nullable=False),
    Column("language", Text, nullable=False),
)

vault_text = Table(
    "vault_text",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

#: People whom a text is about.
vault_text_person = Table(
    "vault_text_person",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("token", Text, primary_key=True),
    ForeignKeyConstraint(
        ["index", "name"], ["vault_text.index", "vault_text.name"], ondelete="CASCADE"
    ),
    Index("vault_text_person_token", "token"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("actor", Text, nullable=False),
    Column("target", Text),
    Index("evidence_actor", "actor"),
    Index("evidence_target", "target"),
    Index("evidence_seq", "seq"),
)
