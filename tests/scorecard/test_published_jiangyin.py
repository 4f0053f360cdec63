"""The shipped examples: the figures of the newspaper page, with arithmetic done by hand."""

from pathlib import Path

import pytest
from made_figures import check, read

from lianzhi.chain.published.render import describe

EXAMPLES = Path(__file__).parents[2] / "examples"


def audit(name):
    return check(read((EXAMPLES / name).read_bytes()))


@pytest.fixture(scope="module")
def page():
    return audit("jiangyin-2021.csv")


def one(page, key, *figures):
    (found,) = (
        r for r in page.results if r.key == key and tuple(f.key for f in r.figures) == figures
    )
    return found


def test_disposed_exceeds_accepted(page):
    found = one(page, "within.more", "disposed", "accepted")
    assert found.severity == "contradiction"
    assert found.arithmetic == ("187,985 − 89,240 = 98,745", "187,985 ÷ 89,240 = 210.65 %")
    assert "210.65 %" in describe(found, "en").text
    assert "多出 98,745" in describe(found, "zh").text
    (need,) = found.needs
    assert (need.key, need.lo, need.hi) == ("opening", 98_745, None)
    assert "carried_over" in found.explains


def test_disposed_of_accepted_is_not_100_percent(page):
    found = one(page, "rate.differs", "disposed", "accepted")
    # 89,240 x 0.995 = 88,793.8 and x 1.005 = 89,686.2
    # 187,985 / 1.005 = 187,049.75 and / 0.995 = 188,929.65
    assert [(n.key, n.lo, n.hi) for n in found.needs] == [
        ("numerator", 88_794, 89_686),
        ("denominator", 187_050, 188_929),
    ]
    assert found.arithmetic == ("187,985 ÷ 89,240 = 210.65 % ≠ 100 %",)


def test_on_time_exceeds_disposed_by_110(page):
    found = one(page, "within.more", "on_time", "disposed")
    assert found.arithmetic == ("188,095 − 187,985 = 110", "188,095 ÷ 187,985 = 100.06 %")
    assert found.named == {"over": "110", "share": "100.06 %"}
    assert found.needs == ()


def test_what_98_08_percent_would_need(page):
    found = one(page, "rate.differs", "on_time", "disposed")
    assert found.arithmetic == ("188,095 ÷ 187,985 = 100.06 % ≠ 98.08 %",)
    # 187,985 x 0.98075 = 184,366.29 and x 0.98085 = 184,385.09
    # 188,095 / 0.98085 = 191,767.34 and / 0.98075 = 191,786.90
    assert [(n.key, n.lo, n.hi) for n in found.needs] == [
        ("numerator", 184_367, 184_385),
        ("denominator", 191_768, 191_786),
    ]
    for count in (184_367, 184_385):
        assert round(count * 100 / 187_985, 2) == 98.08
    for count in (184_366, 184_386):
        assert round(count * 100 / 187_985, 2) != 98.08
    for base in (191_768, 191_786):
        assert round(188_095 * 100 / base, 2) == 98.08
    for base in (191_767, 191_787):
        assert round(188_095 * 100 / base, 2) != 98.08
    said = describe(found, "zh")
    assert said.needs == (
        "分子“按期办结”须为 184,367 至 184,385",
        "分母“办结”须为 191,768 至 191,786",
    )


def test_what_is_sound_is_said_to_be(page):
    found = one(page, "within.sound", "penalised", "files")
    assert (found.severity, found.arithmetic) == ("sound", ("8,238 ÷ 9,353 = 88.08 %",))
    mean = one(page, "mean.given", "fines", "penalised")
    # 15,675,000 / 8,238 = 1,902.77 and 15,685,000 / 8,238 = 1,903.98
    assert mean.severity == "note"
    assert mean.arithmetic == ("15,680,000 ÷ 8,238 = 1,903.37 (1,902.77–1,903.98)",)


def test_nothing_else_is_flagged(page):
    assert len(page.of("contradiction")) == 4
    assert page.of("needs") == page.of("unclear") == page.errors == ()
    assert not page.holds


def test_a_sound_publication_passes():
    found = audit("sound-2023.csv")
    assert found.holds
    assert {r.severity for r in found.results} == {"sound"}
    assert one(found, "within.stocked", "disposed", "accepted", "opening").arithmetic == (
        "412 + 13,104 = 13,516",
        "13,220 ÷ 13,104 = 100.89 %",
    )


def test_flows_and_parts():
    found = audit("flows-2023.csv")
    assert [(r.key, r.arithmetic) for r in found.of("contradiction")] == [
        ("sum.more", ("520 + 151 + 260 = 931 ≠ 910", "931 − 910 = 21")),
        ("flow.differs", ("154 + 910 − 902 = 162 ≠ 168", "168 − 162 = 6")),
        ("carried.differs", ("145 ≠ 154", "154 − 145 = 9")),
    ]
    assert {"flow.sound", "periods.sound"} <= {r.key for r in found.of("sound")}


def test_chinese_headers():
    found = audit("headers-zh.csv")
    assert [r.key for r in found.of("contradiction")] == ["unit.differs"]
    (half,) = found.of("unclear")
    # 90,112 x 0.97355 = 87,728.5 and x 0.97365 = 87,737.5
    assert [(n.key, n.lo, n.hi) for n in half.needs] == [("numerator", 87_729, 87_737)]
    assert {"mean.sound", "change.sound", "rate.sound"} <= {r.key for r in found.of("sound")}
