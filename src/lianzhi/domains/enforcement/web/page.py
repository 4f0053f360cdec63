"""What every page handler uses: the desk, the reader, and ways to answer."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlencode

from babel.support import Translations
from fastapi import Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BeforeValidator
from starlette.datastructures import FormData

from lianzhi.chain.roles import Permission
from lianzhi.domains.enforcement.desk.desk import Desk as Desk_
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.words import words


def _desk(request: Request) -> Desk_:
    desk: Desk_ = request.app.state.desks["enforcement"]
    return desk


def who(*permissions: Permission) -> Callable[[Request], Any]:
    """For `Depends`: the user who asks, if they hold one of these permissions."""

    def holder(request: Request) -> Any:
        return request.app.state.allow(request, *permissions)

    return holder


def _looking(request: Request) -> Any:
    return request.app.state.look(request)


async def _form(request: Request) -> FormData:
    return await request.form()


Desk = Annotated[Desk_, Depends(_desk)]
Given = Annotated[FormData, Depends(_form)]
"""A form whose fields depend on data: read by `web.given`."""
Reader = Annotated[Any, Depends(who("read"))]
Observer = Annotated[Any, Depends(who("enforce", "observe"))]
Sender = Annotated[Any, Depends(who("dispatch", "lead"))]
Dispatcher = Annotated[Any, Depends(who("dispatch"))]
Inspector = Annotated[Any, Depends(who("enforce"))]
Leader = Annotated[Any, Depends(who("lead"))]
Legal = Annotated[Any, Depends(who("legal"))]
Supervisor = Annotated[Any, Depends(who("supervise"))]
Watcher = Annotated[Any, Depends(who("supervise", "lead", "audit"))]
Hand = Annotated[Any, Depends(who("enforce", "lead", "legal", "supervise"))]
Keeper = Annotated[Any, Depends(who("lead", "audit"))]
"""May take everything out."""
Planner = Annotated[Any, Depends(who("lead", "supervise", "dispatch"))]
"""Has a say in who is inspected next."""
Look = Annotated[Any, Depends(_looking)]
Cursor = Annotated[str, Query(max_length=240)]
Asked = Annotated[str, Query(max_length=200)]


def _typed(value: object) -> object:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _day(value: object) -> object:
    """A field of a day that was left empty says none."""
    return None if value == "" else value


Typed = BeforeValidator(_typed)
Day = Annotated[dt.date | None, BeforeValidator(_day)]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    page: Response = request.app.state.render(request, f"enforcement/{template}", context, 200)
    return page


def language(request: Request) -> str:
    """The language in which this request is answered."""
    found: str = request.app.state.language_of(request)
    return found


def catalogue(request: Request) -> Translations:
    """Words of the domain in the reader's language."""
    return words(language(request))


@contextmanager
def at_once(request: Request) -> Iterator[None]:
    """While a file of tables is taken apart. Raises RefusedError where as many are as can be."""
    with request.app.state.workbooks.enter() as admitted:
        if not admitted:
            raise RefusedError("busy", "as many files as can be are being read; try again")
        yield


def done(path: str, what: str) -> Response:
    """Back to a page that then says what has been done."""
    return RedirectResponse(f"{path}?{urlencode({'done': what})}", 303)


def missing() -> HTTPException:
    """404 for a thing that is not there."""
    return HTTPException(404)
