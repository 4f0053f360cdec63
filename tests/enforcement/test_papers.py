import datetime as dt
import io
import re
import tomllib
import zipfile
from importlib.resources import files

import pytest
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.documents.printed import in_pdf, in_word, squeezed

from lianzhi.documents.paper import PaperError
from lianzhi.documents.paper_composing import bilingual, compose
from lianzhi.documents.paper_docx import docx
from lianzhi.documents.paper_pdf import pdf
from lianzhi.documents.paper_template import LANGUAGES
from lianzhi.domains.enforcement.papers.paper_set import PAPERS

FOLDER = files("lianzhi.domains.enforcement.papers")
EVERY = [(kind, language) for kind in PAPERS.kinds for language in LANGUAGES]
SENTINEL = "独有的字句"


def case(**changed):
    given_ = tomllib.loads(FOLDER.joinpath("example.toml").read_text("utf-8"))
    return {name: value for name, value in {**given_, **changed}.items() if value is not ...}


def words(kind="decision", language="zh", **changed):
    return squeezed("".join(compose(PAPERS, kind, language, case(**changed)).words()))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_word_and_pdf_say_the_same(kind, language):
    made = compose(PAPERS, kind, language, case())
    said = squeezed("".join(made.words()))
    assert in_word(docx(made)) == said
    assert in_pdf(pdf(made)) == said
    assert not re.search(r"None|\{\{|\{%|Undefined|\[\]|\{\}", said)


@pytest.mark.parametrize("kind", PAPERS.kinds)
def test_each_field_that_is_left_out_is_refused_by_its_name(kind):
    given_ = case()
    for name in PAPERS.kinds[kind].required_fields(given_):
        known_by_law = name.endswith("_within") or name == "surcharge"
        for value in (None, "", " \n\u200b"):
            if value is None and known_by_law:
                continue
            with pytest.raises(PaperError, match=rf"\b{name} \("):
                compose(PAPERS, kind, "zh", {**given_, name: value})
        if not known_by_law or name in ("defend_within", "reply_within"):
            with pytest.raises(PaperError, match=rf"\b{name} \(.*is missing"):
                compose(PAPERS, kind, "zh", {one: given_[one] for one in given_ if one != name})


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(PaperError) as told:
        compose(PAPERS, "decision", "zh", case(fine="a lot", court="", facts=..., finee=5))
    for name in ("fine", "court", "facts", "finee"):
        assert f"{name}" in str(told.value)


#: What the law names, and the field that states it. Periods and days have a test of their own.
ASKED = {
    # 行政处罚法 59: party; facts, evidence; kind, basis; performance; remedies; agency
    "decision": "party facts evidence breach penalty basis fine pay_to review_to court agency",
    # 52(2): act, kind, basis, amount, place, remedies, agency
    "spot_decision": "facts penalty basis fine place review_to court agency",
    # 44: content, facts, reasons, basis
    "advance_notice": "penalty fine facts discretion basis",
    # 64(2): place; 56: what is kept, who approved
    "hearing_notice": "place",
    "preservation": "things approved_by",
    # 行政强制法 35: way of payment and sums
    "demand": "pay_to unpaid surcharge_due",
}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, one) for kind, some in ASKED.items() for one in some.split()]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_law_asks_for_is_printed(kind, field, language):
    given_ = case()
    told = {"money": 87_654, "lines": [SENTINEL], "table": None}.get(
        PAPERS.fields[field].type, SENTINEL
    )
    if field == "party":
        told = {**given_["party"], "name": SENTINEL}
    elif field == "things":
        told = [{"name": SENTINEL, "amount": "1", "state": "x"}]
    said = words(kind, language, **{field: told})
    assert ("87,654.00" if told == 87_654 else SENTINEL) in said


