"""/v1/decisions: what was decided and why, as statements of reasons; and decisions by programs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import Field

from lianzhi.chain.decision import PROGRAM, ReusedKeyError, idempotency
from lianzhi.chain.finding import Role
from lianzhi.chain.measure import ON_ITEMS, ONCE, Kind, Mode, Order
from lianzhi.chain.statement import EVERYWHERE, to_json
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.reasons import statements
from lianzhi.store import desk, views, views_process
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.deciders import decider
from lianzhi.web.api.forms import Form, Id, Listed, Millis, Node, Reply, Whole, optional, paged
from lianzhi.web.api.measures import MeasureReply
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look, Looking
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(tags=["decisions"])

Read = Annotated[ApiKey, Depends(require_scope("read"))]
Decide = Annotated[ApiKey, Depends(require_scope("decide", "decide_for"))]

LONGEST_REASON = 4000

Language = Literal["zh", "en"]
_LANGUAGE = "In which the ground is told; the facts are as they were written."


class OrderForm(Form):
    """One kind of measure, for some accounts or some items of the case."""

    measure: Kind = Field(examples=["mute"])
    hours: Annotated[int, Field(ge=0, le=24 * 3650), Whole] = Field(
        default=0, examples=[24], description="How long; 0: without end, where policy allows that."
    )
    accounts: list[Id] = Field(default=[], max_length=1000, examples=[["u7"]])
    role: Role | None = Field(
        default=None, description="Instead of accounts: all who played this part in the case."
    )
    items: list[Id] = Field(
        default=[],
        max_length=1000,
        description="`item` of the case's evidence, for hide and such; or `about` of the case, "
        "where that is a thing.",
    )
    mode: Mode = Field(
        default="queued",
        description="`queued`: the platform is told; `manual`: a person does it; `shadow`: nobody.",
    )
    authority: str = Field(default="", max_length=200, description="Where a transfer goes.")


class DecisionForm(Form):
    """A decision. None of the orders: it is decided that nothing is done."""

    orders: list[OrderForm] = Field(max_length=20)
    reason: str = Field(
        max_length=LONGEST_REASON,
        examples=["多次辱骂同一人，附截图三份。"],
        description="The facts in words, as those concerned will read them. Name nobody.",
    )
    ground: Id = Field(
        examples=["harassment"], description="Key of a published rule or a legal basis."
    )
    decided_by: Id | None = Field(
        default=None,
        description="User name of the person who decided, in tools of the platform's own; needs "
        "the scope `decide_for`. Left out: a program decides by itself, with the scope `decide`, "
        "and notices and statements of reasons say that the decision was automated.",
    )


class GroundReply(Reply):
    """On what a decision rests."""

    kind: Literal["rule", "statute"]
    key: str
    version: str
    context: list[str]


class DecisionReply(Reply):
    """One decision. `about` is the token of the harmed; `account` is null once erased."""

    id: str
    index: int = Field(description="Entry of the record that holds it.")
    case: str
    kind: str
    about: str
    account: str | None
    status: Literal["awaiting", "effective", "refused", "reversed", "partly_reversed"]
    by: str
    confirmed_by: str | None
    made_at: int
    effective_at: int | None
    reversed_at: int | None
    ground_kind: Literal["rule", "statute"]
    ground_key: str
    ground_version: str
    source: Literal["own_initiative", "report"]
    automated_detection: bool
    automated_decision: bool
    rule: str
    persons: int
    measures: int
    contest_until: int


class DecisionPage(Reply):
    """Some decisions; send `next` as `cursor` for the following ones."""

    rows: list[DecisionReply]
    next: str | None


class DecisionDetail(Reply):
    """A decision with its reasons and measures."""

    row: DecisionReply
    ground: GroundReply
    policy: dict[str, str] = Field(
        description="Version of the policy, of `chain` and of the case's domain: first day and "
        "first digits of the file's SHA-256.",
        examples=[{"chain": "2026-11-01+3f9a2c1d"}],
    )
    submitted_by: str | None = Field(
        description="The API key that passed on what a person decided; null: nobody did.",
        examples=["key:k3v5hmq2xw7a"],
    )
    facts: str | None = Field(description="The reason in words; null once erased.")
    measures: list[MeasureReply]


class DecisionQuery(Listed):
    """By status and time."""

    status: Literal["awaiting", "effective", "refused", "reversed", "partly_reversed"] | None = (
        optional()
    )
    since: Millis | None = optional(description="Made not before this time.")
    until: Millis | None = optional(description="Made before this time.")


class StatementQuery(DecisionQuery):
    """By the decision's status and time."""

    language: Language = Field(default="zh", description=_LANGUAGE)


class StatementPage(Reply):
    """Statements of reasons in the field names of the DSA Transparency Database."""

    rows: list[dict[str, Any]]
    next: str | None


