"""The ranking on a page: who may read it, what it says of each, and what it is good for."""

import csv
import io
import re

import msgspec
import pytest
from made_inspections import town
from supervision_web import TODAY, opened

from consoles import Console
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.inspection.gains import gains
from lianzhi.domains.enforcement.inspection.policy import latest
from lianzhi.domains.enforcement.web.inspection_plots import LABEL, VALUE, dots
from lianzhi.kit.plots import WIDTH
from lianzhi.web.core.looks import LOOKED

ROW = re.compile(r'<tr class="row">.*?</tr>', re.DOTALL)
CERTIFIED = TODAY.replace(year=TODAY.year + 1)
STRICT = (("o03", 2.5),)


def files(size):
    """A made town as files: its officers, enterprises and so many inspections."""
    made, _ = town(strict=STRICT, size=size)
    names = sorted({name for one in made.inspections for name in one.officers})
    return {
        "enterprises": tuple(
            rows.Enterprise(one.id, f"店{one.id}", one.industry, one.grid, 121.0, 31.0,
                            staff=one.staff, opened=one.opened)
            for one in made.enterprises.values()
        ),
        "officers": tuple(
            rows.Officer(name, f"警员{name}", "S1", "fire", "c", CERTIFIED) for name in names
        ),
        "inspections": tuple(
            rows.Inspection(one.id, one.enterprise, one.day, "fire", one.list, one.reason,
                            one.officers, True, (), 30, one.violations)
            for one in made.inspections
        ),
        "penalties": (),
        "permits": (),
    }  # fmt: skip


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("risk"), **files(900)) as node:
        yield node


@pytest.fixture(scope="module")
def sup(node):
    return Console(node, "sup")


def listed(page):
    return ROW.findall(page.text)


def test_leaders_supervisors_and_dispatchers_read_it_and_nobody_else(node, sup):
    for name, status in (("chief", 200), ("li", 403), ("reader", 403), ("aud", 403)):
        who = Console(node, name)
        for path in ("", "/gains", "/ranking.csv"):
            assert who.get(f"/enforcement/risk{path}").status_code == status
        link = 'href="/enforcement/risk"' in who.get("/enforcement/inspections").text
        assert link == (status == 200)
    assert 'href="/enforcement/risk"' in sup.get("/enforcement/inspections").text


def test_the_highest_risk_comes_first_with_its_reasons_and_the_rest_follows(node, sup):
    page = sup.get("/enforcement/risk")
    ranked = node.desks["enforcement"].risk.ranking().ranked
    shown = listed(page)
    assert len(shown) == 50
    first = ranked[0]
    assert f"{100 * first.probability:.0f} %" in shown[0]
    assert f"{first.points:+.0f}" in shown[0]
    assert shown[0].count('class="tag"') >= 1
    assert "员工数 +" in page.text
    more = sup.get("/enforcement/risk?cursor=50")
    assert '<span class="quiet">51.</span>' in listed(more)[0]
    assert "<html" not in more.text
    assert "cursor=" not in sup.get("/enforcement/risk?cursor=250").text


def test_grid_and_industry_narrow_it_and_places_stay_those_of_the_town(node, sup):
    page = sup.get("/enforcement/risk?grid=g4&industry=a")
    shown = listed(page)
    risk = node.desks["enforcement"].risk.ranking()
    places = [
        one.place for one in risk.ranked
        if (risk.history.enterprises[one.enterprise].grid,
            risk.history.enterprises[one.enterprise].industry) == ("g4", "a")
    ]  # fmt: skip
    assert [int(re.search(r">(\d+)\.<", row)[1]) for row in shown] == places
    assert places[-1] > len(places)
    assert "没有这样的企业" in sup.get("/enforcement/risk?grid=nowhere").text


def test_both_figures_stand_above_it_and_follow_where_they_take_long(node, sup):
    desk = node.desks["enforcement"]
    desk.registers.enterprises([{"id": "new", "name": "店", "industry": "a"}], "test")
    waiting = sup.get("/enforcement/risk").text
    assert 'hx-get="/enforcement/risk/gains"' in waiting
    assert sup.get("/enforcement/risk/gains").status_code == 200
    page = sup.get("/enforcement/risk").text
    assert 'hx-get="/enforcement/risk/gains"' not in page
    expected = gains(desk.risk.ranking().history, latest().model)
    for score in ("naive", "adjusted"):
        for within in ("all", "inspector", "team"):
            assert f"{expected.gains[score][within].days:.1f}" in page
    assert page.count('<g class="gain ') == 6
    gap = expected.gains["naive"]["all"].days - expected.gains["adjusted"]["all"].days
    assert expected.adjusted_more["all"].hi < 0
    assert f"差的 {gap:.1f} 天" in page


