"""/v1/reports and /v1/appeals: users' reports and appeals, sent by their platform."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from lianzhi.chain.appeal import Route
from lianzhi.office.complaints import Complaint
from lianzhi.store import views_process
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Form, Id, Listed, Node, Reply, optional, paged
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look
from lianzhi.web.core.problems import Problem, documented

router = APIRouter()

Report = Annotated[ApiKey, Depends(require_scope("report"))]
Read = Annotated[ApiKey, Depends(require_scope("read"))]


class ReportForm(Form):
    """A user's complaint."""

    category: Id = Field(examples=["insult"], description="See GET /v1/report-classes.")
    reporter: Id = Field(examples=["u3"], description="Account that reports.")
    about: Id | None = Field(default=None, examples=["u1"], description="Account harmed.")
    subject: Id | None = Field(default=None, examples=["u7"], description="Account complained of.")
    minor: bool = Field(default=False, description="The harmed is a minor, or may be.")
    content: str = Field(default="", max_length=2000, description="Id or address of the content.")
    words: str = Field(default="", max_length=4000, description="In the reporter's own words.")


class ReportReceiptReply(Reply):
    """The receipt, and later the outcome."""

    id: str
    category: str
    status: Literal["waiting", "joined", "answered"]
    outcome: Literal["upheld", "not_upheld", "handled", "routed"] | None
    route: str = Field(description="Who is competent, where that is not this platform.")
    received_at: int
    due_at: int
    answered_at: int | None
    contested_at: int | None = Field(description="When another answer was asked for.")


class ContestForm(Form):
    """Why the answer to a report is not accepted."""

    reason: str = Field(max_length=4000, examples=["截图里写得很清楚，请再看一次。"])


class ContestReply(Reply):
    """What it became: an appeal against the decision, or the report answered anew."""

    report: str
    appeal: str | None = Field(description="Its receipt is GET /v1/appeals/{appeal}.")
    due_at: int = Field(description="By when another person answers.")


class ReportReply(ReportReceiptReply):
    """A report with those in it, for who works on it."""

    channel: Literal["api", "web", "phone"]
    reporter_account: str | None
    account: str | None
    subject_account: str | None
    minor: bool
    case: str | None


class ReportPage(Reply):
    """Some reports; send `next` as `cursor` for the following ones."""

    rows: list[ReportReply]
    next: str | None


class ReportQuery(Listed):
    """By status and the harmed."""

    status: Literal["waiting", "joined", "answered"] | None = optional()
    account: Id | None = optional(description="Account or token of the harmed.")


class ClassReply(Reply):
    """One thing that a user may report."""

    key: str
    zh: str
    en: str
    plain_zh: str
    plain_en: str
    ours: bool = Field(description="Worked on here; else it is routed on.")
    route_zh: str
    route_en: str


class AppealForm(Form):
    """A decision contested."""

    decision: Id
    account: Id = Field(examples=["u7"], description="Account that appeals.")
    party: Literal["affected", "reporter", "harmed"] = "affected"
    reason: str = Field(max_length=4000, examples=["那是一句玩笑，当事人可以作证。"])


class AppealReply(Reply):
    """An appeal, and its answer."""

    id: str
    decision: str
    case: str
    party: Literal["affected", "reporter", "harmed"]
    route: Route = Field(description="Before whom it is contested.")
    account: str | None
    status: Literal["waiting", "upheld", "overturned", "partly_overturned"]
    filed_at: int
    due_at: int = Field(description="By when it is answered.")
    answered_at: int | None
    answered_by: str | None
    reason: str | None
    answer: str | None


@router.get("/report-classes", tags=["reports"], summary="What may be reported")
def list_report_classes(node: Node, key: Report) -> list[ClassReply]:
    """In the order in which they are offered, with plain words for a button."""
    return [
        ClassReply(
            key=known.key,
            zh=known.zh,
            en=known.en,
            plain_zh=known.plain.zh,
            plain_en=known.plain.en,
            ours=bool(known.ours),
            route_zh=known.route.zh if known.route else "",
            route_en=known.route.en if known.route else "",
        )
        for known in node.proceedings.classes(node.now()).report_class
    ]


