"""/v1/notices: notices for the platform to show; /v1/contacts: addresses of people."""

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from lianzhi.chain.notice import Kind, Way
from lianzhi.config import MAIL
from lianzhi.jobs.post.compose import rendered
from lianzhi.office.notices import open_notice
from lianzhi.store.keys import ApiKey
from lianzhi.store.notices import notices
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.vault import Address
from lianzhi.web.api.forms import Form, Id, Listed, Node, Reply, optional, paged
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(tags=["notices"])

NoticeKey = Annotated[ApiKey, Depends(require_scope("notices"))]
Language = Literal["zh", "en"]


class NoticeReply(Reply):
    """A notice in one language, as plain text."""

    id: str
    kind: Kind
    ref: str = Field(description="What it is about: the id of a case, decision, report or appeal.")
    made_at: int
    delivered: list[str] = Field(description="Channels that have taken it: webhook, mail.")
    read_at: int | None
    served_on: str | None = Field(description="Day on which it was served, as the law wants it.")
    service: Way | None = Field(description="The way in which it was served.")
    language: Language
    subject: str
    body: str


class NoticePage(Reply):
    """Some notices; send `next` as `cursor` for the following ones."""

    rows: list[NoticeReply]
    next: str | None


class NoticeQuery(Listed):
    """Whose notices, in which language."""

    account: Id = Field(description="The person whom they tell something.")
    language: Language | None = optional(
        description="By default the one in which the person wants to be written to, else Chinese."
    )


@router.get("/notices", summary="List a person's notices, newest first")
def list_notices(
    request: Request, node: Node, key: NoticeKey, look: Look, query: Annotated[NoticeQuery, Query()]
) -> NoticePage:
    """For the platform to show to that person alone."""
    with paged(query.cursor):
        page = notices(node.engine, query.account, cursor=query.cursor, limit=query.limit)
    look("notices", [row.id for row in page.rows])
    zone: dt.tzinfo = request.app.state.zone
    language = query.language or _chosen(node, query.account)
    rows = []
    for row in page.rows:
        text = rendered(row, language, node.post.sender, zone)
        rows.append(
            NoticeReply(
                id=row.id,
                kind=row.kind,
                ref=row.ref,
                made_at=row.made_at,
                delivered=list(row.delivered),
                read_at=row.read_at,
                served_on=row.served_on,
                service=row.service,
                language=language,
                subject=text.subject,
                body=text.body,
            )
        )
    return NoticePage(rows=rows, next=page.next)


@router.post(
    "/notices/{notice}/read",
    status_code=204,
    summary="Say that the person has opened a notice",
    responses=documented(404),
)
def mark_notice_read(node: Node, key: NoticeKey, notice: Annotated[Id, Path()]) -> None:
    """On the record, once however often it is said."""
    if not open_notice(node.ledger, QUERIES.notices, notice, node.now()):
        raise Problem(
            404,
            "there is no such notice",
            field="path.notice",
            value=notice,
            mend="see GET /v1/notices",
        )


class Contact(Form):
    """Where a person wants to be written to."""

    mail: str = Field(
        max_length=254, pattern=f"^(?:{MAIL.pattern})$", examples=["someone@example.org"]
    )
    language: Language = Field(examples=["zh"])


@router.put("/contacts/{account}", status_code=204, summary="Set a person's mail address")
def set_contact(node: Node, key: NoticeKey, account: Annotated[Id, Path()], form: Contact) -> None:
    """Notices go there from now on; kept in the vault, and erased with the person."""
    node.ledger.vault.set_address(account, Address(form.mail, form.language))


@router.delete(
    "/contacts/{account}",
    status_code=204,
    summary="Remove a person's mail address",
    responses=documented(404),
)
def delete_contact(node: Node, key: NoticeKey, account: Annotated[Id, Path()]) -> None:
    """No more mail, not even what waits to be sent."""
    if not node.ledger.vault.drop_address(account):
        raise Problem(
            404,
            "this person has no address here",
            field="path.account",
            value=account,
            mend="nothing needs to be done",
        )


def _chosen(node: Node, account: str) -> Language:
    token = node.ledger.vault.known([account]).get(account, account)
    address = node.ledger.vault.address(token)
    return "en" if address is not None and address.language == "en" else "zh"
