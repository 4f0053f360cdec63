"""Penalties on the spot: one form, from facts to the decision that is handed over."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.spot import Collected, SpotRecord
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.web.case_forms import choices, facts_of, fields
from lianzhi.domains.enforcement.web.evidence import EVIDENCE
from lianzhi.domains.enforcement.web.page import Desk, Inspector, show
from lianzhi.domains.enforcement.web.penalties import others
from lianzhi.kit.page import Given, Look, QueryText, done

router = APIRouter(prefix="/penalties")
WHY: tuple[Collected, ...] = ("", "small", "hard_later", "remote")
_MOST_BYTES = 16 << 20


@router.get("/spot")
def form(
    request: Request,
    desk: Desk,
    user: Inspector,
    look: Look,
    enterprise: QueryText = "",
    item: QueryText = "",
    inspection: QueryText = "",
) -> Response:
    """The form; with an item, the facts that its table asks for."""
    day = desk.office.today()
    power, terms = desk.office.rules.power(day), desk.office.rules.gates.terms(day)
    known = views.enterprises(desk.office.ledger, enterprise) if enterprise else []
    look("penalties", [each.id for each, _ in known])
    chosen = [pair for pair in known if pair[1].id == enterprise] or known
    with desk.office.reading() as connection:
        officers = views.officers(connection)
    return show(
        request,
        "spot.html",
        items=[each for each in power if each.kind == "penalty" and each.verified],
        item=item,
        enterprise=enterprise,
        known=chosen,
        inspection=inspection,
        asks=desk.office.rules.discretion.inputs(item) if item else (),
        all_officers=officers,
        choices=choices,
        kinds=EVIDENCE,
        why=WHY,
        terms=terms,
        small=desk.office.rules.procedure(day).spot.collect,
        today=day,
        **others(desk, look, chosen),
    )


@router.post("/spot")
def decide(desk: Desk, user: Inspector, given: Given) -> Response:
    """Decide on the spot."""
    entered, upload, why = fields(given), given.get("file"), str(given.get("collected", ""))
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise RefusedError("spot_evidence", "file is missing")
    kind = str(given.get("kind", ""))
    if kind not in EVIDENCE or why not in WHY:
        raise RefusedError("spot_evidence", f"kind is {kind!r}, collected is {why!r}")
    place, defence, receipt = (
        str(given.get(name, ""))[:500] for name in ("place", "defence", "receipt")
    )
    facts = facts_of(given, desk.office.rules.discretion, entered.item)
    with desk.files.keeping(upload.filename, upload.file.read(_MOST_BYTES)) as kept:
        penalty = desk.spot.decide(
            entered.item,
            entered.enterprise,
            facts,
            entered.officers,
            kept,
            kind,
            user.name,
            entered.words,
            SpotRecord(place, defence, receipt, next(each for each in WHY if each == why)),
            fine=entered.fine,
            inspection=entered.inspection,
            unit=entered.unit,
            same_act_as=entered.same_act_as,
        )
    return done(f"/enforcement/penalties/{penalty}", "spot")
