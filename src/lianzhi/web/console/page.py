"""What every page handler uses: the node, the reader, and ways to answer."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from babel.support import Translations
from fastapi import Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import ColumnElement

from lianzhi.chain.views import CaseView
from lianzhi.office.actor import Actor
from lianzhi.store import narrow, views
from lianzhi.store.views import CursorError
from lianzhi.web.console.format import address, number, stamp
from lianzhi.web.console.render import language_of
from lianzhi.web.console.said import Names
from lianzhi.web.console.words import words
from lianzhi.web.core import ports
from lianzhi.web.core.auth import User, current_user, require
from lianzhi.web.core.problems import Problem


def actor(user: User) -> Actor:
    """The user as who takes a step."""
    return Actor(user.name, may_severe=user.may("severe"))


Node = ports.Node
Anyone = Annotated[User, Depends(current_user)]
Reader = Annotated[User, Depends(require("read"))]
Worker = Annotated[User, Depends(require("work"))]
Senior = Annotated[User, Depends(require("severe"))]
Hearer = Annotated[User, Depends(require("appeals"))]
Ruler = Annotated[User, Depends(require("rules"))]
Keeper = Annotated[User, Depends(require("operate"))]
Auditor = Annotated[User, Depends(require("audit"))]
Manager = Annotated[User, Depends(require("people"))]
Cursor = Annotated[str, Query(max_length=240)]
Asked = Annotated[str, Query(max_length=200)]


def show(request: Request, template: str, **context: Any) -> Response:
    """The page in the reader's language."""
    page: Response = request.app.state.render(request, template, context, 200)
    return page


def catalogue(request: Request) -> Translations:
    """Words of the reader's language, for what is composed outside the templates."""
    return words(language_of(request))


_NONE: Mapping[str, object] = {}


class Narrowed(msgspec.Struct, frozen=True):
    """A list narrowed to what a figure counts: for the query, for addresses, and in words."""

    where: list[ColumnElement[bool]]
    asked: dict[str, str]
    said: str

    def address(self, path: str, kept: Mapping[str, object] = _NONE, **chosen: object) -> str:
        """The same list with another filter or cursor; what narrows it stays, unless `chosen` says
        the same thing anew. `kept` are the list's own filters, which give way to both."""
        return address(path, **{**kept, **self.asked, **chosen})


def narrowed(request: Request, noun: str, but: Collection[str] = ()) -> Narrowed:
    """What of the address, besides `but`, narrows the list of this noun.

    Raises Problem 422 for a bad time.
    """
    known = {*narrow.parameters(noun)} - {*but}
    asked = {k: v for k, v in request.query_params.items() if k in known and v}
    try:
        where = narrow.conditions(noun, asked)
        acts = narrow.acts(request.app.state.node.engine, noun, asked)
    except ValueError as error:
        raise Problem(422, str(error), mend="open the list from the scorecard again") from None
    names, zone = Names(language_of(request)), request.app.state.zone
    said = [names.part(*pair) for pair in asked.items() if pair[0] not in ("since", "until")]
    times = [stamp(int(asked[name]), zone) if name in asked else "" for name in ("since", "until")]
    if any(times):
        said.append(" – ".join(times))
    if acts is not None:
        said.append(catalogue(request).gettext("narrow.acts") % {"n": number(acts)})
    return Narrowed(where, asked, " · ".join(said))


def done(path: str, what: str) -> Response:
    """Back to a page that then says what has been done."""
    return RedirectResponse(address(path, done=what), 303)


@contextmanager
def told() -> Iterator[None]:
    """Answer 404 for a thing that is not there, and let a refused step be told by its rule."""
    try:
        yield
    except KeyError:
        raise missing() from None


def missing() -> Problem:
    """404 for a thing that is not, or no longer, there."""
    return Problem(404, "there is no such thing here", mend="go back to the list and look again")


def case_of(node: ports.RecordPort, case: str) -> CaseView:
    """The case; raises 404 where there is none."""
    view = views.case(node.engine, case)
    if view is None:
        raise missing()
    return view


def bad_cursor(error: CursorError) -> Problem:
    """422 for an address whose cursor was changed by hand."""
    return Problem(422, str(error), mend="open the list from its first page")
