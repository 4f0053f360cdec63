"""The campaign of the demo: it begins on the day that the demo is started."""

import datetime as dt

from lianzhi.domains.registry import DOMAINS
from lianzhi.office.acts import Upload
from lianzhi.office.campaigns import Campaigns

_DAYS, _REPLY_DAYS = 28, 7
#: Weeks of the supplied denominator: some before the start, and to the end.
_WEEKS_BEFORE, _WEEKS = 52, 56


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
    first = today - dt.timedelta(weeks=_WEEKS_BEFORE)
    weeks = (f"{first + dt.timedelta(weeks=n)},{21_000 + 900 * (n % 5)}" for n in range(_WEEKS))
    campaigns.supplies.give(
        by=by,
        plan=plan,
        weeks=Upload("comments.csv", "\n".join(("week,exposure", *weeks)).encode()),
        words="演示平台运营报表：每周评论数（虚构）。",
    )
    campaigns.samples.plan(
        by=by,
        plan=plan,
        roster="\n".join(
            f"C{7919 * n % 10_007:05d} | {'before' if n % 2 else 'during'}" for n in range(1, 241)
        ),
        count=60,
        source="福彩双色球下一期开奖号码，升序，以空格分开",
        on=today + dt.timedelta(days=1),
        reveal_until=today + dt.timedelta(days=3),
        words="辱骂、威胁或人肉搜索具体的人即为有害；批评意见不是。",
    )
    return plan
