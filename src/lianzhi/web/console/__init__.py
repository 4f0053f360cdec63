"""Console: the pages that people work with, rendered on the server."""

import datetime as dt
from importlib.resources import files

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from lianzhi.documents.format import BEIJING
from lianzhi.domains.registry import packages
from lianzhi.web.console.render import language_of, renderer
from lianzhi.web.core.ports import NodePort


def mount(app: FastAPI, node: NodePort, *, deployment: str = "", zone: dt.tzinfo = BEIJING) -> None:
    """Put the console's files on the application, and what its pages ask of it.

    `deployment` is shown in the top bar; `zone` is the time zone in which the console speaks.
    Sets `app.state.render` (for pages that others answer with), `zone` and `language_of`.
    """
    app.state.render = renderer(deployment, node.now, zone)
    app.state.zone, app.state.language_of = zone, language_of
    static = str(files(__package__).joinpath("static"))
    more: list[str | tuple[str, str]] = [(package, "static") for package in packages("static")]
    app.mount("/static", StaticFiles(directory=static, packages=more), name="static")
