"""Rendering: one Jinja environment a language, and the context that every page has."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from lianzhi.chain.roles import Permission
from lianzhi.documents import format as form
from lianzhi.domains.domain import Page
from lianzhi.domains.registry import DOMAINS, domain_of, packages
from lianzhi.kit.addresses import address
from lianzhi.kit.format import percent
from lianzhi.kit.format import relative as relative_to
from lianzhi.store.users import User
from lianzhi.web.console import figure_text
from lianzhi.web.console.error_page import trouble
from lianzhi.web.console.words import LANGUAGES, NAMES, choose, known, words
from lianzhi.web.core.auth import csrf_token, maybe_user

THEMES: tuple[str, ...] = ("auto", "light", "dark")

#: The chain's nouns in their order, then what keeps the house: (key, address, shortcut after `g`).
NAVIGATION: tuple[tuple[str, str, str], ...] = (
    ("overview", "/", "o"),
    ("warnings", "/warnings", "w"),
    ("cases", "/cases", "c"),
    ("decisions", "/decisions", "d"),
    ("measures", "/measures", "m"),
    ("appeals", "/appeals", "a"),
    ("revisits", "/revisits", "v"),
    ("campaigns", "/campaign/plans", "C"),
    ("scorecard", "/scorecard", "f"),
    ("desk", "/desk", "k"),
    ("protections", "/protections", "p"),
    ("reports", "/reports", "t"),
    ("signals", "/signals", "n"),
    ("rules", "/rules", "u"),
    ("lexicons", "/lexicons", "x"),
    ("quarantine", "/quarantine", "q"),
    ("record", "/record", "r"),
    ("settings", "/settings", "s"),
)
#: Pages for those who hold a permission: (permission, key, address, shortcut).
RESERVED: tuple[tuple[Permission, str, str, str], ...] = (
    ("operate", "delivery", "/delivery", "y"),
    ("people", "people", "/people", "e"),
    ("audit", "looks", "/looks", "l"),
)

Render = Callable[[Request, str, Mapping[str, Any], int], HTMLResponse]


def language_of(request: Request) -> str:
    """The language in which this request is answered."""
    return choose(request.cookies.get("lang"), request.headers.get("accept-language"))


def renderer(name: str, now: Callable[[], int], zone: dt.tzinfo) -> Render:
    """The function that answers a request with a page, in the reader's language and theme."""

    def render(
        request: Request, template: str, context: Mapping[str, Any], status: int = 200
    ) -> HTMLResponse:
        language = language_of(request)
        theme = request.cookies.get("theme", "auto")
        here = request.scope["path"]
        if query := request.scope["query_string"].decode("latin-1"):
            here += f"?{query}"
        reader: dict[str, Any] = (
            trouble(request, status, here)
            if "problem" in context
            else {"csrf": csrf_token(request), "user": maybe_user(request)}
        )
        frame = {
            **reader,
            "deployment": name,
            "languages": NAMES,
            "lang": language,
            "navigation": _navigation(reader.get("user")),
            "domains": _domains(request, reader.get("user")),
            "styles": styles(request),
            "now": now(),
            "here": here,
            "theme": theme if theme in THEMES else "auto",
            "themes": THEMES,
            "asked": request.query_params,
            "zone": zone,
        }
        page = environment(language).get_template(template).render({**frame, **context})
        headers = {"Vary": "Cookie, Accept-Language", "Cache-Control": "no-store"}
        return HTMLResponse(page, status, headers)

    return render


def first_page(request: Request, user: User) -> str:
    """Address of the first page of a domain that somebody may open; empty: there is none."""
    return next((page.path for _, pages in _domains(request, user) for page in pages), "")


def _navigation(user: User | None) -> tuple[tuple[str, str, str], ...]:
    """The pages that this reader may open; settings last."""
    if user is not None and not user.may("read"):
        return ()
    more = (page[1:] for page in RESERVED if user is not None and user.may(page[0]))
    return (*NAVIGATION[:-1], *more, NAVIGATION[-1])


