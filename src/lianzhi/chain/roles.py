"""Roles: what each person of the staff may do, as data.

A role is a bundle of permissions; somebody may hold several roles, and then may do what any of
them allows. No role holds every permission: who manages users does not decide cases, who hears an
appeal does not do the ordinary casework, who audits changes nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

Permission = Literal[
    "read",
    "work",
    "severe",
    "appeals",
    "rules",
    "people",
    "operate",
    "audit",
    "observe",
    "dispatch",
    "enforce",
    "lead",
    "legal",
    "supervise",
]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
"""`read`: pages and the personal data on them. `work`: ordinary casework (protections, notes,
assigning, closing, ordinary decisions, reports, revisits), and words for the lexicon, in shadow.
`severe`: decide or confirm severe measures, transfer. `appeals`: answer appeals. `rules`: switch
rules, and words of the lexicon, on and off. `people`: manage users and keys. `operate`: quarantine,
retries of deliveries, settings. `audit`: the access log and the verification of the record.

Of enforcement: `observe`: report what one sees, at an inspection or on the way. `dispatch`:
take requests in and send them to squads. `enforce`: inspect, investigate, give notice, serve.
`lead`: approve, draw, decide, close. `legal`: pass or fail cases at legal review. `supervise`:
review files, watch for unlike treatment, write supervision letters."""

Role = Literal[
    "viewer",
    "reviewer",
    "senior",
    "appeals",
    "admin",
    "auditor",
    "observer",
    "dispatcher",
    "inspector",
    "leader",
    "legal",
    "supervisor",
]
ROLES: tuple[Role, ...] = get_args(Role)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    "viewer": frozenset({"read"}),
    "reviewer": frozenset({"read", "work"}),
    "senior": frozenset({"read", "work", "severe", "rules"}),
    "appeals": frozenset({"read", "appeals"}),
    "admin": frozenset({"read", "rules", "people", "operate"}),
    "auditor": frozenset({"read", "audit"}),
    "observer": frozenset({"observe"}),
    "dispatcher": frozenset({"read", "dispatch"}),
    "inspector": frozenset({"read", "enforce"}),
    "leader": frozenset({"read", "dispatch", "lead"}),
    "legal": frozenset({"read", "legal"}),
    "supervisor": frozenset({"read", "supervise"}),
}
"""What each role allows."""


def permissions(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles allow together."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def ordered(roles: Iterable[str]) -> tuple[Role, ...]:
    """The roles once each, in their order. Raises ValueError for none, or one that is no role."""
    wanted = set(roles)
    unknown = sorted(wanted.difference(ROLES))
    if unknown or not wanted:
        said = repr(unknown[0]) + " is none" if unknown else "none is given"
        raise ValueError(f"roles: {said}; use some of {', '.join(ROLES)}")
    return tuple(role for role in ROLES if role in wanted)


def holders(permission: Permission) -> tuple[Role, ...]:
    """Roles that allow this."""
    return tuple(role for role in ROLES if permission in GRANTS[role])
