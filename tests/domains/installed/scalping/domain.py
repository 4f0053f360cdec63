"""The domain as one value."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

SCALPING = Domain(
    name="scalping",
    package="scalping",
    event_kinds=("ticket_offer",),
    monitor=lazily("scalping.detect:monitor"),
    case_terms=lazily("scalping.detect:load"),
    roles={"box_office": frozenset({"read", "tips"})},
    projections=lazily("scalping.tips:PROJECTIONS"),
    migrations="scalping:migrations",
    open=lazily("scalping.tips:desk"),
    routers=lazily("scalping.pages:ROUTERS"),
    pages=(Page("tips", "/scalping/tips", "!", '<path d="M3 6h14v8H3Z"/>', ("tips",)),),
    command=Command("scalping.tips:scalping", "黄牛: tips about ticket scalpers."),
    demo=Demo(events=lazily("scalping.detect:demo")),
)
