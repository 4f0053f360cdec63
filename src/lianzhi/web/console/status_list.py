"""A list of the console that is narrowed to a status, or to what waits for its reader."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request

from lianzhi.chain.roles import Permission
from lianzhi.chain.views import Page
from lianzhi.store.users import User
from lianzhi.web.console.page import narrowed


def status_list(
    request: Request,
    user: User,
    noun: str,
    statuses: Mapping[str, str | None],
    may_answer: Permission,
    status: str,
    cursor: str,
    read: Callable[..., Page[Any]],
) -> dict[str, Any]:
    """What the template of a list needs: page, filters, and the status that was chosen.

    `statuses`: what the table calls each filter; the first is the default, and `mine`, for who may
    answer, leaves out what they decided themselves. Raises CursorError.
    """
    filters = [key for key in statuses if key != "mine" or user.may(may_answer)]
    narrow = narrowed(request, noun, ["status"] if status in filters else [])
    status = status if status in filters else "" if narrow.filters else filters[0]
    page = read(
        request.app.state.node.engine,
        status=statuses.get(status),
        cursor=cursor or None,
        where=narrow.where,
        but=user.name if status == "mine" else None,
    )
    return {"page": page, "narrow": narrow, "status": status, "filters": filters}
