"""Papers of a file: those that were issued, to download again, and those that can be issued now."""

from typing import Any, Literal, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from lianzhi.chain.folders import without_folders
from lianzhi.chain.policy import PolicyError
from lianzhi.documents.paper_composing import Input, inputs
from lianzhi.domains.enforcement.desk.desk import Desk as Desk_
from lianzhi.domains.enforcement.desk.papers import Offer
from lianzhi.domains.enforcement.papers.paper_set import PAPERS
from lianzhi.domains.enforcement.web.page import Desk, Hand, Reader
from lianzhi.kit.downloads import PAPER_MEDIA, attachment
from lianzhi.kit.form_values import prefixed
from lianzhi.kit.page import Given, Look, done, missing, or_missing

router = APIRouter(prefix="/penalties")


class PaperForm(NamedTuple):
    """A paper that may be issued, with its form."""

    offer: Offer
    inputs: tuple[Input, ...]


def section(desk: Desk_, penalty: str, user: Any) -> dict[str, Any]:
    """What the page of a file tells of its papers."""
    hand = any(user.may(permission) for permission in ("enforce", "lead", "legal", "supervise"))
    issued = [
        (PAPERS.kind(paper.kind).title, paper, desk.files.has(paper.pdf))
        for paper in desk.papers.issued(penalty)
    ]
    context: dict[str, Any] = {"papers": issued}
    try:
        offers = desk.papers.offers(penalty) if hand else []
    except PolicyError as error:
        return context | {"paper_offers": [], "paper_fault": without_folders(str(error))}
    forms = [PaperForm(offer, tuple(inputs(PAPERS, offer.lacks))) for offer in offers]
    return context | {"paper_offers": forms, "paper_fields": PAPERS.fields, "paper_fault": ""}


@router.post("/{penalty}/papers/{kind}")
def issue(desk: Desk, user: Hand, penalty: str, kind: str, form: Given) -> Response:
    """Issue a paper."""
    if kind not in PAPERS.kinds:
        raise missing()
    typed = prefixed(form, "f.")
    language: Literal["zh", "both"] = "both" if form.get("language") == "both" else "zh"
    with or_missing():
        desk.papers.issue(penalty, kind, user.name, typed, language)
    return done(f"/enforcement/penalties/{penalty}", "paper")


@router.get("/{penalty}/papers/{name}")
def download(desk: Desk, user: Reader, look: Look, penalty: str, name: str) -> Response:
    """A paper as it was issued; who looks is on the record."""
    number, _, form = name.rpartition(".")
    with or_missing():
        body = desk.papers.read(penalty, number, form)
    look(penalty, [penalty])
    return attachment(body, name, PAPER_MEDIA[form])
