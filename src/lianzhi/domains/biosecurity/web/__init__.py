"""Pages and addresses of the domain."""

from collections.abc import Sequence

from fastapi import APIRouter

from lianzhi.domains.biosecurity.web import change


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/biosecurity")
    for module in (change,):
        pages.include_router(module.router)
    return [pages]
