"""Pages of petitions, disclosure and complaints with their legal review."""

from collections.abc import Iterator

from lianzhi.domains.counsel.acts.matter import MATTER
from lianzhi.domains.counsel.nouns.matter import Matter
from lianzhi.domains.counsel.web import papers
from lianzhi.domains.counsel.web.office_files import Fact, View, router_of


def _facts(file: Matter) -> Iterator[Fact]:
    yield Fact("office.kind", file.kind, "matter_kind")
    yield Fact("matter.handler", file.handler)
    yield Fact("matter.received", file.began.isoformat())
    if file.ask_by is not None:
        yield Fact("matter.ask_by", file.ask_by.isoformat())
        timing = "late" if file.began > file.ask_by else "in_time"
        yield Fact("matter.asked", timing, "matter_asked")
    if file.pause and file.status == "paused":
        yield Fact("matter.pause", file.pause, "matter_pause")
    if "reviewed" in file.days:
        yield Fact("matter.reviewer", file.hands["reviewed"])


router = router_of(
    View(
        MATTER,
        ("open", "submitted", "reviewed", "paused", "answered"),
        lambda desk: desk.matters,
        _facts,
        "matters",
        lambda desk, file: {} if file is None else papers.section(desk, desk.matters, file.id),
    )
)
