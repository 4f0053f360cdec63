"""Reports by telephone: what the clerk fills in while the caller speaks."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.life import IllegalStepError
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, show
from lianzhi.office.complaints import Complaint
from lianzhi.store import views
from lianzhi.web.console.page import Node, Worker
from lianzhi.web.console.pages.report import names
from lianzhi.web.core.ports import NodePort

router = APIRouter(prefix="/reports")

Account = Annotated[str, Form(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Line = Annotated[str, Form(max_length=200)]


@router.get("/new")
def form(request: Request, node: Node, user: Worker, case: str = "") -> Response:
    """An empty form, or one that goes with a case."""
    return _form(request, node, {"case": case[:80]})


@router.post("/new")
def take(
    *,
    request: Request,
    node: Node,
    user: Worker,
    category: Annotated[str, Form(alias="class", max_length=100)],
    contact: Line = "",
    reporter: Account = "",
    about: Account = "",
    subject: Account = "",
    minor: Annotated[bool, Form()] = False,
    content: Annotated[str, Typed, Form(max_length=2000)] = "",
    words: Annotated[str, Typed, Form(max_length=4000)] = "",
    case: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Take the report; the next page shows the number to read out."""
    complaint = Complaint(
        category=category,
        channel="phone",
        reporter=reporter.strip() or None,
        about=about.strip() or None,
        subject=subject.strip() or None,
        minor=minor,
        words=words.strip(),
        contact=contact.strip(),
        content=content.strip(),
    )
    given: dict[str, object] = {"category": category, "case": case.strip()}
    given |= {name: getattr(complaint, name) or "" for name in ("reporter", "about", "subject")}
    given |= {name: getattr(complaint, name) for name in ("words", "contact", "content", "minor")}
    refused = _refused(node, category, complaint, case.strip())
    if refused:
        return _form(request, node, given, refused)
    report = node.reports.receive(complaint, user.name, node.now())
    if case.strip():
        try:
            node.proceedings.complaints.join(report, case.strip(), user.name, node.now())
        except (KeyError, IllegalStepError):  # it changed meanwhile; the report stands
            return done(f"/reports/{report}", "received")
    return done(f"/reports/{report}", "received")


def _refused(node: NodePort, category: str, complaint: Complaint, case: str) -> str:
    """Why it can't be taken so, as a key of `report_new.refused`; empty: it can."""
    chosen = names(node).get(category)
    if chosen is None:
        return "class"
    if not any((complaint.words, complaint.content, complaint.about, complaint.subject)):
        return "empty"
    if case:
        view = views.case(node.engine, case)
        if view is None:
            return "case"
        if chosen.route is not None or complaint.about not in (None, view.row.account):
            return "person"
    return ""


def _form(
    request: Request, node: NodePort, given: dict[str, object], refused: str = ""
) -> Response:
    empty = dict.fromkeys(
        ("category", "contact", "reporter", "about", "subject", "content", "words", "case"), ""
    )
    context = {"given": {**empty, "minor": False, **given}, "refused": refused}
    page = show(request, "report_new.html", **context, classes=names(node).values())
    page.status_code = 422 if refused else 200
    return page
