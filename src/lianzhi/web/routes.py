"""Every route that is served: the API, signing in, public pages, the console, opened domains."""

from collections.abc import Sequence
from functools import cache

from fastapi import APIRouter, Depends
from starlette.routing import BaseRoute

from lianzhi.jobs.mounted import DOMAINS
from lianzhi.web import api, console, elsewhere, public, sessions
from lianzhi.web.auth import guard_forms


@cache
def routes(*domains: str) -> Sequence[BaseRoute]:
    """Those of a deployment that opens these domains, each of which guards its forms.

    They hold nothing of a deployment, so that applications share them: FastAPI takes a second to
    work out what some hundreds of them expect.
    """
    every = APIRouter(dependencies=[Depends(guard_forms)])
    api.install(every)
    for router in (sessions.router, elsewhere.router, public.router, console.router):
        every.include_router(router)
    for name in domains:
        for router in DOMAINS[name].routers():
            every.include_router(router)
    return tuple(every.routes)