def test_periods_of_the_decision_come_with_their_articles():
    said = words()
    assert "15日内缴纳罚款（《中华人民共和国行政处罚法》第六十七条第三款）" in said
    assert "第七十二条第一款第一项，每日按罚款数额的百分之三加处罚款" in said
    assert "60日内依法向澄江市人民政府申请行政复议（《中华人民共和国行政复议法》第二十条" in said
    assert "6个月内依法向澄江市人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条" in said
    assert "壹万贰仟元整（¥12,000.00）" in said
    assert "2026年3月2日" in said


def test_templates_hold_no_periods():
    number = "[0-9０-９一二三四五六七八九十百]+"
    for entry in FOLDER.joinpath("templates").iterdir():
        text = entry.read_text("utf-8")
        assert not re.search(rf"{number}(个工作日|个月|日内|天内| days| months)", text), entry.name


def test_periods_that_are_given_go_before_those_of_the_law():
    given_ = {"length": 90, "unit": "calendar_days", "basis": "某法第一条"}
    assert "90日内依法向澄江市人民政府申请行政复议（某法第一条）" in words(review_within=given_)
    with pytest.raises(PaperError, match="unit is 'days'; choose one of"):
        words(review_within={**given_, "unit": "days"})


def test_a_period_whose_law_is_not_known_must_be_given():
    with pytest.raises(PaperError, match=r"review_within .*none is known of the law"):
        words(day=dt.date(2023, 12, 31))


def test_the_wording_is_not_used_before_its_law():
    known = {"length": 60, "unit": "calendar_days", "basis": "x"}
    with pytest.raises(PaperError, match="2021-07-15"):
        words("filing", day=dt.date(2021, 7, 14), review_within=known)


def test_flags_decide_what_is_asked_for_and_said():
    assert "有权要求听证" in words("advance_notice")
    assert "有权要求听证" not in words("advance_notice", hearing=False, hearing_basis=...)
    warning = words(fined=False, fine=..., pay_to=..., penalty="警告。")
    assert "罚款人民币" not in warning
    assert "七日内履行" in warning
    spot = words("spot_decision", collected=True)
    assert "当场收缴" in spot
    assert "15日内缴纳" not in spot
    assert "先向澄江市人民政府申请行政复议" in spot  # 行政复议法 23(1)(1)


def test_an_unpassed_review_says_that_nothing_may_be_decided():
    assert "不得作出行政处罚决定" in words("legal_review", passed=False)


def test_one_officer_is_too_few():
    with pytest.raises(PaperError, match=r"officers .*has 1 entries; give 2"):
        words("filing", officers=case()["officers"][:1])


def test_an_organisation_has_a_head_and_a_person_has_none():
    person = {"kind": "person", "name": "张三", "id": "320281198001010011", "address": "某路1号"}
    said = words(party=person)
    assert "张三" in said
    assert "法定代表人（负责人）" not in said
    with pytest.raises(PaperError, match=r"party .*lacks head"):
        words(party={**person, "kind": "organisation"})
    with pytest.raises(PaperError, match="kind is 'firm'; choose one of person, organisation"):
        words(party={**person, "kind": "firm"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("matter", "长" * 301, "has 301 characters; give at most 300"),
        ("facts", "长" * 20_001, "at most 20,000"),
        ("evidence", ["x"] * 501, "has 501 entries"),
        ("evidence", "x", "give a list"),
        ("evidence", ["x", ""], "is empty"),
        ("day", "2026-01-05", "give a day"),
        ("day", dt.date(1900, 1, 1), "give a day from"),
        ("filed_on", dt.datetime(2026, 1, 5), "give a day"),  # noqa: DTZ001
        ("fine", 12.5, "in quotes"),
        ("fine", -1, "give 0 to"),
        ("fine", "12.345", "two decimals"),
        ("fine", True, "whole number or in quotes"),
        ("heard", "yes", "true or false"),
        ("facts", 5, "give words"),
        ("party", "x", "give kind"),
        ("party", {"nmae": "x"}, "has 'nmae'"),
    ],
)
def test_values_of_a_wrong_shape(name, value, said):
    with pytest.raises(PaperError, match=rf"\b{name} \(.*{said}"):
        words(**{name: value})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.dates() | st.datetimes(timezones=st.none() | st.just(dt.UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "name", "length", "unit", "title", "x"]), inner, max_size=4
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150)
@given(st.sampled_from(sorted(PAPERS.fields)), ANYTHING, st.sampled_from(sorted(PAPERS.kinds)))
def test_whatever_is_given_is_printed_or_refused(name, value, kind):
    try:
        made = compose(PAPERS, kind, "zh", case(**{name: value}))
    except PaperError:
        return
    assert in_word(docx(made)) == squeezed("".join(made.words()))


