"""A statement that passes `check` is one that the database takes, by a validator of its own."""

import datetime as dt
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dsa_schema as dsa
from lianzhi.chain.statement import EVERYWHERE, Statement, applies, check, is_address, to_json
from lianzhi.chain.statement_schema import schema

MUTED = Statement(
    decision_provision="DECISION_PROVISION_PARTIAL_SUSPENSION",
    end_date_service_restriction=dt.date(2026, 11, 28),
    account_type="ACCOUNT_TYPE_PRIVATE",
    decision_ground="DECISION_GROUND_INCOMPATIBLE_CONTENT",
    decision_ground_reference_url="https://rules.example.org/2026-11-01/#insult",
    incompatible_content_ground="社区规则第一条：不侮辱、不羞辱他人（2026-11-01）",
    incompatible_content_explanation="十二条评论以人身侮辱的方式针对同一个人。",
    incompatible_content_illegal="No",
    category="STATEMENT_CATEGORY_CYBER_VIOLENCE",
    category_specification=("KEYWORD_CYBER_BULLYING_INTIMIDATION",),
    content_type=("CONTENT_TYPE_TEXT",),
    content_date=dt.date(2026, 11, 24),
    content_language="ZH",
    territorial_scope=EVERYWHERE,
    application_date=dt.date(2026, 11, 25),
    decision_facts="该账号在两小时内发布十二条侮辱性评论。",
    source_type="SOURCE_VOLUNTARY",
    automated_detection="Yes",
    automated_decision="AUTOMATED_DECISION_NOT_AUTOMATED",
    puid="d-01J8ZQ_7",
)


def changed(**fields):
    return msgspec.structs.replace(MUTED, **fields)


def values(field):
    """What the transcribed schema allows, a stray value, and nothing."""
    rule = dsa.PROPERTIES[field]
    allowed = rule.get("items", rule)["enum"]
    one = st.sampled_from([*allowed, allowed[0].lower(), "X", "YES"])
    if rule.get("type") == "array":
        good = st.lists(st.sampled_from(allowed), max_size=4, unique=True)
        return (good | st.lists(one, max_size=3)).map(tuple)
    return st.just("") | st.sampled_from(allowed) | one


CHOSEN = [field for field, rule in dsa.PROPERTIES.items() if "enum" in rule.get("items", rule)]
LIMITS = {f: rule["maxLength"] for f, rule in dsa.PROPERTIES.items() if "maxLength" in rule}
EDGES = [dt.date(1999, 12, 31), dt.date(2000, 1, 1), dt.date(2019, 12, 31), dt.date(2038, 1, 2)]
DAYS = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)) | st.sampled_from(EDGES)
ADDRESSES = st.sampled_from(
    ["", "https://a.cn", "notvalidurl", "http://例子.cn", "https://a.cn/规则", "https://a b.cn/"]
)
PUIDS = st.sampled_from(["", "TK421", "a.b", "é", "x\n", "a b", "x" * 500, "x" * 501])


def texts(most):
    stray = st.sampled_from(["", " ", "\u200b", "\n", "字" * most, "字" * (most + 1), "a\x00b"])
    return st.text(max_size=20) | stray


FIELDS = {
    **{field: texts(most) for field, most in LIMITS.items()},
    **{field: values(field) for field in CHOSEN},
    **dict.fromkeys(dsa.DATES, DAYS),
    "decision_ground_reference_url": ADDRESSES | st.text(max_size=20).map("https://a.cn/".__add__),
    "puid": PUIDS | st.text(max_size=8),
    "content_id": st.sampled_from(
        [{}, {"EAN-13": "0123456789123"}, {"EAN-13": "1"}, {"ISBN": "1"}]
    ),
}
#: A good statement with a few fields put otherwise, so that good and bad ones both come up.
STATEMENTS = st.lists(st.sampled_from(sorted(FIELDS)), max_size=6, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: FIELDS[name] for name in names}).map(
        lambda fields: changed(**fields)
    )
)


def test_the_strategies_cover_every_field():
    assert set(FIELDS) == set(Statement.__struct_fields__) == set(dsa.PROPERTIES)


@given(STATEMENTS)
def test_what_passes_is_taken_by_the_database(statement):
    filed = json.loads(json.dumps(to_json(statement), ensure_ascii=True))
    if not check(statement):
        assert dsa.refusals(filed) == []
    if dsa.refusals(filed):
        assert check(statement)


@given(st.fixed_dictionaries({name: FIELDS[name] for name in sorted(FIELDS)}))
def test_nothing_that_is_refused_passes_however_wild(fields):
    statement = Statement(**fields)
    if dsa.refusals(to_json(statement)):
        assert check(statement)


