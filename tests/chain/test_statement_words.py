"""A statement in plain words: every value has some, and a person reads nothing but words."""

import re

import msgspec
import pytest
from test_statement import MUTED

import dsa_schema as dsa
from lianzhi.chain.statement_words import describe, label, words

VALUES = sorted(
    {
        value
        for rule in dsa.PROPERTIES.values()
        for value in rule.get("items", rule).get("enum", ())
        if len(value) > 3 or value in {"Yes", "No"}
    }
)


@pytest.mark.parametrize("value", VALUES)
def test_every_value_has_words_in_both_languages(value):
    zh, en = words(value, "zh"), words(value, "en")
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert re.search(r"[A-Za-z]", en)
    assert not re.search(r"[\u4e00-\u9fff]|_", en)


@pytest.mark.parametrize("field", sorted(dsa.PROPERTIES))
def test_every_field_has_a_label_of_its_own(field):
    for language in ("zh", "en"):
        same = [
            other for other in dsa.PROPERTIES if label(other, language) == label(field, language)
        ]
        assert same == [field]


def test_a_chinese_reader_reads_it_all():
    lines = {line.field: (line.label, line.text) for line in describe(MUTED, "zh")}
    assert lines["decision_provision"] == ("对服务的限制", "暂停部分服务")
    assert lines["end_date_service_restriction"] == ("服务限制截止", "2026-11-28")
    assert lines["category_specification"] == ("具体类型", "网络欺凌和恐吓")
    assert lines["content_language"] == ("内容语言", "中文")
    assert lines["territorial_scope"][1] == "欧洲经济区全部三十国"
    assert lines["automated_decision"] == ("是否由自动手段决定", "由人决定")
    assert lines["automated_detection"][1] == "是"
    assert "illegal_content_explanation" not in lines
    assert not [text for _, text in lines.values() if re.search(r"[A-Z]{3,}_[A-Z]{3,}", text)]


def test_several_values_are_told_one_by_one():
    statement = msgspec.structs.replace(
        MUTED,
        territorial_scope=("DE", "SE"),
        content_language="SV",
        content_id={"EAN-13": "0123456789123"},
        category_specification=("KEYWORD_CYBER_HARASSMENT", "KEYWORD_CYBER_STALKING"),
    )
    zh = {line.field: line.text for line in describe(statement, "zh")}
    en = {line.field: line.text for line in describe(statement, "en")}
    assert zh["category_specification"] == "网络骚扰、网络跟踪纠缠"
    assert en["category_specification"] == "Cyber harassment, Cyber stalking"
    assert (zh["territorial_scope"], en["territorial_scope"]) == ("德国、瑞典", "Germany, Sweden")
    assert (zh["content_language"], en["content_language"]) == ("瑞典语", "Swedish")
    assert en["content_id"] == "EAN-13 0123456789123"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_language_code_has_a_name(language):
    for code in dsa.LANGUAGES:
        statement = msgspec.structs.replace(MUTED, content_language=code)
        told = {line.field: line.text for line in describe(statement, language)}
        assert told["content_language"] != code


def test_what_is_unknown_is_said():
    with pytest.raises(ValueError, match="value is 'DECISION_MAYBE'"):
        words("DECISION_MAYBE", "zh")
    with pytest.raises(ValueError, match="field is 'verdict'"):
        label("verdict", "zh")
    with pytest.raises(ValueError, match="language is 'fr'; choose one of zh, en"):
        words("Yes", "fr")
