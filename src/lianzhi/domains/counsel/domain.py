"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_QUESTIONS = (
    '<path d="M3 4h14v9H9l-4 3v-3H3ZM8.500 7.200a1.500 1.500 0 1 1 2 1.600v1M10.500 11.300v.1"/>'
)
_MANUALS = '<path d="M4 3.500h9l3 3v10H4ZM7 9h6M7 12h6"/>'
_LESSONS = '<path d="M2.500 7 10 4l7.500 3-7.500 3ZM5 8.500v4c3 2 7 2 10 0v-4"/>'
_RECEPTION = '<circle cx="10" cy="6" r="3"/><path d="M4 17c0-4 3-6 6-6s6 2 6 6"/>'
_REVIEW = '<path d="M10 3v14M5 17h10M4 6h12M4 6l-2 6h4ZM16 6l-2 6h4Z"/>'
_MATTER = '<path d="M4 3h9l3 3v11H4ZM7 9h6M7 12h6"/><path d="M7 6h3"/>'

#: `advise`: draft answers, teach, hear visitors, handle matters and reconsiderations.
#: `counsel_lead`: the same, and review, publish, approve and decide.
COUNSEL = Domain(
    name="counsel",
    package="lianzhi.domains.counsel",
    roles={
        "counsel": frozenset({"read", "advise"}),
        "chief_counsel": frozenset({"read", "advise", "counsel_lead"}),
    },
    projections=lazily("lianzhi.domains.counsel.queries.tables:projections"),
    migrations="lianzhi.domains.counsel:migrations",
    acts=lazily("lianzhi.domains.counsel.acts:TABLES"),
    tick=lazily("lianzhi.domains.counsel.desk:Desk.tick"),
    open=lazily("lianzhi.domains.counsel.desk:Desk"),
    erase=lazily("lianzhi.domains.counsel.desk:Desk.erase"),
    refusals=lazily("lianzhi.domains.counsel.refusals:refusals"),
    refused=lazily("lianzhi.domains.counsel.refusals:explain"),
    routers=lazily("lianzhi.domains.counsel.web:routers"),
    command=Command(
        "lianzhi.domains.counsel.commands:counsel",
        "法制: guidance, visitors, legal review and reconsideration.",
    ),
    uploads=("/questions/import",),
    pages=(
        Page("questions", "/counsel/questions", "Q", _QUESTIONS),
        Page("manuals", "/counsel/manuals", "M", _MANUALS),
        Page("lessons", "/counsel/lessons", "L", _LESSONS, ("advise", "counsel_lead")),
        Page("matters", "/counsel/matters", "F", _MATTER, ("advise", "counsel_lead")),
        Page("reviews", "/counsel/reviews", "R", _REVIEW, ("advise", "counsel_lead")),
        Page("receptions", "/counsel/commitments", "D", _RECEPTION, ("advise", "counsel_lead")),
    ),
    demo=Demo(fill=lazily("lianzhi.domains.counsel.demo.filling:fill")),
)
