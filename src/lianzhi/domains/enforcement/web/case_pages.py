"""What pages of a penalty file share."""

from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.kit.page import or_missing


def file_of(desk: Desk, penalty: str) -> Penalty:
    """The file; 404 where there is none."""
    with or_missing(), desk.office.reading() as connection:
        return desk.office.penalty(connection, penalty)
