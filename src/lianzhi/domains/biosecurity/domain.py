"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Domain, lazily

BIOSECURITY = Domain(
    name="biosecurity",
    package="lianzhi.domains.biosecurity",
    routers=lazily("lianzhi.domains.biosecurity.web:routers"),
    command=Command(
        "lianzhi.domains.biosecurity.commands:biosecurity",
        "生物安全: whether interceptions rise beyond chance, and how much to inspect where.",
    ),
)
