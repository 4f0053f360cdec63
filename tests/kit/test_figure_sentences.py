"""Sentences about changes and shares, in both languages, say what the interval says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.catalogue import read_catalogue
from lianzhi.kit.figure_sentences import change_sentence, per_cent, share_sentence
from lianzhi.stats.rate_change import rate_change

ZH, EN = (read_catalogue("lianzhi.kit", language) for language in ("zh", "en"))


def test_growth_of_114_per_cent_may_be_none():
    text = change_sentence(rate_change(7, 15), EN)
    assert "7 before, 15 after: +114 %." in text
    assert "The 95 % interval is 0.82 to 6.21 times" in text
    assert "not distinguishable from no change" in text
    assert "more effort alone finds more" in text
    chinese = change_sentence(rate_change(7, 15), ZH)
    assert "+114 %" in chinese
    assert "0.82 至 6.21 倍：与没有变化无法区分" in chinese


def test_growth_of_1557_per_cent_is_a_rise_whose_size_is_unsure():
    text = change_sentence(rate_change(7, 116), EN)
    assert "+1,557 %" in text
    assert "7.79 to 42.1 times the rate before: a rise beyond chance" in text
    assert "within these limits only" in text


def test_effort_may_explain_a_rise():
    text = change_sentence(rate_change(20, 60, (1000, 3200)), EN)
    assert "Effort went from 1,000 to 3,200 (+220 %)." in text
    assert "Per unit of effort: −6 %." in text
    assert text.endswith("not distinguishable from no change.")


def test_nothing_before_has_no_percentage():
    text = change_sentence(rate_change(0, 9), EN)
    assert "there is no percentage of 0" in text
    assert "to ∞ times" in text
    assert "nan" not in change_sentence(rate_change(0, 0, (5, 6)), EN)


def test_zero_of_800_is_not_none():
    assert share_sentence(0, 800, EN) == (
        "0 of 800: the 95 % interval is 0 % to 0.46 %; none seen does not mean none."
    )
    assert share_sentence(0, 800, ZH).startswith("800 中 0：95 % 置信区间为 0 % 至 0.46 %")
    assert share_sentence(3, 20, EN) == "3 of 20: 15 %, with a 95 % interval of 3.21 % to 37.9 %."
    with pytest.raises(ValueError, match="n is 0"):
        share_sentence(0, 0, EN)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_sentence_is_the_side_of_the_interval(before, after):
    change = rate_change(before, after)
    text = change_sentence(change, EN)
    assert ("not distinguishable" in text) is not change.ratio.distinct
    assert ("a rise beyond" in text) is (change.ratio.lo > 1)
    assert ("a fall beyond" in text) is (change.ratio.hi < 1)
    assert "figure_sentence" not in text + change_sentence(change, ZH)
    assert "。 " not in change_sentence(change, ZH)


@given(st.floats(1e-6, 1))
def test_a_share_above_0_is_never_shown_as_0(share):
    assert per_cent(share) != "0 %"
    assert float(per_cent(share).removesuffix(" %")) == pytest.approx(100 * share, rel=0.5)


def test_a_level_is_never_rounded_to_certainty():
    change = rate_change(7, 15, level=0.999)
    assert "99.9 %" in change_sentence(change, EN)
    assert "99.9 %" in share_sentence(0, 800, EN, 0.999)
