"""Draws of a campaign: planned before the seed is known, revealed after, a task for each drawn.

The secret of a draw lies on this machine until it is revealed; see `record.lots`.
"""

import datetime as dt
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from lianzhi.chain import campaign_draw
from lianzhi.chain.campaign import CAMPAIGN, Body
from lianzhi.chain.campaign_draw import DRAW_STEPS, Candidate, Draw
from lianzhi.chain.life import next_status
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.kept_secrets import kept, there
from lianzhi.office.office import Office
from lianzhi.office.refusal import Refusal
from lianzhi.record import lots
from lianzhi.record.entry import Draft
from lianzhi.record.lots import DrawError, Public

#: Names of a roster, characters of a line, and how many may be drawn at once.
MOST_NAMES, _LINE, MOST_DRAWN = 5_000, 300, 500
#: Between the name of a candidate and its stratum.
MARK = "|"
#: Rules by which an act is refused, as `refused.<rule>` words them.
RULES = (
    *("campaign_roster", "campaign_count", "campaign_draw_days", "campaign_draw_early"),
    *("campaign_draw_secret", "campaign_draw_public"),
)


class CampaignDraws(DomainOffice):
    """What people do with draws. Raises KeyError for no such campaign or draw."""

    def __init__(self, office: Office, now: Callable[[], int], home: Path) -> None:
        self.office, self.ledger, self.now = office, office.ledger, now
        self._secrets = home / CAMPAIGN / "draws"

    def plan(
        self, *, by: str, plan: str, roster: str, count: int, source: str, on: dt.date,
        reveal_until: dt.date, body: Body, due: dt.date, words: str,
    ) -> str:  # fmt: skip
        """Commit to a draw; returns its id. `roster`: a name a line, with a stratum after a bar;
        `words`: what those who are drawn are asked for. Raises Refusal."""
        with self.reading() as connection:
            status = self.office.queries.campaigns.load_plan(connection, plan).status
        if status == "withdrawn":
            _refuse("campaign_withdrawn", "plan", plan)
        for name, given in (("source", source), ("words", words)):
            if not given.strip():
                raise Refusal("missing", f"{name} is empty; fill it in", field=name)
        names, today = read_roster(roster), self.today()
        if not 1 <= count <= min(len(names), MOST_DRAWN):
            _refuse("campaign_count", "count", count, most=min(len(names), MOST_DRAWN))
        if not today < on <= reveal_until <= due:
            _refuse("campaign_draw_days", "on", on.isoformat())
        identity = secrets.token_hex(8)
        public = Public(source.strip(), on)
        secret = kept(self._secrets / identity)
        terms = campaign_draw.planned(identity, names, count, secret, public, reveal_until)
        payload = {
            "draw": identity, "plan": plan, "terms": terms, "digest": lots.digest_of(terms),
            "roster": names, "body": body, "due": due, "day": today, "by": by,
        }  # fmt: skip
        self._append([self._draft("lot.planned", identity, payload, words)])
        return identity

    def reveal(self, identity: str, *, by: str, public: str) -> None:
        """Publish the secret once the public value is known, and give each drawn one its task.

        Raises Refusal, IllegalStepError where it was revealed before.
        """
        with self.ledger.batch() as batch:
            known = self.office.queries.campaigns.load_draw(batch.connection, identity)
            next_status(DRAW_STEPS, "lot.revealed", known.status)
            on = known.terms.public.on
            if self.today() < on:
                _refuse("campaign_draw_early", "public", on.isoformat())
            try:
                secret = there(self._secrets / identity)
            except KeyError:
                _refuse("campaign_draw_secret", "public", identity)
            opened = lots.Reveal(known.digest, secret.hex(), public.strip())
            try:
                names = campaign_draw.drawn(known.terms, opened, known.roster)
            except DrawError:
                _refuse("campaign_draw_public", "public", public)
            payload = {
                "draw": identity, "plan": known.plan, "reveal": opened, "drawn": names, "by": by,
            }  # fmt: skip
            request = self.ledger.vault.text(known.index, "words") or ""
            tasks = [self._task(known, name, by, request) for name in names]
            batch.append([self._draft("lot.revealed", identity, payload), *tasks])

    def _task(self, draw: Draw, name: str, by: str, words: str) -> Draft:
        task = secrets.token_hex(8)
        payload = {
            "task": task, "plan": draw.plan, "body": draw.body, "name": name, "due": draw.due,
            "draw": draw.id, "by": by,
        }  # fmt: skip
        return self._draft("task.assigned", task, payload, words)

    def _draft(self, kind: str, ref: str, payload: dict[str, Any], words: str = "") -> Draft:
        return domain_draft(CAMPAIGN, kind, ref, self.now(), payload, {"words": (words, ())})

    def _append(self, drafts: list[Draft]) -> None:
        with self.ledger.batch() as batch:
            batch.append(drafts)


def read_roster(given: str) -> tuple[Candidate, ...]:
    """The candidates of a roster, by name. Raises Refusal naming the line."""
    lines = [line.strip() for line in given.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_NAMES:
        _refuse("campaign_roster", "roster", len(lines), most=MOST_NAMES)
    candidates: dict[str, Candidate] = {}
    for line in lines:
        name, _, stratum = (part.strip() for part in line.partition(MARK))
        if not name or len(line) > _LINE or name in candidates:
            _refuse("campaign_roster", "roster", line[:80], most=MOST_NAMES)
        candidates[name] = Candidate(name, stratum or campaign_draw.ALL)
    return tuple(sorted(candidates.values(), key=lambda each: each.name))


def roster_line(candidate: Candidate) -> str:
    """A candidate as a line of a roster."""
    return f"{candidate.name} {MARK} {candidate.stratum}"


def _refuse(rule: str, field: str, value: object, most: int = 0) -> NoReturn:
    message = f"{field} is {value!r:.80}: {rule.replace('_', ' ')}"
    raise Refusal(rule, message, field=field, value=value, status=422, given=value, most=most)
