"""Legal bases: what may be cited on which day, and files that cannot be used."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped_law import BASES

from lianzhi.law import basis as basis_module
from lianzhi.law.basis import Bases, Basis, BasisError, NotCitableError, load
from lianzhi.law.versions import in_force
from lianzhi.law.words import Words

SHIPPED = BASES
SWITCH = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)
REVISED = ["public_order.threat", "public_order.insult", "public_order.messages",
           "public_order.privacy", "cyber.rights", "cyber.information", "cyber.disposal",
           "cyber.complaints"]  # fmt: skip
TODAY = [
    "civil.reputation", "civil.privacy", "civil.quiet", "civil.personal_information",
    "minors.bullying", "minors.notified", "minors.harmful_content", "minors.offender",
    "minors_online.bullying", "minors_online.protection", "minors_online.disposal",
    "information.disclosure", "information.processing", "information.sensitive",
    "information.deletion",
]  # fmt: skip


def basis(since, until=None, *, verified=True, key="a.b", version=dt.date(2000, 1, 1)):
    return Basis(
        key=key,
        statute="某法",
        version=version,
        articles=("1(1)",),
        effective_from=since,
        effective_until=until,
        title=Words("《某法》第一条", "Some Law, Article 1"),
        quote="不得侮辱他人。",
        verified=verified,
    )


@pytest.mark.parametrize("key", TODAY)
def test_what_was_read_and_is_in_force_may_be_cited(key):
    found = SHIPPED.citable(key, dt.date(2026, 11, 25))
    assert found.verified
    assert found.quote


@pytest.mark.parametrize("key", REVISED)
def test_a_text_that_was_replaced_ends_with_its_last_day(key):
    assert SHIPPED.citable(key, SWITCH - DAY).verified
    with pytest.raises(NotCitableError) as told:
        SHIPPED.citable(key, SWITCH)
    assert told.value.why == "unverified"
    assert "platform's own published rule" in str(told.value)
    context = SHIPPED.get(key, SWITCH)
    assert context is not None
    assert not context.verified


def test_unfair_competition_ends_in_october():
    last = dt.date(2025, 10, 14)
    assert SHIPPED.citable("competition.disparagement", last).articles == ("11",)
    with pytest.raises(NotCitableError, match="2025-10-15"):
        SHIPPED.citable("competition.disparagement", last + DAY)


@pytest.mark.parametrize(
    ("key", "day", "why", "said"),
    [
        ("minors_online.bullying", dt.date(2023, 12, 31), "not_yet", "takes effect on 2024-01-01"),
        ("civil.nothing", SWITCH, "unknown", "no basis has this key"),
    ],
)
def test_why_a_basis_may_not_be_cited(key, day, why, said):
    with pytest.raises(NotCitableError, match=said) as told:
        SHIPPED.citable(key, day)
    assert (told.value.key, told.value.day, told.value.why) == (key, day, why)


def test_what_ended_without_successor_is_ended():
    bases = Bases([basis(dt.date(2001, 1, 1), dt.date(2001, 12, 31))])
    with pytest.raises(NotCitableError, match="ended on 2001-12-31") as told:
        bases.citable("a.b", dt.date(2002, 1, 1))
    assert told.value.why == "ended"


@pytest.mark.parametrize("day", [dt.date(2020, 1, 1), SWITCH - DAY, SWITCH, dt.date(2026, 11, 25)])
def test_on_a_day_each_basis_has_one_version(day):
    found = SHIPPED.at(day)
    assert len({each.key for each in found}) == len(found)
    assert all(each.effective_from <= day <= (each.effective_until or day) for each in found)


def test_the_shipped_quotes_are_short_and_the_titles_name_the_article():
    seen = [one for key in SHIPPED.keys for one in SHIPPED.versions(key)]
    assert {"civil.reputation", "penalty_law.limitation", "fire_law.penalty_exits"} <= {
        each.key for each in seen
    }
    for each in seen:
        assert each.title.zh.startswith(f"《{each.statute}》")
        assert len(each.quote) <= 100
        if each.verified:
            assert re.search(r"第[一二三四五六七八九十百千零]+条", each.title.zh)
            assert re.search(rf"Article {re.escape(each.articles[0])}(?![\d(])", each.title.en)
        else:
            assert (each.quote, each.articles) == ("", ())


STEPS = st.lists(st.integers(1, 400), min_size=2, max_size=8)


@given(STEPS, st.integers(-10, 2000))
def test_versions_that_follow_one_another_never_overlap(steps, offset):
    start, versions = dt.date(2001, 1, 1), []
    for step in steps:
        until = start + dt.timedelta(days=step - 1)
        versions.append(basis(start, until))
        start = until + DAY
    day = dt.date(2001, 1, 1) + dt.timedelta(days=offset)
    holding = [each for each in versions if in_force(each, day)]
    assert len(holding) == (1 if 0 <= offset < sum(steps) else 0)
    assert Bases(versions[::-1]).get("a.b", day) == (holding[0] if holding else None)


@pytest.mark.parametrize("until", [None, dt.date(2002, 1, 1)])
def test_versions_that_overlap_are_refused(until):
    first, second = basis(dt.date(2001, 1, 1), until), basis(dt.date(2002, 1, 1))
    with pytest.raises(BasisError, match=r"a\.b: effective_until .* end it before"):
        Bases([second, first])


ROW = """
[[basis]]
key = "a.b"
statute = "某法"
version = 2000-01-01
articles = ["1"]
effective_from = 2001-01-01
title = { zh = "《某法》第一条", en = "Some Law, Article 1" }
quote = "不得侮辱他人。"
verified = true
"""


def test_an_operator_brings_a_file_of_their_own(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(ROW, "utf-8")
    assert load([file]).citable("a.b", SWITCH).quote == "不得侮辱他人。"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "a.b"', 'key = "A"', "key is 'A'; write statute.matter"),
        ('["1"]', '["第一条"]', "articles of a.b has '第一条'"),
        ("effective_from = 2001-01-01", "effective_from = 1999-01-01", "before the text was"),
        ("verified = true", "verified = true\neffective_until = 2000-12-31", "before it begins"),
        ('quote = "不得侮辱他人。"', 'quote = " "', "verified of a.b is true without quote"),
        ('en = "Some Law, Article 1"', 'en = ""', "en is empty"),
        ("statute", "statut", "statut"),
        ("version = 2000-01-01", 'version = "soon"', "version"),
        ("[[basis]]", "[[basis", "line"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_field_and_mend(tmp_path, old, new, said):
    file = tmp_path / "ours.toml"
    file.write_text(ROW.replace(old, new), "utf-8")
    with pytest.raises(BasisError) as told:
        load([file])
    assert str(told.value).startswith(f"{file}: ")
    assert said in str(told.value)


def test_a_file_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(BasisError, match=r"none\.toml"):
        load([tmp_path / "none.toml"])


def test_a_later_folder_replaces_the_keys_that_it_has_and_keeps_the_others(tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(ROW.replace('"a.b"', '"civil.privacy"'), "utf-8")
    found = load([basis_module.SHIPPED, tmp_path])
    assert found.citable("civil.privacy", SWITCH).statute == "某法"
    assert found.citable("civil.quiet", SWITCH) == SHIPPED.citable("civil.quiet", SWITCH)
