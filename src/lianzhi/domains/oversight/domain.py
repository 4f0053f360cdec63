"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_LETTER = '<path d="M3 5h14v10H3ZM3 6l7 5 7-5"/>'
_PLATFORMS = '<path d="M3 4h14v9H3ZM7 16h6M10 13v3"/>'
_HERE = "lianzhi.domains.oversight"

OVERSIGHT = Domain(
    name="oversight",
    package=_HERE,
    roles={
        "platform_supervisor": frozenset({"read", "supervise_platforms"}),
        "oversight_lead": frozenset({"read", "supervise_platforms", "lead_oversight"}),
    },
    case_terms=lazily(f"{_HERE}.policy:load"),
    case="/oversight/cases/{case}",
    projections=lazily(f"{_HERE}.queries.tables:projections"),
    migrations=f"{_HERE}:migrations",
    open=lazily(f"{_HERE}.desk:Desk"),
    acts=lazily(f"{_HERE}.acts:TABLES"),
    tick=lazily(f"{_HERE}.desk:Desk.tick"),
    refusals=lazily(f"{_HERE}.rules.refusals:refusals"),
    refused=lazily(f"{_HERE}.rules.refusals:explain"),
    routers=lazily(f"{_HERE}.web:routers"),
    uploads=("/reply", "/probe"),
    pages=(
        Page("instructions", "/oversight/instructions", "I", _LETTER),
        Page("platforms", "/oversight/platforms", "T", _PLATFORMS),
    ),
    demo=Demo(fill=lazily(f"{_HERE}.demo:fill")),
    command=Command(
        f"{_HERE}.commands:oversight",
        "督促指导: platforms, instructions to them, re-checks.",
    ),
)