GROUNDS = [
    {},
    {
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "illegal_content_legal_ground": "《民法典》第一千零二十四条第一款",
        "illegal_content_explanation": "公开侮辱特定个人。",
        "incompatible_content_ground": "",
        "incompatible_content_explanation": "",
        "incompatible_content_illegal": "",
    },
]
GOOD = st.builds(
    lambda ground, rest: changed(**ground, **rest),
    st.sampled_from(GROUNDS),
    st.fixed_dictionaries(
        {},
        optional={
            "decision_visibility": st.sampled_from(
                [
                    ("DECISION_VISIBILITY_CONTENT_DISABLED",),
                    ("DECISION_VISIBILITY_CONTENT_DEMOTED",),
                ]
            ),
            "decision_account": st.sampled_from(["DECISION_ACCOUNT_SUSPENDED"]),
            "category": st.sampled_from(dsa.CATEGORIES).map("STATEMENT_CATEGORY_".__add__),
            "category_specification": st.lists(
                st.sampled_from(dsa.KEYWORDS).map("KEYWORD_".__add__), unique=True
            ).map(tuple),
            "content_language": st.sampled_from(dsa.LANGUAGES),
            "territorial_scope": st.lists(
                st.sampled_from(dsa.COUNTRIES), min_size=1, unique=True
            ).map(tuple),
            "content_id": st.just({"EAN-13": "0123456789123"}),
            "puid": st.from_regex(r"[A-Za-z0-9_-]{1,500}", fullmatch=True),
            "decision_facts": st.text("事实 facts\n，。", max_size=5000).map(
                lambda t: ("事" + t)[:5000]
            ),
        },
    ),
)


@given(GOOD)
def test_a_good_statement_is_not_refused(statement):
    assert check(statement) == []
    assert dsa.refusals(to_json(statement)) == []
    assert msgspec.json.decode(msgspec.json.encode(statement), type=Statement) == statement


def test_a_statement_as_it_is_filed():
    assert to_json(MUTED) == {
        "decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION",
        "account_type": "ACCOUNT_TYPE_PRIVATE",
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": "https://rules.example.org/2026-11-01/#insult",
        "incompatible_content_ground": "社区规则第一条：不侮辱、不羞辱他人（2026-11-01）",
        "incompatible_content_explanation": "十二条评论以人身侮辱的方式针对同一个人。",
        "incompatible_content_illegal": "No",
        "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
        "category_specification": ["KEYWORD_CYBER_BULLYING_INTIMIDATION"],
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_date": "2026-11-24",
        "content_language": "ZH",
        "territorial_scope": list(EVERYWHERE),
        "application_date": "2026-11-25",
        "end_date_service_restriction": "2026-11-28",
        "decision_facts": "该账号在两小时内发布十二条侮辱性评论。",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": "d-01J8ZQ_7",
    }


TOKEN = "p_" + "0a" * 16


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"decision_provision": "", "end_date_service_restriction": None}, "decision_visibility",
         "missing"),
        ({"decision_facts": " \u200b\n"}, "decision_facts", "missing"),
        ({"decision_facts": "\u3164"}, "decision_facts", "missing"),
        ({"decision_facts": "字" * 5001}, "decision_facts", "long"),
        ({"decision_facts": "a\x07"}, "decision_facts", "unreadable"),
        ({"decision_facts": f"{TOKEN} 骂人"}, "decision_facts", "person"),
        ({"incompatible_content_ground": ""}, "incompatible_content_ground", "missing"),
        ({"illegal_content_explanation": "x"}, "illegal_content_explanation", "idle"),
        ({"source_identity": "某机构"}, "source_identity", "idle"),
        ({"content_type": ("CONTENT_TYPE_OTHER",)}, "content_type_other", "missing"),
        ({"decision_visibility": ("DECISION_VISIBILITY_OTHER",)}, "decision_visibility_other",
         "missing"),
        ({"decision_monetary": "DECISION_MONETARY_OTHER"}, "decision_monetary_other", "missing"),
        ({"category_specification_other": "x"}, "category_specification_other", "idle"),
        ({"category_addition": ("STATEMENT_CATEGORY_CYBER_VIOLENCE",)}, "category_addition",
         "repeated"),
        ({"content_type": ("CONTENT_TYPE_TEXT",) * 2}, "content_type", "repeated"),
        ({"automated_detection": "YES"}, "automated_detection", "unknown"),
        ({"content_language": "zh"}, "content_language", "unknown"),
        ({"territorial_scope": ("CN",)}, "territorial_scope", "unknown"),
        ({"territorial_scope": ()}, "territorial_scope", "missing"),
        ({"content_date": None}, "content_date", "missing"),
        ({"content_date": dt.date(1999, 12, 31)}, "content_date", "range"),
        ({"application_date": dt.date(2019, 12, 31)}, "application_date", "range"),
        ({"end_date_service_restriction": dt.date(2026, 11, 24)}, "end_date_service_restriction",
         "order"),
        ({"end_date_account_restriction": dt.date(2026, 11, 28)}, "end_date_account_restriction",
         "idle"),
        ({"content_id": {"EAN-13": "012345678912"}}, "content_id", "form"),
        ({"puid": "d-1\n"}, "puid", "form"),
        ({"puid": TOKEN}, "puid", "person"),
        ({"decision_ground_reference_url": "notvalidurl"}, "decision_ground_reference_url",
         "address"),
    ],
)  # fmt: skip
def test_a_fault_names_field_and_rule(fields, field, rule):
    faults = check(changed(**fields))
    assert [(fault.field, fault.rule) for fault in faults] == [(field, rule)]
    assert faults[0].mend
    assert len(faults[0].value) <= 80


