"""Detectors are folds: any split of the sequence, with or without a snapshot, is the same."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.event import Event
from lianzhi.chain.policy import Dated
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.detection.reports import ReportFlood
from lianzhi.domains.bullying.detection.roster import Watch
from streams import CALL, KIND, RUDE, START, event, merged, numbered

POLICY = policy.load()
DAY = 86_400_000
ROSTER = {"p0": [Watch(START, START + 3 * DAY)]}
#: A second version comes into force at 08:00 of a day of the detector's, at +08:00.
REVISED = Dated([("2025-01-01", POLICY.latest()[1]), ("2025-10-10", POLICY.latest()[1])])
DETECTORS: list[Any] = [PileOn(POLICY, ROSTER), ReportFlood(POLICY), PileOn(REVISED)]

KINDS = st.sampled_from(
    ["comment"] * 8
    + ["danmaku", "private_message", "mention", "repost", "follow", "report", "like"]
)
ONE = st.fixed_dictionaries(
    {
        "gap": st.sampled_from([1, 40, 900, 20_000, 3_600_000, DAY]),
        "kind": KINDS,
        "actor": st.integers(0, 40),
        "target": st.sampled_from([0, 0, 0, 1, 2, None]),
        "text": st.sampled_from([*RUDE, *KIND, CALL, None, "你们别骂了，请尊重她"]),
        "group": st.sampled_from([None, None, "g1"]),
        "created": st.sampled_from([None, START - 5 * DAY, START - 900 * DAY]),
        "minor": st.sampled_from([None, None, True]),
        "victim": st.sampled_from([None, "p0", "p1"]),
    }
)


def stream(rows: list[dict[str, Any]]) -> list[Event]:
    at, made = START, []
    for n, row in enumerate(rows):
        at += row["gap"]
        target = None if row["target"] is None else f"p{row['target']}"
        more = {"text": row["text"], "group": row["group"], "actor_created": row["created"]}
        more |= {"target_is_minor": row["minor"]}
        if row["kind"] == "report" and row["victim"]:
            more["ext"] = {"victim": row["victim"]}
        made.append(event(f"e{n}", at, f"a{row['actor']}", target, kind=row["kind"], **more))
    return numbered(merged(made))


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.name)
@settings(max_examples=40)
@given(rows=st.lists(ONE, max_size=150), cuts=st.lists(st.integers(0, 150), max_size=6))
def test_any_split_finds_the_same(
    detector: Any, rows: list[dict[str, Any]], cuts: list[int]
) -> None:
    events = stream(rows)
    state, found = detector.step(detector.init(), events)
    split, pieces = detector.init(), []
    places = sorted({0, len(events), *(c for c in cuts if c <= len(events))})
    for n, (start, stop) in enumerate(pairwise(places)):
        split, more = detector.step(split, events[start:stop])
        pieces += more
        if n % 2:
            split = detector.load(detector.dump(split))
    assert pieces == found
    assert detector.dump(split) == detector.dump(state)
    assert len({finding.id for finding in found}) == len(found)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.name)
@settings(max_examples=25)
@given(rows=st.lists(ONE, max_size=120), stop=st.integers(0, 120))
def test_the_forgotten_are_gone_and_the_fold_goes_on(
    detector: Any, rows: list[dict[str, Any]], stop: int
) -> None:
    events = stream(rows)
    state, _ = detector.step(detector.init(), events[:stop])
    state = detector.forget(state, "a7")
    rest = [e for e in events[stop:] if e.actor != "a7"]
    state, findings = detector.step(state, rest)
    dumped = detector.dump(state)
    assert b"\xa2a7" not in dumped
    for finding in findings:
        named = {finding.about, *finding.subjects, *finding.roles}
        assert "a7" not in named | {one.actor for one in finding.evidence}


def flood(count: int, kind: str) -> list[Event]:
    return numbered(
        [event(f"f{n}", START + n * 1000, f"r{n}", "p0", kind=kind) for n in range(count)]
    )


def test_a_report_flood_is_a_finding_about_the_reported_and_accuses_nobody() -> None:
    detector = ReportFlood(POLICY)
    _, findings = detector.step(detector.init(), flood(40, "report"))
    assert findings[-1].stage == "warn"
    for finding in findings:
        assert finding.about == "p0"
        assert not finding.subjects
        assert not finding.proposes
        assert finding.score == pytest.approx(sum(r.points for r in finding.reasons), abs=1e-3)


def test_reports_and_looks_alone_never_make_a_pile_on() -> None:
    for kind in ("report", "like", "view", "follow"):
        detector = PileOn(POLICY)
        _, findings = detector.step(detector.init(), flood(300, kind))
        assert findings == []


def test_what_one_does_to_oneself_is_no_harm() -> None:
    detector = PileOn(POLICY)
    events = [event(f"s{n}", START + n, "p0", "p0", text=RUDE[0]) for n in range(50)]
    assert detector.step(detector.init(), numbered(events))[1] == []
    assert detector.key(events[0]) is None
