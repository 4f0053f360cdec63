"""Acts on campaigns and their tasks. See `office.acts`."""

from collections.abc import Callable
from typing import Any

from lianzhi.chain.campaign import BODIES, PLAN_STEPS, TASK_STEPS
from lianzhi.chain.campaign_draw import DRAW_STEPS
from lianzhi.chain.campaign_sample import JUDGED, SAMPLE_STEPS
from lianzhi.chain.campaign_supply import SUPPLY_STEPS
from lianzhi.office.acts import (
    Act,
    ActTable,
    Field,
    Opening,
    Take,
    method_of,
    opening_of,
    words,
)
from lianzhi.office.campaign_draws import CampaignDraws
from lianzhi.office.campaign_samples import CampaignSamples
from lianzhi.office.campaign_supplies import CampaignSupplies
from lianzhi.office.campaigns import Campaigns

_NEEDS = ("campaign",)
_REASON = words("act.reason")
_WORDS = words("campaign.words", max_length=4000)


def _line(name: str, required: bool = True) -> Field:
    return Field(name, "text", f"campaign.{name}", required)


def _by_method(method: Callable[..., Any]) -> Take:
    return lambda desk, identity, by, **given: method(desk, identity, by=by, **given)


def _opening(method: Callable[..., str]) -> Callable[..., str]:
    return lambda desk, by, **given: method(desk, by=by, **given)


TERMS = (
    _line("title"),
    _line("kinds"),
    Field("first", "until", "campaign.first"),
    Field("last", "until", "campaign.last"),
    *(_line("outcome"), _line("denominator"), _line("controls", False)),
    *(_line("neighbours", False), _line("places", False)),
    Field("watch_weeks", "number", "campaign.watch_weeks"),
    _line("effort", False),
)

PLANS = ActTable(
    *("plan", "/plans", PLAN_STEPS),
    acts=(
        Act("change", _NEEDS, ("changed",), _by_method(Campaigns.change), (*TERMS, _REASON)),
        Act("withdraw", _NEEDS, ("withdrawn",), _by_method(Campaigns.withdraw), (_REASON,)),
        Act(
            *("revisit", _NEEDS, ("revisited",), _by_method(Campaigns.revisit)),
            (
                Field(
                    "rebound", "choice", "campaign.rebound", True, ("yes", "no"), "campaign_back"
                ),
                _WORDS,
            ),
        ),
    ),
    other_steps=frozenset({"opened", "rebounded"}),
    opening=Opening(
        *("open", _NEEDS, "opened", _opening(Campaigns.open)),
        (*TERMS, words("campaign.trigger", max_length=4000)),
    ),
)

_DUE = Field("due", "until", "campaign.due")
TASKS = ActTable(
    *("task", "/tasks", TASK_STEPS),
    acts=(
        Act("urge", _NEEDS, ("urged",), _by_method(Campaigns.urge), (_WORDS,)),
        Act("reply", _NEEDS, ("replied",), _by_method(Campaigns.reply), (_WORDS,)),
        Act(
            *("accept", _NEEDS, ("accepted",), _by_method(Campaigns.accept)),
            (words("campaign.words", required=False, max_length=4000),),
        ),
        Act("give_back", _NEEDS, ("returned",), _by_method(Campaigns.give_back), (_DUE, _WORDS)),
    ),
    other_steps=frozenset({"assigned", "overdue"}),
    opening=Opening(
        *("assign", _NEEDS, "assigned", _opening(Campaigns.assign)),
        (
            Field("plan", "text", "campaign.plan"),
            Field("body", "choice", "campaign.body", choices=BODIES, family="campaign_body"),
            *(_line("name"), _DUE, _WORDS),
        ),
    ),
)
DRAWS = ActTable(
    *("lot", "/draws", DRAW_STEPS),
    acts=(
        Act(
            *("reveal", _NEEDS, ("revealed",), method_of("draws", CampaignDraws.reveal)),
            (_line("public"),),
        ),
    ),
    other_steps=frozenset(),
    opening=Opening(
        *("plan", _NEEDS, "planned", opening_of("draws", CampaignDraws.plan)),
        (
            Field("plan", "text", "campaign.plan"),
            Field("roster", "words", "campaign.roster", max_length=200_000),
            Field("count", "number", "campaign.count"),
            _line("source"),
            *(Field(name, "until", f"campaign.{name}") for name in ("on", "reveal_until")),
            Field("body", "choice", "campaign.body", choices=BODIES, family="campaign_body"),
            *(_DUE, _WORDS),
        ),
    ),
    command="draw",
)
JUDGE = Act(
    *("judge", ("work", "campaign"), ("judged",), method_of("samples", CampaignSamples.judge)),
    (
        _line("item"),
        Field("harmful", "choice", "campaign.harmful", True, JUDGED, "campaign_judged"),
        words("campaign.words", required=False, max_length=4000),
    ),
)
SAMPLES = ActTable(
    *("sample", "/samples", SAMPLE_STEPS),
    acts=(
        Act(
            *("reveal", _NEEDS, ("revealed",), method_of("samples", CampaignSamples.reveal)),
            (_line("public"),),
        ),
        JUDGE,
    ),
    other_steps=frozenset(),
    opening=Opening(
        *("plan", _NEEDS, "planned", opening_of("samples", CampaignSamples.plan)),
        (
            Field("plan", "text", "campaign.plan"),
            Field("roster", "words", "campaign.items", max_length=200_000),
            Field("count", "number", "campaign.count_each"),
            _line("source"),
            *(Field(name, "until", f"campaign.{name}") for name in ("on", "reveal_until")),
            words("campaign.harm_words", max_length=4000),
        ),
    ),
)
SUPPLIES = ActTable(
    *("supply", "/supplies", SUPPLY_STEPS),
    acts=(
        Act(
            *("withdraw", _NEEDS, ("withdrawn",)),
            method_of("supplies", CampaignSupplies.withdraw),
            (_REASON,),
        ),
    ),
    other_steps=frozenset(),
    opening=Opening(
        *("give", _NEEDS, "given", opening_of("supplies", CampaignSupplies.give)),
        (
            Field("plan", "text", "campaign.plan"),
            Field("weeks", "file", "campaign.weeks"),
            words("campaign.figures_from", max_length=4000),
        ),
    ),
)
TABLES = (PLANS, TASKS, DRAWS, SAMPLES, SUPPLIES)
