"""The astroturf domain as one value: coordinated accounts and what they manipulate."""

from lianzhi.domains.domain import Command, Demo, Domain, lazily

ASTROTURF = Domain(
    name="astroturf",
    package="lianzhi.domains.astroturf",
    monitor=lazily("lianzhi.domains.astroturf.detectors:monitor"),
    case_terms=lazily("lianzhi.domains.astroturf.policy:load"),
    case_story=lazily("lianzhi.domains.astroturf.case_story:case_story"),
    projections=lazily("lianzhi.domains.astroturf.memory.queries:projections"),
    migrations="lianzhi.domains.astroturf:migrations",
    open=lazily("lianzhi.domains.astroturf.memory.group_memory:GroupMemory"),
    poll=lazily("lianzhi.domains.astroturf.memory.group_memory:GroupMemory.poll"),
    always=True,
    erased=lazily("lianzhi.domains.astroturf.memory.group_memory:GroupMemory.erased"),
    routers=lazily("lianzhi.domains.astroturf.case_pages.forgetting:routers"),
    object_kinds=("coordination", "returning", "ratings", "reviews", "advert"),
    command=Command(
        "lianzhi.domains.astroturf.commands:astroturf",
        "网络水军: accounts that act together, and what they rig.",
    ),
    demo=Demo(events=lazily("lianzhi.domains.astroturf.demo:before")),
)
