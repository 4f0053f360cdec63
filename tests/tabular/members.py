"""A small table of members, and files of it."""

import csv
import datetime as dt
from typing import Annotated, Literal

import msgspec
import openpyxl

from lianzhi.tabular.field_types import ID, Count, Id, Money, Reference
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.schema import schemas


class Member(msgspec.Struct, frozen=True):
    id: Id
    name: str
    team: Id
    branch: Annotated[str, ID, Reference("branches")]
    card: Id
    card_until: dt.date
    card_from: dt.date | None = None
    fee: Money | None = None
    visits: Count | None = None
    level: Literal["junior", "senior"] | None = None
    languages: tuple[Id, ...] = ()


TOML = """
[kinds]
members = "会员"
branches = "分馆"

[table.members]
order = [["card_from", "card_until"]]
together = [["fee", "visits"]]

[table.members.columns]
id = "编号"
name = "姓名"
team = "组"
branch = "分馆"
card = "证号"
card_until = "有效期至"
card_from = ["有效期自", "since"]
fee = "费用"
visits = "次数"
level = "级别"
languages = "语言"
"""
MEMBERS = schemas(TOML, {"members": Member})["members"]
KNOWN = KnownIds({"branches": {"north", "south"}}, {"branches": {"west"}})
MEMBER = {
    "id": "O1", "name": "王明", "team": "S1", "branch": "north", "card": "C-1",
    "card_until": "2027-06-30",
}  # fmt: skip


def written(path, *lines, encoding="utf-8"):
    header = list(dict.fromkeys(name for line in lines for name in line))
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.DictWriter(file, header)
        out.writeheader()
        out.writerows(lines)
    return path


def sheet(path, *lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path
