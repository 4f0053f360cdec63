"""Rows of an outlet's day, as typed structs; what may be empty has a default."""

import datetime as dt
from typing import Literal

import msgspec

from lianzhi.domains.dissemination.push.rules import PushRow
from lianzhi.law.clock import china_day
from lianzhi.tabular.field_types import Id, LocalMoment


class Reprint(msgspec.Struct, frozen=True):
    """An article as an outlet published it."""

    id: Id
    outlet: str
    time: LocalMoment
    title: str
    original_title: str = ""
    """The source's title."""
    source: str = ""
    author: str = ""
    editor: str = ""
    own: bool = False
    """Published as the outlet's own work."""
    text: str = ""
    source_body: str = ""

    @property
    def day(self) -> dt.date:
        """The day in China on which it was published."""
        return china_day(self.time)


class Push(msgspec.Struct, frozen=True):
    """A push as an app sent it; what is not known stays None."""

    id: Id
    app: str
    time: LocalMoment
    kind: Literal["news", "ad", "other"]
    title: str
    original_title: str = ""
    """Title of the news that it leads to."""
    source: str = ""
    category: str = ""
    audience: Literal["ordinary", "member"] | None = None
    published: LocalMoment | None = None
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
        return china_day(self.time)

    def row(self) -> PushRow:
        """The row that the rules judge."""
        fields = msgspec.structs.asdict(self) | {"audience": self.audience or ""}
        del fields["original_title"]
        for name in ("time", "published"):
            if fields[name] is not None:
                fields[name] = dt.datetime.fromtimestamp(fields[name] / 1000, dt.UTC)
        return PushRow(**fields)
