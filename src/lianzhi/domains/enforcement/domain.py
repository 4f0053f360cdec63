"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_REQUEST = '<path d="M3 4h14v9H8l-4 3.500v-3.500H3ZM7 8.500h6"/>'
_MAP = (
    '<path d="M3 5l4.500-1.500 5 2 4.500-1.500v11l-4.500 1.500-5-2L3 16Z"/>'
    '<path d="M7.500 3.500v11M12.500 5.500v11"/>'
)
_ROTA = (
    '<path d="M3 4.500h14v12H3ZM3 8h14M7 2.500v3.500M13 2.500v3.500"/>'
    '<path d="M6 11h5M9 13.500h5"/>'
)
_LOOKING = (
    '<circle cx="8.500" cy="8.500" r="5"/>'
    '<path d="m12.500 12.500 4 4M6.500 8.500l1.500 1.500 2.500-3"/>'
)
_FILE = '<path d="M5 3h7l3 3v11H5ZM12 3v3h3M7.500 9.500h5M7.500 12.500h5"/>'
_LETTER = '<path d="M3 5h14v10H3ZM3 6l7 5 7-5"/>'
_EYE = (
    '<path d="M2 10c4-7.200 12-7.200 16 0-4 7.200-12 7.200-16 0Z"/>'
    '<circle cx="10" cy="10" r="2.300"/>'
)
_BARS = '<path d="M3 16.500h14M5.500 14V9M10 14V4.500M14.500 14v-7"/>'
_LIST = '<path d="M7 5h10M7 10h10M7 15h10M3.500 5h.1M3.500 10h.1M3.500 15h.1"/>'
_HAND = '<path d="M3 8.500v3l2 .5 8 4v-12l-8 4ZM6 12.500l1 4h2M16 8c1 1 1 3 0 4"/>'
_PHONE = '<path d="M6 2.500h8v15H6ZM9 15h2"/>'

#: `observe`: report what one sees, at an inspection or on the way. `dispatch`: take requests in and
#: send them to squads. `enforce`: inspect, investigate, give notice, serve. `lead`: approve, draw,
#: decide, close. `legal`: pass or fail cases at legal review. `supervise`: review files, watch for
#: unlike treatment, write supervision letters.
ENFORCEMENT = Domain(
    name="enforcement",
    package="lianzhi.domains.enforcement",
    roles={
        "observer": frozenset({"observe"}),
        "dispatcher": frozenset({"read", "dispatch"}),
        "inspector": frozenset({"read", "enforce"}),
        "leader": frozenset({"read", "dispatch", "lead"}),
        "legal": frozenset({"read", "legal"}),
        "supervisor": frozenset({"read", "supervise"}),
    },
    case_terms=lazily("lianzhi.domains.enforcement.policy.cases:load"),
    projections=lazily("lianzhi.domains.enforcement.queries.tables:projections"),
    migrations="lianzhi.domains.enforcement:migrations",
    open=lazily("lianzhi.domains.enforcement.desk:Desk"),
    acts=lazily("lianzhi.domains.enforcement.acts:TABLES"),
    tick=lazily("lianzhi.domains.enforcement.desk:Desk.tick"),
    refusals=lazily("lianzhi.domains.enforcement.refusals:refusals"),
    refused=lazily("lianzhi.domains.enforcement.refusals:explain"),
    retained=lazily("lianzhi.domains.enforcement.desk:Desk.retained"),
    erase=lazily("lianzhi.domains.enforcement.desk:Desk.erase"),
    routers=lazily("lianzhi.domains.enforcement.web:routers"),
    command=Command(
        "lianzhi.domains.enforcement.commands:enforcement",
        "综合行政执法: inspections, penalties and what they add up to.",
    ),
    demo=Demo(
        prepare=lazily("lianzhi.domains.enforcement.demo:prepare"),
        fill=lazily("lianzhi.domains.enforcement.demo:fill"),
    ),
    case="/enforcement/penalties/{case}",
    style="enforcement/enforcement.css",
    open_forms=("/public/report",),
    uploads=("/evidence", "/import", "/spot", "/photo"),
    pages=(
        Page("requests", "/enforcement/requests", "1", _REQUEST),
        Page("map", "/enforcement/map", "2", _MAP),
        Page("rota", "/enforcement/rota", "z", _ROTA),
        Page("inspections", "/enforcement/inspections", "3", _LOOKING),
        Page("penalties", "/enforcement/penalties", "4", _FILE),
        Page("letters", "/enforcement/letters", "5", _LETTER),
        Page("supervision", "/enforcement/supervision", "6", _EYE, ("supervise", "lead", "audit")),
        Page("figures", "/enforcement/figures", "7", _BARS),
        Page("lists", "/enforcement/lists", "8", _LIST),
        Page("visit", "/enforcement/visit", "9", _PHONE, ("enforce", "observe")),
        Page("report", "/enforcement/report", "0", _HAND, ("enforce", "observe")),
    ),
)