def test_too_much_for_one_paper_is_refused():
    with pytest.raises(PaperError, match="put what is long into an attachment"):
        words(evidence=["长" * 10_000] * 41)


def test_a_time_needs_its_zone_and_is_told_in_that_of_china():
    with pytest.raises(PaperError, match=r"hearing_at .*add \+08:00"):
        words("hearing_notice", hearing_at=dt.datetime(2026, 2, 24, 9, 30))  # noqa: DTZ001
    utc = dt.datetime(2026, 2, 24, 1, 30, tzinfo=dt.UTC)
    assert "2026年2月24日9时30分" in words("hearing_notice", hearing_at=utc)


HOSTILE = (
    '#eval("1+1") #image("/etc/passwd") *粗* $x^2$ <label> @cite \\u{1F600} // 注释 ```raw```'
    " {{ 7 * 7 }} {% include 'party' %} {# x #} </w:t><w:p/> &amp; ]]> =HYPERLINK(\"x\") "
    '{ INCLUDETEXT "c:\\x" } %PDF (x) [y]'
)


def test_what_a_person_typed_stays_words():
    made = compose(PAPERS, "decision", "zh", case(facts=HOSTILE, matter=HOSTILE[:300]))
    word = docx(made)
    assert squeezed(HOSTILE) in in_word(word)
    assert in_pdf(pdf(made)) == in_word(word)
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        body = archive.read("word/document.xml").decode()
        codes = re.findall(
            r"<w:instrText[^>]*>([^<]*)<",
            "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml")),
        )
    assert "fldChar" not in body
    assert set(codes) == {"PAGE", "NUMPAGES"}


def test_what_cannot_be_seen_is_taken_out_and_lines_are_kept():
    made = compose(
        PAPERS, "decision", "zh", case(facts="甲\x00\x07\u202e乙\u200b丙\ufffe\r\n丁\t戊\ue000")
    )
    said = squeezed("".join(made.words()))
    assert "甲乙丙丁戊⟨U+E000⟩" in said
    assert in_word(docx(made)) == in_pdf(pdf(made)) == said


@settings(max_examples=30)
@given(st.text(max_size=200))
@example("𠮷野家 \u202eabc")
@example("-- 'quoted' \"双\" …… ——")
def test_any_text_can_be_written(text):
    said = f"事实{text}完"
    made = compose(PAPERS, "decision", "zh", case(facts=said))
    assert in_word(docx(made)) == squeezed("".join(made.words()))


@settings(max_examples=15)
@given(st.text("abc中文字#*_$@<>[](){}\\/'\"~-=+|`^&%;:，。 \n", max_size=200))
def test_signs_with_a_meaning_to_typst_are_printed_as_they_are(text):
    made = compose(PAPERS, "filing", "zh", case(facts=f"事实{text}完"))
    assert in_pdf(pdf(made)) == squeezed("".join(made.words()))


def test_a_character_that_the_font_lacks_is_printed_as_its_code_point():
    assert "⟨U+1F600" in in_pdf(pdf(compose(PAPERS, "filing", "zh", case(facts="笑脸\U0001f600"))))


