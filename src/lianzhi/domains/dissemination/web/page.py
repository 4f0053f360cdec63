"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.dissemination.desk import Desk as DisseminationDesk
from lianzhi.kit import page
from lianzhi.kit.page import desk_of, user_with

Desk = Annotated[DisseminationDesk, desk_of("dissemination")]
Reader = Annotated[Any, user_with("read")]
Lead = Annotated[Any, user_with("outlets", "audit")]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    return page.show(request, f"dissemination/{template}", **context)
