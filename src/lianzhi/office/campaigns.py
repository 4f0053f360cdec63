"""Campaigns: put down before they start, changed for everybody to see, carried out by tasks."""

import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from lianzhi.chain import campaign
from lianzhi.chain.campaign import MOST_DAYS, MOST_WATCH_WEEKS, Body, Plan, Task, Terms, includes
from lianzhi.chain.campaign_figures import WEEK_MS
from lianzhi.chain.campaign_judging import returned
from lianzhi.chain.life import next_status
from lianzhi.office.campaign_draws import CampaignDraws
from lianzhi.office.campaign_samples import CampaignSamples
from lianzhi.office.campaign_supplies import CampaignSupplies
from lianzhi.office.domain_office import DomainOffice, domain_draft
from lianzhi.office.office import Office
from lianzhi.office.refusal import Refusal
from lianzhi.office.written_lists import split_list
from lianzhi.record.entry import Draft

#: Who takes a step by the clock.
CLOCK = "ticker"
#: Most kinds of a selection, and most characters of a line.
_MOST, _LINE = 40, 300
#: Rules by which an act is refused, as `refused.<rule>` words them.
RULES = (
    *("campaign_started", "campaign_ended", "campaign_unchanged", "campaign_withdrawn"),
    *("campaign_due", "campaign_kind", "campaign_own_kind", "campaign_days", "campaign_watch"),
    "campaign_many",
)


