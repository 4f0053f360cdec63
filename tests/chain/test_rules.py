"""Platform rules: nobody is judged by a rule that did not apply when they acted."""

import datetime as dt

import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.chain.rules import RuleNotInForceError, load

FIRST, SECOND, THIRD = dt.date(2026, 11, 1), dt.date(2026, 12, 1), dt.date(2027, 1, 1)
DAY = dt.timedelta(days=1)
KINDS = ("insult", "threat")
RULE = """
[[rule]]
key = "{key}"
title = {{ zh = "第一条", en = "Rule 1" }}
text = {{ zh = "不得侮辱他人。", en = "{text}" }}
url = "https://rules.example.org/#1"
category = "STATEMENT_CATEGORY_CYBER_VIOLENCE"
specification = ["KEYWORD_CYBER_HARASSMENT"]
kinds = ["insult"]
"""


@pytest.fixture
def folder(tmp_path):
    def write(day, published, *rules, example="false"):
        body = "".join(RULE.format(key=key, text=text) for key, text in rules)
        head = f"published = {published}\nexample = {example}\n"
        (tmp_path / f"{day}.toml").write_text(head + body, "utf-8")

    write(FIRST, FIRST, ("insult", "old"), ("spite", "old"), example="true")
    write(SECOND, FIRST, ("insult", "new"), ("news", "new"))
    write(THIRD, SECOND, ("insult", "newest"))
    return tmp_path


def test_no_rule_applies_before_the_first_version(folder):
    rules = load(folder, KINDS)
    assert rules.in_force(FIRST - DAY) == ()
    assert not rules.example(FIRST - DAY)
    assert {rule.key for rule in rules.in_force(FIRST)} == {"insult", "spite"}


def test_a_version_applies_from_its_day_and_says_so(folder):
    rules = load(folder, KINDS)
    for day, text, version in (
        (SECOND - DAY, "old", FIRST),
        (SECOND, "new", SECOND),
        (THIRD + DAY, "newest", THIRD),
    ):
        rule = rules.get("insult", day)
        assert rule is not None
        assert (rule.text.en, rule.version) == (text, version)
    assert rules.get("spite", SECOND) is None
    assert (rules.example(FIRST), rules.example(SECOND)) == (True, False)


def test_an_act_is_judged_by_the_rule_of_its_day(folder):
    rules = load(folder, KINDS)
    rule = rules.ground("insult", acted=SECOND - DAY, decided=THIRD)
    assert (rule.text.en, rule.version) == ("old", FIRST)


def test_a_rule_grounds_nothing_that_was_done_before_it(folder):
    with pytest.raises(RuleNotInForceError, match="rule news did not apply on 2026-11-30"):
        load(folder, KINDS).ground("news", acted=SECOND - DAY, decided=SECOND)


def test_a_rule_that_was_withdrawn_grounds_nothing(folder):
    with pytest.raises(RuleNotInForceError, match="rule spite no longer applies on 2026-12-01"):
        load(folder, KINDS).ground("spite", acted=FIRST, decided=SECOND)


def test_a_version_must_be_published_before_it_applies(folder):
    file = folder / f"{SECOND}.toml"
    file.write_text(file.read_text("utf-8").replace("2026-11-01", "2026-12-02"), "utf-8")
    with pytest.raises(PolicyError, match=r"2026-12-01\.toml: published is 2026-12-02, after"):
        load(folder, KINDS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("CYBER_VIOLENCE", "RUDENESS", "category of insult is 'STATEMENT_CATEGORY_RUDENESS'"),
        ("CYBER_HARASSMENT", "RUDE", "category_specification of insult is 'KEYWORD_RUDE'"),
        ("https://rules.example.org/#1", "rules/1", "url of insult is 'rules/1'"),
        ('zh = "第一条"', 'zh = " "', "zh is empty"),
        ('zh = "第一条"', f'zh = "{"条" * 501}"', "title of insult has 501 characters"),
        ('kinds = ["insult"]', 'kinds = ["rude"]', "kinds of insult has 'rude'"),
        ('kinds = ["insult"]', "", "kinds"),
        ('key = "news"', 'key = "insult"', "key 'insult' stands twice"),
        ("title", "titel", "titel"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_field_and_mend(folder, old, new, said):
    file = folder / f"{SECOND}.toml"
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(PolicyError) as told:
        load(folder, KINDS)
    assert "2026-12-01.toml" in str(told.value)
    assert said in str(told.value)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="no policy version found"):
        load(tmp_path, KINDS)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(PolicyError, match="nowhere: No such file or directory; give a folder"):
        load(tmp_path / "nowhere", KINDS)
