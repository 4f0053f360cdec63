"""Roles: who plays which part in an incident, from what they did in it.

- originator 首发: the first account with a harmful text;
- inciter 煽动: calls on others to join;
- repeater 多发: harmful texts again and again;
- follower 跟风: a harmful text;
- defender 声援: counter-speech and no harmful text. Defenders are never answerable.

An account with neither has no role.
"""

from lianzhi.chain.finding import Role
from lianzhi.domains.bullying.detection.state import Incident, Part
from lianzhi.domains.bullying.policy import Policy

_MOST_INVOLVED: tuple[Role, ...] = ("originator", "inciter", "repeater", "follower")
"""Roles that answer, the most involved first."""


def roles(incident: Incident, policy: Policy) -> dict[str, Role]:
    """Account -> role, for the accounts that have one."""
    harmful = [(part.first, account) for account, part in incident.parts.items() if part.harmful]
    first = min(harmful)[1] if harmful else None
    known: dict[str, Role] = {}
    for account, part in incident.parts.items():
        role = "originator" if account == first else _role(part, policy)
        if role is not None:
            known[account] = role
    return known


def answerable(known: dict[str, Role], incident: Incident) -> tuple[str, ...]:
    """Accounts with a harmful part, most involved first; never a defender."""
    chosen = [account for account, role in known.items() if role in _MOST_INVOLVED]
    chosen.sort(key=lambda a: (_MOST_INVOLVED.index(known[a]), -incident.parts[a].harmful, a))
    return tuple(chosen)


def _role(part: Part, policy: Policy) -> Role | None:
    if part.inciting:
        return "inciter"
    if part.harmful >= policy.roles.repeater_events:
        return "repeater"
    if part.harmful:
        return "follower"
    return "defender" if part.counter else None
