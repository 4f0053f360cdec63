"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_BUG = '<path d="M7 6a3 3 0 0 1 6 0M6 9h8v4a4 4 0 0 1-8 0ZM3 8l3 2M17 8l-3 2M3 15l3-2M17 15l-3-2"/>'
_BARS = '<path d="M4 16V9M8 16V5M12 16v-5M16 16V7"/>'
_STAR = '<path d="M10 3 12 8h5l-4 3 1.500 5L10 13l-4.500 3L7 11 3 8h5Z"/>'
_BELL = '<path d="M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13ZM8.500 18h3"/>'
_LEAF = '<path d="M4 16C4 8 9 4 16 4c0 8-4 12-10 11M4 16l7-7"/>'
_HERE = "lianzhi.domains.biosecurity"

BIOSECURITY = Domain(
    name="biosecurity",
    package=_HERE,
    roles={
        "border_inspector": frozenset({"read", "intercept"}),
        "identifier": frozenset({"read", "identify"}),
        "border_leader": frozenset({"read", "intercept", "border_lead"}),
    },
    case_terms=lazily(f"{_HERE}.policy:load"),
    object_kinds=("first", "alarm"),
    case_story=lazily(f"{_HERE}.case_story:case_story"),
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
        Page("border", "/biosecurity/overview", "B", _BARS),
        Page("interceptions", "/biosecurity/interceptions", "i", _BUG),
        Page("firsts", "/biosecurity/firsts", "H", _STAR),
        Page("border_alarms", "/biosecurity/alarms", "A", _BELL),
        Page("taxa", "/biosecurity/taxa", "g", _LEAF),
    ),
    demo=Demo(fill=lazily(f"{_HERE}.demo:fill")),
    command=Command(
        f"{_HERE}.commands:biosecurity",
        "生物安全: pests stopped at the border, firsts and alarms.",
    ),
)
