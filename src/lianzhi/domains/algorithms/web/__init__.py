"""Pages and addresses of the domain."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.web import (
    assessments,
    audits,
    files,
    inspections,
    products,
    rectifications,
    registry,
)
from lianzhi.domains.algorithms.web.page import Reader
from lianzhi.kit.acts import act_router


def first(user: Reader) -> RedirectResponse:
    """The first page of the domain, for whoever types its name."""
    return RedirectResponse("/algorithms/audits", 303)


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/algorithms")
    pages.add_api_route("", first)
    for module in (audits, inspections, rectifications, registry, products, assessments):
        pages.include_router(module.router)
    for table in TABLES:
        pages.include_router(act_router("algorithms", table))
    pages.include_router(files.imports, prefix="/import")
    pages.include_router(files.exports, prefix="/export")
    return [pages]