ILLEGAL = GROUNDS[1]
#: Where each limited text applies.
WHERE = {
    "decision_visibility_other": {"decision_visibility": ("DECISION_VISIBILITY_OTHER",)},
    "decision_monetary_other": {"decision_monetary": "DECISION_MONETARY_OTHER"},
    "illegal_content_legal_ground": ILLEGAL,
    "illegal_content_explanation": ILLEGAL,
    "category_specification_other": {"category_specification": ("KEYWORD_OTHER",)},
    "content_type_other": {"content_type": ("CONTENT_TYPE_OTHER",)},
    "source_identity": {"source_type": "SOURCE_TRUSTED_FLAGGER"},
}


@pytest.mark.parametrize("field", sorted(LIMITS))
def test_a_text_is_as_long_as_the_database_takes(field):
    most = LIMITS[field]
    start = "https://a.cn/" if field.endswith("url") else ""
    good = changed(**WHERE.get(field, {}) | {field: start.ljust(most, "a")})
    assert check(good) == dsa.refusals(to_json(good)) == []
    bad = msgspec.structs.replace(good, **{field: start.ljust(most + 1, "a")})
    assert dsa.refusals(to_json(bad))
    assert check(bad)[0].rule == "long"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        *[({}, field) for field in WHERE],
        *[(ILLEGAL, field) for field in dsa.INCOMPATIBLE],
        ({**ILLEGAL, "incompatible_content_illegal": "No"}, "incompatible_content_illegal"),
        ({}, "end_date_visibility_restriction"),
        ({}, "end_date_monetary_restriction"),
        ({}, "end_date_account_restriction"),
        (
            {"decision_provision": "", "decision_account": "DECISION_ACCOUNT_SUSPENDED"},
            "end_date_service_restriction",
        ),
    ],
)
def test_what_does_not_apply_is_a_fault_and_is_not_filed(fields, field):
    said = {field: dt.date(2026, 12, 1) if field.startswith("end_date") else "x"}
    statement = changed(**fields | (said if field not in fields else {}))
    if field in dsa.INCOMPATIBLE:
        statement = msgspec.structs.replace(statement, **said)
    assert [(fault.field, fault.rule) for fault in check(statement)] == [(field, "idle")]
    assert field not in to_json(statement)


def test_a_field_that_does_not_apply_is_not_filed():
    statement = changed(illegal_content_explanation="x", source_identity="某机构")
    assert not applies(statement, "illegal_content_explanation")
    assert to_json(statement) == to_json(MUTED)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://www.example.org", True),
        ("http://a-b.example.org:8080/x/%E8%A7%84?a=1&b=/#art-1", True),
        ("https://xn--fsqu00a.xn--0zwm56d/", True),
        ("https://localhost/", False),
        ("ftp://example.org/", False),
        ("https://example.org/规则", False),
        ("https://example.org/%zz", False),
        ("https://-a.example.org/", False),
        ("https://example.org/a b", False),
        ("https://example.org/\n", False),
        ("https://user@example.org/", False),
        ("https://example.org/" + "a" * 500, False),
    ],
)
def test_addresses(url, good):
    assert is_address(url) is good
    if good:
        assert dsa.refusals(to_json(changed(decision_ground_reference_url=url))) == []


def test_an_address_is_judged_in_linear_time():
    assert not is_address("https://" + "a." * 200_000)
    assert not is_address("https://a.cn" + "/a" * 200_000 + " ")


def test_the_table_has_words_for_every_field_and_no_other():
    assert list(schema().fields) == list(Statement.__struct_fields__)
    assert set(schema().applies) < set(Statement.__struct_fields__)
    for field in set(schema().values) | set(schema().codes) | set(schema().limits):
        assert field in Statement.__struct_fields__


def test_the_table_allows_what_the_documentation_lists():
    for field in CHOSEN:
        rule = dsa.PROPERTIES[field]
        listed = rule.get("items", rule)["enum"]
        assert sorted(schema().allowed(field) or ()) == sorted(listed)
