"""What every page handler uses: the node, the reader, and ways to answer."""

from collections.abc import Collection, Mapping
from typing import Annotated

import msgspec
from babel.support import Translations
from fastapi import Depends, Request
from sqlalchemy import ColumnElement

from lianzhi.chain.views import CaseView
from lianzhi.documents.format import number, stamp
from lianzhi.kit.addresses import address
from lianzhi.kit.page import missing
from lianzhi.office.actor import Actor
from lianzhi.store import narrow, views
from lianzhi.store.users import User
from lianzhi.store.views import CursorError
from lianzhi.web.console.render import language_of
from lianzhi.web.console.said import Names
from lianzhi.web.console.words import words
from lianzhi.web.core import ports
from lianzhi.web.core.auth import current_user, require
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


def case_of(node: ports.RecordPort, case: str) -> CaseView:
    """The case; raises 404 where there is none."""
    view = views.case(node.engine, case)
    if view is None:
        raise missing()
    return view


def bad_cursor(error: CursorError) -> Problem:
    """422 for an address whose cursor was changed by hand."""
    return Problem(422, str(error), mend="open the list from its first page")
