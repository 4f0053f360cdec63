"""The demo's platforms: invented ones, with a letter that passed and an order that waits."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from lianzhi.domains.oversight.desk import Desk

_SECOND = "demo-supervisor"
_PROBED = "陌生人私信关闭后收不到 | 符合\n评论可限本人关注 | 符合\n一键防护即时生效 | 符合\n"


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Three platforms; a letter closed on its re-check, an order replied to, a draft."""
    today = desk.office.today()
    register = desk.platforms.register
    common: dict[str, Any] = {"day": today - dt.timedelta(20), "words": "平台月报（虚构）"}
    star = register(by, operator="星河科技（示例）", name="星河", service="video",
                    users=86_000_000, **common)  # fmt: skip
    shop = register(by, operator="百味生活（示例）", name="百味点评", service="reviews",
                    users=12_400_000, **common)  # fmt: skip
    forum = register(by, operator="南山网络（示例）", name="南山论坛", service="forum",
                     users=730_000, **common)  # fmt: skip
    instructions, until = desk.instructions, today + dt.timedelta(10)
    terms: dict[str, Any] = {"until": until, "tolerance": ""}
    letter = instructions.draft(_SECOND, platform=star, kind="letter", duties=["protection"],
                                words="未成年人账号缺少屏蔽陌生用户的选项", **terms)  # fmt: skip
    instructions.issue(letter, by, words="请在期限内补齐防护选项。")
    instructions.reply(letter, _SECOND, words="已上线一键防护。", file=None, day=None)
    desk.rechecks.probe(by, instruction=letter, points=_PROBED, file=None,
                        words="用三部手机、新注册账号试用")  # fmt: skip
    instructions.close(letter, by, words="复查通过")
    order = instructions.draft(_SECOND, platform=shop, kind="order", duties=["complaints"],
                               words="入口太深，抽查的举报多数逾期", **terms)  # fmt: skip
    instructions.issue(order, by, words="举报渠道不便捷，受理和反馈不及时。")
    instructions.reply(order, _SECOND, words="入口已移到首页，增加客服。", file=None, day=None)
    instructions.draft(_SECOND, platform=forum, kind="talk", duties=["warning_model", "bulletin"],
                       words="季度公告的数字与总数不符", **terms)  # fmt: skip
    echo("3 platforms; 1 letter closed on its re-check, 1 order, 1 draft")
