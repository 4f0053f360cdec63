"""Report floods: many reports against one account in a short time, a finding of its own.

Mass reporting is a way to attack a person, so a count of reports is never a ground against their
target. The finding says that reports are clustered, not that they are false: it asks a person to
weigh them, and it names nobody as answerable.
"""

from collections.abc import Sequence
from math import exp, log

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Reason, Stage, finding_id
from lianzhi.chain.policy import Dated
from lianzhi.chain.struct_state import StructState
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS, unnamed
from lianzhi.domains.bullying.policy import Policy
from lianzhi.record.mention import mentions
from lianzhi.stats import poisson


class Reported(msgspec.Struct, array_like=True):
    """One account that was reported."""

    day: int
    today: int = 0
    reports: float = 0.0
    days: float = 0.0
    recent: list[Evidence] = []
    """Latest report of each reporter, newest last."""
    stage: Stage | None = None


class ReportState(msgspec.Struct):
    """State of one partition."""

    version: int = 1
    accounts: dict[str, Reported] = {}
    swept: int = 0


class ReportFlood(StructState[ReportState]):
    """The detector `bullying.report_flood`."""

    name = "bullying.report_flood"
    form = ReportState

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The account reported."""
        return event.target if event.kind == "report" else None

    def step(
        self, state: ReportState, events: Sequence[Event]
    ) -> tuple[ReportState, list[Finding]]:
        """Fold ordered events in."""
        findings = []
        for event in events:
            key = self.key(event)
            if key is None:
                continue
            version, policy = self._policy.at(event.time)
            day = int(event.time + policy.contact.utc_offset_hours * HOUR_MS) // DAY_MS
            _sweep(state, day, policy)
            account = state.accounts.get(key)
            if account is None:
                account = state.accounts[key] = Reported(day)
            finding = self._take(account, event, key, day, version, policy)
            if finding is not None:
                findings.append(finding)
        return state, findings

    def forget(self, state: ReportState, subject: str) -> ReportState:
        """Drop an account as reported and as reporter."""
        named = mentions(subject)
        state.accounts.pop(subject, None)
        for account in state.accounts.values():
            account.recent = unnamed(account.recent, named)
        return state

    def _take(
        self, account: Reported, event: Event, key: str, day: int, version: str, policy: Policy
    ) -> Finding | None:
        rule, decay = policy.reports, policy.baseline.decay
        if day != account.day:
            passed = day - account.day
            fade = decay**passed
            learned = 0 if account.stage is not None else account.today  # a flood is not normal
            account.reports = (account.reports + learned) * fade
            quiet = sum(decay**n for n in range(1, min(passed, 60)))
            account.days = (account.days + 1) * fade + quiet
            account.today, account.day = 0, day
        window = rule.window_minutes * 60_000
        recent = [
            e for e in account.recent if e.actor != event.actor and e.at > event.time - window
        ]
        account.today += 1
        recent.append(Evidence(event.source, event.id, event.time, event.actor, event.seq))
        account.recent = recent[-policy.state.people :]
        if len(account.recent) < rule.least:
            account.stage = None
            return None
        shape, days = rule.prior_reports + account.reports, rule.prior_days + account.days
        tail = poisson.predictive_tail(len(account.recent), shape, days, window / DAY_MS)
        points = -log(max(tail, 1e-300))
        stage = _stage(points, policy)
        rises = stage is not None and (
            account.stage is None or STAGES.index(stage) > STAGES.index(account.stage)
        )
        if stage is None or not rises:
            return None
        account.stage = stage
        count = len(account.recent)
        reason = Reason(
            "reporters", points, count, shape / days * window / DAY_MS, "accounts", window
        )
        since = account.recent[0].at
        return Finding(
            id=finding_id(self.name, key, since, stage, event.time),
            kind=self.name,
            stage=stage,
            about=key,
            at=event.time,
            since=since,
            score=round(points, 3),
            confidence=round(1 / (1 + exp(rule.points_warn - points)), 3),
            reasons=(reason,),
            evidence=tuple(account.recent[: policy.state.evidence]),
            counts={"actors": count, "reporters": count},
            minor=bool(event.target_is_minor),
            rule=f"{self.name}@{version}",
        )


def _stage(points: float, policy: Policy) -> Stage | None:
    if points >= policy.reports.points_warn:
        return "warn"
    return "watch" if points >= policy.reports.points_watch else None


def _sweep(state: ReportState, day: int, policy: Policy) -> None:
    """Once a day forget accounts that have not been reported for long."""
    if day <= state.swept:
        return
    state.swept = day
    oldest = day - policy.baseline.idle_days
    state.accounts = {key: a for key, a in state.accounts.items() if a.day >= oldest}
