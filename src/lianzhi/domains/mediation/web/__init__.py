"""Pages and addresses of the domain."""

from collections.abc import Sequence

from fastapi import APIRouter

from lianzhi.domains.mediation.acts import TABLES
from lianzhi.domains.mediation.web import (
    disputes,
    figures,
    filings,
    imports,
    mediators,
    notes,
    public,
    routes,
    warnings,
)
from lianzhi.kit.acts import act_router


def routers() -> Sequence[APIRouter]:
    """The routers that an application mounts."""
    pages = APIRouter(include_in_schema=False, prefix="/mediation")
    for module in (routes, warnings, disputes, filings, public, mediators, notes, figures):
        pages.include_router(module.router)
    for table in TABLES:
        pages.include_router(act_router("mediation", table))
    pages.include_router(imports.router, prefix="/import")
    return [pages]