class Campaigns(DomainOffice):
    """What people do in campaigns."""

    def __init__(self, office: Office, now: Callable[[], int], home: Path) -> None:
        self.office, self.ledger, self.now = office, office.ledger, now
        self.draws = CampaignDraws(office, now, home)
        self.samples = CampaignSamples(office, now, home)
        self.supplies = CampaignSupplies(office, now)
        self._looked: dict[str, int] = {}
        """Whole weeks since its end up to which a campaign was watched, by id."""

    def kinds(self) -> frozenset[str]:
        """All kinds of finding that policy describes, and the names of their domains."""
        kinds = {type_.kind for type_ in self.office.policy(self.now()).types}
        return frozenset(kinds | {kind.partition(".")[0] for kind in kinds})

    def open(self, *, by: str, words: str, **given: Any) -> str:
        """Put a campaign down; returns its id. `words`: why now; `given`: fields of its terms,
        selections as lines. Raises Refusal, also where its first day has passed."""
        terms = self._terms(given)
        if terms.first < self.today():
            _refuse("campaign_started", "first", terms.first.isoformat())
        _require("words", words)
        identity = secrets.token_hex(8)
        payload = {"plan": identity, "terms": msgspec.to_builtins(terms), "by": by}
        self._put("plan.opened", identity, payload, words=words)
        return identity

    def change(self, identity: str, *, by: str, words: str, **given: Any) -> None:
        """Change the terms. The entry says what was before. KeyError: there is no such campaign.

        Raises Refusal, also where nothing is changed, or the first day of one that has started.
        """
        _require("words", words)
        terms, today = self._terms(given), self.today()
        with self.ledger.batch() as batch:
            plan = self.office.queries.campaigns.load_plan(batch.connection, identity)
            next_status(campaign.PLAN_STEPS, "plan.changed", plan.status)
            before, after = campaign.changed(plan.terms, **_fields(terms))
            if not after:
                _refuse("campaign_unchanged", "words", "")
            if "first" in after and min(plan.first, terms.first) < today:
                _refuse("campaign_started", "first", terms.first.isoformat())
            if "last" in after and min(plan.last, terms.last) < today:
                _refuse("campaign_ended", "last", terms.last.isoformat())
            payload = {"plan": identity, "before": before, "after": after, "by": by}
            batch.append([self._draft("plan.changed", identity, payload, words=words)])

    def withdraw(self, identity: str, *, by: str, words: str) -> None:
        """Give a campaign up. KeyError: there is no such campaign. Raises IllegalStepError."""
        _require("words", words)
        self._put("plan.withdrawn", identity, {"plan": identity, "by": by}, words=words)

    def revisit(self, identity: str, *, by: str, rebound: str, words: str) -> None:
        """Hold the revisit that an alarm of the watch asked for: `rebound` is `yes` or `no`.

        KeyError: there is no such campaign. Raises IllegalStepError.
        """
        _require("words", words)
        payload = {"plan": identity, "by": by, "rebound": rebound == "yes"}
        self._put("plan.revisited", identity, payload, words=words)

    def assign(self, *, by: str, plan: str, body: Body, name: str, due: dt.date, words: str) -> str:
        """Give a body a task; returns the id of the task. KeyError: there is no such campaign."""
        _require("name", name)
        _require("words", words)
        if due < self.today():
            _refuse("campaign_due", "due", due.isoformat())
        task = secrets.token_hex(8)
        payload = {"task": task, "plan": plan, "body": body, "name": name.strip(), "due": due}
        with self.ledger.batch() as batch:
            if (
                self.office.queries.campaigns.load_plan(batch.connection, plan).status
                == "withdrawn"
            ):
                _refuse("campaign_withdrawn", "body", name)
            batch.append([self._draft("task.assigned", task, payload | {"by": by}, words=words)])
        return task

    def urge(self, identity: str, *, by: str, words: str) -> None:
        """Urge a task 督办 by hand. KeyError, IllegalStepError."""
        _require("words", words)
        self._task("task.urged", identity, {"by": by}, words=words)

    def reply(self, identity: str, *, by: str, words: str) -> None:
        """Note what the body replied. KeyError, IllegalStepError."""
        _require("words", words)
        self._task("task.replied", identity, {"by": by}, words=words)

    def accept(self, identity: str, *, by: str, words: str = "") -> None:
        """Find a reply sufficient. KeyError, IllegalStepError."""
        self._task("task.accepted", identity, {"by": by}, words=words)

    def give_back(self, identity: str, *, by: str, due: dt.date, words: str) -> None:
        """Return a reply with a new last day. KeyError, IllegalStepError."""
        _require("words", words)
        if due < self.today():
            _refuse("campaign_due", "due", due.isoformat())
        self._task("task.returned", identity, {"by": by, "due": due}, words=words)

    def tick(self) -> int:
        """Urge by the clock what is late, once each; returns how many."""
        with self.reading() as connection:
            late = self.office.queries.campaigns.tasks_past(connection, self.today())
        for task in late:
            self._task("task.overdue", task.id, {"by": CLOCK})
        return len(late) + self._watch()

    def _watch(self) -> int:
        """Look once a week whether the harm came back after a campaign; returns how many alarms."""
        now, alarms = self.now(), 0
        with self.reading() as connection:
            ended = self.office.queries.campaigns.plans_ended(connection, self.today())
        for plan in ended:
            weeks = (now - plan.terms.until) // WEEK_MS
            if plan.phase(now) != "watched" or self._looked.get(plan.id, 0) >= weeks:
                continue
            with self.reading() as connection:
                evidence = self.office.queries.campaigns.evidence(connection, plan, now)
            if (alarm := returned(evidence)) is not None:
                payload = {"plan": plan.id, "by": CLOCK, **msgspec.structs.asdict(alarm)}
                self._put("plan.rebounded", plan.id, payload)
                alarms += 1
            self._looked[plan.id] = weeks
        return alarms

    def _task(self, kind: str, identity: str, payload: Mapping[str, Any], **texts: str) -> Task:
        with self.reading() as connection:
            task = self.office.queries.campaigns.load_task(connection, identity)
        self._put(kind, identity, {**payload, "task": identity, "plan": task.plan}, **texts)
        return task

    def _put(self, kind: str, ref: str, payload: Mapping[str, Any], **texts: str) -> None:
        with self.ledger.batch() as batch:
            batch.append([self._draft(kind, ref, payload, **texts)])

    def _draft(self, kind: str, ref: str, payload: Mapping[str, Any], **texts: str) -> Draft:
        kept = {name: (text, ()) for name, text in texts.items()}
        return domain_draft(campaign.CAMPAIGN, kind, ref, self.now(), payload, kept)

    def plan(self, identity: str) -> Plan:
        """A campaign. KeyError: there is none."""
        with self.reading() as connection:
            return self.office.queries.campaigns.load_plan(connection, identity)

    def _terms(self, given: Mapping[str, Any]) -> Terms:
        """Terms from the fields of a form. Raises Refusal naming field and mend."""
        for name in ("title", "outcome", "denominator"):
            _require(name, given[name])
        fields = dict(given)
        for name in ("kinds", "controls", "neighbours", "places"):
            fields[name] = _selection(name, given.get(name, ""))
        terms, known = Terms(**fields), self.kinds()
        for name in ("kinds", "controls", "neighbours"):
            for kind in getattr(terms, name):
                if kind not in known:
                    _refuse("campaign_kind", name, kind)
        if not terms.kinds:
            _refuse("campaign_kind", "kinds", "")
        for name in ("controls", "neighbours"):
            for kind in getattr(terms, name):
                if includes(terms.kinds, kind) or any(includes((kind,), k) for k in terms.kinds):
                    _refuse("campaign_own_kind", name, kind)
        if not 0 <= (terms.last - terms.first).days < MOST_DAYS:
            _refuse("campaign_days", "last", terms.last.isoformat(), most=MOST_DAYS)
        if not 1 <= terms.watch_weeks <= MOST_WATCH_WEEKS:
            _refuse("campaign_watch", "watch_weeks", terms.watch_weeks, most=MOST_WATCH_WEEKS)
        return terms


def _fields(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in terms.__struct_fields__}


def _selection(name: str, given: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(split_list(given)))
    if len(values) > _MOST or any(len(value) > _LINE for value in values):
        _refuse("campaign_many", name, values[-1][:80], most=_MOST)
    return values


def _require(name: str, given: str) -> None:
    if not given.strip():
        raise Refusal("missing", f"{name} is empty; fill it in", field=name)


def _refuse(rule: str, field: str, value: object, most: int = 0) -> NoReturn:
    message = f"{field} is {value!r:.80}: {rule.replace('_', ' ')}"
    raise Refusal(rule, message, field=field, value=value, status=422, given=value, most=most)
