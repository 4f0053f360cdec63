"""What the detector promises: who is warned of, who never is, and how it says so."""

import random
import re
from pathlib import Path

import pytest

from lianzhi.chain.event import Event
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.detection.reports import ReportFlood
from lianzhi.domains.bullying.detection.roster import Watch
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS

MINUTE = 60_000
BEGIN = 1_790_000_000_000 // DAY_MS * DAY_MS
ABUSE = [
    "你真恶心",
    "滚出去吧废物",
    "装什么装，丑八怪",
    "你怎么不去死",
    "大家一起去骂她",
    "不要脸的东西",
]
PRAISE = ["太好看了，加油", "唱得真好听，支持你", "恭喜拿到冠军", "辛苦了，期待下一期"]
CRITICISM = [
    "这款手机发热严重，续航也缩水",
    "客服三天没有答复，请给个说法",
    "通报里关键的问题没有回答",
    "剧本逻辑不通，节奏拖沓，差评",
]
NEUTRAL = ["今天几点直播", "请问怎么报名", "已转发", "等官方消息", "在哪里买的"]
DEFENCE = [
    "别再骂了，这就是网络暴力",
    "“滚出去吧废物”这种话太过分了，请停止攻击她",
    "心疼，抱抱，已举报辱骂的人",
]


