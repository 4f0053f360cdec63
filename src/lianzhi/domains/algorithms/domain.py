"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, Page, lazily

_LIST = '<path d="M4 5h12M4 10h12M4 15h8"/>'
_SCALES = '<path d="M10 4v12M6 16h8M4 6h12M4 6 2 11h4ZM16 6l-2 5h4Z"/>'
_MEND = '<path d="M4 10a6 6 0 0 1 10-4l2 2M16 4v4h-4M16 10a6 6 0 0 1-10 4l-2-2M4 16v-4h4"/>'
_REACH = '<path d="M4 16V11M8 16V8M12 16V5M16 16V3"/>'
_HERE = "lianzhi.domains.algorithms"

ALGORITHMS = Domain(
    name="algorithms",
    package=_HERE,
    roles={
        "algorithm_auditor": frozenset({"read", "audit_algorithms"}),
        "algorithm_lead": frozenset({"read", "audit_algorithms", "lead_algorithms"}),
    },
    case_terms=lazily(f"{_HERE}.policy:load"),
    case="/algorithms/rectifications/{case}",
    projections=lazily(f"{_HERE}.queries.tables:projections"),
    migrations=f"{_HERE}:migrations",
    open=lazily(f"{_HERE}.desk:Desk"),
    acts=lazily(f"{_HERE}.acts:TABLES"),
    tick=lazily(f"{_HERE}.desk:Desk.tick"),
    refusals=lazily(f"{_HERE}.rules.refusals:refusals"),
    refused=lazily(f"{_HERE}.rules.refusals:explain"),
    routers=lazily(f"{_HERE}.web:routers"),
    uploads=("/import", "/audits", "/reply", "/reaudit", "/file_traffic"),
    pages=(
        Page("audits", "/algorithms/audits", "b", _SCALES),
        Page("rectifications", "/algorithms/rectifications", "h", _MEND),
        Page("products", "/algorithms/products", "K", _REACH),
        Page("registry", "/algorithms/registry", "j", _LIST),
    ),
    demo=Demo(fill=lazily(f"{_HERE}.demo:fill")),
    command=Command(
        f"{_HERE}.commands:algorithms",
        "算法治理: audits of algorithms, from group fairness to prices.",
    ),
)
