"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.mediation.desk.desk import Desk as MediationDesk
from lianzhi.kit import page
from lianzhi.kit.page import desk_of, user_with

Desk = Annotated[MediationDesk, desk_of("mediation")]
Reader = Annotated[Any, user_with("read")]
Overseer = Annotated[Any, user_with("oversee")]
Staff = Annotated[Any, user_with("intake", "oversee")]
Parties = Annotated[Any, user_with("intake", "oversee", "mediate")]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    return page.show(request, f"mediation/{template}", **context)
