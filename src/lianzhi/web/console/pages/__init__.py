"""Pages, one module a noun."""

from fastapi import APIRouter

from lianzhi.web.console.pages import (
    case,
    cases,
    keeping,
    overview,
    protections,
    settings,
    warnings,
)

router = APIRouter(include_in_schema=False)
for module in (overview, warnings, cases, case, protections, keeping, settings):
    router.include_router(module.router)
