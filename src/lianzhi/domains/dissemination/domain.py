"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Domain

DISSEMINATION = Domain(
    name="dissemination",
    package="lianzhi.domains.dissemination",
    command=Command(
        "lianzhi.domains.dissemination.commands:dissemination",
        "信息传播: honest reprints, titles and pushes.",
    ),
)
