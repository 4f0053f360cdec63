"""Case: what every form of a file has in common."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, or_missing

Words = Annotated[str, Typed, Form(max_length=20_000)]
Short = Annotated[str, Typed, Form(max_length=500)]
Yuan = Annotated[int, Form(ge=0, le=1_000_000_000)]


def file_of(desk: Desk, penalty: str) -> Penalty:
    """The file; 404 where there is none."""
    with or_missing(), desk.office.reading() as connection:
        return desk.office.penalty(connection, penalty)


def back(penalty: str, what: str) -> Response:
    """Back to the file, which says what was done."""
    return done(f"/enforcement/penalties/{penalty}", what)
