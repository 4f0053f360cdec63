"""Published decisions, as anybody may read them: units by name, persons as 李某."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, or_

from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.queries.views import Named
from lianzhi.kit.noun_views import Page, page

#: Surnames of two characters; all others have one. 《百家姓》, those in use.
COMPOUND = frozenset(
    [
        *("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐"),
        *("长孙", "宇文", "司徒", "东方", "端木", "南宫", "西门", "轩辕", "澹台", "公冶"),
        *("濮阳", "淳于", "单于", "太叔", "申屠", "钟离", "闾丘", "鲜于", "司空", "亓官"),
        *("呼延", "独孤", "百里", "赫连", "完颜", "万俟", "闻人", "仲孙"),
    ]
)
_C = tables.penalty.c


def decisions(
    connection: Connection,
    cursor: str = "",
    items: Collection[str] | None = None,
    departments: Collection[str] = (),
) -> Page[Penalty]:
    """Published decisions, the newest first; `items`, `departments`: of any of these, if given."""
    conditions: list[ColumnElement[bool]] = [_C.public_since.is_not(None)]
    if items is not None:
        conditions.append(or_(_C.item.in_([*items]), _C.department.in_([*departments])))
    return page(connection, tables.penalty, _C.public_since, conditions, cursor)


def parties(penalties: Iterable[Penalty], named: Mapping[str, Named]) -> dict[str, Named]:
    """What the public reads of each party, by file: no number of the register, no whole name."""
    return {penalty.id: _public(penalty, named[penalty.party]) for penalty in penalties}


def _public(penalty: Penalty, name: Named) -> Named:
    if _is_unit(penalty) or not name.name:
        return Named("", name.name, name.name_en)
    return Named("", anonymous(name.name))


def _is_unit(penalty: Penalty) -> bool:
    """Whether it is known for sure; of what was imported only where the file said so."""
    return penalty.unit and (not penalty.imported or penalty.facts.get("subject") == "unit")


def anonymous(name: str) -> str:
    """A person's surname and 某: 李某, 欧阳某; of other names the first letter."""
    plain = name.strip()
    if not plain or plain[0].isascii():
        return f"{plain[:1].upper()}."
    return f"{plain[:2] if plain[:2] in COMPOUND else plain[0]}某"
