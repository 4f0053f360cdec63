"""The shipped rules and report classes say what they must, and nothing about opinions."""

import datetime as dt
import re

import pytest

from lianzhi.domains.bullying.rulebook import HARMS, report_classes, rules
from lianzhi.law.basis import shipped as shipped_bases
from lianzhi.text import KINDS

TODAY = dt.date(2026, 11, 25)
SHIPPED = rules().in_force(TODAY)
_, CLASSES = report_classes().latest()


def test_the_shipped_rules_are_examples_and_cover_every_harm():
    assert rules().example(TODAY)
    assert {kind for rule in SHIPPED for kind in rule.kinds} == set(HARMS) - {"other"}
    assert set(KINDS) < set(HARMS)


def test_every_rule_says_what_it_forbids_and_where_it_stops():
    for rule in SHIPPED:
        assert rule.text.zh.startswith(("不得", "未经", "对方", "账号"))
        assert "不得" in rule.text.zh
        assert rule.url.endswith("#" + rule.key.replace("_", "-"))
    spared = [rule for rule in SHIPPED if "不属于" in rule.text.zh or "除外" in rule.text.zh]
    assert {rule.key for rule in SHIPPED} - {rule.key for rule in spared} == {
        "false_reports",  # good faith is spared in words of its own
        "minors",
    }


@pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule.key)
def test_the_law_behind_a_rule_is_known_and_in_force(rule):
    bases = shipped_bases()
    for key in rule.context:
        found = bases.get(key, TODAY)
        assert found is not None
        assert found.binds == "anyone"


def test_what_a_rule_is_about_has_a_class_to_report_it():
    reported = {each.ours for each in CLASSES.ours()}
    assert reported == set(HARMS) - {"coercion", "mockery"}  # as harassment, as insult


def test_minors_come_first_in_all_that_is_ours():
    assert all(each.minors_first for each in CLASSES.ours())
    assert {each.key for each in CLASSES.routed() if each.minors_first} == {
        "pornography",
        "vulgar",
        "minors_content",
    }


def test_what_is_not_ours_is_passed_on_to_somebody_else():
    keys = {each.key for each in CLASSES.routed()}
    assert {"politics", "terror", "fraud", "gambling", "rumour", "intellectual_property"} <= keys
    assert not keys & set(HARMS)
    for each in CLASSES.routed():
        assert each.route is not None
        assert re.search(r"[0-9]{3}|平台", each.route.zh)


def test_words_are_plain_and_each_their_own():
    for language in ("zh", "en"):
        said = [each.plain.say(language) for each in CLASSES.report_class]
        assert len(set(said)) == len(said)


def test_an_operator_brings_their_own(tmp_path):
    (tmp_path / "2026-12-01.toml").write_text("published = 2026-11-20\nrule = []\n", "utf-8")
    assert rules(tmp_path).in_force(dt.date(2026, 12, 1)) == ()
    assert not rules(tmp_path).example(dt.date(2026, 12, 1))
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / "2026-12-01.toml").write_text("report_class = []\n", "utf-8")
    assert report_classes(tmp_path / "classes").latest()[1].ours() == ()
