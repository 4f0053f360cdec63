"""What every page handler uses: the desk, who may ask, and the answer as a page of this domain."""

from typing import Annotated, Any

from babel.support import Translations
from fastapi import Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.desk import Desk as EnforcementDesk
from lianzhi.domains.enforcement.words import words
from lianzhi.kit import page
from lianzhi.kit.page import desk_of, language_of, user_with

Desk = Annotated[EnforcementDesk, desk_of("enforcement")]
Reader = Annotated[Any, user_with("read")]
Observer = Annotated[Any, user_with("enforce", "observe")]
Sender = Annotated[Any, user_with("dispatch", "lead")]
Dispatcher = Annotated[Any, user_with("dispatch")]
Inspector = Annotated[Any, user_with("enforce")]
Leader = Annotated[Any, user_with("lead")]
Supervisor = Annotated[Any, user_with("supervise")]
Watcher = Annotated[Any, user_with("supervise", "lead", "audit")]
Hand = Annotated[Any, user_with("enforce", "lead", "legal", "supervise")]
Keeper = Annotated[Any, user_with("lead", "audit")]
"""May take everything out."""
Planner = Annotated[Any, user_with("lead", "supervise", "dispatch")]
"""Has a say in who is inspected next."""


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    return page.show(request, f"enforcement/{template}", **context)


def catalogue(request: Request) -> Translations:
    """Words of the domain in the reader's language."""
    return words(language_of(request))
