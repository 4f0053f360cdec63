"""An outlet's day: what is planted is found, what is harmless is not, and bad rows are told."""

import datetime as dt
import itertools
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_days import pushes, reprints, row
from outlet_house import OUTLETS, SOURCES, OutletHouse

from databases import Databases
from lianzhi.domains.dissemination.demo_day import fill
from lianzhi.domains.dissemination.lineage_picture import lineage_picture
from lianzhi.domains.dissemination.nouns.item import Item
from lianzhi.domains.dissemination.policy import TitlePolicy
from lianzhi.domains.dissemination.queries import days, tables
from lianzhi.domains.dissemination.report.page import LANGUAGES, write
from lianzhi.domains.dissemination.rules.figures import expected_false, figures
from lianzhi.domains.dissemination.titles import Detector
from lianzhi.domains.dissemination.titles.lexicon import load

DAY = dt.date(2026, 12, 1)
DETECTOR = Detector(load().latest()[1])


def taken(home: Path, count: int, database: str = "") -> OutletHouse:
    house = OutletHouse(home, database)
    house.take(outlets=OUTLETS, sources=SOURCES)
    house.take(reprints=reprints(count), pushes=pushes())
    return house


def items(house: OutletHouse) -> list[Item]:
    with house.ledger.engine.connect() as connection:
        return tables.item.every(connection)


def test_a_day_leads_to_what_is_planted_alone(tmp_path: Path, databases: Databases) -> None:
    house = taken(tmp_path, 200, databases.url(tmp_path))
    every = items(house)
    flagged = {item.key: item.rules for item in every if item.flagged}
    assert flagged == {
        **{f"x{n}": ("title_distorted",) for n in range(3)},
        "u0": ("source_unlisted",),
        "p1": ("push_unlicensed",),
    }
    assert all(item.case for item in every if item.flagged)
    assert len({item.case for item in every if item.case}) == 5
    kinds = Counter(entry.kind for entry in house.ledger.entries(0, house.ledger.size))
    assert kinds["case.opened"] == 5
    distorted = next(item for item in every if item.key == "x0")
    assert house.ledger.vault.text(distorted.compared, "reprint") == "望江县对所有老旧小区加装电梯"
    payload = str(house.ledger.payload(distorted.compared))
    assert "电梯" not in payload
    with house.ledger.engine.connect() as connection:
        figure = days.outlet_figures(connection)[0]
        listed = {(row.outlet, row.items, row.flagged) for row in days.days(connection)}
    assert listed == {("江岸网", 205, 4), ("野讯", 1, 1)}
    assert (figure.reprints, len(figure.distorted)) == (204, 3)


def test_the_demo_plants_three_titles_a_source_and_a_push(tmp_path: Path) -> None:
    house = OutletHouse(tmp_path)
    lines: list[str] = []
    fill(house.desk, "demo", lines.append)
    rules = Counter(rule for item in items(house) for rule in item.rules)
    assert rules == {"title_distorted": 3, "source_unlisted": 1, "push_unlicensed": 1}
    assert lines == ["404 reprints, 2 pushes"]


def test_the_report_tells_the_figures_in_both_languages(tmp_path: Path) -> None:
    house = taken(tmp_path, 20)
    write(house.desk.reports.read(), tmp_path / "report")
    for language in LANGUAGES:
        page = (tmp_path / "report" / f"report.{language}.html").read_text("utf-8")
        assert "江岸网" in page
        assert "dissemination." not in page
        assert (tmp_path / "report" / f"report.{language}.pdf").read_bytes()[:5] == b"%PDF-"


def test_bad_rows_are_left_out_and_told(tmp_path: Path) -> None:
    house = taken(tmp_path, 5)
    future = row("f", "2026-12-03", "题", "题")
    again = row("r0", "2026-12-01", "题", "题")
    good = row("n", "2026-12-02", "题", "题")
    read = house.read(reprints=[future, again, good, row("z", "no day", "题", "题")])
    assert [(error.line, error.column) for error in read.errors] == [
        *((2, "time"), (3, "id"), (5, "time")),
    ]
    house.desk.intake.take(read, "li")
    with house.ledger.engine.connect() as connection:
        (arrival,) = [a for a in tables.arrival.every(connection) if a.by == "li"]
    assert (arrival.rows, arrival.left_out, len(arrival.problems)) == (1, 3, 3)


