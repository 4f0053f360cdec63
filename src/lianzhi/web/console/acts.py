"""Acts on a case that a reader may take now, with the reason for each refusal."""

import msgspec

from lianzhi.chain.case import TRANSITIONS
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.chain.views import CaseView, ProtectionRow
from lianzhi.documents.format import HOUR
from lianzhi.store.users import User

#: Button -> entry that it would append.
STEPS = {
    "grant": "protection.granted",
    "decide": "decision.made",
    "assign": "case.assigned",
    "note": "case.noted",
    "close": "case.closed",
    "reopen": "case.reopened",
    "revisit": "revisit.held",
}
#: Where no policy has offered a protection of its own.
HOURS = 72
CHOICES = (24, 72, 168, 720)


class Acts(msgspec.Struct, frozen=True):
    """For each button why it is refused, as a key of the catalogue; empty: it may be used."""

    refused: dict[str, str]
    running: ProtectionRow | None
    """The protection in force, where there is one."""
    terms: Terms
    """What one click grants."""
    hours: int
    holder: str = ""
    """Who else is working on the case."""


def acts(view: CaseView, user: User, now: int, holder: str = "", about: str = "account") -> Acts:
    """What `user` may do with the case at this time; `holder` is who works on it, if anybody.

    `about` is what cases of its kind are about, by policy.
    """
    holder = "" if holder == user.name else holder
    running = next((row for row in view.protections if row.running(now)), None)
    refused = {act: _refusal(act, view, user, running) for act in STEPS}
    if about != "account":
        refused["grant"] = "refused.thing"
    if holder:
        refused |= {act: refused[act] or "refused.held" for act in ("decide", "close")}
    hours = _offered_hours(view) or HOURS
    return Acts(refused, running, Terms(CHANNELS, now + hours * HOUR), hours, holder)


def _refusal(act: str, view: CaseView, user: User, running: ProtectionRow | None) -> str:
    allowed, _ = TRANSITIONS[STEPS[act]]
    if not user.may("work"):
        return "refused.role"
    if view.row.status not in allowed:
        return "refused.open" if act in ("reopen", "revisit") else "refused.closed"
    if act == "grant" and view.row.account is None:
        return "refused.erased"
    if act == "grant" and running is not None:
        return "refused.protected"
    if act == "assign" and view.row.assignee == user.name:
        return "refused.mine"
    return ""


def _offered_hours(view: CaseView) -> int:
    """How long the latest offer on the record would last; 0 where none says."""
    offers = [s.payload.get("hours", 0) for s in view.steps if s.kind == "protection.offered"]
    return int(offers[-1]) if offers else 0
