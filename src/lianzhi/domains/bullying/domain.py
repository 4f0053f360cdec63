"""The domain as one value: cyber-bullying seen while it forms."""

import msgspec

from lianzhi.domains.domain import Command, Demo, Domain, lazily


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The domain's table of config.toml."""

    roster: str = ""
    """CSV of people to watch closely, relative to LIANZHI_HOME."""


BULLYING = Domain(
    name="bullying",
    package="lianzhi.domains.bullying",
    default=True,
    monitor=lazily("lianzhi.domains.bullying.monitor:BullyingMonitor"),
    settings=Settings,
    case_terms=lazily("lianzhi.domains.bullying.policy:load"),
    policy_folders=("rules", "report_classes", "help_lines"),
    reporting=lazily("lianzhi.domains.bullying.rulebook:reporting"),
    case_story=lazily("lianzhi.domains.bullying.case_story:case_story"),
    command=Command("lianzhi.domains.bullying.commands:bullying", "网络暴力: early warning."),
    demo=Demo(scenario=lazily("lianzhi.domains.bullying.demo:load")),
)
