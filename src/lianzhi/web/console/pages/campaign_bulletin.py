"""The bulletin of a campaign as a file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.chain.campaign_figures import figures
from lianzhi.config import Config
from lianzhi.documents.paper_forms import FORMS
from lianzhi.kit.downloads import PAPER_MEDIA, attachment
from lianzhi.kit.page import desk_of, or_missing
from lianzhi.law.words import LANGUAGES
from lianzhi.office.campaigns import Campaigns
from lianzhi.store import campaign_counts, campaigns
from lianzhi.web.console.campaign_bulletin import BulletinFacts, bulletin
from lianzhi.web.console.page import Reader

router = APIRouter(prefix=f"/{CAMPAIGN}")
Desk = Annotated[Campaigns, desk_of(CAMPAIGN)]


@router.get("/plans/{identity}/bulletin.{form}")
def bulletin_file(
    request: Request, desk: Desk, user: Reader, identity: str, form: Literal["docx", "pdf"]
) -> Response:
    """The bulletin 通报 of a campaign, in Chinese with English after it."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.plan.load(connection, identity)
        facts = BulletinFacts(
            plan=known,
            figures=figures(campaign_counts.counts(connection, known.terms)),
            evidence=campaigns.evidence(connection, known, desk.now()),
            tasks=campaigns.tasks_of(connection, identity),
            now=desk.now(),
            agency=request.app.state.deployment or Config().deployment,
        )
    body = FORMS[form](bulletin(facts, LANGUAGES))
    return attachment(body, f"bulletin-{identity}.{form}", PAPER_MEDIA[form])
