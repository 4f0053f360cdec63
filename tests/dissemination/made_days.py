"""An outlet's day as files: most titles are the source's, some are reworded harmlessly, and a few
cases are planted."""

import random
from collections.abc import Iterator

#: Share of titles that are the source's, and of those with other signs alone; the rest is reworded.
SAME, SIGNS = 0.92, 0.05
_TOPICS = (
    "供水管网改造",
    "社区图书馆",
    "老旧小区加装电梯",
    "公交线路调整",
    "农产品展销",
    "防汛演练",
)
_PLACES = ("望江县", "江岸区", "临湖镇", "东坪乡", "北关街道")
DISTORTED = [
    (
        "望江县拟对部分老旧小区加装电梯", "望江县对所有老旧小区加装电梯",
        "今年计划为41个老旧小区加装电梯。",
    ),
    ("租客状告房东拒退押金", "房东状告租客拒退押金", ""),
    ("水务集团：自来水发黄不影响健康", "水务集团：自来水发黄影响健康", "水质达标。"),
]  # fmt: skip


def reprints(count: int, day: str = "2026-12-01") -> Iterator[dict[str, str]]:
    """Rows of a day: `count` of them, with three distorted titles and an unlisted source."""
    draw = random.Random(20261201)
    for n in range(count):
        people = 1000 + n
        title = f"{draw.choice(_PLACES)}{draw.choice(_TOPICS)}启动 首批服务{people}人"
        lot, shown = draw.random(), title
        if lot > SAME + SIGNS:
            shown = title.replace(f"首批服务{people}人", f"首批服务{people / 10000:g}万人")
        elif lot > SAME:
            shown = title.replace(" ", "，")
        yield row(f"r{n}", day, title, shown)
    for n, (title, shown, body) in enumerate(DISTORTED):
        yield row(f"x{n}", day, title, shown) | {"source_body": body}
    yield row("u0", day, "无名网消息", "无名网消息") | {"source": "无名网"}


def row(identity: str, day: str, original: str, title: str) -> dict[str, str]:
    """A reprint with whole credits."""
    return {
        "id": identity, "outlet": "江岸网", "time": f"{day} 09:00", "title": title,
        "original_title": original, "source": "望江日报", "author": "甲", "editor": "乙",
        "source_body": "", "text": "",
    }  # fmt: skip


def pushes(day: str = "2026-12-01") -> list[dict[str, str]]:
    """A push that is in order, and one without a licence."""
    usual = {"time": f"{day} 08:00", "kind": "news", "source": "望江日报", "close_button": "true"}
    return [
        {"id": "p0", "app": "江岸网", "title": "某地暴雨", **usual},
        {"id": "p1", "app": "野讯", "title": "某地暴雨", **usual},
    ]
