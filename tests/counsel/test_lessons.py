"""Lessons on demand and targeted ones: steps, and what changed with their causes."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from counsel_house import TODAY, opened

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.cli.main import main
from lianzhi.domains.counsel.effect_wording import effect_sentences
from lianzhi.domains.counsel.guidance.effect import effect
from lianzhi.domains.counsel.guidance.policy import EffectPolicy
from lianzhi.domains.counsel.refusals import RefusedError, explain
from lianzhi.domains.counsel.words import words

POLICY = EffectPolicy(days=100, least_days=30, level=0.95)
HELD = dt.date(2025, 10, 1)
TARGETED = {
    "kind": "targeted",
    "topic": "归类常见错误",
    "field": "classification",
    "cause": "classification",
    "requester": "",
}


@pytest.fixture
def node(databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def lessons(node):
    return node.desks["counsel"].guidance.lessons


def daily(before, after, cause="origin", first=HELD - dt.timedelta(100)):
    """Counts on the first day, the day before and the day after; another cause stays alike."""
    days = {first: 0, HELD - dt.timedelta(1): before, HELD + dt.timedelta(1): after}
    others = {HELD - dt.timedelta(9): 20, HELD + dt.timedelta(9): 20, HELD: 99}
    return {cause: days, "late": others}


def text(counts, today=HELD + dt.timedelta(101), language="en"):
    return effect_sentences(
        {"questions": effect(counts, "origin", HELD, today, POLICY)}, words(language)
    )[0]


def test_a_fall_beyond_chance_is_told_from_one_that_is_not():
    assert "a fall beyond chance" in text(daily(40, 10))
    assert "40 in 100 days before (12.2 a month), 10 in 100 days after (3.0 a month)" in text(
        daily(40, 10)
    )
    assert "not distinguishable from no change" in text(daily(4, 2))
    assert "a rise beyond chance" in text(daily(10, 40))
    assert "chosen at its peak" in text(daily(40, 10))
    assert "%(" not in text(daily(0, 0), language="zh")


def test_the_verdict_follows_the_interval_against_the_other_causes():
    said = {"fell": "it fell", "rose": "it rose", "alike": "it is not distinguishable"}
    seen = set()
    for after in range(0, 121, 3):
        known = effect(daily(40, after), "origin", HELD, HELD + dt.timedelta(101), POLICY)
        assert f"Against the other causes {said[known.verdict]}" in text(daily(40, after))
        lo, hi = known.relative.lo, known.relative.hi
        assert known.verdict == ("fell" if hi < 1 else "rose" if lo > 1 else "alike")
        assert known.relative.lo <= known.ratio.lo or known.relative.hi >= known.ratio.hi
        seen.add(known.verdict)
    assert seen == set(said)


def test_a_fall_that_all_causes_share_is_no_effect():
    own = daily(40, 10)
    shared = {**own, "late": {HELD - dt.timedelta(9): 80, HELD + dt.timedelta(9): 20}}
    known = effect(shared, "origin", HELD, HELD + dt.timedelta(101), POLICY)
    assert known.ratio.hi < 1
    assert (known.verdict, known.relative.value) == ("alike", 1)
    alone = {"origin": own["origin"]}
    assert effect(alone, "origin", HELD, HELD + dt.timedelta(101), POLICY).verdict == "unknown"
    assert "too little to compare" in text(alone)


def test_the_day_of_the_lesson_and_days_before_the_first_known_do_not_count():
    known = effect(daily(40, 10), "origin", HELD, HELD + dt.timedelta(101), POLICY)
    assert (known.before_days, known.after_days) == (100, 100)
    assert known.others.value == 1
    late = daily(40, 10, first=HELD - dt.timedelta(30))
    assert effect(late, "origin", HELD, HELD + dt.timedelta(101), POLICY).before_days == 30


def test_too_few_days_on_a_side_are_not_compared():
    enough = HELD + dt.timedelta(31)
    assert effect(daily(9, 9), "origin", HELD, enough, POLICY).after_days == 30
    assert effect(daily(9, 9), "origin", HELD, enough - dt.timedelta(1), POLICY) is None
    few = daily(9, 9, first=HELD - dt.timedelta(29))
    assert effect(few, "origin", HELD, enough, POLICY) is None
    assert effect({}, "origin", HELD, enough, POLICY) is None
    assert "too few days" in text(few)


def test_a_lesson_is_requested_planned_held_and_rated(node, lessons):
    identity = lessons.request(
        "rec", **TARGETED | {"kind": "on_demand", "cause": "", "requester": "甲公司"}
    )
    with pytest.raises(IllegalStepError):
        lessons.hold(identity, "rec", day_held=None, attendance=9)
    lessons.plan(identity, "rec", planned=TODAY, speaker="王科长")
    with pytest.raises(RefusedError) as ahead:
        lessons.hold(identity, "rec", day_held=TODAY + dt.timedelta(1), attendance=30)
    assert ahead.value.field == "day_held"
    assert "asking" not in explain(ahead.value, "en")["detail"]
    lessons.hold(identity, "rec", day_held=None, attendance=30)
    for answers, useful in ((31, 1), (20, 21)):
        with pytest.raises(RefusedError):
            lessons.rate(identity, "rec", answers=answers, useful=useful)
    lessons.rate(identity, "rec", answers=20, useful=18)
    page = Console(node, "rec", "en").get(f"/counsel/lessons/{identity}").text
    assert "18 of 20: 90 %" in page
    assert "甲公司" in page
    assert "nothing can be measured" in page
    payloads = [node.ledger.payload(entry.index) for entry in node.ledger.entries()]
    assert "甲公司" not in json.dumps(payloads, ensure_ascii=False)
    node.erasure.erase("甲公司")
    assert "甲公司" not in Console(node, "rec").get(f"/counsel/lessons/{identity}").text


def test_what_a_targeted_lesson_changed_stands_on_its_page(node, lessons):
    questions = node.desks["counsel"].guidance.questions
    question = questions.draft(
        "rec", question="归到哪一类", field="classification", causes="classification"
    )
    for days in (150, 120, 100, 90):
        questions.ask(question, "rec", day_asked=TODAY - dt.timedelta(days))
    identity = lessons.request("rec", **TARGETED)
    lessons.plan(identity, "rec", planned=TODAY, speaker="王科长")
    lessons.hold(identity, "rec", day_held=TODAY - dt.timedelta(80), attendance=30)
    staff = Console(node, "lead", "en")
    page = staff.get(f"/counsel/lessons/{identity}").text
    assert "4 in 70 days before (1.7 a month), 0 in 79 days after (0.0 a month)" in page
    assert "not distinguishable from no change" in page
    assert "Classification at issue" in staff.get("/counsel/lessons").text
    assert "/counsel/lessons/new?cause=classification" in staff.get("/counsel/lessons").text
    assert lessons.recurring()[0] == ("classification", 4, 0)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"cause": ""}, "lesson_cause"),
        ({"kind": "on_demand"}, "lesson_requester"),
        ({"topic": ""}, "guidance_empty"),
        ({"field": "fishing"}, "guidance_field"),
        ({"cause": "weather"}, "guidance_causes"),
    ],
)
def test_what_is_no_lesson_is_refused_with_its_mend(lessons, changed, rule):
    with pytest.raises(RefusedError) as caught:
        lessons.request("rec", **TARGETED | changed)
    assert caught.value.rule == rule
    for language in ("zh", "en"):
        assert "refused." not in explain(caught.value, language)["detail"]


def test_only_staff_enter_and_see_lessons(node, lessons):
    rec, reader = Console(node, "rec"), Console(node, "reader")
    assert rec.get("/counsel/lessons/new?cause=late").status_code == 200
    assert rec.post("/counsel/lessons", **TARGETED).status_code == 303
    assert "归类常见错误" in rec.get("/counsel/lessons").text
    assert reader.get("/counsel/lessons").status_code == 403
    assert reader.get("/counsel/lessons/L0001").status_code == 403
    assert rec.post("/counsel/lessons/L0001/decline", words="合并到下月").status_code == 303
    assert "合并到下月" in rec.get("/counsel/lessons/L0001").text


def test_the_shell_prints_what_lessons_changed(tmp_path):
    home = tmp_path / "home"
    with opened(home) as node:
        lessons = node.desks["counsel"].guidance.lessons
        identity = lessons.request("rec", **TARGETED)
        lessons.plan(identity, "rec", planned=TODAY, speaker="王科长")
        lessons.hold(identity, "rec", day_held=TODAY, attendance=3)
    (home / "config.toml").write_text('domains = ["counsel"]\n', "utf-8")
    ran = CliRunner().invoke(main, ["counsel", "lesson-effects", "--home", str(home)])
    assert "L0001: Questions: too few days are known" in ran.output
