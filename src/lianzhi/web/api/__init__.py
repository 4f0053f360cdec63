"""The API: one module per resource, all under /v1 but health checks and metrics."""

from fastapi import APIRouter

from lianzhi.web.api.campaigns import router as campaigns
from lianzhi.web.api.cases import router as cases
from lianzhi.web.api.check import router as check
from lianzhi.web.api.decisions import router as decisions
from lianzhi.web.api.events import router as events
from lianzhi.web.api.evidence import router as evidence
from lianzhi.web.api.findings import router as findings
from lianzhi.web.api.health import router as health
from lianzhi.web.api.links import router as links
from lianzhi.web.api.looks import router as looks
from lianzhi.web.api.measures import router as measures
from lianzhi.web.api.metrics import router as metrics
from lianzhi.web.api.notices import router as notices
from lianzhi.web.api.nudge import router as nudge
from lianzhi.web.api.protections import router as protections
from lianzhi.web.api.quarantine import router as quarantine
from lianzhi.web.api.record import router as record
from lianzhi.web.api.redress import router as redress
from lianzhi.web.api.scorecard import router as scorecard
from lianzhi.web.api.signals import router as signals
from lianzhi.web.core.problems import documented


def install(routes: APIRouter) -> None:
    """Add all resources. Each is included by itself: what is nested FastAPI works out twice."""
    routes.include_router(health)
    routes.include_router(metrics)
    refusals = documented(400, 401, 403, 422, 429, 503)
    for resource in (
        events,
        protections,
        check,
        nudge,
        notices,
        findings,
        cases,
        decisions,
        measures,
        redress,
        evidence,
        links,
        scorecard,
        quarantine,
        record,
        looks,
        signals,
        campaigns,
    ):
        routes.include_router(resource, prefix="/v1", responses=refusals)
