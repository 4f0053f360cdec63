"""/v1/scorecard: figures of a period."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from lianzhi.kit.periods import LONGEST_MS, last_days
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Millis, Node, QueryParams, Reply, optional
from lianzhi.web.console.figure_text import Names
from lianzhi.web.console.words import LANGUAGES
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.problems import Problem
from lianzhi.web.core.scorecards import Scorecards

router = APIRouter(prefix="/scorecard", tags=["scorecard"])

Read = Annotated[ApiKey, Depends(require_scope("read"))]


class FigureReply(Reply):
    """One figure; without a value where there is nothing to say it of."""

    key: str
    name: dict[str, str] = Field(description="In Chinese and English.")
    definition: dict[str, str] = Field(description="What is counted, and what is left out.")
    kind: Literal["count", "share", "rate", "quantile", "kappa"]
    unit: Literal["number", "share", "per_100", "ms", "kappa"]
    part: dict[str, str] = Field(description="Of which part; empty: of the whole.")
    value: float | None
    lo: float | None = Field(description="Lower limit of the 95 % interval.")
    hi: float | None = Field(
        description="Upper limit; null: too few to give one, or they come in batches."
    )
    n: int = Field(description="What it rests on.")
    hits: int | None = Field(description="Of a share or rate: how many of them.")
    small: bool = Field(description="An estimate that rests on few.")


class ContradictionReply(Reply):
    """Two numbers that must be the same and are not."""

    key: str
    left: int
    right: int


class ScorecardReply(Reply):
    """The figures of [since, until)."""

    since: int
    until: int
    at: int = Field(description="When it was counted.")
    figures: list[FigureReply]
    contradictions: list[ContradictionReply]


class ScorecardQuery(QueryParams):
    """Of which period."""

    since: Millis | None = optional(description="By default 30 days before `until`.")
    until: Millis | None = optional(description="By default the end of this minute.")


@router.get("", summary="Figures of a period, with definitions and intervals")
def get_scorecard(
    request: Request, node: Node, key: Read, query: Annotated[ScorecardQuery, Query()]
) -> ScorecardReply:
    """What happened in it, as it stands now."""
    usual = last_days(30, node.now())
    until = usual.until if query.until is None else query.until
    since = max(0, until - (usual.until - usual.since)) if query.since is None else query.since
    if not 0 < until - since <= LONGEST_MS:
        raise Problem(
            422,
            "this is no period of at most 366 days",
            field="query.since",
            value=since,
            mend="give a `since` before `until`, at most 366 days",
        )
    scorecards: Scorecards = request.app.state.scorecards
    card = scorecards.card(since, until)
    names = {language: Names(language) for language in LANGUAGES}
    figures = [
        FigureReply(
            key=figure.key,
            name={language: names_.figure(figure.key) for language, names_ in names.items()},
            definition={language: names_.means(figure.key) for language, names_ in names.items()},
            kind=figure.kind,
            unit=figure.unit,
            part=figure.part,
            value=figure.value,
            lo=figure.lo,
            hi=figure.hi,
            n=figure.n,
            hits=figure.hits,
            small=figure.small,
        )
        for figure in card.figures
    ]
    wrong = [ContradictionReply.model_validate(fault) for fault in card.contradictions]
    return ScorecardReply(
        since=since, until=until, at=card.at, figures=figures, contradictions=wrong
    )
