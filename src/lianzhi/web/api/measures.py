"""/v1/measures: measures in force, and those carried out by hand."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from lianzhi.chain.measure import Kind, Mode, SubjectType
from lianzhi.documents.forms import Language
from lianzhi.office.actor import Actor
from lianzhi.store import views_process
from lianzhi.store.keys import ApiKey
from lianzhi.web.api import forms
from lianzhi.web.api.forms import Form, Id, Listed, Node, Reply, optional, paged
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.download import MEDIA_TYPE, transfer_pack
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(prefix="/measures", tags=["measures"])

Read = Annotated[ApiKey, Depends(require_scope("read"))]
Decide = Annotated[ApiKey, Depends(require_scope("decide"))]

Status = Literal["ordered", "applied", "undelivered", "lapsed", "lifted", "shadowed", "suppressed"]

StatusFilter = Literal[
    "running",
    "by_hand",
    "ordered",
    "applied",
    "undelivered",
    "lapsed",
    "lifted",
    "shadowed",
    "suppressed",
]


class MeasureReply(Reply):
    """One measure. `subject` is the token of whom it concerns: of an item its author, of a thing
    its owner, null where nobody is known."""

    id: str = Field(description="Its key: a platform that applies it twice applies it once.")
    decision: str
    case: str
    key: Kind
    subject: str | None
    subject_type: SubjectType
    account: str | None
    amount: int = Field(description="Sum of money in whole yuan; 0: it is none.")
    due_at: int | None = Field(description="By when it has to be obeyed.")
    item: str | None
    thing: str | None = Field(description="Name of the thing that it is on, where it is on one.")
    role: str
    mode: Mode
    hours: int
    rule: str
    status: Status
    why: str = Field(description="Why it was suppressed: the name of a guard, or `breaker`.")
    authority: str
    ordered_at: int
    ends_at: int | None
    applied_at: int | None
    ended_at: int | None
    ended_by: str | None
    end_applied_at: int | None


class MeasurePage(Reply):
    """Some measures; send `next` as `cursor` for the following ones."""

    rows: list[MeasureReply]
    next: str | None


class MeasureQuery(Listed):
    """By status, kind and account."""

    status: StatusFilter | None = optional(
        description="`running`: in force; `by_hand`: what people have to carry out."
    )
    key: Kind | None = optional()
    account: Id | None = optional(description="Account or token concerned.")


class TransferQuery(forms.QueryParams):
    """In which language."""

    lang: Language = Field(default="zh", description="Of the letter and the summary.")


class Lifting(Form):
    """Why a measure ends early."""

    reason: str = Field(max_length=2000, examples=["本人已删除并道歉。"])


class Doing(Form):
    """What was done by hand."""

    receipt: str = Field(
        default="", max_length=2000, description="Of an authority, for a transfer."
    )


@router.get("", summary="List measures, last ordered first")
def list_measures(
    node: Node, key: Read, look: Look, query: Annotated[MeasureQuery, Query()]
) -> MeasurePage:
    """All, or those of one status, kind or account."""
    with paged(query.cursor):
        page = views_process.measures(
            node.engine,
            status=query.status,
            key=query.key,
            about=query.account,
            cursor=query.cursor,
            limit=query.limit,
        )
    look("measures", [row.id for row in page.rows])
    return MeasurePage.model_validate(page)


@router.get("/{measure}", summary="Look at one measure", responses=documented(404))
def get_measure(node: Node, key: Read, look: Look, measure: Annotated[Id, Path()]) -> MeasureReply:
    """In force or ended."""
    return _reply(node, look, measure)


@router.post(
    "/{measure}/transfer",
    summary="What a transfer hands over, in one file",
    response_class=Response,
    responses={
        200: {
            "description": "A ZIP file, see docs/evidence.md; its digest is on the record.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(404, 409, 413, 503),
    },
)
def export_transfer(
    *,
    request: Request,
    node: Node,
    key: Read,
    look: Look,
    measure: Annotated[Id, Path()],
    query: Annotated[TransferQuery, Query()],
) -> Response:
    """Cover letter with receipt slip, and evidence pack. The export is put on the record."""
    _reply(node, look, measure)
    return transfer_pack(request, node, measure, query.lang, f"key:{key.id}")


@router.post("/{measure}/lift", summary="End a measure early", responses=documented(404, 409))
def lift_measure(
    form: Lifting, node: Node, key: Decide, look: Look, measure: Annotated[Id, Path()]
) -> MeasureReply:
    """The decision stands, and so does its strike; the platform is told."""
    by = Actor(f"key:{key.id}", person=False)
    try:
        node.proceedings.measures.lift(measure, form.reason, by, node.now())
    except KeyError:
        raise _unknown(measure) from None
    return _reply(node, look, measure)


@router.post(
    "/{measure}/done", summary="A measure was carried out by hand", responses=documented(404, 409)
)
def confirm_measure(
    form: Doing, node: Node, key: Decide, look: Look, measure: Annotated[Id, Path()]
) -> MeasureReply:
    """Record that a person applied the measure, or undid it where it has ended."""
    try:
        node.proceedings.measures.applied(measure, f"key:{key.id}", node.now(), form.receipt)
    except KeyError:
        raise _unknown(measure) from None
    return _reply(node, look, measure)


def _reply(node: Node, look: Looking, measure: str) -> MeasureReply:
    row = views_process.measure_by_id(node.engine, measure)
    if row is None:
        raise _unknown(measure)
    look(row.id, [row.id])
    return MeasureReply.model_validate(row)


def _unknown(measure: str) -> Problem:
    return Problem(
        404,
        "there is no such measure",
        field="path.measure",
        value=measure,
        mend="see GET /v1/measures",
    )
