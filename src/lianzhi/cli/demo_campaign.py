"""The campaign of the demo: it begins on the day that the demo is started, with one task."""

import datetime as dt

from lianzhi.domains.registry import DOMAINS
from lianzhi.office.campaigns import Campaigns

_DAYS, _REPLY_DAYS = 28, 7


def open_campaign(campaigns: Campaigns, by: str) -> str:
    """Put an invented campaign down; returns its id.

    It is about the first domain whose findings can be counted, beside the second one.
    """
    known = campaigns.kinds()
    harm, control, *_ = (name for name in DOMAINS if name in known)
    today = campaigns.today()
    plan = campaigns.open(
        by=by,
        words="近一个月同类案件明显增多。",
        title="清朗专项行动（演示）",
        kinds=harm,
        controls=control,
        neighbours="",
        places="演示平台",
        first=today,
        last=today + dt.timedelta(days=_DAYS - 1),
        outcome="每万条评论中的案件数下降",
        denominator="评论",
        watch_weeks=12,
        effort="两个小组，每周各 40 小时",
    )
    campaigns.assign(
        by=by,
        plan=plan,
        body="platform",
        name="演示平台",
        due=today + dt.timedelta(days=_REPLY_DAYS),
        words="自查评论区，报送处置数量和申诉渠道。",
    )
    campaigns.draws.plan(
        by=by,
        plan=plan,
        roster="\n".join(f"示例平台{n} | {'大型' if n < 3 else '中小'}" for n in range(1, 13)),
        count=4,
        source="福彩双色球下一期开奖号码，升序，以空格分开",
        on=today + dt.timedelta(days=1),
        reveal_until=today + dt.timedelta(days=3),
        body="platform",
        due=today + dt.timedelta(days=_REPLY_DAYS + 7),
        words="报送推荐算法的审计数据和整改情况。",
    )
    return plan
