"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Domain, Page, lazily

_ROUTES = '<path d="M4 17V9c0-3 3-3 6-3h6M13 3l3 3-3 3"/><circle cx="4" cy="4" r="1.500"/>'

MEDIATION = Domain(
    name="mediation",
    package="lianzhi.domains.mediation",
    open=lazily("lianzhi.domains.mediation.desk:Desk"),
    refusals=lazily("lianzhi.domains.mediation.refusals:refusals"),
    refused=lazily("lianzhi.domains.mediation.refusals:explain"),
    routers=lazily("lianzhi.domains.mediation.web:routers"),
    command=Command(
        "lianzhi.domains.mediation.commands:mediation",
        "争议调解: routes of disputes, early warnings and mediation.",
    ),
    pages=(Page("routes", "/mediation/routes", "y", _ROUTES),),
)