@router.post("/reports", tags=["reports"], status_code=201, summary="Report harm")
def file_report(
    form: ReportForm, node: Node, key: Report, response: Response
) -> ReportReceiptReply:
    """The receipt comes at once; the outcome later, by notice and here."""
    try:
        report = node.reports.receive(
            Complaint(
                category=form.category,
                channel="api",
                reporter=form.reporter,
                about=form.about,
                subject=form.subject,
                minor=form.minor,
                content=form.content,
                words=form.words,
            ),
            f"key:{key.id}",
            node.now(),
        )
    except ValueError as error:
        raise Problem(
            422,
            "there is no such class of harm",
            field="body.category",
            value=form.category,
            mend=str(error),
        ) from None
    response.headers["Location"] = f"/v1/reports/{report}"
    return _receipt(node, report)


@router.get("/reports", tags=["reports"], summary="List reports")
def list_reports(
    node: Node, key: Read, look: Look, query: Annotated[ReportQuery, Query()]
) -> ReportPage:
    """Those that wait most urgent first, others newest first."""
    with paged(query.cursor):
        page = views_process.reports(
            node.engine,
            status=query.status,
            about=query.account,
            cursor=query.cursor,
            limit=query.limit,
        )
    look("reports", [row.id for row in page.rows])
    return ReportPage.model_validate(page)


@router.get(
    "/reports/{report}", tags=["reports"], summary="Look at a receipt", responses=documented(404)
)
def get_report(node: Node, key: Report, report: Annotated[Id, Path()]) -> ReportReceiptReply:
    """What became of a report. It names nobody."""
    return _receipt(node, report)


@router.post(
    "/reports/{report}/contest",
    tags=["reports"],
    status_code=201,
    summary="Contest what came of a report",
    responses=documented(404, 409),
)
def contest_report(
    form: ContestForm, node: Node, key: Report, report: Annotated[Id, Path()]
) -> ContestReply:
    """For its reporter, once; another person looks at it and answers."""
    try:
        appeal = node.proceedings.redress.contest_report(report, form.reason, node.now())
    except KeyError:
        raise _no_report(report) from None
    if appeal == report:
        return ContestReply(report=report, appeal=None, due_at=_receipt(node, report).due_at)
    return ContestReply(report=report, appeal=appeal, due_at=_appeal(node, appeal).due_at)


@router.post(
    "/appeals",
    tags=["appeals"],
    status_code=201,
    summary="Contest a decision",
    responses=documented(404, 409),
)
def file_appeal(form: AppealForm, node: Node, key: Report, response: Response) -> AppealReply:
    """By whom it affects, by who reported, or by the harmed; another person answers."""
    try:
        appeal = node.proceedings.redress.file(
            form.decision, form.party, form.account, form.reason, node.now()
        )
    except KeyError:
        raise Problem(
            404,
            "there is no such decision",
            field="body.decision",
            value=form.decision,
            mend="the notice of the decision names it",
        ) from None
    response.headers["Location"] = f"/v1/appeals/{appeal}"
    return _appeal(node, appeal)


@router.get(
    "/appeals/{appeal}", tags=["appeals"], summary="Look at an appeal", responses=documented(404)
)
def get_appeal(node: Node, key: Report, look: Look, appeal: Annotated[Id, Path()]) -> AppealReply:
    """The appeal, with its answer once there is one."""
    reply = _appeal(node, appeal)
    look(reply.id, [reply.id])
    return reply


def _receipt(node: Node, identity: str) -> ReportReceiptReply:
    view = views_process.report_view(node.engine, identity)
    if view is None:
        raise _no_report(identity)
    return ReportReceiptReply.model_validate(view.row)


def _appeal(node: Node, identity: str) -> AppealReply:
    view = views_process.appeal_view(node.engine, identity)
    if view is None:
        raise Problem(
            404,
            "there is no such appeal",
            field="path.appeal",
            value=identity,
            mend="use the id that the receipt gave",
        )
    columns = {name: getattr(view.row, name) for name in view.row.__struct_fields__}
    return AppealReply.model_validate({**columns, "reason": view.reason, "answer": view.answer})


def _no_report(identity: str) -> Problem:
    return Problem(
        404,
        "there is no such report",
        field="path.report",
        value=identity,
        mend="use the id that the receipt gave",
    )
