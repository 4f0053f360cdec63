"""What handlers of pages share: who asks, what they ask for, and how they are answered.

The application puts what pages need into its state (`domains.domain.Domain.routers`), so that
nothing here depends on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from lianzhi.chain.roles import Permission
from lianzhi.kit.addresses import address
from lianzhi.office.refusal import Refusal

Cursor = Annotated[str, Query(max_length=240)]
QueryText = Annotated[str, Query(max_length=200)]


def user_with(*permissions: Permission) -> Any:
    """A parameter: the user who asks, if they hold one of these permissions; else 403."""

    def holder(request: Request) -> Any:
        return request.app.state.allow(request, *permissions)

    return Depends(holder)


def desk_of(domain: str) -> Any:
    """A parameter: the desk of a domain."""

    def desk(request: Request) -> Any:
        return request.app.state.desks[domain]

    return Depends(desk)


def _look(request: Request) -> Any:
    return request.app.state.look(request)


async def _form(request: Request) -> FormData:
    return await request.form()


Look = Annotated[Any, Depends(_look)]
"""Puts on the record whose data the reader is shown: `look(what, refs)`."""
Given = Annotated[FormData, Depends(_form)]
"""A form whose fields depend on data; read by `kit.form_values`."""


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    page: Response = request.app.state.render(request, template, context, 200)
    return page


def language_of(request: Request) -> str:
    """The language in which this request is answered."""
    language: str = request.app.state.language_of(request)
    return language


def done(path: str, outcome: str) -> Response:
    """Back to a page that then says what has been done."""
    return RedirectResponse(address(path, done=outcome), 303)


def missing() -> HTTPException:
    """404 for a thing that is not, or no longer, there."""
    return HTTPException(404, "there is no such thing here; go back to the list and look again")


@contextmanager
def or_missing() -> Iterator[None]:
    """Answers 404 where a thing that is asked for is not there (KeyError)."""
    try:
        yield
    except KeyError:
        raise missing() from None


@contextmanager
def admitted(gate: Any, refusal: str) -> Iterator[None]:
    """One of the places of a gate of the application. Raises Refusal `busy` where all are taken."""
    with gate.enter() as entered:
        if not entered:
            raise Refusal("busy", refusal)
        yield


def reading_tables(request: Request) -> Any:
    """A place for taking a file of tables apart. Raises Refusal `busy` where all are taken."""
    refusal = "as many files as can be are being read; try again"
    return admitted(request.app.state.workbooks, refusal)
