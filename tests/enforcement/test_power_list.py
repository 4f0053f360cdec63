"""The power list: what it holds, what may be enforced, and lists that cannot be used."""

import datetime as dt
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import power

DAY = dt.date(2026, 5, 1)
SHIPPED = power.load(DAY)
FOLDER = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "power_list"
NAMES = (
    "城市管理 应急管理 消防救援 市场监督 生态环境 住房城乡建设 "
    "交通运输 文化广电旅游 卫生健康 农业农村 人力资源社会保障"
)


def test_eleven_departments_each_with_items():
    assert [each.name.zh for each in SHIPPED.departments.values()] == NAMES.split()
    assert {item.department for item in SHIPPED} == set(SHIPPED.departments)
    assert {item.kind for item in SHIPPED} == {"penalty", "permit", "inspection", "coercion"}


def test_a_blocked_exit_costs_a_unit_up_to_fifty_thousand_and_a_person_up_to_five_hundred():
    item = SHIPPED.enforceable("fire.exit_blocked")
    assert (item.penal.cite, item.penal.article) == ("《消防法》第六十条第一款第三项", "60(1)(3)")
    unit, person = item.fine("unit"), item.fine("person")
    assert (unit.fine_from, unit.fine_to, person.fine_from, person.fine_to) == (5000, 50000, 0, 500)


@pytest.mark.parametrize(
    ("amount", "subject", "mitigated", "why"),
    [
        (5000, "unit", False, ""),
        (50000, "unit", False, ""),
        (50001, "unit", False, "above 50000"),
        (4999, "unit", False, "below 5000"),
        (4999, "unit", True, ""),
        (5000, "unit", True, "not mitigated"),
        (100, "responsible", False, "fines no responsible"),
    ],
)
def test_a_fine_outside_the_statute_is_told(amount, subject, mitigated, why):
    said = SHIPPED.get("fire.exit_blocked").outside(subject, amount, mitigated=mitigated)
    assert (why in said) if why else said == ""


def test_the_graver_limb_has_its_own_range():
    item = SHIPPED.get("market.tying")
    assert "above 200000" in item.outside("unit", 300_000)
    assert item.outside("unit", 300_000, grave=True) == ""
    assert "below 200000" in item.outside("unit", 100_000, grave=True)


def test_what_was_not_read_is_not_enforced():
    unread = [item for item in SHIPPED if not item.verified]
    assert unread
    for item in unread:
        assert not item.fines
        with pytest.raises(
            power.NotEnforceableError, match="basis not verified: not to be enforced"
        ):
            SHIPPED.enforceable(item.key)
    with pytest.raises(power.NotEnforceableError, match=r"'fire\.nothing'.*has none"):
        SHIPPED.enforceable("fire.nothing")


def test_what_was_read_has_articles_and_quotes():
    for item in SHIPPED:
        if item.verified:
            for basis in filter(None, (item.violated, item.penal)):
                assert basis.article
                assert basis.quote
                assert basis.cite.startswith("《")


def test_a_day_before_the_first_list_has_none():
    with pytest.raises(PolicyError, match="on 2021-07-14, the first begins on 2021-07-15"):
        power.load(dt.date(2021, 7, 14))


def test_a_later_list_leaves_an_old_day_alone(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "lists")
    text = (FOLDER / "2021-07-15.toml").read_text("utf-8")
    later = text.replace('key = "fire.exit_blocked"', 'key = "fire.way_out_blocked"')
    (tmp_path / "lists/2027-01-01.toml").write_text(later, "utf-8")
    load = lambda day: power.load(day, tmp_path / "lists")  # noqa: E731
    assert load(dt.date(2026, 12, 31)).get("fire.exit_blocked")
    assert load(dt.date(2027, 1, 1)).get("fire.exit_blocked") is None
    assert {"fire.exit_blocked", "fire.way_out_blocked"} <= power.keys(tmp_path / "lists")


BROKEN = [
    ('department = "fire"', 'department = "fires"', "department of fire.facilities is 'fires'"),
    ("fine_from = 5000,", "fine_from = 60000,", "fire.facilities: fine_from of unit is 60000"),
    ('"fire.lane_blocked"', '"fire.exit_blocked"', "key 'fire.exit_blocked' stands twice"),
    ('number = "XF-002"', 'number = "XF-001"', "number 'XF-001' stands twice"),
    ('"fire_law.inspection"', '"消防法"', "fire.supervision: basis is '消防法'; write"),
    ('key = "fire.seal"', 'key = "Fire Seal"', "key is 'Fire Seal'; write field.matter"),
    ("60(1)(3)\"", "60.1\"", "fire.exit_blocked: article is '60.1'; write like"),
    ('article = "60(1)(3)", ', "", "fire.exit_blocked: verified is true without article"),
    ('kind = "coercion"', 'kind = "penalty"', "fire.seal: violated, where kind is penalty"),
    ('kind = "coercion"', 'kind = "seizure"', "seizure"),
    ('"person", fine_to = 500', '"unit", fine_to = 500', "twice in the same limb"),
    ("forfeits = true", "forfeit = true", "forfeit"),
    ("第六十条第一款第一项", "第九百条", "penal of fire.facilities is '《消防法》第九百条': "),
    ("60(1)(1)\"", "99(1)\"", "《消防法》 has no article 99: its text of 2021-04-29 has 74"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "why"), BROKEN)
def test_a_broken_list_is_refused_naming_file_and_mend(tmp_path, good, bad, why):
    text = (FOLDER / "2021-07-15.toml").read_text("utf-8")
    assert good in text
    (tmp_path / "2021-07-15.toml").write_text(text.replace(good, bad, 1), "utf-8")
    with pytest.raises(PolicyError) as told:
        power.load(DAY, tmp_path)
    assert why in str(told.value)
    assert "2021-07-15.toml" in str(told.value)


def test_departments_of_one_key_are_refused(tmp_path):
    file = tmp_path / "departments.toml"
    file.write_text('[[department]]\nkey = "a"\nname = { zh = "甲", en = "A" }\n' * 2, "utf-8")
    with pytest.raises(PolicyError, match="key 'a' stands twice"):
        power.load(DAY, parts=file)
