"""/v1/report-links and /v1/appeal-links: addresses that a platform hands to its users."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from lianzhi.office.contest import contest
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Form, Id, Node, Reply, Whole
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.problems import Problem, documented
from lianzhi.web.public import links

router = APIRouter()

Report = Annotated[ApiKey, Depends(require_scope("report"))]
Language = Literal["zh", "en"]
MOST_MINUTES = 24 * 60
Minutes = Annotated[int, Field(ge=1, le=MOST_MINUTES), Whole]


class LinkForm(Form):
    """What every link takes."""

    language: Language | None = Field(default=None, description="Else the browser's.")
    expires_minutes: Minutes = Field(default=60, description="How long the link can be used.")


class ReportLinkForm(LinkForm):
    """Who reports, and what is known already; what is left out is asked on the page."""

    reporter: Id = Field(examples=["u3"], description="Account that reports.")
    about: Id | None = Field(default=None, examples=["u1"], description="Account harmed.")
    subject: Id | None = Field(default=None, examples=["u7"], description="Account complained of.")
    content: str = Field(default="", max_length=2000, description="Id or address of the content.")
    minor: bool | None = Field(default=None, description="The harmed is a minor, or may be.")


class AppealLinkForm(LinkForm):
    """Who contests which decision."""

    decision: Id
    account: Id = Field(examples=["u7"], description="Account that appeals.")
    party: Literal["affected", "reporter", "harmed"] = "affected"


class LinkReply(Reply):
    """A link for one person. Who has it can use it: hand it to nobody else, and log it nowhere."""

    url: str
    expires_at: int


@router.post(
    "/report-links", tags=["reports"], status_code=201, summary="Make a link to report harm"
)
def make_report_link(form: ReportLinkForm, request: Request, node: Node, key: Report) -> LinkReply:
    """The page behind the link needs no sign-in and takes at most three taps. Works once."""
    link = links.ReportLink(
        reporter=form.reporter,
        about=form.about,
        subject=form.subject,
        content=form.content,
        minor=form.minor,
        language=form.language,
    )
    until = node.now() + form.expires_minutes * links.MINUTE_MS
    return LinkReply(url=links.make(request, "report", link, until), expires_at=until)


@router.post(
    "/appeal-links",
    tags=["appeals"],
    status_code=201,
    summary="Make a link to contest a decision",
    responses=documented(404, 409),
)
def make_appeal_link(form: AppealLinkForm, request: Request, node: Node, key: Report) -> LinkReply:
    """The page behind it shows the reasons to this account, and takes its appeal."""
    language = form.language or "zh"
    now = node.now()
    dispute = contest(node.proceedings, form.decision, form.party, form.account, now, language)
    if dispute is None:
        raise Problem(
            404,
            "there is no such decision",
            field="body.decision",
            value=form.decision,
            mend="the notice of the decision names it",
        )
    if dispute.refused == "party_to_it":
        raise Problem(
            409,
            "the account is no such party to the decision",
            field="body.account",
            value=form.account,
            mend="name an account that it affects, that reported, or that was harmed, as `party`",
        )
    link = links.AppealLink(
        decision=form.decision, account=form.account, party=form.party, language=form.language
    )
    until = now + form.expires_minutes * links.MINUTE_MS
    return LinkReply(url=links.make(request, "appeal", link, until), expires_at=until)