def _domains(request: Request, user: User | None) -> list[tuple[str, list[Page]]]:
    """The domains that are opened, with the pages of theirs that this reader may open."""
    listed = [
        (domain.name, [page for page in domain.pages if user and any(map(user.may, page.needs))])
        for domain in getattr(request.app.state, "domains", ())
    ]
    return [(name, pages) for name, pages in listed if pages]


def styles(request: Request) -> list[str]:
    """Style sheets of the domains that are opened."""
    opened = getattr(request.app.state, "domains", ())
    return [domain.style for domain in opened if domain.style]


@cache
def environment(language: str) -> Environment:
    """The templates in one language; a missing variable is an error, never an empty string."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
    env = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("lianzhi.web.console"),
                PackageLoader("lianzhi.kit"),
                *(PackageLoader(package) for package in packages("templates")),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = words(language)
    env.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]

    def word(family: str, key: str) -> str:
        """The word for a value that data names; a value that no catalogue knows reads as itself."""
        full = f"{family}.{key}"
        return catalogue.gettext(full) if known(language, full) else key.replace("_", " ")

    def entry(kind: str) -> str:
        """What a kind of entry says; domains name theirs by noun and step."""
        domain, _, rest = kind.partition(".")
        noun, _, step = (rest if domain in DOMAINS else kind).partition(".")
        for name in () if known(language, f"step.{kind}") else DOMAINS:
            parts = [f"{name}.noun.{noun}", f"{name}.step.{step}"]
            if all(known(language, part) for part in parts):
                of, step_ = map(catalogue.gettext, parts)
                return catalogue.gettext("list.pair") % {"name": of, "value": step_}
        return word("step", kind)

    @pass_context
    def stamp(context: Context, ms: int) -> str:
        return form.stamp(ms, context["zone"])

    @pass_context
    def stamp_to(context: Context, since: int, until: int) -> str:
        return form.stretch(since, until, context["zone"])

    @pass_context
    def iso(context: Context, ms: int) -> str:
        return form.iso(ms, context["zone"])

    @pass_context
    def relative(context: Context, ms: int) -> str:
        return relative_to(ms, context["now"], catalogue)

    def object_label(name: str | None, kind: str | None = None) -> str | None:
        """An object as people say it: it is named by what it is, as in `on:film-7`, `group:fans`.

        With the `kind` of a case, what the case is about: persons stay as they are.
        """
        prefix, colon, rest = (name or "").partition(":")
        if not colon or not _about_object(kind) or not known(language, f"acted.{prefix}"):
            return name
        shown = rest[:8] if prefix == "text" else rest
        return shown if prefix == "on" else f"{word('thing', prefix)} {shown}"

    def figures(value: object) -> str:
        """JSON for a data attribute; the template escapes it."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    env.filters |= {
        "stamp": stamp,
        "stamp_to": stamp_to,
        "iso": iso,
        "relative": relative,
        "duration": lambda ms: form.duration(ms, catalogue),
        "number": form.number,
        "percent": percent,
        "said": lambda figure: figure_text.value(figure.value, figure.unit, catalogue),
        "interval": lambda figure: figure_text.interval(figure, catalogue),
        "figures": figures,
        "thing": object_label,
    }
    env.globals |= {"word": word, "entry": entry, "address": address, "asset": _asset}
    return env


def _about_object(kind: str | None) -> bool:
    if kind is None:
        return True
    domain = domain_of(kind)
    return domain is not None and kind.partition(".")[2] in domain.object_kinds


@cache
def _asset(path: str) -> str:
    """Address of a static file; it changes with the content, so that browsers may keep it."""
    places = (__package__, *packages("static"))
    paths = (files(place).joinpath("static", path) for place in places)
    content = next(file for file in paths if file.is_file()).read_bytes()
    return f"/static/{path}?{hashlib.blake2b(content, digest_size=4).hexdigest()}"
