"""What the forms of a penalty file share: the file, and the way back to its page."""

from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.kit.page import done, or_missing


def file_of(desk: Desk, penalty: str) -> Penalty:
    """The file; 404 where there is none."""
    with or_missing(), desk.office.reading() as connection:
        return desk.office.penalty(connection, penalty)


def back(penalty: str, outcome: str) -> Response:
    """Back to the file, which says what was done."""
    return done(f"/enforcement/penalties/{penalty}", outcome)
