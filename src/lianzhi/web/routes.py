"""What is served, but for files and the description of the API: the API itself, signing in, public
pages, the console, opened domains."""

from collections.abc import Sequence
from functools import cache

from fastapi import APIRouter, Depends
from starlette.routing import BaseRoute

from lianzhi.domains.registry import DOMAINS
from lianzhi.web import api, public
from lianzhi.web.console.pages import router as console_pages
from lianzhi.web.core import oidc_sign_in, sessions
from lianzhi.web.core.auth import guard_forms


@cache
def routes(*domains: str) -> Sequence[BaseRoute]:
    """The routes of a deployment that opens these domains; all of them guard forms.

    They hold nothing of a deployment, so that applications share them: FastAPI takes most of a
    second to work out what some hundreds of them expect. An application's `dependency_overrides`
    do not reach them.
    """
    every = APIRouter(
        dependencies=[Depends(guard_forms)],
        # Operations bear the names of their functions: clients are generated from them.
        generate_unique_id_function=lambda route: route.name,
    )
    api.install(every)
    for router in (sessions.router, oidc_sign_in.router, public.router, console_pages):
        every.include_router(router)
    for name in domains:
        for router in DOMAINS[name].routers():
            every.include_router(router)
    return tuple(every.routes)
