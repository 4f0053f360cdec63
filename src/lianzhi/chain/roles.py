"""Roles: what each person of the staff may do, as data.

A role is a bundle of permissions; somebody may hold several roles, and then may do what any of
them allows. No role holds every permission: who manages users does not decide cases, who hears an
appeal does not do the ordinary casework, who audits changes nothing. Domains add roles of their
own, with permissions of their own, when they are registered.
"""

from collections.abc import Collection, Iterable, Mapping

Permission = str
Role = str

GRANTS: dict[Role, frozenset[Permission]] = {
    "viewer": frozenset({"read"}),
    "reviewer": frozenset({"read", "work"}),
    "senior": frozenset({"read", "work", "severe", "rules"}),
    "appeals": frozenset({"read", "appeals"}),
    "admin": frozenset({"read", "rules", "people", "operate"}),
    "auditor": frozenset({"read", "audit"}),
    "campaign_lead": frozenset({"read", "campaign"}),
}
"""What each role allows."""

_PERMISSIONS: dict[Permission, None] = dict.fromkeys(
    ("read", "work", "severe", "appeals", "rules", "people", "operate", "audit", "campaign")
)
PERMISSIONS: Collection[Permission] = _PERMISSIONS.keys()
"""`read`: pages and the personal data on them. `work`: ordinary casework (protections, notes,
assigning, closing, ordinary decisions, reports, revisits), and words for the lexicon, in shadow.
`severe`: decide or confirm severe measures, transfer. `appeals`: answer appeals. `rules`: switch
rules, and words of the lexicon, on and off. `people`: manage users and keys. `operate`: quarantine,
retries of deliveries, settings. `audit`: the access log and the verification of the record.
`campaign`: campaigns and their tasks. What the permissions
of a domain mean stands with its roles."""

ROLES: Collection[Role] = GRANTS.keys()
"""All roles, in their order. Like `PERMISSIONS` a live view: domains may be registered later."""


def add(grants: Mapping[Role, frozenset[Permission]]) -> None:
    """Add the roles of a domain. Raises ValueError where one is known and allows something else."""
    for role, granted in grants.items():
        if GRANTS.setdefault(role, granted) != granted:
            raise ValueError(f"role {role!r} is taken; give the domain's role another name")
        _PERMISSIONS.update(dict.fromkeys(sorted(granted - _PERMISSIONS.keys())))


def permissions(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles allow together; a role of a domain that is gone allows nothing."""
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))


def ordered(roles: Iterable[str]) -> tuple[Role, ...]:
    """The roles once each, in their order. Raises ValueError for none, or one that is no role."""
    wanted = set(roles)
    unknown = sorted(wanted.difference(ROLES))
    if unknown or not wanted:
        problem = repr(unknown[0]) + " is none" if unknown else "none is given"
        raise ValueError(f"roles: {problem}; use some of {', '.join(ROLES)}")
    return tuple(role for role in ROLES if role in wanted)


def holders(permission: Permission) -> tuple[Role, ...]:
    """Roles that allow this."""
    return tuple(role for role, granted in GRANTS.items() if permission in granted)
