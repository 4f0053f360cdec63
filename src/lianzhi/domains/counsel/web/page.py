"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.counsel.desk.desk import Desk as CounselDesk
from lianzhi.kit import page
from lianzhi.kit.page import desk_of, user_with

Desk = Annotated[CounselDesk, desk_of("counsel")]
Reader = Annotated[Any, user_with("read")]
Lead = Annotated[Any, user_with("counsel_lead")]
Staff = Annotated[Any, user_with("advise", "counsel_lead")]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    return page.show(request, f"counsel/{template}", **context)
