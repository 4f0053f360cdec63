"""Acts of the review of files 案卷评查: drawing a sample, and marking a file. See `office.acts`."""

from collections.abc import Mapping

from lianzhi.chain.life import Steps
from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.reviews import KINDS, SAMPLE_STEPS
from lianzhi.domains.enforcement.nouns.penalty import STEPS
from lianzhi.domains.enforcement.nouns.visit import PERMIT_STEPS
from lianzhi.domains.enforcement.supervision.sheets import Kind
from lianzhi.office.acts import Act, ActTable, Field, Opening, words


def _draw(desk: Desk, by: str, *, kind: str, quarter: str) -> str:
    chosen = next(each for each in KINDS if each == kind)
    return f"{kind}/{desk.reviews.draw(chosen, quarter, by).quarter}"


def _table(kind: Kind, steps: Steps) -> ActTable:
    """Marking a file of a kind; its other steps belong to other tables, or to nobody."""

    def review(desk: Desk, identity: str, by: str, *, lost: Mapping[str, str], words: str) -> None:
        marks = {
            name: int(value) for name, value in lost.items() if value.isdecimal() and len(value) < 4
        }
        desk.reviews.file_review(kind, identity, marks, by, words)

    fields = (Field("lost", "named", "supervision.lost"), words("supervision.words"))
    act = Act("file_review", ("supervise",), ("file_reviewed",), review, fields)
    others = frozenset(step.removeprefix(f"{kind}.") for step in steps) - {"file_reviewed"}
    return ActTable(
        *(kind, f"/supervision/files/{kind}", steps, (act,), others), command=f"{kind}-file"
    )


_OPENING = Opening(
    *("draw", ("supervise",), "drawn", _draw),
    (
        Field(*("kind", "choice", "supervision.kind", True, KINDS), family="sheet_kind"),
        Field("quarter", "text", "supervision.quarter"),
    ),
)
SAMPLE = ActTable(
    *("sample", "/supervision/samples", SAMPLE_STEPS, (), frozenset({"planned"}), _OPENING)
)
FILE_REVIEWS = (_table("penalty", STEPS), _table("permit", PERMIT_STEPS))