def test_gathering_is_looked_for_at_licensed_outlets_alone(tmp_path: Path) -> None:
    house = OutletHouse(tmp_path)
    house.take(outlets=OUTLETS, sources=SOURCES)
    own = {"own": "true", "text": "本网记者现场看到，道路已经疏通。"}
    rows = [
        row("licensed", "2026-12-01", "", "题") | own,
        row("gatherer", "2026-12-01", "", "题") | own | {"outlet": "望江网"},
        row("user", "2026-12-01", "", "题") | own | {"outlet": "路人甲"},
    ]
    house.take(reprints=rows)
    assert {item.key for item in items(house) if item.flagged} == {"licensed"}


def test_a_push_may_distort_the_title_of_its_news(tmp_path: Path) -> None:
    house = OutletHouse(tmp_path)
    house.take(outlets=OUTLETS, sources=SOURCES)
    sent = pushes()[:1]
    distorted = {
        "id": "d",
        "title": "房东状告租客拒退押金",
        "original_title": "租客状告房东拒退押金",
    }
    house.take(pushes=[sent[0] | {"original_title": sent[0]["title"]}, sent[0] | distorted])
    flagged = {item.key: item.rules for item in items(house) if item.flagged}
    assert flagged == {"d": ("title_distorted",)}


@pytest.mark.parametrize(
    ("source", "reprint", "rules"),
    [
        ("望江县明年新建3所学校，涉及2个乡镇，已开工", "望江县明年新建3所学校", set()),
        ("水库加固工程启动 惠及5000人", "惠及5000人", set()),
        # what is dropped takes back the rest: a cut may still distort
        ("网传望江县停水3天？不实", "网传望江县停水3天", {"truncation"}),
    ],
)
def test_a_title_cut_at_its_signs_is_judged_by_what_it_drops(
    source: str, reprint: str, rules: set[str]
) -> None:
    assert {change.rule for change in DETECTOR.changes(source, "", reprint)} == rules


@pytest.mark.slow
def test_five_thousand_reprints_take_seconds(tmp_path: Path) -> None:
    house = OutletHouse(tmp_path)
    house.take(outlets=OUTLETS, sources=SOURCES)
    begun = time.process_time()
    house.take(reprints=reprints(5000), pushes=pushes())
    assert time.process_time() - begun < 20
    assert sum(item.flagged for item in items(house)) == 5


def test_an_upheld_appeal_is_taken_off_the_figures() -> None:
    plain = {"kind": "reprint", "outlet": "江岸网", "day": DAY, "rules": ("title_distorted",)}
    two = [Item(id=str(n), key=str(n), case=f"c{n}", **plain) for n in range(2)]
    before = figures("江岸网", 100, 10, two, lambda case: False)
    after = figures("江岸网", 100, 10, two, lambda case: case == "c0")
    assert (before.standing, before.overturned) == (2, 0)
    assert (after.standing, after.overturned) == (1, 1)
    assert before.share is not None
    assert after.share is not None
    assert after.share.hi < before.share.hi


def test_expected_false_flags_follow_the_benchmark() -> None:
    assert expected_false(0, TitlePolicy(158, 19)) == (0, 0)
    low, high = expected_false(1000, TitlePolicy(158, 19))
    assert low < 1000 * 19 / 158 < high


@given(st.lists(st.integers(-1, 12), max_size=12))
def test_a_lineage_shows_each_article_once_below_its_parent(parents: list[int]) -> None:
    plain = {"kind": "reprint", "outlet": "江岸网", "day": DAY, "root": "0"}
    tree = [
        Item(id=str(n), key=str(n), parent=str(parent) if 0 <= parent < n else "", **plain)
        for n, parent in enumerate(parents)
    ]
    nodes = lineage_picture(tree).nodes
    assert sorted(node.item.id for node in nodes) == sorted(item.id for item in tree)
    places = {node.item.id: node for node in nodes}
    for node in nodes:
        if node.item.parent:
            parent = places[node.item.parent]
            assert (parent.x < node.x, parent.y) == (True, node.from_y)


@given(st.text("江岸网不实谣言拟已，。：！ 12", min_size=1, max_size=30), st.data())
def test_a_title_with_other_signs_alone_never_alarms(title: str, data: st.DataObject) -> None:
    signs = st.sampled_from(["，", "。", "：", "！", "|", "—"])
    other = "".join(data.draw(signs) if char in "，。：！" else char for char in title)
    between = any(a.isdigit() or b.isdigit() for a, b in itertools.pairwise(title))
    if not between:
        assert DETECTOR.changes(title, "", other) == []
    assert DETECTOR.changes(title, "", title) == []
