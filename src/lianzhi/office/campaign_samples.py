"""Samples of a campaign: planned before the seed is known, drawn after, judged one by one, blind.

The secret of a sample lies on this machine until it is revealed; see `record.lots`.
"""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from lianzhi.chain import campaign_draw, campaign_sample
from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.chain.campaign_sample import BEFORE, DURING, SAMPLE_STEPS, Judged
from lianzhi.chain.life import next_status
from lianzhi.office.campaign_draws import MOST_DRAWN, read_roster
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.kept_secrets import kept, there
from lianzhi.office.office import Office
from lianzhi.office.refusal import Refusal
from lianzhi.record import lots
from lianzhi.record.entry import Draft
from lianzhi.record.lots import DrawError, Public

#: Rules by which an act is refused, as `refused.<rule>` words them.
RULES = (
    *("campaign_sample_strata", "campaign_sample_days", "campaign_sample_own"),
    "campaign_sample_item",
)


class CampaignSamples(DomainOffice):
    """What people do with samples. Raises KeyError for no such campaign or sample."""

    def __init__(self, office: Office, now: Callable[[], int], home: Path) -> None:
        self.office, self.ledger, self.now = office, office.ledger, now
        self._secrets = home / CAMPAIGN / "samples"

    def plan(
        self, *, by: str, plan: str, roster: str, count: int, source: str, on: dt.date,
        reveal_until: dt.date, words: str,
    ) -> str:  # fmt: skip
        """Commit to a sample; returns its id. `roster`: an item a line, a bar, then `before` or
        `during`; `count`: how many of each are drawn; `words`: what counts as harmful.

        Raises Refusal.
        """
        with self.reading() as connection:
            status = self.office.queries.campaigns.load_plan(connection, plan).status
        if status == "withdrawn":
            _refuse("campaign_withdrawn", "plan", plan)
        for name, given in (("source", source), ("words", words)):
            if not given.strip():
                raise Refusal("missing", f"{name} is empty; fill it in", field=name)
        items, today = read_roster(roster), self.today()
        sizes = Counter(item.stratum for item in items)
        if odd := sizes.keys() - {BEFORE, DURING}:
            _refuse("campaign_sample_strata", "roster", min(odd))
        least = min(sizes[BEFORE], sizes[DURING], MOST_DRAWN // 2)
        if not 1 <= count <= least:
            _refuse("campaign_count", "count", count, most=least)
        if not today < on <= reveal_until:
            _refuse("campaign_sample_days", "on", on.isoformat())
        identity = secrets.token_hex(8)
        public = Public(source.strip(), on)
        secret = kept(self._secrets / identity)
        draw = campaign_draw.planned(identity, items, 2 * count, secret, public, reveal_until)
        terms = campaign_sample.planned(draw, count)
        payload = {
            "sample": identity, "plan": plan, "terms": terms, "digest": lots.digest_of(terms),
            "roster": items, "day": today, "by": by,
        }  # fmt: skip
        self._append(self._draft("sample.planned", identity, payload, words))
        return identity

    def reveal(self, identity: str, *, by: str, public: str) -> None:
        """Publish the secret once the public value is known, and draw.

        Raises Refusal, IllegalStepError where it was revealed before.
        """
        with self.ledger.batch() as batch:
            known = self.office.queries.campaigns.load_sample(batch.connection, identity)
            next_status(SAMPLE_STEPS, "sample.revealed", known.status)
            on = known.terms.public.on
            if self.today() < on:
                _refuse("campaign_draw_early", "public", on.isoformat())
            try:
                secret = there(self._secrets / identity)
            except KeyError:
                _refuse("campaign_draw_secret", "public", identity)
            opened = lots.Reveal(known.digest, secret.hex(), public.strip())
            try:
                names = campaign_sample.drawn(known.terms, opened, known.roster)
            except DrawError:
                _refuse("campaign_draw_public", "public", public)
            payload = {
                "sample": identity, "plan": known.plan, "reveal": opened, "drawn": names, "by": by,
            }  # fmt: skip
            batch.append([self._draft("sample.revealed", identity, payload)])

    def judge(self, identity: str, *, by: str, item: str, harmful: Judged, words: str = "") -> None:
        """Say whether an item is harmful; each is judged once, by another than who planned.

        Raises Refusal, IllegalStepError before the draw and after the last item.
        """
        with self.ledger.batch() as batch:
            known = self.office.queries.campaigns.load_sample(batch.connection, identity)
            next_status(SAMPLE_STEPS, "sample.judged", known.status)
            if by == known.by:
                _refuse("campaign_sample_own", "harmful", by)
            if item not in known.drawn or item in known.judged:
                _refuse("campaign_sample_item", "item", item)
            payload = {
                "sample": identity, "plan": known.plan, "item": item, "harmful": harmful, "by": by,
            }  # fmt: skip
            batch.append([self._draft("sample.judged", identity, payload, words)])

    def _draft(self, kind: str, ref: str, payload: dict[str, Any], words: str = "") -> Draft:
        return domain_draft(CAMPAIGN, kind, ref, self.now(), payload, {"words": (words, ())})

    def _append(self, draft: Draft) -> None:
        with self.ledger.batch() as batch:
            batch.append([draft])


def _refuse(rule: str, field: str, value: object, most: int = 0) -> NoReturn:
    message = f"{field} is {value!r:.80}: {rule.replace('_', ' ')}"
    raise Refusal(rule, message, field=field, value=value, status=422, given=value, most=most)