def test_no_officer_is_named(node, sup):
    for path in ("", "/gains", "/ranking.csv", "?cursor=50"):
        said = sup.get(f"/enforcement/risk{path}").text
        assert not re.search(r"\bo\d\d\b|警员", said)


def test_the_file_holds_everybody_in_order_and_each_is_a_look(node, sup):
    answer = sup.get("/enforcement/risk/ranking.csv")
    found = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    risk = node.desks["enforcement"].risk.ranking()
    assert [int(row["place"]) for row in found] == list(range(1, len(risk.ranked) + 1))
    assert [float(row["points"]) for row in found] == [round(one.points, 1) for one in risk.ranked]
    assert found[0]["name"].startswith("店")
    assert "员工数" in found[0]["why"]
    looks = [
        node.ledger.payload(k) for k in range(node.ledger.size)
        if next(iter(node.ledger.entries(k, k + 1))).kind == LOOKED
    ]  # fmt: skip
    seen = {each for one in looks for each in one["refs"]}
    assert {one.enterprise for one in risk.ranked} <= seen


def test_a_draw_by_risk_shows_its_tiers_on_the_page_and_to_the_public(node):
    chief = Console(node, "chief")
    day = TODAY.replace(day=20).isoformat()
    form = {"name": "tiers", "total": "30", "source": "x", "public_on": day, "reveal_until": day,
            "until": TODAY.replace(month=9).isoformat(), "conflicts": "o01 e001, e002"}  # fmt: skip
    assert chief.post("/enforcement/draws", **form, by_risk="true").status_code == 303
    page = chief.get("/enforcement/draws/tiers").text
    assert page.count('<rect class="drawn"') == 3
    assert [int(n) for n in re.findall(r">(\d+) / \d+ <tspan", page)] == [15, 9, 6]
    token = node.desks["enforcement"].office.token
    roster = chief.get("/enforcement/draws/tiers/officers.csv").text
    assert f"o01,{CERTIFIED},{';'.join(sorted(map(token, ('e001', 'e002'))))}" in roster
    assert "高风险 15 / 60" in chief.get("/enforcement/public/draws").text
    bad = chief.post("/enforcement/draws", **form | {"name": "bad", "conflicts": "o01 e999"})
    assert bad.status_code == 422
    assert "o01 e999" in bad.text
    alike = chief.post("/enforcement/draws", **form | {"name": "alike", "conflicts": ""})
    assert alike.status_code == 303
    assert '<rect class="drawn"' not in chief.get("/enforcement/draws/alike").text


def test_a_bureau_with_little_history_is_told_what_is_missing(tmp_path):
    with opened(tmp_path, **files(150)) as node:
        sup = Console(node, "sup")
        page = sup.get("/enforcement/risk")
        assert page.status_code == 200
        assert "150" in page.text
        assert "200" in page.text
        assert not listed(page)
        assert sup.get("/enforcement/risk/gains").status_code == 200
        assert len(sup.get("/enforcement/risk/ranking.csv").text.splitlines()) == 1
        chief = Console(node, "chief")
        day = TODAY.replace(day=20).isoformat()
        form = {"name": "q3", "total": "9", "source": "x", "public_on": day, "reveal_until": day,
                "until": TODAY.replace(month=9).isoformat(), "by_risk": "true"}  # fmt: skip
        refused = chief.post("/enforcement/draws", **form)
        assert refused.status_code == 422
        assert "200" in refused.text


def test_a_history_that_ranks_but_is_too_short_to_try_says_so(tmp_path):
    with opened(tmp_path, **files(230)) as node:
        page = Console(node, "sup").get("/enforcement/risk/gains").text
        assert "历史还太短" in page
        assert len(listed(Console(node, "sup").get("/enforcement/risk"))) == 50


# -- pictures ----------------------------------------------------------------------------------


def test_dots_and_their_intervals_lie_on_one_scale_that_holds_them_and_nought():
    made, _ = town(strict=STRICT)
    quick = msgspec.structs.replace(latest().model, resamples=100)
    drawn = dots(gains(made, quick))
    for dot in drawn.dots:
        assert LABEL <= dot.left <= dot.x <= dot.right <= WIDTH - VALUE
        assert (dot.x > drawn.nought) == (dot.days > 0) or abs(dot.days) < 0.1
    spots = {float(mark.label.replace("−", "-")): mark.x for mark in drawn.marks}
    assert spots[0] == drawn.nought
    (a, b), *_ = zip(spots.items(), list(spots.items())[1:], strict=False)
    per_day = (b[1] - a[1]) / (b[0] - a[0])
    for dot in drawn.dots:
        assert dot.x == pytest.approx(drawn.nought + per_day * dot.days, abs=0.3)
