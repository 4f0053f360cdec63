"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_HOUSE = '<path d="M4 16V8l6-4 6 4v8ZM8 16v-4h4v4"/>'
_DAY = '<path d="M4 5h12v12H4ZM4 8h12M7 3v3M13 3v3"/>'
_LIST = '<path d="M7 6h9M7 10h9M7 14h9M4 6h.010M4 10h.010M4 14h.010"/>'
_HERE = "lianzhi.domains.dissemination"

DISSEMINATION = Domain(
    name="dissemination",
    package=_HERE,
    event_kinds=("reprint", "push"),
    monitor=lazily(f"{_HERE}.detect:monitor"),
    case_terms=lazily(f"{_HERE}.policy:load"),
    case_story=lazily(f"{_HERE}.case_story:case_story"),
    policy_folders=("titles",),
    object_kinds=("title", "push", "source", "gathering"),
    roles={"dissemination_lead": frozenset({"read", "outlets"})},
    projections=lazily(f"{_HERE}.queries.tables:projections"),
    migrations=f"{_HERE}:migrations",
    open=lazily(f"{_HERE}.desk:Desk"),
    acts=lazily(f"{_HERE}.acts:TABLES"),
    tick=lazily(f"{_HERE}.desk:Desk.tick"),
    refusals=lazily(f"{_HERE}.refusals:refusals"),
    refused=lazily(f"{_HERE}.refusals:explain"),
    routers=lazily(f"{_HERE}.web:routers"),
    uploads=("/import",),
    pages=(
        Page("dissemination_days", "/dissemination/days", "E", _DAY),
        Page("dissemination_outlets", "/dissemination/outlets", "O", _HOUSE),
        Page("dissemination_sources", "/dissemination/sources", "S", _LIST),
    ),
    command=Command(
        f"{_HERE}.commands:dissemination",
        "信息传播: honest reprints, titles and pushes.",
    ),
    demo=Demo(events=lazily(f"{_HERE}.demo:before"), fill=lazily(f"{_HERE}.demo_day:fill")),
)
