"""Merged checklists: duplicates become one line, nothing is lost, every merge is told."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.lists import languages
from lianzhi.domains.enforcement.lists.checklist_table import schema
from lianzhi.domains.enforcement.lists.line import SEVERITIES, Line
from lianzhi.domains.enforcement.lists.merge import MOST, MergeError, merge
from lianzhi.domains.enforcement.lists.policy import merging
from lianzhi.domains.enforcement.lists.similarity import Wording, fold
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import read

DAY = dt.date(2026, 5, 1)
POWER, POLICY, CATALOGUE = power.load(DAY), merging(DAY), languages.load()
KNOWN = KnownIds({
    "items": POWER.keys, "departments": POWER.departments,
    "places": {place.key for place in POLICY.places},
})  # fmt: skip
HERE = Path(languages.__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples" / "checklists"
EXIT = "安全出口、疏散通道畅通"


def line(zh=EXIT, item="fire.exit_blocked", department="fire", **more):
    more = {"enterprise_type": "restaurant", "severity": "serious"} | more
    return Line(departments=(department,), items=(item,), zh=zh, **more)


def one(*lists):
    return merge(lists, POWER, POLICY, "restaurant")


def test_six_agencies_make_one_visit():
    lists = [read(file, schema(), KNOWN) for file in sorted(EXAMPLES.glob("*.csv"))]
    assert [each.errors for each in lists] == [()] * 6
    got = one(*(each.rows for each in lists))
    assert (got.lists, got.read) == (6, 35)
    assert len(got.lines) + len(got.joined) == got.read
    assert len(got.lines) < 0.7 * got.read
    exits = got.lines[[each.place for each in got.lines].index("escape")]
    assert exits.items == ("emergency.exit_locked", "fire.exit_blocked")
    assert exits.departments == ("emergency", "fire")
    assert CATALOGUE.localise(exits, "fr").text.startswith("Les sorties")


def test_width_and_punctuation_make_no_difference():
    got = one(
        [line("灭火器压力正常，没有过期。")],
        [line(" 灭火器压力正常,没有过期", department="emergency")],
    )
    assert len(got.lines) == 1
    assert got.lines[0].departments == ("emergency", "fire")
    assert got.joined[0].likeness == 1
    assert {got.joined[0].kept.departments, got.joined[0].joined.departments} == {
        ("fire",),
        ("emergency",),
    }


def test_the_same_words_for_two_items_are_one_look_for_both():
    got = one([line()], [line(item="emergency.exit_locked", department="emergency")])
    assert [each.items for each in got.lines] == [("emergency.exit_locked", "fire.exit_blocked")]


def test_near_words_are_one_line_within_an_item_only():
    first, other = (
        line("电线没有私拉乱接，没有老化、裸露"),
        line("电线没有私拉乱接，没有老化和裸露"),
    )
    got = one([first], [other])
    assert len(got.lines) == 1
    assert POLICY.likeness <= got.joined[0].likeness < 1
    elsewhere = msgspec.structs.replace(other, items=("fire.wiring",))
    assert len(one([first], [elsewhere]).lines) == 2


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("灭火器压力指针在绿色区域内正常", "灭火器压力指针不在绿色区域内正常"),
        ("建筑消防设施每年至少全面检测一次", "建筑消防设施每月至少全面检测一次"),
        ("灭火器之间的距离不超过20米并且明显", "灭火器之间的距离不超过25米并且明显"),
        ("室内消火栓没有被埋压、圈占、遮挡", "室外消火栓没有被埋压、圈占、遮挡"),
        ("Exits are open in opening hours", "Exits are not open in opening hours"),
    ],
)
def test_what_turns_a_sentence_keeps_lines_apart(first, other):
    pairs, others = Wording(first, ()).pairs, Wording(other, ()).pairs
    alike = 2 * (pairs & others).total() / (pairs + others).total()
    assert alike >= POLICY.likeness  # they would be one but for the turn
    got = one([line(first)], [line(other)])
    assert {each.zh for each in got.lines} == {first, other}
    assert got.joined == ()


def test_the_fuller_wording_stays_with_the_graver_severity():
    short = line("油烟净化设施安装到位，正常使用", severity="grave", methods=("look",))
    full = line(
        "油烟净化设施安装到位，正常使用并有清洗台账", severity="minor", methods=("document",)
    )
    got = one([short], [full]).lines
    assert [(each.zh, each.severity, each.methods) for each in got] == [
        (full.zh, "grave", ("document", "look"))
    ]


def test_two_places_stay_two_lines_and_no_place_joins_the_first():
    lines = [line(place="kitchen"), line(place="escape"), line()]
    got = one(lines).lines
    assert [each.place for each in got] == ["escape", "kitchen"]


def test_lines_are_walked_by_place_and_the_gravest_comes_first():
    lines = [
        line("甲甲甲", place="office", severity="grave"),
        line("乙乙乙", place="outside", severity="minor"),
        line("丙丙丙", place="outside", severity="grave"), line("丁丁丁"),
    ]  # fmt: skip
    assert [each.zh for each in one(lines).lines] == ["丙丙丙", "乙乙乙", "甲甲甲", "丁丁丁"]


def test_lines_of_other_types_stay_out_and_those_of_any_come_in():
    got = one(
        [
            line(),
            line("住客登记", enterprise_type="hotel"),
            line("员工会报警", enterprise_type="any"),
        ]
    )
    assert sorted(each.zh for each in got.lines) == sorted([EXIT, "员工会报警"])


def test_lists_that_cannot_be_merged_are_told():
    with pytest.raises(MergeError, match=r"item is 'fire\.nothing': the power list of 2021-07-15"):
        one([line(item="fire.nothing")])
    with pytest.raises(MergeError, match="no line is for 'restaurant'; the lists have hotel"):
        one([line(enterprise_type="hotel")])
    with pytest.raises(MergeError, match="the lists have no lines"):
        one([], [])
    with pytest.raises(MergeError, match="at most"):
        one([line()] * (MOST + 1))


@pytest.mark.parametrize(
    ("change", "column", "mend"),
    [
        ("fire.nothing,fire", "items", "items has none of this id"),
        ("fire.exit_blocked,fires", "departments", "departments has none"),
    ],
)
def test_an_unknown_item_is_a_row_error(tmp_path, change, column, mend):
    path = tmp_path / "list.csv"
    head = "item,department,enterprise_type,line,severity"
    path.write_text(f"{head}\n{change},hotel,甲,grave\nfire.seal,fire,hotel,乙,grave\n", "utf-8")
    got = read(path, schema(), KNOWN)
    assert [each.zh for each in got.rows] == ["乙"]
    assert (got.errors[0].line, got.errors[0].column) == (2, column)
    assert mend in got.errors[0].mend


PARTS = [
    "安全出口畅通",
    "灭火器完好有效",
    "没有上锁",
    "没有过期",
    "疏散通道",
    "电线整齐",
    "，",
    "。",
    "每年",
    "每月",
    "不",
]
LINES = st.builds(
    line,
    zh=st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join).filter(fold),
    item=st.sampled_from(["fire.exit_blocked", "fire.facilities", "fire.duties"]),
    department=st.sampled_from(["fire", "market", "urban"]),
    severity=st.sampled_from(SEVERITIES),
    place=st.sampled_from(["", "kitchen", "escape"]),
    en=st.sampled_from(["", "Exits are clear"]),
    key=st.sampled_from(["", "fire.exit_clear"]),
)  # fmt: skip
LISTS = st.lists(st.lists(LINES, max_size=6), min_size=1, max_size=4).filter(any)


@settings(max_examples=200)
@given(lists=LISTS, data=st.data())
def test_merging_loses_nothing_and_the_order_is_nothing(lists, data):
    got = one(*lists)
    given_lines = [each for some in lists for each in some]
    assert got.items == {item for each in given_lines for item in each.items}
    assert len(got.lines) + len(got.joined) == len(given_lines)
    pairs = {(d, i) for each in got.lines for d in each.departments for i in each.items}
    assert {(each.departments[0], each.items[0]) for each in given_lines} <= pairs
    told = {fold(each.zh) for each in got.lines} | {fold(each.joined.zh) for each in got.joined}
    assert {fold(each.zh) for each in given_lines} <= told
    gravest = max(SEVERITIES.index(each.severity) for each in given_lines)
    assert max(SEVERITIES.index(each.severity) for each in got.lines) == gravest
    shuffled = data.draw(st.permutations([data.draw(st.permutations(some)) for some in lists]))
    again = one(*shuffled)
    assert (again.lines, again.joined) == (got.lines, got.joined)


@settings(max_examples=200)
@given(lists=LISTS)
def test_to_merge_again_changes_nothing(lists):
    got = one(*lists)
    again = one(got.lines)
    assert (again.lines, again.joined) == (got.lines, ())


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_is_symmetric_and_within_bounds(first, other):
    one_way = Wording(first, POLICY.telling).likeness(Wording(other, POLICY.telling))
    assert one_way == Wording(other, POLICY.telling).likeness(Wording(first, POLICY.telling))
    assert 0 <= one_way <= 1
    assert Wording(first, ()).likeness(Wording(first, ())) == 1


# Languages.

SHIPPED = read(HERE / "shipped" / "fire.csv", schema(), KNOWN)


def test_the_fire_checklist_speaks_seven_languages():
    assert SHIPPED.errors == ()
    assert len(SHIPPED.rows) >= 25
    for each in SHIPPED.rows:
        said = {code: CATALOGUE.localise(each, code) for code in CATALOGUE.languages}
        assert [answer.language for answer in said.values()] == list(said)
        assert len({answer.text for answer in said.values()}) == len(said)
        assert [code for code, answer in said.items() if answer.rtl] == ["ar"]
        assert any("\u0600" <= char <= "\u06ff" for char in said["ar"].text)
        assert any("\u0400" <= char <= "\u04ff" for char in said["ru"].text)
        assert any("\uac00" <= char <= "\ud7a3" for char in said["ko"].text)
        assert any("\u3040" <= char <= "\u309f" for char in said["ja"].text)
    assert len(merge([SHIPPED.rows], POWER, POLICY, "hotel").lines) == len(SHIPPED.rows)


def test_catalogues_hold_the_lines_that_there_are():
    keys = {each.key for each in SHIPPED.rows}
    for file in (HERE / "words").glob("*.toml"):
        assert set(languages.tomllib.loads(file.read_text("utf-8"))) == keys, file.name


def test_a_line_without_a_translation_falls_back_in_order():
    bare = line("门窗完好")
    assert CATALOGUE.localise(bare, "ar") == languages.LocalLine("门窗完好", "zh", False)
    english = line("门窗完好", en="Doors are sound")
    assert CATALOGUE.localise(english, "ar") == languages.LocalLine("Doors are sound", "en", False)
    assert CATALOGUE.localise(english, "ja").language == "zh"
    own = line("门窗完好", ar="الأبواب سليمة", key="fire.exit_clear")
    assert CATALOGUE.localise(own, "ar") == languages.LocalLine("الأبواب سليمة", "ar", True)
    with pytest.raises(ValueError, match="language is 'xx'; choose one of zh, en"):
        CATALOGUE.localise(bare, "xx")


def test_a_language_is_added_by_a_catalogue(tmp_path):
    (tmp_path / "words").mkdir()
    text = (HERE / "languages.toml").read_text("utf-8")
    added = '[he]\nname = "עברית"\nrtl = true\nfallback = ["en"]\n'
    (tmp_path / "languages.toml").write_text(text + added, "utf-8")
    (tmp_path / "words/he.toml").write_text('"a.b" = "היציאות פנויות"\n', "utf-8")
    said = languages.load(tmp_path).localise(line(key="a.b"), "he")
    assert (said.text, said.rtl) == ("היציאות פנויות", True)


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("words/xx.toml", '"a.b" = "x"', "'xx' is not in languages.toml"),
        ("words/en.toml", '"a.b" = " "', "a.b is empty"),
        ("words/en.toml", '"a.b" = 3', "Expected `str`"),
        ("languages.toml", '[fr]\nname = "F"\nfallback = ["en"]', "fallback of fr is 'en'"),
    ],
)
def test_a_broken_catalogue_is_refused(tmp_path, file, text, why):
    (tmp_path / "words").mkdir()
    (tmp_path / "languages.toml").write_text('[en]\nname = "E"\nfallback = []', "utf-8")
    (tmp_path / file).write_text(text, "utf-8")
    with pytest.raises(PolicyError, match=why):
        languages.load(tmp_path)


def test_a_day_before_the_first_policy_of_merging_has_none():
    with pytest.raises(PolicyError, match="no version is in force on 2021-07-14"):
        merging(dt.date(2021, 7, 14))
