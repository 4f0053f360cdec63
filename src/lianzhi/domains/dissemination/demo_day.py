"""The demo's lists and an outlet's day: most titles are the source's, a few cases are planted."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

from lianzhi.domains.dissemination.desk import Desk
from lianzhi.domains.dissemination.importing.rows import Push, Reprint
from lianzhi.domains.dissemination.sources.lists import OutletRow, SourceRow
from lianzhi.law.clock import midnight
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable

SEED, REPRINTS = 43, 400
#: Share of titles that are the source's; of those with other signs alone; the rest is reworded.
_SAME, _SIGNS = 0.92, 0.05
_HOUR = 3_600_000
_OUTLET, _SOURCE = "江岸快讯", "望江日报"
_PUSHED = "望江图书馆新馆试开放"
_SINCE = dt.date(2021, 10, 20)
_PLACES = ("望江县", "江岸区", "临湖镇", "东坪乡")
_TOPICS = ("供水管网改造", "社区图书馆", "公交线路调整", "农产品展销", "防汛演练")
_PLANTED = (
    ("望江县拟对部分老旧小区加装电梯", "望江县对所有老旧小区加装电梯"),
    ("租客状告房东拒退押金", "房东状告租客拒退押金"),
    ("水务集团：自来水发黄不影响健康", "水务集团：自来水发黄影响健康"),
)


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Take the seeded files in."""
    day = desk.office.today() - dt.timedelta(1)
    lists: dict[str, tuple[Any, ...]] = {
        "outlets": (OutletRow(_OUTLET, ("reprint",), _SINCE),),
        "sources": (SourceRow(_SOURCE, _SINCE, aliases=("望江报",)),),
    }
    desk.intake.take(_folder(lists), by)
    begin = midnight(day) + 8 * _HOUR
    pushes = [
        Push(f"p{n}", app, begin, "news", _PUSHED, _PUSHED, _SOURCE, close_button=True)
        for n, app in enumerate((_OUTLET, "野讯"))
    ]
    counts = desk.intake.take(
        _folder({"reprints": tuple(_reprints(begin)), "pushes": tuple(pushes)}), by
    )
    echo(", ".join(f"{count:,} {kind}" for kind, count in counts.items()))


def _folder(tables: dict[str, tuple[Any, ...]]) -> Folder:
    return Folder({kind: ReadTable(rows) for kind, rows in tables.items()}, ())


def _reprints(begin: int) -> Iterator[Reprint]:
    draw = random.Random(SEED)  # noqa: S311 - a seeded world, no secret
    for n in range(REPRINTS):
        people = 1000 + 7 * n
        title = f"{draw.choice(_PLACES)}{draw.choice(_TOPICS)}启动 首批服务{people}人"
        lot, shown = draw.random(), title
        if lot > _SAME + _SIGNS:
            shown = title.replace(f"{people}人", f"{people / 10000:g}万人")
        elif lot > _SAME:
            shown = title.replace(" ", "，")
        yield _row(f"r{n}", begin + n * 60_000, title, shown, _SOURCE)
    for n, (title, shown) in enumerate(_PLANTED):
        yield _row(f"x{n}", begin + n * _HOUR, title, shown, _SOURCE)
    yield _row("u0", begin, "某地举行灯会", "某地举行灯会", "无名网")


def _row(identity: str, at: int, original: str, title: str, source: str) -> Reprint:
    return Reprint(identity, _OUTLET, at, title, original, source, "甲", "乙")
