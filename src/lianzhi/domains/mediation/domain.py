"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_EARLY = '<path d="M10 3l7.500 13.500h-15ZM10 8v4M10 14.200v.1"/>'
_PEOPLE = '<circle cx="7" cy="7" r="3"/><path d="M2 17c0-4 2-5 5-5s5 1 5 5M14 12c3 0 4 2 4 5"/>'
_TABLE = '<path d="M3 8h14v6H3ZM6 8V5h8v3M6 14v3M14 14v3"/>'
_BARS = '<path d="M4 16V9M8 16V5M12 16v-5M16 16V7"/>'
_NOTE = '<path d="M5 3h10v14H5ZM8 7h4M8 10h4M8 13h2"/>'
_ROUTES = '<path d="M4 17V9c0-3 3-3 6-3h6M13 3l3 3-3 3"/><circle cx="4" cy="4" r="1.500"/>'

#: `intake`: look at warnings of disputes and dismiss them; take disputes in and assign them.
#: `oversee`: the same, and take in an office's cases. `mediate`: mediate disputes assigned to one.
MEDIATION = Domain(
    name="mediation",
    package="lianzhi.domains.mediation",
    roles={
        "receptionist": frozenset({"read", "intake"}),
        "mediation_lead": frozenset({"read", "intake", "oversee"}),
        "mediator": frozenset({"read", "mediate"}),
    },
    case_terms=lazily("lianzhi.domains.mediation.dispute_policy:load_case_terms"),
    case="/mediation/disputes/{case}",
    projections=lazily("lianzhi.domains.mediation.queries.tables:projections"),
    migrations="lianzhi.domains.mediation:migrations",
    acts=lazily("lianzhi.domains.mediation.acts:TABLES"),
    tick=lazily("lianzhi.domains.mediation.desk:Desk.tick"),
    open=lazily("lianzhi.domains.mediation.desk:Desk"),
    erased=lazily("lianzhi.domains.mediation.desk:Desk.erased"),
    refusals=lazily("lianzhi.domains.mediation.refusals:refusals"),
    refused=lazily("lianzhi.domains.mediation.refusals:explain"),
    routers=lazily("lianzhi.domains.mediation.web:routers"),
    command=Command(
        "lianzhi.domains.mediation.commands:mediation",
        "争议调解: routes of disputes, early warnings and mediation.",
    ),
    uploads=("/import",),
    open_forms=("/public/dispute",),
    pages=(
        Page("early", "/mediation/warnings", "W", _EARLY, ("intake", "oversee")),
        Page("mediators", "/mediation/mediators", "P", _PEOPLE, ("intake", "oversee")),
        Page("notes", "/mediation/notes", "N", _NOTE, ("intake", "oversee")),
        Page("mediation_figures", "/mediation/figures", "G", _BARS, ("intake", "oversee")),
        Page("disputes", "/mediation/disputes", "-", _TABLE, ("intake", "oversee", "mediate")),
        Page("routes", "/mediation/routes", "Y", _ROUTES),
    ),
    demo=Demo(fill=lazily("lianzhi.domains.mediation.demo.filling:fill")),
)
