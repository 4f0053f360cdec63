"""What every page handler uses: the node, the reader, and ways to answer."""

from typing import Annotated, Any

from babel.support import Translations
from fastapi import Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.store.views import CursorError
from lianzhi.web.auth import User, current_user, require
from lianzhi.web.console.format import address
from lianzhi.web.console.render import language_of
from lianzhi.web.console.words import words
from lianzhi.web.ports import NodePort
from lianzhi.web.problems import Problem


def _node(request: Request) -> NodePort:
    node: NodePort = request.app.state.node
    return node


Node = Annotated[NodePort, Depends(_node)]
Reader = Annotated[User, Depends(current_user)]
Worker = Annotated[User, Depends(require("reviewer"))]
Cursor = Annotated[str, Query(max_length=240)]
Asked = Annotated[str, Query(max_length=200)]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    page: Response = request.app.state.render(request, template, context, 200)
    return page


def catalogue(request: Request) -> Translations:
    """Words of the reader's language, for what is composed outside the templates."""
    return words(language_of(request))


def done(path: str, what: str) -> Response:
    """Back to a page that then says what has been done."""
    return RedirectResponse(address(path, done=what), 303)


def missing() -> Problem:
    """404 for a thing that is not, or no longer, there."""
    return Problem(404, "there is no such thing here", mend="go back to the list and look again")


def bad_cursor(error: CursorError) -> Problem:
    """422 for an address whose cursor was changed by hand."""
    return Problem(422, str(error), mend="open the list from its first page")
