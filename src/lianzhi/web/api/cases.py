"""GET /v1/cases: list and details of cases."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from lianzhi.chain.case import Outcome, Status
from lianzhi.chain.finding import Role, Stage
from lianzhi.store import views
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.findings import FindingReply
from lianzhi.web.api.forms import Id, Listed, Node, Reply, optional, paged
from lianzhi.web.api.protections import ProtectionReply
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(prefix="/cases", tags=["cases"])

Read = Annotated[ApiKey, Depends(require_scope("read"))]


class CaseReply(Reply):
    """One case. `about` is the person's token; `account` is null once they are erased."""

    id: str
    kind: str = Field(examples=["signal.received"])
    about: str
    account: str | None
    status: Status
    stage: Stage
    minor: bool
    reach: int = Field(description="Accounts involved.")
    opened_at: int
    updated_at: int
    assignee: str | None
    outcome: Outcome | None
    offered_at: int | None
    closed_at: int | None
    revisit_at: int | None
    protected_until: int | None


class CasePage(Reply):
    """Some cases; send `next` as `cursor` for the following ones."""

    rows: list[CaseReply]
    next: str | None


class ReasonReply(Reply):
    """One feature's part in a score, against what was expected."""

    feature: str
    points: float
    value: float
    expected: float
    unit: str
    window: int


class FindingDetail(Reply):
    """A finding with what it says."""

    row: FindingReply
    reasons: list[ReasonReply]
    counts: dict[str, int]
    proposes: list[str]
    confidence: float


class ProposalReply(Reply):
    """A measure that policy proposes; in shadow nothing is done."""

    key: str
    to: str
    subjects: list[str]
    mode: str
    hours: int
    at: int
    finding: str


class SpanReply(Reply):
    """Code points [start, end) of a text."""

    start: int
    end: int
    kind: str


class EvidenceReply(Reply):
    """One event on which the case rests; kind and text are null once erased."""

    source: str
    event: str
    at: int
    actor: str
    account: str | None
    kind: str | None
    role: Role | None
    kinds: list[str]
    spans: list[SpanReply]
    text: str | None
    item: str = Field(description="Names it in an order on content, such as hide.")


class PartReply(Reply):
    """The part that one account played."""

    token: str
    account: str | None
    role: Role
    events: int


class StepReply(Reply):
    """One entry of the record about the case."""

    index: int
    at: int
    kind: str = Field(examples=["case.opened"])
    ref: str
    payload: dict[str, Any]
    texts: dict[str, str | None]


class CaseDetail(Reply):
    """A case with all that is known of it; people in `steps` and `proposals` are tokens."""

    row: CaseReply
    proposals: list[ProposalReply]
    findings: list[FindingDetail]
    protections: list[ProtectionReply]
    evidence: list[EvidenceReply]
    parts: list[PartReply]
    steps: list[StepReply]
    accounts: dict[str, str] = Field(description="Account of each token; erased ones are missing.")


class CaseQuery(Listed):
    """By status, kind and person."""

    status: Literal["waiting", "open", "protected", "closed"] | None = optional(
        description="`waiting` is open and protected, most urgent first."
    )
    kind: Id | None = optional(description="Of the case, as its row says it.")
    q: Id | None = optional(
        description="Account or token of the harmed, or how the case id begins.",
    )


@router.get("", summary="List cases")
def list_cases(node: Node, key: Read, look: Look, query: Annotated[CaseQuery, Query()]) -> CasePage:
    """Those that wait stand in order of urgency, others by their last step."""
    with paged(query.cursor):
        page = views.cases(
            node.engine,
            status=query.status,
            kind=query.kind,
            query=query.q,
            cursor=query.cursor,
            limit=query.limit,
        )
    look("cases", [row.id for row in page.rows])
    return CasePage.model_validate(page)


@router.get("/{case}", summary="Look at one case", responses=documented(404))
def get_case(node: Node, key: Read, look: Look, case: Annotated[Id, Path()]) -> CaseDetail:
    """Its findings, evidence, parts, protections and steps."""
    view = views.case(node.engine, case)
    if view is None:
        raise Problem(
            404,
            "there is no such case",
            field="path.case",
            value=case,
            mend="see GET /v1/cases",
        )
    look(view.row.id, [view.row.id])
    return CaseDetail(
        row=CaseReply.model_validate(view.row),
        proposals=[ProposalReply.model_validate(item) for item in view.state.proposals],
        findings=[FindingDetail.model_validate(item) for item in view.findings],
        protections=[ProtectionReply.model_validate(item) for item in view.protections],
        evidence=[EvidenceReply.model_validate(item) for item in view.evidence],
        parts=[PartReply.model_validate(item) for item in view.parts],
        steps=[StepReply.model_validate(item) for item in view.steps],
        accounts=view.accounts,
    )
