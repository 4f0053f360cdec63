"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.oversight.desk import Desk as OversightDesk
from lianzhi.kit import page
from lianzhi.kit.page import desk_of, user_with

Desk = Annotated[OversightDesk, desk_of("oversight")]
Reader = Annotated[Any, user_with("read")]
Supervisor = Annotated[Any, user_with("supervise_platforms")]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    return page.show(request, f"oversight/{template}", **context)
