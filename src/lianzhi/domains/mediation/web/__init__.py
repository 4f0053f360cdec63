"""Pages and addresses of the domain."""

from collections.abc import Sequence

from fastapi import APIRouter

from lianzhi.domains.mediation.web import routes


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/mediation")
    for module in (routes,):
        pages.include_router(module.router)
    return [pages]
