"""Rules of pushes: leads about single pushes, and about what an app pushed in a day."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import msgspec

from lianzhi.domains.dissemination.policy import PushPolicy
from lianzhi.domains.dissemination.sources.lists import ValidRows
from lianzhi.domains.dissemination.sources.rules import Lead
from lianzhi.domains.dissemination.titles.wording import folded
from lianzhi.stats.intervals import wilson
from lianzhi.stats.proportions import fisher_p

_Name = Annotated[str, msgspec.Meta(max_length=200)]
_CHINA = dt.timezone(dt.timedelta(hours=8))
#: What ordinary users and members have to get alike.
_ALIKE = ("close_button", "cancel_route", "one_click_close", "ad_label")


class PushRow(msgspec.Struct, frozen=True):
    """A push as an app sent it; what is not known stays None."""

    id: _Name
    app: _Name
    time: dt.datetime
    kind: Literal["news", "ad", "other"]
    title: Annotated[str, msgspec.Meta(max_length=300)]
    source: _Name = ""
    category: _Name = ""
    audience: Literal["", "ordinary", "member"] = ""
    published: dt.datetime | None = None
    close_seconds: float | None = None
    agreed_per_day: int | None = None
    illegal_content: bool | None = None
    traceable: bool | None = None
    reviewed: bool | None = None
    agreement: bool | None = None
    cancel_route: bool | None = None
    close_button: bool | None = None
    provider_shown: bool | None = None
    addictive_model: bool | None = None
    minors_profiled: bool | None = None
    ad_label: bool | None = None
    one_click_close: bool | None = None
    malicious_redirect: bool | None = None
    traffic_fraud: bool | None = None

    @property
    def day(self) -> dt.date:
        """The day in China on which it was sent."""
        return (self.time if self.time.tzinfo else self.time.replace(tzinfo=_CHINA)).astimezone(
            _CHINA
        ).date()  # fmt: skip


def push_leads(
    row: PushRow, sources: ValidRows, outlets: ValidRows, policy: PushPolicy
) -> Iterator[Lead]:
    """Leads about one push by itself; a list that is empty leads to none."""
    for flag in policy.flags:
        if flag.of in ("all", row.kind) and getattr(row, flag.field) is flag.value:
            yield Lead(row.id, flag.key, "")
    if row.close_seconds is not None and row.close_seconds > policy.close_seconds:
        yield Lead(row.id, "slow_to_close", f"{row.close_seconds:g}")
    if row.kind != "news":
        return
    scopes = outlets.scopes(row.app, row.day)
    if outlets and not scopes:
        yield Lead(row.id, "push_unlicensed", row.app)
    if not row.source:
        yield Lead(row.id, "push_without_source", "")
    elif sources and sources.at(row.source, row.day) is None and "gathering" not in scopes:
        yield Lead(row.id, "push_source_unlisted", row.source)
    if row.published is not None:
        hours = (_aware(row.time) - _aware(row.published)).total_seconds() / 3600
        if hours > policy.old_hours:
            yield Lead(row.id, "old_news", f"{hours:.0f}")


def day_leads(rows: Sequence[PushRow], policy: PushPolicy) -> Iterator[Lead]:
    """Leads about what apps pushed: repeats, concentration, frequency, members and others."""
    yield from _repeats(rows, policy)
    days: dict[tuple[str, dt.date], list[PushRow]] = defaultdict(list)
    apps: dict[str, list[PushRow]] = defaultdict(list)
    for row in rows:
        days[row.app, row.day].append(row)
        apps[row.app].append(row)
    for (app, day), pushed in sorted(days.items()):
        yield from _concentration(f"{app} {day}", pushed, policy)
        agreed = [row.agreed_per_day for row in pushed if row.agreed_per_day is not None]
        if agreed and len(pushed) > min(agreed):
            yield Lead(f"{app} {day}", "too_frequent", f"{len(pushed)} > {min(agreed)}")
    for app, pushed in sorted(apps.items()):
        yield from _unequal(app, pushed, policy)


def _repeats(rows: Sequence[PushRow], policy: PushPolicy) -> Iterator[Lead]:
    within = dt.timedelta(days=policy.repeat_days)
    pushed: dict[tuple[str, str], list[dt.datetime]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: _aware(each.time)):
        if row.kind == "news":
            times = pushed[row.app, folded(row.title)]
            times.append(_aware(row.time))
            recent = [time for time in times if times[-1] - time < within]
            if len(recent) >= policy.repeats:
                yield Lead(row.id, "pushed_again", str(len(recent)))


def _concentration(name: str, rows: Sequence[PushRow], policy: PushPolicy) -> Iterator[Lead]:
    news = [row.category for row in rows if row.kind == "news" and row.category]
    if not news:
        return
    grave = sum(category in policy.grave for category in news)
    if wilson(grave, len(news)).lo > policy.grave_share:
        yield Lead(name, "grave_news_concentrated", f"{grave} / {len(news)}")
    category, count = Counter(news).most_common(1)[0]
    if wilson(count, len(news)).lo > policy.one_share:
        yield Lead(name, "one_kind_of_news", f"{category}: {count} / {len(news)}")


def _unequal(app: str, rows: Sequence[PushRow], policy: PushPolicy) -> Iterator[Lead]:
    """Columns in which ordinary users fare otherwise than members, beyond chance (Bonferroni)."""
    for field in _ALIKE:
        known = [(r.audience, getattr(r, field)) for r in rows if getattr(r, field) is not None]
        ordinary = [value for audience, value in known if audience == "ordinary"]
        member = [value for audience, value in known if audience == "member"]
        if not ordinary or not member:
            continue
        p = fisher_p(sum(ordinary), len(ordinary), sum(member), len(member))
        if p < policy.alpha / len(_ALIKE):
            shown = f"{field}: {sum(ordinary)}/{len(ordinary)}, {sum(member)}/{len(member)}"
            yield Lead(app, "members_treated_otherwise", shown)


def _aware(time: dt.datetime) -> dt.datetime:
    return time if time.tzinfo else time.replace(tzinfo=_CHINA)
