"""Tables of the accounts: who signs in, which programs call, and failed sign-ins."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from lianzhi.store.tables import metadata

#: `roles` are separated by spaces. `issuer` and `subject` name the same person at an OpenID
#: provider; `password` is then an empty text, which no password fits.
#: `body` is written as `chain.body` writes it.
user_table = Table(
    "user",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("session", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("issuer", Text),
    Column("subject", Text),
    Column("body", Text),
    Index("user_link", "issuer", "subject", unique=True),
)

#: `scopes` are separated by spaces. After a rotation the old secret is good until `old_until`.
api_key_table = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("old_digest", LargeBinary),
    Column("old_until", BigInteger),
    Column("body", Text),
)

#: Failures in a row by keyed digest of the name that was given, whether anybody bears it or not:
#: the two must not differ, and people type passwords where names belong.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("name", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", BigInteger, nullable=False),
    Column("locked_until", BigInteger),
    Index("sign_in_failure_at", "failed_at"),
)
