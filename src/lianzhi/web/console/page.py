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
from lianzhi.web.console.figure_text import Names
from lianzhi.web.console.render import language_of
from lianzhi.web.console.words import words
from lianzhi.web.core import ports
from lianzhi.web.core.auth import current_user, require
from lianzhi.web.core.problems import Problem


def actor(user: User) -> Actor:
    """The user as the actor of a step."""
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
    filters: dict[str, str]
    label: str

    def address(self, path: str, kept: Mapping[str, object] = _NONE, **chosen: object) -> str:
        """Address of the list with other filters or another cursor.

        `chosen` takes precedence over what narrows the list, and both over `kept`, its own filters.
        """
        return address(path, **{**kept, **self.filters, **chosen})


def narrowed(request: Request, noun: str, but: Collection[str] = ()) -> Narrowed:
    """What of the address, besides `but`, narrows the list of this noun.

    Raises Problem 422 for a bad time.
    """
    known = {*narrow.parameters(noun)} - {*but}
    filters = {k: v for k, v in request.query_params.items() if k in known and v}
    try:
        where = narrow.conditions(noun, filters)
        acts = narrow.acts(request.app.state.node.engine, noun, filters)
    except ValueError as error:
        raise Problem(422, str(error), mend="open the list from the scorecard again") from None
    names, zone = Names(language_of(request)), request.app.state.zone
    labels = [names.part(*pair) for pair in filters.items() if pair[0] not in ("since", "until")]
    times = [stamp(int(filters[n]), zone) if n in filters else "" for n in ("since", "until")]
    if any(times):
        labels.append(" – ".join(times))
    if acts is not None:
        labels.append(catalogue(request).gettext("narrow.acts") % {"n": number(acts)})
    return Narrowed(where, filters, " · ".join(labels))


def case_of(node: ports.RecordPort, case: str) -> CaseView:
    """The case; raises 404 where there is none."""
    view = views.case(node.engine, case)
    if view is None:
        raise missing()
    return view
