"""The demo's post manuals and lessons, with askings of half a year before one of them."""

import datetime as dt
from collections.abc import Callable

from lianzhi.domains.counsel.desk.guidance import Guidance

_DAY = dt.timedelta(1)
_FIRST = (
    "核对报关单与合同、发票是否一致。\n"
    "价格有疑问的，先作价格质疑，再作价格磋商。\n"
    "两项都留存书面记录。"
)
_SECOND = _FIRST.replace("磋商。", "磋商；磋商记录由双方签字。") + "\n当日录入系统。"


def fill(guidance: Guidance, by: str, today: dt.date, echo: Callable[[str], None]) -> None:
    """Issue two manuals, and hold a lesson about a cause that came up often."""
    manuals, lessons = guidance.manuals, guidance.lessons
    for field, post, texts in (
        ("valuation", "documents", (_FIRST, _SECOND)),
        ("penalty", "legal", ("处罚决定前核对告知书与送达回证。\n缺一不可报批。",)),
    ):
        for words in texts:
            manuals.issue(
                by, field=field, post=post, words=words, effective=today,
                readers="operator, zhao, qian", due_days=14,
            )  # fmt: skip
    day_held = today - 60 * _DAY
    for number in range(18):
        day = day_held - (number + 1) * 8 * _DAY
        guidance.questions.ask("D01", by, day_asked=day)
        guidance.questions.ask("D11", by, day_asked=day + 3 * _DAY)
    for days in (20, 45):
        guidance.questions.ask("D01", by, day_asked=day_held + days * _DAY)
        guidance.questions.ask("D11", by, day_asked=day_held + days * _DAY)
    requests = (
        ("targeted", "商品归类争议从何而来，怎样申请预裁定", "classification", ""),
        ("on_demand", "加工贸易内销补税的计算", "", "某电子厂"),
    )
    ids = [
        lessons.request(
            by, kind=kind, topic=topic, field=cause or "levying", cause=cause, requester=requester
        )
        for kind, topic, cause, requester in requests
    ]
    lessons.plan(ids[0], by, planned=day_held, speaker="wei")
    lessons.hold(ids[0], by, day_held=day_held, attendance=46)
    lessons.rate(ids[0], by, answers=31, useful=27)
    echo("2 manuals, 2 lessons")
