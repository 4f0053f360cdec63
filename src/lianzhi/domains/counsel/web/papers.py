"""Papers of reviews and matters: those issued, to download again, and those that can be issued."""

from typing import Any, Literal, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from lianzhi.chain.folders import without_folders
from lianzhi.chain.policy import PolicyError
from lianzhi.documents.paper_composing import Input, inputs
from lianzhi.domains.counsel.desk.desk import Desk as CounselDesk
from lianzhi.domains.counsel.desk.office_files import Files
from lianzhi.domains.counsel.papers import PAPERS
from lianzhi.domains.counsel.papers.composing import Offer
from lianzhi.domains.counsel.web.page import Desk, Staff
from lianzhi.kit.downloads import PAPER_MEDIA, attachment
from lianzhi.kit.form_values import prefixed
from lianzhi.kit.page import Given, Look, done, missing, or_missing

router = APIRouter()


class PaperForm(NamedTuple):
    """A paper that may be issued, with its form."""

    offer: Offer
    inputs: tuple[Input, ...]


def section(desk: CounselDesk, files: Files[Any], identity: str) -> dict[str, Any]:
    """What the page of a file tells of its papers."""
    issued = [
        (PAPERS.kind(paper.kind).title, paper, desk.papers.has(paper))
        for paper in desk.papers.issued(identity)
    ]
    context: dict[str, Any] = {"papers": issued, "paper_fields": PAPERS.fields}
    try:
        offers = desk.papers.offers(files, identity)
    except PolicyError as error:
        return context | {"paper_offers": [], "paper_fault": without_folders(str(error))}
    forms = [PaperForm(offer, tuple(inputs(PAPERS, offer.lacks))) for offer in offers]
    return context | {"paper_offers": forms, "paper_fault": ""}


@router.post("/{noun}/{identity}/papers/{kind}")
def issue(
    desk: Desk, user: Staff, noun: Literal["reviews", "matters"], identity: str, kind: str,
    form: Given,
) -> Response:  # fmt: skip
    """Issue a paper."""
    if kind not in PAPERS.kinds:
        raise missing()
    language: Literal["zh", "both"] = "both" if form.get("language") == "both" else "zh"
    with or_missing():
        desk.papers.issue(
            getattr(desk, noun), identity, kind, user.name, prefixed(form, "f."), language
        )
    return done(f"/counsel/{noun}/{identity}", "paper")


@router.get("/{noun}/{identity}/papers/{name}")
def download(
    desk: Desk, user: Staff, look: Look, noun: Literal["reviews", "matters"], identity: str,
    name: str,
) -> Response:  # fmt: skip
    """A paper as it was issued; who looks is on the record."""
    number, _, form = name.rpartition(".")
    with or_missing():
        body = desk.papers.read(identity, number, form)
    look(noun, [identity])
    return attachment(body, name, PAPER_MEDIA[form])
