"""Report classes: ours or passed on, never both; short enough for a button."""

import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.chain.report_classes import load

KINDS = ("insult",)
CLASSES = """
[[report_class]]
key = "insult"
zh = "侮辱"
en = "Insult"
plain = { zh = "有人骂我", en = "Someone insults me" }
ours = "insult"
hotline = "侵权类"
minors_first = true

[[report_class]]
key = "fraud"
zh = "诈骗"
en = "Fraud"
plain = { zh = "有人骗钱", en = "Someone cheats" }
route = { zh = "公安机关（110）", en = "The police (110)" }
source = "https://www.example.org/list"
"""


@pytest.fixture
def write(tmp_path):
    def write(old="", new=""):
        (tmp_path / "2026-11-01.toml").write_text(CLASSES.replace(old, new, 1), "utf-8")
        return tmp_path

    return write


def test_what_is_ours_and_what_is_passed_on(write):
    version, classes = load(write(), KINDS).latest()
    assert version.startswith("2026-11-01+")
    assert [each.key for each in classes.ours()] == ["insult"]
    assert [each.key for each in classes.routed()] == ["fraud"]
    insult, fraud = classes.get("insult"), classes.get("fraud")
    assert (insult.plain.say("zh"), insult.minors_first) == ("有人骂我", True)
    assert fraud.route is not None
    assert (fraud.route.say("en"), fraud.minors_first) == ("The police (110)", False)


def test_an_unknown_class_is_named_with_the_known(write):
    with pytest.raises(ValueError, match="class is 'noise'; choose one of insult, fraud"):
        load(write(), KINDS).latest()[1].get("noise")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ours = "insult"', "", "insult needs either ours or route"),
        ('route = { zh = "公安机关（110）", en = "The police (110)" }',
         'ours = "insult"\nroute = { zh = "公安机关", en = "The police" }', "fraud needs either"),
        ('ours = "insult"', 'ours = "rude"', "ours of insult is 'rude'; choose among insult"),
        ("有人骂我", "字" * 15, "say it in 14 characters"),
        ("Someone insults me", "x" * 41, "say it in 40 characters"),
        ("有人骂我", "", "zh is empty"),
        ('zh = "侮辱"', 'zh = " "', "zh of 'insult' is empty"),
        ('key = "fraud"', 'key = "insult"', "key 'insult' stands twice"),
        ("https://www.example.org/list", "the web", "source of fraud is 'the web'"),
        ("minors_first", "minor_first", "minor_first"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named_with_field_and_mend(write, old, new, said):
    with pytest.raises(PolicyError) as told:
        load(write(old, new), KINDS)
    assert "2026-11-01.toml" in str(told.value)
    assert said in str(told.value)
