"""GET /v1/campaigns: campaigns with their terms, changes and tasks, and what was handled."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from lianzhi.chain.campaign import Body, Plan
from lianzhi.chain.campaign_figures import figures
from lianzhi.store import campaign_counts, campaigns
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.decisions import unknown
from lianzhi.web.api.forms import Id, Node, QueryParams, Reply, optional
from lianzhi.web.api.scorecard import ContradictionReply
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.problems import documented

router = APIRouter(prefix="/campaigns", tags=["campaigns"])
Read = Annotated[ApiKey, Depends(require_scope("read"))]


class TermsReply(Reply):
    """What was put down before the start, as it stands."""

    title: str
    kinds: list[str] = Field(description="Kinds of finding; a domain's name: all of its kinds.")
    first: dt.date
    last: dt.date
    outcome: str
    denominator: str
    controls: list[str]
    neighbours: list[str]
    places: list[str] = Field(description="Nothing is counted by them.")
    watch_weeks: int
    effort: str


class ChangeReply(Reply):
    """A change of the terms."""

    index: int = Field(description="Entry of the record that holds it.")
    at: int
    by: str
    before: dict[str, Any]
    after: dict[str, Any]


class ReboundReply(Reply):
    """An alarm of the watch: a week after the end by which findings came back up."""

    at: int
    week: int = Field(description="Weeks since the end, from 1.")
    count: int = Field(description="Findings of that week.")
    confirmed: bool | None = Field(description="What the revisit concluded; null: it is due.")


class CampaignReply(Reply):
    """One campaign as it stands."""

    id: str
    index: int = Field(description="Entry of the record that opened it.")
    phase: str = Field(examples=["running"])
    opened_at: int
    opened_by: str
    terms: TermsReply
    changes: list[ChangeReply]
    rebound: ReboundReply | None


class CampaignPage(Reply):
    """Some campaigns; send `next` as `cursor` for the following ones."""

    rows: list[CampaignReply]
    next: str | None


class TaskReply(Reply):
    """A task of a body."""

    id: str
    body: Body
    name: str
    due: dt.date
    status: str
    assigned_at: int
    urged: list[int]
    replied_at: int | None


class HandledReply(Reply):
    """Measures of one kind against one type of subject."""

    key: str
    type: str
    ordered: int
    undone: int
    standing: int


class SubjectsReply(Reply):
    """Subjects of one type against which measures stand."""

    type: str
    measures: int
    distinct: int
    repeated: int


class FiguresReply(Reply):
    """What was handled. What was taken back on appeal counts in `reversed` and `undone` alone."""

    findings: int
    about: int = Field(description="Persons and things that the findings are about, each once.")
    cases: int
    closed: int
    decisions: int
    reversed: int
    measures: int
    undone: int
    handled: list[HandledReply]
    subjects: list[SubjectsReply]
    contradictions: list[ContradictionReply]


class CampaignDetail(Reply):
    """A campaign with its tasks and figures."""

    campaign: CampaignReply
    tasks: list[TaskReply]
    figures: FiguresReply


class CampaignQuery(QueryParams):
    """Where to start."""

    cursor: str | None = optional(
        max_length=60,
        pattern=r"^[0-9-]{10}~[0-9a-f]{16}$",
        description="`next` of the page before.",
    )


@router.get("", summary="List campaigns, the one that starts last first")
def list_campaigns(node: Node, key: Read, query: Annotated[CampaignQuery, Query()]) -> CampaignPage:
    """Fifty a page."""
    with node.engine.connect() as connection:
        page = campaigns.plans(connection, query.cursor or "")
    now = node.now()
    return CampaignPage(rows=[_reply(plan, now) for plan in page.rows], next=page.cursor or None)


@router.get("/{campaign}", summary="Look at one campaign", responses=documented(404))
def get_campaign(node: Node, key: Read, campaign: Annotated[Id, Path()]) -> CampaignDetail:
    """Its terms, tasks and figures."""
    with node.engine.connect() as connection:
        plan = campaigns.plan.get(connection, campaign)
        if plan is None:
            raise unknown("campaign", campaign, "GET /v1/campaigns")
        tasks = campaigns.tasks_of(connection, campaign)
        handled = figures(campaign_counts.counts(connection, plan.terms))
    return CampaignDetail(
        campaign=_reply(plan, node.now()),
        tasks=[TaskReply.model_validate(task) for task in tasks],
        figures=FiguresReply.model_validate(handled),
    )


def _reply(plan: Plan, now: int) -> CampaignReply:
    return CampaignReply(
        id=plan.id,
        index=plan.index,
        phase=plan.phase(now),
        opened_at=plan.opened_at,
        opened_by=plan.opened_by,
        terms=TermsReply.model_validate(plan.terms),
        changes=[ChangeReply.model_validate(change) for change in plan.changes],
        rebound=None if plan.rebound is None else ReboundReply.model_validate(plan.rebound),
    )
