"""What this domain offers to the surfaces."""

from lianzhi.domains.domain import Command, Demo, Domain, lazily

_HERE = "lianzhi.domains.dissemination"

DISSEMINATION = Domain(
    name="dissemination",
    package=_HERE,
    event_kinds=("reprint", "push"),
    monitor=lazily(f"{_HERE}.detect:monitor"),
    case_terms=lazily(f"{_HERE}.policy:load"),
    case_story=lazily(f"{_HERE}.case_story:case_story"),
    policy_folders=("titles",),
    object_kinds=("title", "push"),
    command=Command(
        f"{_HERE}.commands:dissemination",
        "信息传播: honest reprints, titles and pushes.",
    ),
    demo=Demo(events=lazily(f"{_HERE}.demo:before")),
)
