"""Pages, one module a noun."""

from fastapi import APIRouter

from lianzhi.web.console.pages import (
    appeals,
    campaign_bulletin,
    campaign_compare,
    campaign_evidence,
    campaigns,
    case,
    case_acts,
    cases,
    decide,
    decide_preview,
    decisions,
    delivery,
    desk,
    harm_chains,
    keeping,
    lexicon_try,
    lexicons,
    looks,
    measures,
    overview,
    people,
    protections,
    report,
    report_case,
    report_desk,
    reports,
    revisits,
    rules,
    scorecard,
    settings,
    signals,
    transparency,
    warnings,
    why,
)

router = APIRouter(include_in_schema=False)
for module in (
    *(overview, desk, warnings, cases, case, case_acts, why, harm_chains),
    *(decide, decide_preview, decisions, measures, appeals, revisits, campaigns),
    *(campaign_evidence, campaign_bulletin, campaign_compare),
    *(scorecard, transparency, protections, report_desk, report_case, reports, report, rules),
    *(lexicon_try, lexicons),  # an address with a name first, then those of any term
    *(signals, keeping, delivery, people, looks, settings),
):
    router.include_router(module.router)
