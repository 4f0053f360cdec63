"""On site: beginning a visit, walking the checklist on a phone, and sending what was marked.

The walk is a page of its own, in the reader's language, which holds no names: what it is about
stands in the address behind `#`, which stays on the phone, and its drafts lie there until the
server has acknowledged them. So a phone can keep the page and open it without a network.
"""

import uuid
from importlib.resources import files
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.photos import MOST, MOST_OF_LINE
from lianzhi.domains.enforcement.lists import languages
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.nouns.visit import Reason
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.web.page import Desk, Inspector, Observer, show
from lianzhi.domains.enforcement.web.visit_forms import (
    channel,
    coming,
    minutes,
    photographed,
    visited,
)
from lianzhi.kit.form_values import text
from lianzhi.kit.page import Given, Look, QueryText, language_of
from lianzhi.office.photos import MOST_BYTES

router = APIRouter(prefix="/visit")
worker = APIRouter()
CATALOGUE = languages.load()
_WORKER = files("lianzhi.domains.enforcement").joinpath("static", "enforcement", "visit-worker.js")


@router.get("", name="visit_start")
def start(
    request: Request,
    desk: Desk,
    user: Observer,
    look: Look,
    enterprise: QueryText = "",
    reason: QueryText = "",
) -> Response:
    """Where a visit begins; and what is still kept on this phone."""
    office = desk.office
    with office.reading() as connection:
        officers = views.officers(connection)
    own = next((officer for officer in officers if officer.id == user.name), None)
    near = [officer for officer in officers if own is not None and officer.squad == own.squad]
    name = None
    if enterprise and user.may("read"):
        token = desk.visits.enterprise(enterprise).id
        look("visit", [token])
        name = views.named(office.ledger, [token])[token]
    context = {
        "finds": user.may("enforce"),
        "near": near,
        "others": [officer for officer in officers if officer not in near],
        "reasons": get_args(Reason),
        "reason": reason,
        "enterprise": enterprise,
        "name": name,
        "today": office.today(),
    }
    return show(request, "visit.html", **context)


@router.post("/begin")
def begin(desk: Desk, user: Observer, form: Given) -> Response:
    """Hold the visit against the rules, then open its list; what it is about goes behind `#`."""
    going = coming(form, desk.office.today())
    industry = desk.visits.enterprise(going.enterprise).industry
    about: dict[str, str] = {"draft": str(uuid.uuid4()), "enterprise": going.enterprise}
    about["day"] = going.day.isoformat()
    if user.may("enforce"):
        desk.visits.begin(going, user.name)
        about |= {"reason": going.reason, "code": going.code}
        about |= {"officers": ",".join(going.officers), "observers": ",".join(going.observers)}
    else:
        about["channel"] = channel(form)
    return RedirectResponse(
        f"/enforcement/visit/walk?{urlencode({'type': industry})}#{urlencode(about)}", 303
    )


@router.get("/walk")
def walk(
    request: Request,
    desk: Desk,
    user: Observer,
    type: QueryText,  # noqa: A002 - the word in the address
    lang: QueryText = "",
) -> Response:
    """The checklist of a type of enterprise, in the reader's language; names only the reader."""
    office, day = desk.office, desk.office.today()
    language = _walk_language(request, lang)
    power = office.rules.power(day)
    context = {
        "finds": user.may("enforce"),
        "reasons": get_args(Reason),
        "kind": type,
        "language": language,
        "rtl": CATALOGUE.languages[language].rtl,
        "walk_languages": CATALOGUE.languages,
        "phrases": CATALOGUE.phrases(language),
        "places": _by_place(desk.visits.lines(type, day)),
        "place_names": office.rules.shelf.places(day),
        "worded": lambda line: CATALOGUE.localise(line, language),
        "items": {item.key: item for item in power},
        "most_photos": MOST,
        "most_of_line": MOST_OF_LINE,
    }
    return show(request, "walk.html", **context)


@router.get("/me")
def me(request: Request, user: Observer) -> Response:
    """Who is signed in here, and the token with which they may send: a kept page has an old one."""
    return JSONResponse({"user": user.name, "csrf": request.session.get("csrf", "")})


@router.post("")
def send(desk: Desk, user: Observer, form: Given) -> Response:
    """Take in a draft. Whoever sends it again is told the same."""
    draft, marks = text(form, "draft", 2000), visited(form, user.name)
    going = coming(form, desk.office.today())
    if user.may("enforce"):
        shots = photographed(form)
        sent = desk.visits.hold(draft, going, marks, user.name, minutes(form), shots)
    else:
        sent = desk.visits.report(
            draft, going.enterprise, going.day, marks, user.name, channel(form)
        )
    return JSONResponse({"inspection": sent.inspection, "requests": [*sent.requests]})


@router.post("/photo")
def photo(desk: Desk, user: Inspector, form: Given) -> Response:
    """Take in a photo that a visit announced. Whoever sends it again is told the same."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise RefusedError("no_file", "file is missing")
    body = file.file.read(MOST_BYTES + 1)
    kept = desk.photos.add(text(form, "draft", 2000), text(form, "photo", 2000), body, user.name)
    return JSONResponse({"photo": kept})


@worker.get("/visit-worker.js")
def worker_script() -> Response:
    """The script that opens the walk without a network; where it lies says what it may open."""
    headers = {"Cache-Control": "no-cache"}
    return Response(_WORKER.read_bytes(), media_type="text/javascript", headers=headers)


def _by_place(lines: tuple[Line, ...]) -> list[tuple[str, list[Line]]]:
    """Lines from place to place, as the list is walked."""
    places: dict[str, list[Line]] = {}
    for line in lines:
        places.setdefault(line.place, []).append(line)
    return [*places.items()]


def _walk_language(request: Request, lang: str) -> str:
    """The language of the walk: as asked for, else as the browser's first one that we have."""
    known = CATALOGUE.languages
    if lang:
        if lang not in known:
            raise HTTPException(404)
        return lang
    if request.cookies.get("lang"):
        return language_of(request)
    wanted = request.headers.get("accept-language", "").lower()[:200]
    tags = (part.strip().partition(";")[0].partition("-")[0] for part in wanted.split(","))
    return next((tag for tag in tags if tag in known), language_of(request))
