"""A deployment for the console's tests and screenshots: a real node fed with a made-up day.

Calm traffic around a few dozen people, then a pile-on against one of them, a second smaller one
that is over, and a few rows that no intake can accept. Everything that the pages show comes from
the detector and the record, nothing is put there by hand.
"""

import datetime as dt
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.measure import Order
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.config import Config, Webhook
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.reports import Reports
from lianzhi.office.wordings import Wording
from lianzhi.store import accounts, views

HOUR, MINUTE = 3_600_000, 60_000
NOW = int(dt.datetime(2026, 11, 24, 13, 30, tzinfo=dt.UTC).timestamp() * 1000)
PASSWORD = "correct horse battery"
HARMED, MINOR = "小满说天气", "橙子同学"

CALM = [
    "今天的讲解很清楚，收藏了",
    "请问明天会降温吗",
    "照片拍得真好",
    "谢谢分享",
    "我觉得第二段可以再短一点",
    "这个数据是哪里来的？",
    "终于更新了",
    "和我想的不太一样，不过有道理",
    "北方已经下雪了",
    "支持一下",
]
CRITICISM = [
    "这次预报不准，希望说明原因",
    "标题有点夸张了，建议改一下",
    "我不同意这个观点，数据站不住脚",
]
CLOAKED = "你这 sha*bi，看见你就恶心，亻尔 去 歹匕 吧"
INSULTS = [
    "真不要脸，滚出去",
    "脑子有病吧，蠢货",
    "你就是个废物，赶紧滚",
    CLOAKED,
    "垃圾玩意儿，装什么专家",
    "丑八怪还敢出来",
    "骗子，全家都是骗子",
    "这种人也配说话？闭嘴吧，蠢货",
]
INCITING = ["大家都去她评论区骂，别让她好过", "一起冲，去举报她，把她骂到注销为止"]
THREATS = ["你等着，我知道你住哪里，出门小心点"]
KIND = [
    "别骂了，她只是说错一句话",
    "你们这样围着一个人骂太过分了，请停手",
    "支持小满，大家理性一点",
]


def events() -> Iterator[dict[str, object]]:
    """The made-up days, in no particular order."""
    chance = random.Random(7)
    people = [HARMED, MINOR, *(f"up_{n:02d}" for n in range(38))]
    begin = NOW - 72 * HOUR
    for person in people:
        friends = [f"friend_{person}_{n}" for n in range(6)]
        for hour in range(72):
            for _ in range(chance.choice([0, 1, 1, 2, 3])):
                at = begin + hour * HOUR + chance.randrange(HOUR)
                stranger = chance.random() < 0.3
                actor = f"passer_{chance.randrange(10_000)}" if stranger else chance.choice(friends)
                yield _comment(chance, at, actor, person, chance.choice(CALM), days=900)
    for n in range(25):  # the last minutes are busier, so that the traffic chart has something
        for _ in range(12):
            at = NOW - 5 * MINUTE + n * 12_000 + chance.randrange(12_000)
            person = chance.choice(people[2:])
            yield _comment(
                chance,
                at,
                f"passer_{chance.randrange(10_000)}",
                person,
                chance.choice(CALM + CRITICISM),
                days=900,
            )
    yield from _pile_on(chance, HARMED, NOW - 100 * MINUTE, 64, minor=False)
    yield from _pile_on(chance, MINOR, NOW - 30 * HOUR, 26, minor=True)
    yield from _pile_on(chance, "up_05", NOW - 24 * MINUTE, 10, minor=False)


def _pile_on(
    chance: random.Random, person: str, begin: int, size: int, *, minor: bool
) -> Iterator[dict[str, object]]:
    for n in range(size):
        actor = f"user{chance.randrange(10**7):07d}"
        at = begin + int(min(95, chance.lognormvariate(3.2, 0.8)) * MINUTE) if n else begin
        if n % 9 == 8:
            text = chance.choice(KIND)
        elif n in (2, 11):
            text = INCITING[n % 2]
        elif n == 17:
            text = THREATS[0]
        elif n % 7 == 6:
            text = chance.choice(CRITICISM)
        else:
            text = INSULTS[min(int(chance.expovariate(0.5)), len(INSULTS) - 1)]
        days = 12 if chance.random() < 0.4 else 400
        for again in range(4 if n in (4, 5) else 1):
            yield _comment(chance, at + again * 7 * MINUTE, actor, person, text, days, minor=minor)


def _comment(
    chance: random.Random,
    at: int,
    actor: str,
    person: str,
    text: str,
    days: int,
    *,
    minor: bool = False,
) -> dict[str, object]:
    row: dict[str, object] = {
        "id": f"c{chance.randrange(16**10):010x}",
        "source": "demo",
        "kind": "comment",
        "time": min(at, NOW - 1000),
        "actor": actor,
        "target": person,
        "text": text,
        "object": f"post-{person}",
        "actor_created": at - days * 24 * HOUR,
    }
    return row | {"target_is_minor": True} if minor else row


BAD = [
    b'{"id": "x1", "source": "demo", "kind": "comment"',
    b'{"id": "x2", "kind": "comment"}',
    b'{"id":"x3","source":"demo","kind":"shout","time":1795600000000,"actor":"a"}',
    b"\xff\xfe",
]


