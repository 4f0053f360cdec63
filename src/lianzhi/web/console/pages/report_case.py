"""Opening a case from reports: who did what to whom, as a person finds it."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.chain.finding import Role
from lianzhi.chain.life import IllegalStepError
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import missing, show
from lianzhi.office.complaints import Reach
from lianzhi.office.conclusions import LOOKS_BACK_MS, OFFERED, Conclusion
from lianzhi.store import views_reports
from lianzhi.web.console.page import Node, Worker
from lianzhi.web.console.pages.report import LONGEST_REASON, find_report
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/reports/{report}/case")

#: What somebody may have done to a person.
ROLES: tuple[Role, ...] = ("originator", "repeater", "inciter", "follower", "defender")
MOST_ACCOUNTS = 12
_BETWEEN = re.compile(r"[,;、，；\n]")
_ACCOUNT = re.compile(r"[^\x00-\x1f\x7f]{1,200}")

Account = Annotated[str, Query(max_length=200)]


@router.get("")
def form(
    *,
    request: Request,
    node: Node,
    user: Worker,
    look: Look,
    report: str,
    about: Account = "",
    accounts: Annotated[str, Query(max_length=MOST_ACCOUNTS * 201)] = "",
) -> Response:
    """What the accounts complained of did lately to the person harmed, to tick and to judge."""
    named = [name.strip() for name in _BETWEEN.split(accounts) if name.strip()][:MOST_ACCOUNTS]
    if not all(_ACCOUNT.fullmatch(name) for name in (*named, about.strip()) if name):
        raise Problem(
            422, "no account is called so", mend="leave out control characters, 200 at most"
        )
    return _form(request, node, look, report, about.strip(), named)


@router.post("")
def conclude(
    *,
    request: Request,
    node: Node,
    user: Worker,
    look: Look,
    report: str,
    about: Annotated[str, Form(max_length=200)],
    words: Annotated[str, Typed, Form(max_length=LONGEST_REASON)] = "",
    accounts: Annotated[list[str], Form(max_length=MOST_ACCOUNTS)] = [],  # noqa: B006
    roles: Annotated[list[Role], Form(max_length=MOST_ACCOUNTS)] = [],  # noqa: B006
    acts: Annotated[list[int], Form(max_length=OFFERED)] = [],  # noqa: B006
    minor: Annotated[bool, Form()] = False,
    reach: Annotated[Reach, Form()] = "one",
) -> Response:
    """Put the conclusion on the record, and open the case."""
    if len(accounts) != len(roles) or not all(
        _ACCOUNT.fullmatch(name) for name in (about, *accounts)
    ):
        raise Problem(422, "an account or a role is missing", mend="open the form once more")
    conclusion = Conclusion(
        about=about,
        roles={name: role for name, role in zip(accounts, roles, strict=True) if name != about},
        acts=acts,
        report=report,
        reach=reach,
        words=words.strip(),
        minor=minor,
    )
    try:
        case = node.conclusions.conclude(conclusion, user.name, node.now())
    except KeyError:
        raise missing() from None
    except IllegalStepError as error:
        return _form(request, node, look, report, about, accounts, error.rule, words)
    return RedirectResponse(f"/cases/{case}", 303)


def _form(
    request: Request,
    node: NodePort,
    look: Looking,
    report: str,
    about: str,
    accounts: list[str],
    refused: str = "",
    words: str = "",
) -> Response:
    view = find_report(node, report)
    about = about or view.row.account or ""
    named = accounts or views_reports.complained_of(node.engine, view.row)
    # What they did to each other stands there, whether or not the report names them.
    look(view.row.id, [view.row.id], [name for name in (about, *named) if name])
    context = {
        "row": view.row,
        "about": about,
        "accounts": named,
        "acts": node.conclusions.acts(about, named, node.now()) if about and named else [],
        "days": LOOKS_BACK_MS // 86_400_000,
        "roles": ROLES,
        "reaches": views_reports.within_reach(node.engine, view.row),
        "refused": refused,
        "words": words,
        "most": LONGEST_REASON,
    }
    page = show(request, "report_case.html", **context)
    page.status_code = 409 if refused else 200
    return page
