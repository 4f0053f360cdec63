"""The web application: HTTP API and console around one running node."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware

from lianzhi import __version__
from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.domains.registry import DOMAINS
from lianzhi.web.console import mount
from lianzhi.web.console.words import words
from lianzhi.web.core import download, problems, sessions
from lianzhi.web.core.auth import Keys, allow, allow_key
from lianzhi.web.core.limits import Buckets, Gate
from lianzhi.web.core.looks import Memory, looking
from lianzhi.web.core.metrics import Metrics
from lianzhi.web.core.oidc import Provider
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.refused_keys import RefusedKeys
from lianzhi.web.core.request_counts import RequestCounts
from lianzhi.web.core.scorecards import Scorecards
from lianzhi.web.core.security import BodyLimit, ClientRate, HostCheck, RequestLog, SecureHeaders
from lianzhi.web.core.settings import Settings
from lianzhi.web.public.page import Sends, form_token, show, trouble
from lianzhi.web.routes import routes

_DESCRIPTION = """
Events of a platform in; findings, cases and protections out, on a verifiable record.

Times are Unix milliseconds UTC. Text positions count Unicode code points. Every refusal is
`application/problem+json` (RFC 9457). Keys are made with `lianzhi key add`.
"""
#: Files of tables that are taken apart at a time: a small one can be long in reading.
WORKBOOKS_AT_ONCE = 2


def catalogue(language: str) -> Callable[[str], str]:
    """The words of a language by their key."""
    return words(language).gettext


def create_app(node: NodePort, settings: Settings, deployment: str = "") -> FastAPI:
    """The application that serves a node; `deployment` is its name, shown in the console.

    Its state holds `node`, `settings`, `scorecards`, `render`, and what domains ask of it;
    `trouble` is the counterpart of `render` for public pages on which something went wrong.
    """
    served = [d for d in DOMAINS.values() if d.name in node.desks or d in node.domains]
    app = FastAPI(
        title="Lianzhi 链治",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=[*routes(*(domain.name for domain in served))],
    )
    by_client = Buckets(settings.client_rate, settings.client_burst)
    by_key = Buckets(settings.key_rate, settings.key_burst)
    app.state.node = node
    app.state.desks = {**node.desks, CAMPAIGN: node.campaigns}
    app.state.domains = node.domains
    app.state.allow, app.state.allow_key, app.state.look = allow, allow_key, looking
    app.state.show_public = show
    app.state.settings = settings
    app.state.keys = Keys(node, cached=settings.key_cached, by_key=by_key)
    app.state.submits = Gate(settings.submits_at_once)
    app.state.exports = Gate(download.AT_ONCE)
    app.state.workbooks = Gate(WORKBOOKS_AT_ONCE)
    app.state.deployment = deployment
    app.state.sign_ins = sessions.SignIns()
    app.state.looks = Memory()
    app.state.provider = Provider(settings.oidc) if settings.oidc else None
    app.state.sends = Sends(settings)
    app.state.trouble = trouble
    app.state.open_forms = frozenset(
        f"/{domain.name}{end}" for domain in served for end in domain.open_forms
    )
    app.state.form_token = form_token
    app.state.scorecards = Scorecards(node)
    requests = RequestCounts()
    app.state.metrics = Metrics(node, requests)
    problems.install(app, catalogue)
    mount(app, node, deployment=deployment)
    problems.install_refusals(app, served, catalogue)

    # Starlette puts what is added last outermost: read from the bottom up.
    app.add_middleware(
        SessionMiddleware,
        secret_key=settings.secret.hex(),
        session_cookie="__Host-lianzhi" if settings.https else "lianzhi",
        max_age=settings.session_hours * 3600,
        same_site="lax",
        https_only=settings.https,
    )
    app.add_middleware(
        BodyLimit,
        max_body=settings.max_body,
        max_batch=settings.max_batch,
        upload_s=settings.upload_s,
        uploads=[(f"/{domain.name}/", end) for domain in served for end in domain.uploads],
    )
    app.add_middleware(ClientRate, buckets=by_client, by_key=app.state.keys.charge)
    app.add_middleware(HostCheck, hosts=settings.hosts)
    refused = RefusedKeys(node, app.state.keys.known)
    app.add_middleware(RequestLog, counts=requests, refused=refused.note)
    app.add_middleware(SecureHeaders, https=settings.https)
    return app
