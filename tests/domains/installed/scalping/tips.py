"""Tips: what the box office notes about sellers, on the record; the list is folded from it."""

from functools import partial
from importlib.resources import files

import msgspec

from lianzhi.kit.register import Register, RegisterDesk
from lianzhi.kit.table_commands import table_group
from lianzhi.tabular.field_types import Moment
from lianzhi.tabular.schema import schemas


class Tip(msgspec.Struct):
    """A seller, and when the tip was noted; a row of people's tables, too."""

    account: str
    at: Moment = 0


TIPS = Register("scalping", "tip", Tip)
COLUMNS = files("scalping").joinpath("tips.toml").read_text("utf-8")
desk = partial(RegisterDesk, TIPS)
scalping = table_group(
    "scalping",
    "黄牛: tips about ticket scalpers.",
    schemas(COLUMNS, {"tips": Tip})["tips"],
    take=RegisterDesk.note,
    rows=RegisterDesk.rows,
)
PROJECTIONS = [TIPS]
