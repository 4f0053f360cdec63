"""A lawful file and a lawful visit, to be spoilt in one respect at a time."""

import datetime as dt
from decimal import Decimal

import msgspec

from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.domains.enforcement.supervision import policy
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.domains.enforcement.supervision.monitors import report
from lianzhi.domains.enforcement.supervision.rows import Rows

RULES = Rulebook()
DAY = dt.date(2026, 6, 30)


def on(text):
    return dt.date.fromisoformat(f"2026-{text}")


def officer(name, until=dt.date(2027, 12, 31)):
    return rows.Officer(name, name, "S1", "fire", f"c-{name}", until)


STAFF = (officer("li"), officer("wang"))
FACTS = {"harm": "minor", "first_time": True, "corrected": False, "days": 9, "fault": True}
FILE = rows.Penalty(
    id="P1",
    enterprise="E1",
    item="fire.exit_blocked",
    department="fire",
    officers=("li", "wang"),
    facts={**FACTS, "subject": "unit"},
    act_day=on("03-02"),
    filed=on("03-03"),
    inspection="I1",
    noticed=on("03-05"),
    reviewed=on("03-16"),
    reviewed_by="fa",
    decided=on("03-17"),
    decided_by="chief",
    list="ordinary",
    fine=Decimal(20_000),
    served=on("03-19"),
    paid=on("03-25"),
    amount_paid=Decimal(20_000),
    published=on("03-24"),
    closed=on("03-30"),
)
VISIT = rows.Inspection(
    "I1", "E1", on("03-02"), "fire", "fire.restaurant", "risk", ("li", "wang"), True, ("ann",)
)
PLACE = rows.Enterprise("E1", "江月餐馆", "restaurant", "G1", 121.0, 31.0)
REQUEST = rows.Request("R1", 0, "hotline", "noise", "G1", accepted_at=60_000, disposed_at=120_000)
PERMIT = rows.Permit(
    "L1", "E1", "food.business_licence", "market", "li", on("03-02"), on("03-03"), on("03-09"),
    "granted", on("03-12"),
)  # fmt: skip


def changed(row, **fields):
    return msgspec.structs.replace(row, **fields)


def look(day=DAY, rules=RULES, **some):
    kept = {"officers": STAFF, "observers": frozenset({"ann"}), "enterprises": (PLACE,)}
    return Look(Rows(**(kept | some)), rules, policy.on(day), day)


def asked(looked, *monitors):
    """Monitor -> ids of its alerts, where it has any."""
    found = report(looked, monitors) if monitors else report(looked)
    return {
        one.monitor: [alert.ids for alert in one.alerts] for one in found.monitors if one.alerts
    }