def build(home: Path, more: Iterable[Event] = (), **config: Any) -> Node:
    """A node that has lived through these days and `more`, with a user of each role."""
    config.setdefault("webhook", Webhook(url="http://127.0.0.1:9/"))  # nobody listens there
    node = Node(home, Config(lateness_seconds=0.5, **config), clock=lambda: NOW)
    rows = [*events(), *(msgspec.to_builtins(one) for one in more)]
    rows.sort(key=lambda row: (row["time"], row["id"]))
    lines = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
    for start in range(0, len(lines), 200):
        node.intake.submit(b"\n".join(lines[start : start + 200]) + b"\n", "demo.ndjson")
    node.intake.submit(b"\n".join(BAD) + b"\n", "key:demo")
    node.intake.finish()
    for role in accounts.ROLES:
        accounts.add_user(node.ledger, role, PASSWORD, [role], NOW, "test")
    return node


def work(node: Node) -> None:
    """What the desk did before: the smaller case was protected and closed."""
    case = case_of(node, MINOR)
    at = NOW - 28 * HOUR
    node.protections.grant(MINOR, Terms(CHANNELS, at + 24 * HOUR), "reviewer", case, at)
    node.protections.lapse(at + 25 * HOUR)
    node.casework.note_case(case, "已电话联系监护人，孩子情绪稳定。", "reviewer", at + HOUR)
    node.casework.close_case(
        case, "settled", "围攻已停，平台已处理首发账号。", Actor("reviewer"), NOW - 2 * HOUR
    )


def proceed(node: Node) -> dict[str, str]:
    """What was reported, decided and contested about the pile-on; ids by noun."""
    case, other = case_of(node, HARMED), case_of(node, MINOR)
    view, process = views.case(node.engine, case), node.proceedings
    assert view is not None
    by_role: dict[str, list[str]] = {}
    accounts_of, reports = {}, []
    unseen = Reports(process, lambda report, line: None)  # the detectors have judged already
    for part in view.parts:
        by_role.setdefault(part.role, []).append(part.token)
        accounts_of[part.token] = part.account or ""
    for n, (category, minutes) in enumerate(
        [("threat", 70), ("insult", 66), ("insult", 65), ("doxxing", 40), ("fraud", 30)]
    ):
        words = ["她很害怕，请尽快处理", "一群人在骂她", "一群人在骂她", "有人贴出了她的住址", ""][
            n
        ]
        about = HARMED if n != 3 else MINOR
        said = Complaint(
            category=category,
            channel=("web", "api", "api", "phone", "web")[n],  # type: ignore[arg-type]
            reporter=f"neighbour_{n}",
            about=about,
            subject=accounts_of[by_role["follower"][n]],
            words=words,
            minor=about == MINOR,
        )
        reports.append(unseen.receive(said, "key:platform", NOW - minutes * MINUTE))
    process.complaints.join(reports[0], case, "li", NOW - 60 * MINUTE)
    muted, loud = by_role["follower"], by_role["inciter"]
    li, wang = Actor("li"), Actor("wang", may_severe=True)
    orders = (
        Order(key="mute", hours=24, subjects=tuple(muted), to="follower"),
        Order(key="mute", hours=720, subjects=tuple(loud), to="inciter"),
    )
    facts = "在两小时内对同一个人发表侮辱性言论或号召他人攻击，相关言论已作为证据保存。"
    asking = DecisionRequest(orders=orders, facts=facts, ground="harassment")
    decided = process.decisions.decide(case, asking, li, NOW - 50 * MINUTE)
    words = "那是一句玩笑，我和她认识多年，可以问她本人。"
    first, second = (accounts_of[token] for token in muted[:2])
    appeal = process.redress.file(decided, "affected", first, words, NOW - 30 * MINUTE)
    won = process.redress.file(decided, "affected", second, "这条是在替她说话。", NOW - 28 * MINUTE)
    why = "原文是在劝阻他人，不构成侮辱。"
    process.redress.answer(won, "overturned", (), why, Actor("hong"), NOW - 10 * MINUTE)
    end = Order(key="close", hours=0, subjects=tuple(loud[:1]), to="inciter")
    why = "此前已被禁言，仍继续号召他人攻击。"
    asking = DecisionRequest(orders=(end,), facts=why, ground="incitement")
    awaiting = process.decisions.decide(case, asking, wang, NOW - 5 * MINUTE)
    rule = "bullying.pile_on/mute/follower"
    process.automation.switch(rule, "queued", "影子运行两周，无误伤。", wang, NOW - 4 * MINUTE)
    ids = {"case": case, "closed": other, "decision": decided, "awaiting": awaiting}
    cloaked = next(str(one.seq) for one in view.evidence if one.text == CLOAKED)
    return ids | {"appeal": appeal, "report": reports[3], "cloaked": cloaked}


def write(node: Node) -> dict[str, str]:
    """What people have added to the lexicon, a while ago; ids of a term in shadow and one on."""
    at, li, wang = NOW - 26 * HOUR, Actor("li"), Actor("wang")
    pretend = Wording(
        kind="mockery",
        term="装什么专家",
        sense="自称内行",
        weight=0.3,
        aimed=0.75,
        innocent=("别装什么专家门诊",),
        examples=("别装什么专家了",),
    )
    wind = Wording(kind="insult", term="气象骗子", sense="骗子", weight=0.9, aimed=0.9)
    gone = Wording(kind="insult", term="风婆子", sense="", weight=0.7, aimed=0.7)
    shadow = node.lexicons.add(pretend, "举报里反复出现，词表没有收录。", li, at)
    active = node.lexicons.add(wind, "两起案件里都有。", li, at + HOUR)
    node.lexicons.move(active, "active", "影子期内没有误伤。", wang, at + 20 * HOUR)
    retired = node.lexicons.add(gone, "有人这样叫她。", li, at + 2 * HOUR)
    node.lexicons.move(retired, "retired", "这是她自己的网名。", wang, at + 3 * HOUR)
    return {"shadow": shadow, "active": active}


def case_of(node: Node, account: str) -> str:
    """The case about an account."""
    return views.cases(node.engine, query=account).rows[0].id
