"""Pages and addresses of the domain."""

from collections.abc import Sequence

from fastapi import APIRouter

from lianzhi.domains.counsel.acts import TABLES
from lianzhi.domains.counsel.web import (
    lessons,
    manuals,
    matters,
    papers,
    questions,
    receptions,
    reviews,
)
from lianzhi.kit.acts import act_router


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/counsel")
    for module in (questions, manuals, lessons, matters, reviews, papers):
        pages.include_router(module.router)
    for router in receptions.ROUTERS:
        pages.include_router(router)
    for table in TABLES:
        pages.include_router(act_router("counsel", table))
    return [pages]