def test_the_same_paper_gives_the_same_bytes():
    first, again = (compose(PAPERS, "decision", "zh", case()) for _ in range(2))
    assert docx(first) == docx(again)
    assert pdf(first) == pdf(again)
    with zipfile.ZipFile(io.BytesIO(docx(first))) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]
        assert {one.date_time for one in archive.infolist()} == {(2026, 3, 2, 12, 0, 0)}


def test_word_opens_it_with_the_layout_of_official_documents():
    document = Document(io.BytesIO(docx(compose(PAPERS, "decision", "zh", case()))))
    section = document.sections[0]
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    assert section.page_width.mm - section.left_margin.mm - section.right_margin.mm == (
        pytest.approx(156, abs=0.1)
    )
    body = next(one for one in document.paragraphs if one.text.startswith("当事人涉嫌"))
    assert body.paragraph_format.first_line_indent.pt == 2 * body.runs[0].font.size.pt
    assert 'w:eastAsia="仿宋"' in body.runs[0]._element.xml
    properties = document.core_properties
    assert properties.author == "澄江市综合行政执法局"
    assert properties.created.date() == dt.date(2026, 3, 2)


def test_pdf_is_for_the_archive():
    made = pdf(compose(PAPERS, "decision", "zh", case()))
    assert made.startswith(b"%PDF-1.7")
    assert b"/JavaScript" not in made
    assert b"pdfaid" in made


def test_a_translation_follows_and_says_what_it_is():
    made = bilingual(PAPERS, "decision", case())
    said = squeezed("".join(made.words()))
    assert said.index("行政处罚决定书") < said.index("TheChinesetextprevails") < len(said)
    assert in_word(docx(made)) == in_pdf(pdf(made)) == said


def test_an_unknown_kind():
    with pytest.raises(PaperError, match="kind is 'parking'; choose one of filing"):
        compose(PAPERS, "parking", "zh", case())


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_template_prints_all_that_its_kind_declares(kind, language):
    assert PAPERS.template(kind, language).title


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ source }}", "日常检查", "leaves out source"),
        ("{{ source }}", "{{ source }}{{ court }}", "prints court, which filing does not declare"),
        ("{{ source }}", "{{ source", "mend the template"),
        ("{{ source }}", "{{ source }}{% include 'x' %}", "includes 'x'"),
        ("widths = [1, 4]", "", "widths is missing"),
        ("widths = [1, 4]", "widths = [1, 4]\nnote = 'x'", "give one"),
        ("title", "titel", "titel"),
    ],
)
def test_a_template_of_ones_own_is_checked(tmp_path, old, new, said):
    shipped = FOLDER.joinpath("templates", "filing.zh.toml").read_text("utf-8")
    own = tmp_path / "filing.zh.toml"
    own.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(PaperError, match=said):
        compose(PAPERS, "filing", "zh", case(), tmp_path)


def test_a_template_of_ones_own_is_used_and_can_do_no_harm(tmp_path):
    shipped = FOLDER.joinpath("templates", "filing.zh.toml").read_text("utf-8")
    own = tmp_path / "filing.zh.toml"
    own.write_text(shipped.replace('"案由"', '"案件名称"'), "utf-8")
    assert "案件名称" in "".join(compose(PAPERS, "filing", "zh", case(), tmp_path).words())
    assert compose(PAPERS, "closing", "zh", case(), tmp_path).title == "结案审批表"
    own.write_text(shipped.replace("{{ source }}", "{{ source.__class__.__mro__ }}"), "utf-8")
    with pytest.raises(PaperError, match="mend it"):
        compose(PAPERS, "filing", "zh", case(), tmp_path)


def test_kinds_have_words_of_their_own():
    words = [kind.word for kind in PAPERS.kinds.values()]
    assert len(words) == len(set(words))
    assert (
        PAPERS.kinds["decision"].pattern("澄综执").format(2026, 7) == "澄综执罚决字〔2026〕第0007号"
    )
