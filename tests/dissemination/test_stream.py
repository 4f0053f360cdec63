"""The stream: an outlet's day gives findings about its distorted titles and its push, no others."""

from pathlib import Path

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.domains.dissemination.demo import before
from lianzhi.domains.dissemination.detect import monitor
from lianzhi.domains.monitor import Site
from lianzhi.text.lexicon.lexicons import shipped

NOW = 1_800_000_000_000


def findings(events: list[Event]) -> list[Finding]:
    out: list[Finding] = []
    for detector in monitor(Site(Path("/nowhere"), None, {}, shipped)).detectors:
        ours = [event for event in events if detector.key(event) is not None]
        out += detector.step(detector.init(), ours)[1]
    return out


def test_the_demo_gives_three_titles_and_one_push() -> None:
    kinds = [(finding.kind, finding.about) for finding in findings(before(NOW))]
    assert sorted(kinds) == [
        ("dissemination.push", "on:push-1"),
        ("dissemination.title", "on:elevators"),
        ("dissemination.title", "on:rent"),
        ("dissemination.title", "on:water"),
    ]


def test_what_differs_is_marked_in_both_titles() -> None:
    (event,) = (each for each in before(NOW) if each.object == "elevators")
    (finding,) = findings([event])
    assert event.text is not None
    marked = {event.text[span.start : span.end] for span in finding.evidence[0].spans}
    assert any("部分" in each for each in marked)
    assert any("所有" in each for each in marked)


def test_a_text_without_two_lines_and_odd_fields_are_passed_over() -> None:
    fields = {"source": "s", "time": NOW, "actor": "a", "object": "o"}
    lone = Event(id="1", kind="reprint", text="只有一行", **fields)  # type: ignore[arg-type]
    odd = Event(id="2", kind="push", text="题", ext={"kind": 7}, **fields)  # type: ignore[arg-type]
    assert findings([lone, odd]) == []
