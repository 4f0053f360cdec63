"""Steps of a file: notice and instalments, whose forms depend on data."""

from fastapi import APIRouter
from fastapi.responses import Response

from lianzhi.domains.enforcement.web.case_forms import facts_of, fields, parts_of
from lianzhi.domains.enforcement.web.case_pages import back, file_of
from lianzhi.domains.enforcement.web.page import Desk, Inspector, Leader
from lianzhi.kit.page import Given

router = APIRouter(prefix="/penalties")


@router.post("/{penalty}/notice")
def notice(desk: Desk, user: Inspector, penalty: str, form: Given) -> Response:
    """Give the advance notice."""
    file = file_of(desk, penalty)
    entered = fields(form)
    facts = facts_of(form, desk.office.rules.discretion, file.item)
    desk.penalties.notice(
        penalty,
        {**file.facts, **facts},
        entered.fine,
        user.name,
        entered.words,
        sanctions=entered.sanctions,
        grave=entered.grave,
    )
    return back(penalty, "noticed")


@router.post("/{penalty}/defer")
def defer(desk: Desk, user: Leader, penalty: str, form: Given) -> Response:
    """Approve paying later, or by instalments."""
    file_of(desk, penalty)
    desk.dues.defer(penalty, parts_of(form), user.name, str(form.get("words", ""))[:20_000])
    return back(penalty, "defer")
