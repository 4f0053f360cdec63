"""Pages and addresses of the domain. The console's frame, the reader and the record are found in
the application's state, so that nothing here depends on the application."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from lianzhi.domains.enforcement.acts import TABLES
from lianzhi.domains.enforcement.web import (
    draws,
    evidence,
    exports,
    figures,
    file_reviews,
    filing,
    imports,
    inspections,
    letters,
    lists,
    maps,
    observer_report,
    open311,
    papers,
    penalties,
    public,
    public_report,
    request_list,
    requests,
    risk,
    rota,
    scan_codes,
    supervision,
    visits,
)
from lianzhi.domains.enforcement.web.page import Reader
from lianzhi.kit.acts import act_router


def first(user: Reader) -> RedirectResponse:
    """The first page of the domain, for whoever types its name."""
    return RedirectResponse("/enforcement/requests", 303)


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/enforcement")
    pages.add_api_route("", first)
    for module in (
        *(filing, papers, penalties, evidence, inspections, draws),
        *(request_list, requests),
        *(maps, rota, lists, public),
        *(
            public_report,
            observer_report,
            letters,
            supervision,
            file_reviews,
            figures,
            risk,
            exports,
            scan_codes,
        ),
    ):
        pages.include_router(module.router)
    for table in TABLES:
        pages.include_router(act_router("enforcement", table))
    pages.include_router(imports.router, prefix="/import")
    pages.include_router(visits.router)
    pages.include_router(visits.worker)
    return [pages, open311.router]
