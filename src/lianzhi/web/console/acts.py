"""What a reader may do with a case now, and for each thing that they may not, why not."""

import msgspec

from lianzhi.chain.case import TRANSITIONS
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.store.accounts import ROLES, User
from lianzhi.store.views_forms import CaseView, ProtectionRow
from lianzhi.web.console.format import HOUR

#: Button -> entry that it would append.
STEPS = {
    "grant": "protection.granted",
    "assign": "case.assigned",
    "note": "case.noted",
    "close": "case.closed",
    "reopen": "case.reopened",
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


def acts(view: CaseView, user: User, now: int) -> Acts:
    """What `user` may do with the case at this time."""
    running = next((row for row in view.protections if row.running(now)), None)
    refused = {act: _refusal(act, view, user, running) for act in STEPS}
    hours = _offered_hours(view) or HOURS
    return Acts(refused, running, Terms(CHANNELS, now + hours * HOUR), hours)


def _refusal(act: str, view: CaseView, user: User, running: ProtectionRow | None) -> str:
    allowed, _ = TRANSITIONS[STEPS[act]]
    if ROLES.index(user.role) < ROLES.index("reviewer"):
        return "refused.role"
    if view.row.status not in allowed:
        return "refused.open" if act == "reopen" else "refused.closed"
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
