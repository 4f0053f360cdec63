"""Acts on outlets and sources. See `office.acts`."""

from lianzhi.chain.roles import Permission
from lianzhi.domains.dissemination.desk.lists import Lists
from lianzhi.domains.dissemination.nouns.listed import OUTLET, SOURCE
from lianzhi.domains.dissemination.sources.lists import SCOPES
from lianzhi.office.acts import DAY, Act, ActTable, Field, Opening, method_of, opening_of, words

_LEAD: tuple[Permission, ...] = ("outlets",)
_NAME = Field("name", "text", "dissemination.name")
_SCOPES = Field(
    "scopes", "choice", "dissemination.scopes", choices=SCOPES, family="dissemination_scope",
    several=True,
)  # fmt: skip
_SINCE = DAY._replace(label="dissemination.since")
_UNTIL = DAY._replace(label="dissemination.until")


def _table(noun: str, part: str, command: str, scopes: tuple[Field, ...]) -> ActTable:
    steps = (OUTLET if noun == "outlet" else SOURCE).steps
    opening = Opening(
        *("list", _LEAD, "listed", opening_of(part, Lists.list)), (_NAME, *scopes, _SINCE)
    )
    acts = (
        Act("relist", _LEAD, ("listed",), method_of(part, Lists.relist), (*scopes, _SINCE)),
        Act(
            *("end", _LEAD, ("ended",), method_of(part, Lists.end)),
            (_UNTIL, words("act.reason")),
            applies=lambda listed, today: listed.open is not None,
        ),
        Act(
            *("rename", _LEAD, ("renamed",), method_of(part, Lists.rename)),
            (Field("alias", "text", "dissemination.alias"),),
        ),
    )
    return ActTable(
        noun, f"/{part}", steps, acts, frozenset({"imported"}), opening, command=command
    )


OUTLETS = _table("outlet", "outlets", "outlet", (_SCOPES,))
SOURCES = _table("source", "sources", "white-list", ())
TABLES = (OUTLETS, SOURCES)