class Story:
    """Ten quiet days at a person, then whatever a test adds."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._events: list[Event] = []
        for day in range(10):
            for friend in range(4):
                self.say(f"friend{friend}", NEUTRAL, day * DAY_MS + 9 * HOUR_MS + friend * HOUR_MS)
            if day % 2:
                self.say(f"passer{day}", NEUTRAL, day * DAY_MS + 15 * HOUR_MS)
        self.now = 10 * DAY_MS + 12 * HOUR_MS

    def say(self, by: str, texts: list[str], at: int, **fields: object) -> None:
        number = len(self._events)
        event = {
            "id": f"e{number}",
            "source": "t",
            "kind": "comment",
            "time": BEGIN + at,
            "actor": by,
            "target": "her",
            "text": self._random.choice(texts),
        }
        self._events.append(Event(**(event | fields)))

    def crowd(self, people: int, over: int, texts: list[str], name: str = "c", **fields) -> None:
        """People come over a time, each once."""
        for n in range(people):
            at = self.now + int(self._random.random() * over)
            self.say(f"{name}{n}", texts, at, **fields)

    def findings(self, detector=None):
        detector = detector or PileOn(policy.load())
        return detector.step(detector.init(), self.events())[1]

    def events(self) -> list[Event]:
        return sorted(self._events, key=lambda e: (e.time, e.source, e.id))


def stages(findings) -> set[str]:
    return {finding.stage for finding in findings}


def test_a_pile_on_is_warned_of_early_and_acted_on():
    story = Story()
    story.crowd(40, 2 * HOUR_MS, ABUSE * 2 + NEUTRAL)
    found = story.findings()
    first = next(f for f in found if f.stage == "warn")
    assert {"warn", "act"} <= stages(found)
    assert first.at - (BEGIN + story.now) < 40 * MINUTE
    assert first.about == "her"
    assert sum(r.points for r in first.reasons) == pytest.approx(first.score, abs=0.001)
    assert {r.feature for r in first.reasons} >= {"strangers", "harm"}
    assert all(one.actor.startswith("c") for one in first.evidence)


def test_the_last_finding_says_who_played_which_part():
    story = Story()
    story.crowd(30, HOUR_MS, ABUSE[:4], name="mob")
    for n in range(4):
        story.say("loud", ["你真恶心，废物"], story.now + (10 + n) * MINUTE)
    story.say("caller", ["大家一起去骂她，冲了她的评论区"], story.now + 12 * MINUTE)
    story.say("friend0", DEFENCE[:1], story.now + 15 * MINUTE)
    story.crowd(60, HOUR_MS, ABUSE[:4], name="late")
    last = story.findings()[-1]
    assert last.roles["loud"] == "repeater"
    assert last.roles["caller"] == "inciter"
    assert last.roles["friend0"] == "defender"
    assert list(last.roles.values()).count("originator") == 1
    assert "friend0" not in last.subjects


@pytest.mark.parametrize(
    ("people", "over", "texts"),
    [
        (120, HOUR_MS, PRAISE),
        (200, 2 * HOUR_MS, NEUTRAL),
        (80, 4 * HOUR_MS, NEUTRAL + PRAISE),
        (80, 2 * HOUR_MS, CRITICISM),
        (60, 2 * HOUR_MS, DEFENCE),
    ],
    ids=["praise", "news", "questions", "criticism", "defenders"],
)
def test_benign_surges_never_reach_act(people, over, texts):
    for seed in range(3):
        story = Story(seed)
        story.crowd(people, over, texts)
        story.crowd(max(1, people // 40), over, ABUSE, name="rude")
        assert "act" not in stages(story.findings())


def test_praise_and_criticism_alone_do_not_even_warn():
    for texts in (PRAISE, CRITICISM, NEUTRAL):
        story = Story()
        story.crowd(100, HOUR_MS, texts)
        assert stages(story.findings()) <= {"watch"}


def test_one_furious_person_is_no_pile_on():
    story = Story()
    for n in range(30):
        story.say("furious", ABUSE, story.now + n * MINUTE)
    assert story.findings() == []


def test_reports_alone_find_only_a_report_flood_and_name_nobody():
    story = Story()
    story.crowd(30, 30 * MINUTE, ["举报"], kind="report")
    assert story.findings() == []
    found = story.findings(ReportFlood(policy.load()))
    assert found
    assert all(f.subjects == () and f.proposes == () and f.stage != "act" for f in found)


def test_reports_of_harm_to_a_named_victim_strengthen_the_case():
    def top(reporters: int) -> float:
        story = Story()
        story.crowd(14, HOUR_MS, ABUSE * 2 + NEUTRAL)
        for n in range(reporters):
            at = story.now + n * MINUTE
            story.say(f"r{n}", ["举报"], at, kind="report", target="c1", ext={"victim": "her"})
        return max(f.score for f in story.findings())

    assert top(6) > top(0)


@pytest.mark.parametrize("seed", range(1, 9))
def test_defenders_half_of_whom_are_misread_never_reach_act(seed):
    story = Story(seed)
    story.crowd(60, 2 * HOUR_MS, [*ABUSE[:3], *DEFENCE])
    found = story.findings()
    assert "warn" in stages(found)
    assert "act" not in stages(found)


def test_the_first_who_incites_is_told_of_at_once():
    story = Story()
    story.crowd(12, HOUR_MS, ABUSE[:3])
    quiet = story.findings()[-1]
    story.say("caller", ["大家一起去骂她"], story.now + HOUR_MS + MINUTE)
    last = story.findings()[-1]
    assert "inciter" not in quiet.roles.values()
    assert last.roles["caller"] == "inciter"
    assert last.stage == quiet.stage


def test_the_roster_lowers_thresholds_for_its_time_only():
    def first(roster, seed) -> int:
        story = Story(seed)
        story.crowd(10, 10 * HOUR_MS, ["闭嘴", "真丢人", "今天几点直播"])
        found = story.findings(PileOn(policy.load(), roster))
        return min((f.at for f in found if f.stage != "watch"), default=1 << 62)

    event = Watch(BEGIN + 10 * DAY_MS, BEGIN + 11 * DAY_MS)
    over = Watch(BEGIN, BEGIN + DAY_MS)
    sooner = 0
    for seed in range(1, 7):
        usual = first({}, seed)
        assert first({"her": [event]}, seed) <= usual
        assert first({"her": [over]}, seed) == usual
        sooner += first({"her": [event]}, seed) < usual
    assert sooner


@pytest.mark.parametrize("spans", ["[]", "[0, 10]", "[60, 10]", "[10, 10]"])
def test_windows_that_cannot_be_looked_through_are_refused(tmp_path, spans):
    shipped = next(Path(policy.__file__).parent.glob("*.toml"))
    told = re.sub(r"windows_minutes = \[.*\]", f"windows_minutes = {spans}", shipped.read_text())
    (tmp_path / shipped.name).write_text(told)
    with pytest.raises(PolicyError, match="windows_minutes"):
        policy.load(tmp_path)


@pytest.mark.parametrize("each", [1, 20])
def test_rude_acquaintances_hide_no_strangers(each):
    def warned(acquaintances: int) -> int:
        story = Story()
        for n in range(20 * acquaintances):
            story.say("her", NEUTRAL, 9 * DAY_MS + n * 1000, kind="follow", target=f"k{n}")
        for n in range(20):
            at = story.now + 10 * n * MINUTE
            for k in range(acquaintances):
                story.say(f"k{n * acquaintances + k}", ABUSE, at + k * 1000)
            story.say(f"s{n}", ABUSE, at + 9 * MINUTE)
        return min(f.at for f in story.findings() if f.stage in {"warn", "act"})

    assert warned(each) <= warned(0)


def test_minors_are_marked():
    story = Story()
    story.crowd(30, HOUR_MS, ABUSE, target_is_minor=True)
    assert all(finding.minor for finding in story.findings())


def test_yesterdays_attackers_are_still_strangers_today():
    story = Story()
    story.crowd(20, HOUR_MS, ABUSE)
    story.now += DAY_MS
    story.crowd(20, HOUR_MS, ABUSE)
    last = story.findings()[-1]
    assert last.at > BEGIN + story.now - HOUR_MS
    assert last.counts["strangers"] >= 15


def test_a_person_never_heard_of_is_protected_too():
    story = Story()
    story.crowd(40, HOUR_MS, ABUSE * 2 + NEUTRAL, target="newcomer")
    assert {"warn", "act"} <= stages(f for f in story.findings() if f.about == "newcomer")


def test_findings_of_one_moment_each_have_an_id_of_their_own():
    story = Story()
    for n in range(30):
        story.say(f"c{n}", ABUSE, story.now)
    found = story.findings()
    assert len({finding.at for finding in found}) == 1
    assert len({finding.id for finding in found}) == len(found) > 2


def test_passers_by_cannot_fill_the_places_of_attackers():
    story = Story()
    story.crowd(3, MINUTE, ABUSE, name="first")
    story.now += 2 * MINUTE
    story.crowd(600, HOUR_MS, NEUTRAL, name="passing")
    story.now += HOUR_MS
    story.crowd(40, HOUR_MS // 2, ABUSE, name="late")
    last = story.findings()[-1]
    assert last.stage == "act"
    assert last.counts["harmful"] > 20


def test_a_kind_word_before_plain_abuse_makes_no_defender():
    story = Story()
    story.crowd(30, HOUR_MS, ["支持你，去死吧", "别网暴她？贱人滚", "支持你，丑八怪"])
    found = story.findings()
    assert "act" in stages(found)
    assert "defender" not in found[-1].roles.values()


def test_reporters_remembered_are_bounded():
    story = Story()
    for n in range(2000):
        story.say(f"r{n}", [""], story.now, kind="report", target="x", ext={"victim": "her"})
    detector = PileOn(policy.load())
    state, _ = detector.step(detector.init(), story.events())
    assert len(state.people["her"].reporters) == policy.load().latest()[1].state.people


def test_the_forgotten_are_gone_from_ids_and_groups_too():
    story = Story()
    for n in range(10):
        story.say(f"c{n}", ABUSE, story.now + n, id=f"msg-gone.person-{n}", group="gone.person")
    detector = PileOn(policy.load())
    state, _ = detector.step(detector.init(), story.events())
    assert b"gone.person" in detector.dump(state)
    assert b"gone.person" not in detector.dump(detector.forget(state, "gone.person"))


def test_being_followed_makes_nobody_an_acquaintance_but_following_does():
    def warned(kind_of_follow) -> bool:
        story = Story()
        for n in range(30):
            kind_of_follow(story, f"c{n}", story.now - 30 * HOUR_MS + n)
        story.crowd(30, HOUR_MS, ABUSE)
        return bool(stages(story.findings()) & {"warn", "act"})

    assert warned(lambda story, who, at: story.say(who, ["x"], at, kind="follow"))
    follows = {"kind": "follow", "actor": "her"}
    assert not warned(lambda story, who, at: story.say("her", ["x"], at, target=who, **follows))


def test_a_roster_shows_in_the_reasons():
    story = Story()
    story.crowd(30, HOUR_MS, ABUSE)
    watch = Watch(BEGIN, BEGIN + 20 * DAY_MS)
    found = story.findings(PileOn(policy.load(), {"her": [watch]}))
    assert all("roster" in {r.feature for r in f.reasons} for f in found)
    assert all(sum(r.points for r in f.reasons) == pytest.approx(f.score, abs=0.001) for f in found)