@router.post(
    "/cases/{case}/decisions",
    status_code=201,
    summary="Decide on a case",
    responses=documented(404, 409),
)
def decide_case(
    *,
    form: DecisionForm,
    node: Node,
    key: Decide,
    look: Look,
    case: Annotated[Id, Path()],
    response: Response,
    once: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            description="Chosen by the caller, such as a UUID. The same request with the same key "
            "makes one decision and is answered with it; another request with it is refused.",
        ),
    ] = None,
) -> DecisionDetail:
    """For the person in `decided_by`, who may decide what they may in the console; or, without
    it, as a program: nothing severe, which needs a person."""
    by = decider(node, key, form.decided_by)
    orders = tuple(_order(node, case, order, n) for n, order in enumerate(form.orders))
    request = f"{case}\n{form.model_dump_json()}".encode()
    asking = DecisionRequest(
        orders=orders,
        facts=form.reason,
        ground=form.ground,
        once=idempotency(f"{PROGRAM}{key.id}", once, request) if once else None,
    )
    try:
        decision = node.proceedings.decisions.decide(case, asking, by, node.now())
    except KeyError:
        raise unknown("case", case, "GET /v1/cases") from None
    except ReusedKeyError:
        raise Problem(
            422,
            "this key came with another request before",
            field="header.idempotency-key",
            value=once,
            mend="send a new key with a new decision",
        ) from None
    desk.give_back(node.engine, case, by.name)
    response.headers["Location"] = f"/v1/decisions/{decision}"
    return _detail(node, look, decision)


@router.get("/decisions", summary="List decisions, newest first")
def list_decisions(
    node: Node, key: Read, look: Look, query: Annotated[DecisionQuery, Query()]
) -> DecisionPage:
    """By status and time."""
    with paged(query.cursor):
        page = views_process.decisions(node.engine, **query.model_dump())
    look("decisions", [row.id for row in page.rows])
    return DecisionPage.model_validate(page)


@router.get("/decisions/{decision}", summary="Look at one decision", responses=documented(404))
def get_decision(
    node: Node, key: Read, look: Look, decision: Annotated[Id, Path()]
) -> DecisionDetail:
    """Its reasons and its measures."""
    return _detail(node, look, decision)


@router.get(
    "/decisions/{decision}/statements",
    summary="Statements of reasons of one decision",
    responses=documented(404),
)
def get_statements(
    node: Node,
    key: Read,
    decision: Annotated[Id, Path()],
    language: Annotated[Language, Query(description=_LANGUAGE)] = "zh",
) -> list[dict[str, Any]]:
    """One for each measure that restricts somebody, as the DSA Transparency Database takes it."""
    view = views_process.decision_view(node.engine, decision)
    if view is None:
        raise unknown("decision", decision, "GET /v1/decisions")
    whole = statements(view, node.proceedings.published, EVERYWHERE, language)
    return [to_json(statement) for statement in whole]


@router.get("/statements", summary="Statements of reasons, newest decision first")
def list_statements(
    node: Node, key: Read, query: Annotated[StatementQuery, Query()]
) -> StatementPage:
    """Of the decisions that fit; one decision may yield many."""
    with paged(query.cursor):
        page = views_process.decisions(node.engine, **query.model_dump(exclude={"language"}))
    exported: list[dict[str, Any]] = []
    for row in page.rows:
        view = views_process.decision_view(node.engine, row.id)
        if view is not None:
            published = node.proceedings.published
            exported += map(to_json, statements(view, published, EVERYWHERE, query.language))
    return StatementPage(rows=exported, next=page.next)


def unknown(noun: str, value: str, where: str) -> Problem:
    """404 for a thing that is not there."""
    return Problem(
        404, f"there is no such {noun}", field=f"path.{noun}", value=value, mend=f"see {where}"
    )


def _detail(node: Node, look: Looking, identity: str) -> DecisionDetail:
    view = views_process.decision_view(node.engine, identity)
    if view is None:
        raise unknown("decision", identity, "GET /v1/decisions")
    look(view.row.id, [view.row.id])
    return DecisionDetail(
        row=DecisionReply.model_validate(view.row),
        ground=GroundReply.model_validate(view.decision.ground),
        policy=view.decision.policy,
        submitted_by=view.decision.submitted_by or None,
        facts=view.facts,
        measures=[MeasureReply.model_validate(row) for row in view.measures],
    )


def _order(node: Node, case: str, form: OrderForm, place: int) -> Order:
    subjects: tuple[str, ...] = ()
    if form.measure not in ON_ITEMS:
        if form.role is not None:
            view = views.case(node.engine, case)
            parts = view.parts if view is not None else ()
            subjects = tuple(p.token for p in parts if p.role == form.role and p.events)
        else:
            known = node.ledger.vault.known(form.accounts)
            for account in form.accounts:
                if account not in known:
                    raise Problem(
                        422,
                        "this account takes no part in the case",
                        field=f"body.orders.{place}.accounts",
                        value=account,
                        mend="see `parts` of GET /v1/cases/{case}",
                    )
            subjects = tuple(dict.fromkeys(known[account] for account in form.accounts))
    return Order(
        key=form.measure,
        hours=form.hours,
        subjects=subjects,
        items=tuple(dict.fromkeys(form.items)) if form.measure in ON_ITEMS | ONCE else (),
        to=form.role or "",
        mode=form.mode,
        authority=form.authority,
    )
