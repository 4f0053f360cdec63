"""Pages and addresses of the domain."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from lianzhi.domains.oversight.acts import TABLES
from lianzhi.domains.oversight.web import instructions, platforms, rechecks
from lianzhi.domains.oversight.web.page import Reader
from lianzhi.kit.acts import act_router


def first(user: Reader) -> RedirectResponse:
    """The first page of the domain, for whoever types its name."""
    return RedirectResponse("/oversight/instructions", 303)


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/oversight")
    pages.add_api_route("", first)
    for module in (instructions, platforms, rechecks):
        pages.include_router(module.router)
    pages.include_router(instructions.cases)
    for table in TABLES:
        pages.include_router(act_router("oversight", table))
    return [pages]
