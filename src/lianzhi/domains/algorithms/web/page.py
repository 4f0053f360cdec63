"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.desk import Desk as AlgorithmsDesk
from lianzhi.kit import page
from lianzhi.kit.page import desk_of, user_with

Desk = Annotated[AlgorithmsDesk, desk_of("algorithms")]
Reader = Annotated[Any, user_with("read")]
Auditor = Annotated[Any, user_with("audit_algorithms")]
Keeper = Annotated[Any, user_with("lead_algorithms", "audit")]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    return page.show(request, f"algorithms/{template}", **context)
