"""The scorecard: when what happened in each case, each revisit, and indexes to count by.

What the record of an older deployment tells is folded into the new tables here.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "score_0001"
down_revision = None
branch_labels = ("score",)
depends_on = "chain_0002"

TOLD = (
    *("case.opened", "case.escalated", "case.closed", "case.reopened", "case.linked"),
    *("protection.offered", "protection.granted", "decision.made", "decision.confirmed"),
    *("revisit.scheduled", "revisit.held"),
)
FIRST = {
    "protection.offered": "offered_at",
    "protection.granted": "protected_at",
    "decision.made": "decided_at",
    "decision.confirmed": "decided_at",
}
INDEXES = (
    ("finding_stage", "finding", ["stage", "at"]),
    ("case_opened", "case", ["opened_at", "status"]),
    ("strike_given", "strike", ["given_at", "removed_at"]),
    ("report_due", "report", ["due_at"]),
    ("report_answered", "report", ["answered_at"]),
    ("appeal_due", "appeal", ["due_at"]),
    ("appeal_answered", "appeal", ["answered_at"]),
    ("decision_effective", "decision", ["effective_at", "status", "measures"]),
)


def upgrade() -> None:
    op.create_table(
        "case_times",
        sa.Column("case", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.BigInteger()),
        sa.Column("offered_at", sa.BigInteger()),
        sa.Column("protected_at", sa.BigInteger()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text()),
        sa.Column("linked", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "revisit",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("held_at", sa.BigInteger()),
        sa.Column("rebound", sa.Boolean()),
    )
    _fold()
    op.create_index("case_times_opened", "case_times", ["opened_at"])
    op.create_index("case_times_closed", "case_times", ["closed_at"])
    op.create_index("revisit_case", "revisit", ["case", "held_at"])
    op.create_index("revisit_due", "revisit", ["due_at"])
    op.create_index("revisit_held", "revisit", ["held_at"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_table("revisit")
    op.drop_table("case_times")


def _fold() -> None:
    """Fold the entries of the record that tell of it, ten thousand at a time."""
    connection = op.get_bind()
    entry = sa.table("entry", sa.column("index"), sa.column("kind"), sa.column("at"))
    payload = sa.table("payload", sa.column("index"), sa.column("body", sa.LargeBinary))
    cases: dict[str, dict[str, Any]] = {}
    revisits: list[dict[str, Any]] = []
    ahead: dict[str, dict[str, Any]] = {}
    last = -1
    while True:
        query = (
            sa.select(entry.c.index, entry.c.kind, entry.c.at, payload.c.body)
            .join(payload, payload.c.index == entry.c.index)
            .where(entry.c.index > last, entry.c.kind.in_(TOLD))
            .order_by(entry.c.index)
            .limit(10_000)
        )
        rows = connection.execute(query).all()
        if not rows:
            break
        for index, kind, at, body in rows:
            said = json.loads(body)
            if kind.startswith("revisit."):
                _revisit(revisits, ahead, index, kind, at, said)
            elif said.get("case"):
                _case(cases, kind, at, said)
        last = rows[-1][0]
    _insert("case_times", list(cases.values()))
    _insert("revisit", revisits)


def _case(cases: dict[str, dict[str, Any]], kind: str, at: int, said: dict[str, Any]) -> None:
    if kind == "case.opened":
        row = {name: said[name] for name in ("case", "kind", "since")}
        row |= dict.fromkeys((*FIRST.values(), "warned_at", "closed_at", "outcome"))
        cases[said["case"]] = {**row, "opened_at": at, "linked": False}
    row = cases[said["case"]]
    if kind in ("case.opened", "case.escalated") and said["stage"] in ("warn", "act"):
        row["warned_at"] = at if row["warned_at"] is None else row["warned_at"]
    elif kind in FIRST:
        row[FIRST[kind]] = at if row[FIRST[kind]] is None else row[FIRST[kind]]
    elif kind == "case.closed":
        row |= {"closed_at": at, "outcome": said["outcome"]}
    elif kind == "case.reopened":
        row |= {"closed_at": None, "outcome": None}
    elif kind == "case.linked":
        row["linked"] = True


def _revisit(
    revisits: list[dict[str, Any]],
    ahead: dict[str, dict[str, Any]],
    index: int,
    kind: str,
    at: int,
    said: dict[str, Any],
) -> None:
    row = ahead.get(said["case"])
    if row is None:
        row = {"index": index, "case": said["case"], "due_at": None, "held_at": None}
        row["rebound"] = None
        revisits.append(row)
        ahead[said["case"]] = row
    if kind == "revisit.scheduled":
        row["due_at"] = said["due"]
    else:
        row |= {"held_at": at, "rebound": said.get("rebound", False)}
        del ahead[said["case"]]


def _insert(name: str, rows: list[dict[str, Any]]) -> None:
    connection = op.get_bind()
    for start in range(0, len(rows), 1000):
        chunk = rows[start : start + 1000]
        table = sa.table(name, *(sa.column(column) for column in chunk[0]))
        connection.execute(sa.insert(table), chunk)
