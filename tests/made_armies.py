"""Made-up groups with habits, as events of a node, in a life that has nothing to do with them."""

import json
from collections.abc import Sequence

import numpy as np

from lianzhi.chain.case import Outcome
from lianzhi.chain.measure import Order
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from made_actions import DAY, life

HOUR = 3_600_000
#: What an army sells, and how it says it.
PITCH = (
    "这款净水壶我用了三个月水质真的变好了推荐给大家",
    "家里老人都说好喝的净水壶终于等到活动价了快去看",
    "对比了好几家还是这个净水壶最值得买滤芯也便宜",
    "朋友推荐的净水壶没想到这么好用水垢全没有了",
)
CHEER = (
    "今晚的合唱真是太动人了大家辛苦啦明年还要再来听",
    "领唱的声音一出来全场都安静了鼓掌鼓到手都疼",
    "谢谢剧场的每一位老师这个冬天因为你们很温暖",
    "安可曲那一段听得眼泪都下来了期待下一场巡演",
)


def everyday(begin: int, seed: int, since: int = 0) -> list[dict[str, object]]:
    """Ten days of likes by people who come and go as they please."""
    made = life(seed, 2500)
    columns = zip(*map(np.ndarray.tolist, made), strict=True)
    return [
        {"id": f"l{seed}-{content}", "kind": "like", "actor": f"u{account}",
         "object": f"video-{thing}", "time": begin + since + time}
        for account, thing, content, time in columns
    ]  # fmt: skip


def army(
    begin: int,
    days: Sequence[int],
    names: Sequence[str],
    texts: Sequence[str],
    site: str,
    *,
    hour: float,
    gap: int,
    things: range,
    seed: int = 0,
) -> list[dict[str, object]]:
    """A group that comments together on one thing a day, one member a `gap` (ms) after another."""
    draw = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for day, thing in zip(days, things, strict=True):
        at = begin + day * DAY + int(hour * HOUR) + int(draw.integers(0, 3 * HOUR))
        for place, who in enumerate(draw.permutation(np.array(names)).tolist()):
            text = f"{texts[(day + place) % len(texts)]} https://{site}/item{day}"
            rows.append(
                {"id": f"c{day}-{who}", "kind": "comment", "actor": who, "text": text,
                 "object": f"video-{thing}", "time": at + place * gap + int(draw.integers(0, gap))}
            )  # fmt: skip
    return rows


def lines(*some: Sequence[dict[str, object]]) -> bytes:
    """As a platform sends them, in order of time."""
    rows = sorted((row for one in some for row in one), key=lambda row: str(row["time"]))
    return b"".join(json.dumps({"source": "s", **row}).encode() + b"\n" for row in rows)


def limit_and_settle(
    node: Node, case: str, member: str, at: int, outcome: Outcome = "settled"
) -> str:
    """Order something against a member, and close the case; returns the decision."""
    subject = node.ledger.vault.known([member])[member]
    order = Order(key="limit", hours=72, subjects=(subject,), to="participant", mode="manual")
    facts = "您与另外七个账号按照统一安排，在几分钟内为同一商家发布了内容雷同的推荐。"
    asking = DecisionRequest(orders=(order,), facts=facts, ground="inauthentic")
    made = node.proceedings.decisions.decide(case, asking, Actor("ann"), at)
    node.casework.close_case(case, outcome, "已处置", Actor("ann"), at)
    return made
