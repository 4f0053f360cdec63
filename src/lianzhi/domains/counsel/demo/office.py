"""The demo's office: promises, matters for legal review, reconsiderations."""

import datetime as dt
from collections.abc import Callable

from lianzhi.domains.counsel.desk import Desk

_DAY = dt.timedelta(1)


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Put promises, matters and reconsiderations of an invented office on the record."""
    today = desk.office.today()
    session = desk.receptions.open(by, "reception_day", today - 9 * _DAY, "一号接待室", "wang")
    for visitor, words in (("张三", "楼下烧烤店油烟扰民"), ("李四", "摊位证迟迟没有答复")):
        desk.receptions.hear(session, by, visitor, words)
    promises = (
        ("张三", "li", -2, "本周内联合检查油烟净化设备"),
        ("李四", "zhao", 6, "十日内书面答复"),
    )
    for visitor, owner, days, words in promises:
        desk.commitments.make(by, session, visitor, owner, today + days * _DAY, words)
    kept = desk.commitments.make(by, session, "李四", "zhao", today, "当日给出办事指南")
    desk.commitments.take(kept, "kept", by, words="办事指南已交来访人，有签收")
    echo("1 reception day, 3 commitments")
    _matters(desk, by)
    echo("3 matters for legal review")
    _reviews(desk, by)
    echo("3 reconsiderations")


def _matters(desk: Desk, by: str) -> None:
    today, receive = desk.office.today(), desk.matters.receive
    receive(by, "petition", today - 20 * _DAY, "王五", "li", "反映小区违法搭建长期无人处理")
    draft = receive(by, "disclosure", today - 8 * _DAY, "赵六", "zhao", "申请公开拆迁补偿方案")
    desk.matters.take(draft, "submitted", "zhao", words="拟公开补偿方案正文，隐去户主姓名")
    answered = receive(by, "consumer_complaint", today - 5 * _DAY, "孙七", "li", "称重缺斤短两")
    for step, name in (("submitted", "li"), ("reviewed", by), ("answered", "li")):
        desk.matters.take(answered, step, name, words="经核实，经营者已更换计量器具并退差价")


def _reviews(desk: Desk, by: str) -> None:
    today, take = desk.office.today(), desk.reviews.take
    first, second, third = (
        desk.reviews.receive(by, today - days * _DAY, name, "某区城管局", act, words, amount)
        for days, name, act, words, amount in (
            (2, "周八", "penalty", "罚款过重，请求变更", 8000),
            (40, "吴九", "spot", "当场罚款未出示证件，请求撤销", 200),
            (70, "郑十", "inaction", "投诉噪声后一直没有答复，请求责令履行", 0),
        )
    )
    for identity, days, procedure in ((second, 38, "simplified"), (third, 67, "ordinary")):
        day = today - days * _DAY
        take(identity, "accepted", by, "符合受理条件", day=day, procedure=procedure, agreed=False)
        take(identity, "copied", by, day=day, reached=day + _DAY)
    take(first, "completion_asked", by, "请补正身份证明和处罚决定书复印件", day=today)
    take(third, "parties_heard", by, "申请人坚持请求，被申请人称已移送", day=today - 30 * _DAY)
