"""Papers of the office: filled in from the file, numbered, kept, downloaded, erased."""

import io

import pytest
from counsel_house import TODAY, opened, rebuild
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from consoles import Console
from lianzhi.documents.paper import PaperError
from lianzhi.documents.paper_composing import bilingual
from lianzhi.domains.counsel.nouns.review import OUTCOMES
from lianzhi.domains.counsel.papers import PAPERS
from lianzhi.domains.counsel.papers.filling import papers_of
from lianzhi.domains.counsel.refusals import RefusedError, explain

AGENCY = """
name = { zh = "澄江市人民政府", en = "People's Government of Chengjiang" }
short = "澄政复"
contact = "周宁，0510-88880002"
court = { zh = "澄江市人民法院", en = "People's Court of Chengjiang" }
review_to = { zh = "上一级人民政府", en = "the government above it" }
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home" / "counsel"
    folder.mkdir(parents=True)
    (folder / "agency.toml").write_text(AGENCY, "utf-8")
    return tmp_path / "home"


@pytest.fixture
def node(home, databases):
    with opened(home) as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["counsel"]


def accepted(desk, words="请求撤销罚款决定"):
    identity = desk.reviews.receive("rec", TODAY, "张三", "某区城管局", "penalty", words, 500)
    taken = {"procedure": "ordinary", "agreed": False, "words": "符合受理条件"}
    desk.reviews.take(identity, "accepted", "lead", **taken)
    return identity


def decided(desk, outcome="annulled"):
    identity = accepted(desk)
    desk.reviews.take(identity, "copied", "rec", reached=TODAY)
    desk.reviews.take(identity, "answered", "rec", words="处罚适当")
    desk.reviews.take(identity, "parties_heard", "rec", words="申请人认为未听证")
    flags = {"approved": True, "written": False, "worse": False, "contrary": False}
    desk.reviews.take(
        identity,
        "decided",
        "lead",
        words="未告知听证权利。",
        outcome=outcome,
        evidence=True,
        **flags,
    )
    return identity


def text_of(body):
    return "\n".join(each.text for each in Document(io.BytesIO(body)).paragraphs)


def kinds(desk, files, identity):
    return {offer.kind for offer in desk.papers.offers(files, identity)}


def test_a_decision_says_what_the_file_says_and_where_to_contest_it(desk):
    identity = decided(desk)
    assert kinds(desk, desk.reviews, identity) == {"acceptance", "decision"}
    number = desk.papers.issue(desk.reviews, identity, "decision", "lead", language="both")
    assert number == "澄政复决字〔2026〕第0001号"
    text = text_of(desk.papers.read(identity, number, "docx"))
    for said in (
        *(
            "张三",
            "某区城管局",
            "请求撤销罚款决定",
            "处罚适当",
            "申请人认为未听证",
            "未告知听证权利。",
        ),
        *(
            "第六十四条",
            "Article 64",
            "澄江市人民法院",
            "People's Court of Chengjiang",
            "15日",
            "第四十五条",
        ),
    ):
        assert said in text, said
    assert desk.papers.read(identity, number, "pdf").startswith(b"%PDF-")
    assert kinds(desk, desk.reviews, identity) == {"acceptance"}
    with pytest.raises(RefusedError, match="can't be issued now"):
        desk.papers.issue(desk.reviews, identity, "decision", "lead")


def test_numbers_of_a_kind_follow_each_other_and_tables_can_be_rebuilt(node, desk):
    files = [accepted(desk) for _ in range(3)]
    numbers = [desk.papers.issue(desk.reviews, file, "acceptance", "rec") for file in files]
    assert [number[-5:] for number in numbers] == ["0001号", "0002号", "0003号"]
    before = [desk.papers.issued(file) for file in files]
    rebuild(node)
    assert [desk.papers.issued(file) for file in files] == before
    identity = desk.matters.receive("rec", "petition", TODAY, "李四", "rec", "反映噪音")
    desk.matters.take(identity, "accepted", "rec", words="属于本机关职权")
    number = desk.papers.issue(desk.matters, identity, "petition_acceptance", "rec")
    assert number == "澄政复访受字〔2026〕第0001号"  # each kind has numbers of its own


@pytest.mark.parametrize(
    ("step", "kind", "more", "said"),
    [
        ("completion_asked", "completion", {}, "10个工作日"),
        ("refused", "refusal", {}, "第三十条第二款"),
    ],
)
def test_before_acceptance_there_are_other_papers(desk, step, kind, more, said):
    identity = desk.reviews.receive("rec", TODAY, "张三", "某区城管局", "spot", "请求撤销")
    assert kinds(desk, desk.reviews, identity) == set()
    desk.reviews.take(identity, step, "lead", words="请提交身份证明", **more)
    number = desk.papers.issue(desk.reviews, identity, kind, "lead")
    text = text_of(desk.papers.read(identity, number, "docx"))
    assert "请提交身份证明" in text
    assert said in text


def test_an_opinion_and_a_stay_follow_their_steps(desk):
    identity = accepted(desk)
    opinion = {"opinion_to": "某区城管局", "reached": TODAY, "words": "请规范听证告知"}
    desk.reviews.take(identity, "opinion_sent", "lead", **opinion)
    desk.reviews.take(identity, "suspended", "lead", words="正在调解", ground="settling")
    assert kinds(desk, desk.reviews, identity) == {"acceptance", "opinion", "stay"}
    opinion = desk.papers.issue(desk.reviews, identity, "opinion", "lead")
    text = text_of(desk.papers.read(identity, opinion, "docx"))
    assert "请规范听证告知" in text
    assert "60日" in text
    desk.reviews.take(identity, "resumed", "lead", words="调解不成")
    desk.reviews.take(identity, "suspended", "lead", words="下落不明", ground="missing")
    desk.papers.issue(desk.reviews, identity, "stay", "lead")  # of the latest stay
    (stay,) = [paper for paper in desk.papers.issued(identity) if paper.kind == "stay"]
    assert "下落不明" in text_of(desk.papers.read(identity, stay.number, "docx"))


def test_what_is_missing_is_named_and_nothing_is_issued(home, node, desk):
    identity = decided(desk)
    (home / "counsel" / "agency.toml").write_text('name = { zh = "某市", en = "X" }', "utf-8")
    offer = next(o for o in desk.papers.offers(desk.reviews, identity) if o.kind == "decision")
    assert offer.settings == ("number",)
    assert "court" in {lack.name for lack in offer.lacks}
    with pytest.raises(PaperError, match="机关代字") as caught:
        desk.papers.issue(desk.reviews, identity, "decision", "lead")
    assert explain(caught.value, "zh")["status"] == 422
    (home / "counsel" / "agency.toml").write_text(
        'short = "某"\nname = { zh = "某市", en = "X" }', "utf-8"
    )
    with pytest.raises(PaperError, match="court"):
        desk.papers.issue(desk.reviews, identity, "decision", "lead")
    assert desk.papers.issued(identity) == []
    typed = {"court": "某市人民法院"}
    number = desk.papers.issue(desk.reviews, identity, "decision", "lead", typed)
    assert "某市人民法院" in text_of(desk.papers.read(identity, number, "docx"))


def test_erasing_the_person_leaves_no_paper(desk):
    identity = accepted(desk)
    number = desk.papers.issue(desk.reviews, identity, "acceptance", "rec")
    assert desk.erase("张三") == 1
    with pytest.raises(KeyError):
        desk.papers.read(identity, number, "docx")
    assert desk.erase("没有这个人") == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_offers_issues_and_gives_it_out(node, desk, language):
    identity = decided(desk)
    console = Console(node, "lead", language)
    address = f"/counsel/reviews/{identity}"
    page = console.get(address).text
    title = {"zh": "行政复议决定书", "en": "Decision on reconsideration"}[language]
    assert title in page
    answer = console.post(f"{address}/papers/decision", language="both")
    assert answer.status_code == 303
    (paper,) = desk.papers.issued(identity)
    assert paper.number in console.get(address).text
    for form in ("docx", "pdf"):
        assert console.get(f"{address}/papers/{paper.number}.{form}").status_code == 200
    assert console.get(f"{address}/papers/{paper.number}.exe").status_code == 404
    reader = Console(node, "reader", language)
    assert reader.get(f"{address}/papers/{paper.number}.pdf").status_code == 403


@given(
    outcome=st.sampled_from(OUTCOMES),
    kind=st.sampled_from(sorted(PAPERS.kinds)),
    flag=st.booleans(),
)
def test_every_kind_can_be_made_in_both_languages(outcome, kind, flag):
    fields = {
        name: {
            "line": "甲", "text": "乙", "day": TODAY, "flag": flag,
            "table": {"name": "丙"} if name == "party" else None,
        }[field.type]
        for name, field in PAPERS.fields.items()
    }  # fmt: skip
    known = {name: value for name, value in fields.items() if value is not None}
    known["outcome"] = PAPERS.phrase(f"outcome_{outcome}", "zh")
    paper = bilingual(PAPERS, kind, known | {"number": "甲决字〔2026〕第0001号"})
    words = "".join(paper.words())
    assert "丙" in words
    assert "{" not in words


def test_no_file_no_paper(desk):
    with pytest.raises(KeyError):
        desk.papers.issue(desk.reviews, "none", "decision", "lead")
    assert papers_of(desk.reviews.get(accepted(desk)), []) == []
