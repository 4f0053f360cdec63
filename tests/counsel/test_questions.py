"""The pool of questions: reviewed by another, valid on a day, searched, imported, exported."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from counsel_house import opened, rebuild
from hypothesis import given
from hypothesis import strategies as st

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.cli.main import main
from lianzhi.domains.counsel.guidance.search import Index, Texts
from lianzhi.domains.counsel.refusals import RefusedError, explain
from lianzhi.domains.counsel.rules import Rules

TODAY = dt.date(2026, 3, 2)
DAY_MS = 86_400_000
SEIZURE = {
    "question": "扣押货物的期限有多长？",
    "answer": "不得超过三十日；经批准可以延长，延长不得超过三十日。",
    "sources": "行政强制法第二十五条",
    "field": "examination",
    "causes": "procedure",
    "since": dt.date(2026, 1, 1),
    "until": None,
}
POLICY = Rules().guidance(TODAY).search


@pytest.fixture
def node(databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def guidance(node):
    return node.desks["counsel"].guidance


def publish(guidance, **changed):
    identity = guidance.questions.draft("rec", **SEIZURE | changed)
    guidance.questions.review(identity, "lead")
    guidance.questions.publish(identity, "lead")
    return identity


def ids(guidance, query):
    return [answer.question.id for answer in guidance.search.search(query)]


def main_of(page):
    return page.text.split("<main")[1]


def test_a_draft_is_reviewed_by_somebody_who_did_not_write_at_it(guidance):
    identity = guidance.questions.draft("rec", **SEIZURE)
    guidance.questions.revise(identity, "lead", **SEIZURE)
    for author in ("rec", "lead"):
        with pytest.raises(RefusedError) as caught:
            guidance.questions.review(identity, author)
        assert caught.value.rule == "question_own"
    with pytest.raises(IllegalStepError):
        guidance.questions.publish(identity, "other")
    guidance.questions.review(identity, "other")
    guidance.questions.publish(identity, "rec")
    live = guidance.questions.get(identity).live
    assert (live.authors, live.reviewer, live.published) == (("rec", "lead"), "other", TODAY)


def test_nothing_is_reviewed_without_answer_and_source(guidance):
    for lacking in ("answer", "sources"):
        identity = guidance.questions.draft("rec", **SEIZURE | {lacking: " "})
        with pytest.raises(RefusedError, match="lacks"):
            guidance.questions.review(identity, "lead")


def test_only_valid_answers_are_shown_to_those_who_ask(node, guidance):
    valid = publish(guidance, until=TODAY)
    expired = publish(guidance, until=TODAY + dt.timedelta(1), question="扣押货物多久到期？")
    coming = publish(guidance, since=TODAY + dt.timedelta(2), question="明天起扣押货物多久？")
    draft = guidance.questions.draft("rec", **SEIZURE | {"question": "扣押货物草稿"})
    withdrawn = publish(guidance, question="扣押货物撤回")
    guidance.questions.withdraw(withdrawn, "lead", words="依据已废止")
    assert set(ids(guidance, "货被扣了能扣多久")) == {valid, expired}
    node.time.now += DAY_MS
    assert ids(guidance, "货被扣了能扣多久") == [expired]
    node.time.now += DAY_MS
    assert ids(guidance, "货被扣了能扣多久") == [coming]
    asker = Console(node, "reader")
    assert asker.get(f"/counsel/questions/{coming}").status_code == 200
    for hidden in (valid, expired, draft, withdrawn):
        assert asker.get(f"/counsel/questions/{hidden}").status_code == 404
    for state in ("expired", "drafted", "published", "withdrawn"):
        listed = main_of(asker.get(f"/counsel/questions?state={state}"))
        assert coming in listed
        assert not any(hidden in listed for hidden in (valid, expired, draft, withdrawn))
    staff = Console(node, "rec", "en")
    assert "Expired on 2026-03-03" in main_of(staff.get(f"/counsel/questions/{expired}"))
    assert expired in main_of(staff.get("/counsel/questions?state=expired"))


def test_a_revision_leaves_the_answer_in_the_pool_until_it_is_published(guidance):
    identity = publish(guidance)
    guidance.questions.revise(identity, "lead", **SEIZURE | {"answer": "三十日，另有规定的除外。"})
    assert ids(guidance, "扣押期限") == [identity]
    question = guidance.questions.get(identity)
    assert (question.live.number, question.draft.number) == (1, 2)
    guidance.questions.discard(identity, "lead")
    assert guidance.questions.get(identity).draft is None
    guidance.questions.revise(identity, "lead", **SEIZURE | {"answer": "三十日，另有规定的除外。"})
    guidance.questions.review(identity, "rec")
    guidance.questions.publish(identity, "rec")
    question = guidance.questions.get(identity)
    (first,) = question.past
    assert (question.live.number, first.number, first.ended) == (2, 1, TODAY)
    assert "不得超过三十日" in guidance.questions.texts(first)["answer"]
    (answer,) = guidance.search.search("扣押期限")
    assert answer.texts["answer"] == "三十日，另有规定的除外。"


def test_a_question_that_was_never_published_has_no_answer_to_go_back_to(guidance):
    identity = guidance.questions.draft("rec", **SEIZURE)
    with pytest.raises(RefusedError) as caught:
        guidance.questions.discard(identity, "rec")
    assert "withdraw it" in explain(caught.value, "en")["detail"]


def test_a_draft_that_ended_before_it_was_published_is_revised_first(node, guidance):
    identity = guidance.questions.draft("rec", **SEIZURE | {"until": TODAY})
    guidance.questions.review(identity, "lead")
    node.time.now += DAY_MS
    with pytest.raises(RefusedError) as caught:
        guidance.questions.publish(identity, "lead")
    assert caught.value.rule == "question_over"
    node.time.now -= DAY_MS
    guidance.questions.publish(identity, "lead")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"question": " "}, "guidance_empty"),
        ({"question": "问" * 2001}, "guidance_long"),
        ({"answer": "答" * 20_001}, "guidance_long"),
        ({"field": "fishing"}, "guidance_field"),
        ({"causes": "procedure;weather"}, "guidance_causes"),
        ({"until": dt.date(2025, 12, 31)}, "guidance_until"),
        ({"day_asked": TODAY + dt.timedelta(1)}, "guidance_future"),
    ],
)
def test_what_can_not_be_in_the_pool_is_refused_with_its_mend(guidance, changed, rule):
    with pytest.raises(RefusedError) as caught:
        guidance.questions.draft("rec", **SEIZURE | changed)
    assert caught.value.rule == rule
    for language in ("zh", "en"):
        assert "%(" not in explain(caught.value, language)["detail"]
    guidance.questions.draft(
        "rec", **SEIZURE | {"question": "问" * 2000, "until": dt.date(2026, 1, 1)}
    )


def test_what_a_published_answer_may_not_do_now_is_worded(guidance):
    identity = publish(guidance)
    with pytest.raises(IllegalStepError) as caught:
        guidance.questions.review(identity, "lead")
    assert "review passed" in explain(caught.value, "en")["detail"]
    assert "复核通过" in explain(caught.value, "zh")["detail"]


def test_askings_are_counted_by_day_and_the_asker_is_a_token(node, guidance):
    identity = guidance.questions.draft("rec", asker="甲公司", day_asked=TODAY, **SEIZURE)
    guidance.questions.ask(identity, "rec", day_asked=None, asker="乙公司")
    guidance.questions.ask(identity, "rec", day_asked=dt.date(2026, 2, 1))
    question = guidance.questions.get(identity)
    assert question.askings == {"2026-03-02": 2, "2026-02-01": 1}
    payloads = [node.ledger.payload(entry.index) for entry in node.ledger.entries()]
    assert "甲公司" not in json.dumps(payloads, ensure_ascii=False)
    staff = Console(node, "rec")
    assert "甲公司" in main_of(staff.get(f"/counsel/questions/{identity}"))
    node.erasure.erase("甲公司")
    assert "甲公司" not in main_of(staff.get(f"/counsel/questions/{identity}"))
    assert guidance.questions.texts(question.newest)["question"] == SEIZURE["question"]


def test_people_draft_review_and_publish_on_pages(node, guidance):
    staff, lead = Console(node, "rec"), Console(node, "lead", "en")
    form = {**SEIZURE, "since": "2026-01-01", "until": ""}
    sent = staff.post("/counsel/questions", **form)
    assert sent.status_code == 303, sent.text
    page = sent.headers["location"].partition("?")[0]
    assert "等待复核" in staff.get(sent.headers["location"]).text
    assert staff.post(f"{page}/review").status_code == 403
    assert lead.post(f"{page}/review").status_code == 303
    assert lead.post(f"{page}/publish").status_code == 303
    shown = main_of(Console(node, "reader", "en").get(page))
    assert "不得超过三十日" in shown
    assert "行政强制法第二十五条" in shown
    assert "Examination of goods" in shown
    assert page in main_of(Console(node, "reader").get("/counsel/questions?q=能扣多久"))
    filled = staff.get(f"{page}/revise").text
    assert "行政强制法第二十五条" in filled
    assert 'value="2026-01-01"' in filled
    assert staff.post(f"{page}/revise", **form | {"field": "nowhere"}).status_code == 422


def test_the_pool_is_filled_and_emptied_by_tables(node, guidance, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    header = "编号,问题,领域,生效日期,解答,依据,事由\n"
    good = "P1,扣押多久,examination,2026-01-01,三十日,行政强制法第二十五条;决定书,procedure\n"
    bad = "P2,怎么报,fishing,2026-01-01,,,\nP3,怎么退,levying,2026-01-01,,,weather\n"
    bad += "P/4,怎么改,levying,2026-01-01,,,\n"
    (folder / "questions.csv").write_text(header + good + bad, "utf-8")
    read = guidance.question_import.read(folder)
    problems = [(each.line, each.column, each.value) for each in read.errors]
    assert problems == [(3, "field", "fishing"), (4, "causes", "weather"), (5, "id", "P/4")]
    for problem in read.errors:
        for language in ("zh", "en"):
            assert "%(" not in problem.fault.text(language)
            assert "table_fault" not in problem.fault.text(language)
    assert guidance.question_import.take(read, "rec") == {"questions": 1}
    assert guidance.question_import.take(read, "rec") == {"questions": 0}, "it is known by then"
    assert guidance.questions.get("P1").status == "drafted"
    assert guidance.question_import.read(folder).reads["questions"].same == 1
    (folder / "questions.csv").write_text(header + good.replace("三十日", "六十日"), "utf-8")
    (problem,) = guidance.question_import.read(folder).errors
    assert "revise it on its page" in problem.mend
    exported = Console(node, "rec").get("/counsel/questions/export.csv").text
    assert "行政强制法第二十五条;决定书" in exported
    assert Console(node, "reader").get("/counsel/questions/export.csv").status_code == 403
    (folder / "questions.csv").write_text(exported, "utf-8")
    assert guidance.question_import.read(folder).reads["questions"].same == 1


def test_a_table_is_looked_through_before_it_comes_in(node, guidance):
    lead = Console(node, "lead")
    assert "编号" in lead.get("/counsel/questions/import").text
    body = "id,question,field,since\nP1,扣押多久,examination,2026-01-01\n".encode()
    sent = lead.client.post(
        "/counsel/questions/import",
        data={"csrf": lead.token, "whole": "1"},
        files=[("files", ("questions.csv", body, "text/csv"))],
        headers=lead.headers,
    )
    assert sent.status_code == 303, sent.text
    assert "扣押多久" in lead.get(sent.headers["location"]).text
    assert lead.post(f"{sent.headers['location']}/confirm").status_code == 303
    assert guidance.questions.get("P1").status == "drafted"


def test_the_tables_are_rebuilt_from_the_record(node, guidance):
    identity = publish(guidance)
    guidance.questions.revise(identity, "lead", **SEIZURE)
    guidance.questions.ask(identity, "rec", day_asked=None, asker="")
    before = guidance.questions.get(identity)
    rebuild(node)
    assert guidance.questions.get(identity) == before


@given(st.lists(st.text("扣押货物三十日期限复议税号罚款听证", min_size=1, max_size=30), max_size=8))
def test_every_text_finds_itself_and_order_does_not_matter(questions):
    texts = {str(n): Texts(question, "") for n, question in enumerate(dict.fromkeys(questions))}
    index, other = Index(texts, POLICY), Index(dict(reversed(texts.items())), POLICY)
    for identity, (question, _) in texts.items():
        hits = index.search(question)
        assert identity in [hit.id for hit in hits]
        assert [hit.id for hit in other.search(question)] == [hit.id for hit in hits]


def test_words_of_a_group_find_one_another_and_widths_are_folded():
    index = Index({"a": Texts("商品归类的争议", ""), "b": Texts("查验到场", "")}, POLICY)
    assert [hit.id for hit in index.search("税号")] == ["a"]
    assert [hit.id for hit in index.search("商品歸類")] == ["a"]
    assert index.search("请问怎么办") == []
    assert Index({}, POLICY).search("归类") == []


def test_colloquial_queries_find_their_answers():
    ran = CliRunner().invoke(main, ["counsel", "question-recall", "--json"])
    assert ran.exit_code == 0, ran.output
    shares = {(each["part"], each["first"]): each for each in json.loads(ran.output)}
    assert shares["report", 5]["queries"] == shares["tuning", 5]["queries"] == 24
    assert shares["report", 5]["hits"] >= 22
    assert shares["tuning", 5]["hits"] >= 22
    assert shares["report", 5]["lo"] > 0.7


def test_the_shell_drafts_imports_and_finds(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "in"
    with opened(home):
        pass
    (home / "config.toml").write_text('domains = ["counsel"]\n', "utf-8")
    folder.mkdir()
    (folder / "questions.csv").write_text("id,question,field,since\nP1,退税,levying,2026-01-01\n")

    def run(*words):
        return CliRunner().invoke(main, ["counsel", *words, "--home", str(home), "--json"])

    assert json.loads(run("question", "import", str(folder)).output)["taken"] == {"questions": 1}
    drafted = run("question", "draft", "--question", "扣押多久", "--field", "examination")
    assert json.loads(drafted.output) == {"id": "Q0002", "act": "draft"}
    refused = run("question", "review", "Q0002")
    assert refused.exit_code != 0
    assert "lacks an answer" in refused.output
    assert json.loads(run("find", "扣押").output) == []
