"""Papers of a case: filled in from it, numbered without gaps, issued and kept byte for byte."""

import datetime as dt
import os
import re
import threading
from importlib.resources import files

import msgspec
import pytest
from enforcement_house import FACTS, START, STOPPED
from paper_house import AGENCY, PaperBureau
from tests.documents.printed import in_pdf, in_word

from lianzhi.chain.policy import PolicyError
from lianzhi.documents import typed_fields
from lianzhi.documents.numbering import Pattern, gaps
from lianzhi.documents.paper import PaperError
from lianzhi.domains.enforcement.desk import papers as desk_papers
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.paper_context import PaperContext, file_entries
from lianzhi.domains.enforcement.desk.spot import SpotRecord
from lianzhi.domains.enforcement.law.money import owed
from lianzhi.domains.enforcement.papers.agency import load
from lianzhi.domains.enforcement.papers.filling import fill
from lianzhi.domains.enforcement.papers.issue_rules import RULES, issuable_kinds
from lianzhi.domains.enforcement.papers.paper_set import PAPERS
from lianzhi.domains.enforcement.queries import views
from lianzhi.office.refusal import Refusal

#: What has to be typed, by hand, for the papers that need it.
TYPED = {
    "service_place": "滨江路18号",
    "hearing_at": "2026-03-20T09:30",
    "place": "三楼会议室",
    "open_to_public": "false",
    "closed_reason": "商业秘密",
    "chair": "周正",
    "recorder": "赵海燕",
    "checks": "程序 | 合法\n事实 | 清楚",
    "education": "已讲解",
    "began": "2026-03-02T09:30",
    "ended": "2026-03-02T10:00",
    "checklist": "消防",
    "present.name": "王青禾",
    "present.post": "负责人",
    "present.id": "320281198001010011",
    "seen": "通道被堵塞\n出口上锁",
    "recording": "R-1",
    "asked.name": "王青禾",
    "asked.id": "320281198001010011",
    "asked.post": "负责人",
    "asked.address": "滨江路18号",
    "answers": "何时堆放？ | 昨天",
    "correction": "清理通道",
    "correct_by": "2026-03-09",
    "request": "请协助检测",
    "to": "消防救援大队",
    "things": "挂锁｜1把｜完好",
    "preserve_how": "原地",
    "attachments": "笔录",
    "attended": "陈立 | 局长",
    "views": "陈立 | 同意",
    "archive_number": "2026-1",
    "keeper": "li",
    "problems": "送达回证不全",
    "demands": "补正",
    "advice": "培训",
}


@pytest.fixture
def bureau(tmp_path):
    return PaperBureau(tmp_path)


def issue(bureau, case, kind, language="zh", **given):
    return bureau.desk.papers.issue(case, kind, "li", TYPED | given, language)


def read(bureau, case, number):
    body = bureau.desk.papers.read
    said = in_word(body(case, number, "docx"))
    assert in_pdf(body(case, number, "pdf")) == said
    return said


def offered(bureau, case):
    return [one.kind for one in bureau.desk.papers.offers(case)]


def long_way(bureau):
    """A grave case with everything in it, as far as it goes; yields after each stretch."""
    desk, penalties = bureau.desk, bureau.desk.penalties
    case = bureau.filed(item=STOPPED["item"])
    penalties.record("preserved", case, "li", "保存挂锁")
    yield case
    penalties.record("preservation_settled", case, "li", "退还")
    penalties.notice(
        case, FACTS, 20_000, "li", "拟处罚款，责令停产停业", sanctions=["stoppage"], grave=True
    )
    penalties.record("defended", case, "li", "已经清理")
    penalties.record("defence_considered", case, "li", "改正属实，已采纳")
    penalties.record("hearing_requested", case, "li")
    bureau.on(dt.date(2026, 3, 6))
    penalties.call_hearing(case, dt.date(2026, 3, 20), "li")
    yield case
    bureau.on(dt.date(2026, 3, 23))
    penalties.hear(case, "周正", "li", "维持拟处罚意见")
    penalties.record("discussed", case, "chief", "一致同意")
    penalties.record("submitted", case, "li")
    penalties.review(case, True, "fa", "合法、适当")
    penalties.decide(case, 20_000, "chief", "经查明，通道被堵塞")
    penalties.serve(case, "direct", "li", "签收")
    yield case
    bureau.on(dt.date(2026, 4, 10))
    desk.dues.demand(case, "li", "请缴纳", "签收")
    yield case
    penalties.pay(case, owed(bureau.penalty(case), dt.date(2026, 4, 10)), "li")
    penalties.close(case, "chief", "办结")
    penalties.archive(case, "chief")
    penalties.review_file(case, 96, "2026", {}, "sup", "送达回证不全")
    yield case


def test_every_kind_can_be_issued_when_its_step_has_been_taken(bureau):
    seen = {}
    for case in long_way(bureau):
        for kind in offered(bureau, case):
            if kind not in seen:
                seen[kind] = read(bureau, case, issue(bureau, case, kind, "both"))
    rest = {"no_penalty", "spot_decision", "transfer"}
    assert set(seen) == set(RULES) - rest
    assert not any(re.search(r"None|\{\{|Undefined", said) for said in seen.values())
    assert "周正" in seen["hearing_notice"]
    assert "不公开举行。理由：商业秘密" in seen["hearing_notice"]
    assert "2026年3月20日9时30分" in seen["hearing_notice"]
    assert "没有陈述、申辩" not in seen["decision"]
    assert "已经清理" in seen["decision"]
    assert "2026年3月23日举行听证" in seen["decision"]
    assert "Riverside Restaurant".replace(" ", "") in seen["decision"]
    assert "贰万元整" in seen["decision"]
    assert "法律职业资格：A20183202810000" in seen["legal_review"]


def test_the_other_ends_of_a_case_have_their_papers(bureau):
    gone = bureau.filed()
    bureau.desk.assignments.transfer(gone, "滨江公安分局", "chief", "涉嫌危险作业罪")
    said = read(bureau, gone, issue(bureau, gone, "transfer"))
    assert "滨江公安分局：" in said
    assert "涉嫌危险作业罪" in said
    assert "第二十七条第一款" in said
    bureau.on(START, hour=11)
    none = FACTS | {"harm": "none", "corrected": True, "days": 1}
    case = bureau.filed(facts_known=none, act_day=dt.date(2026, 3, 1))
    bureau.desk.penalties.notice(case, none, 0, "li", "拟不予处罚")
    bureau.on(dt.date(2026, 3, 12))
    bureau.desk.penalties.decide(case, 0, "chief", "轻微并及时改正")
    assert "decision" not in offered(bureau, case)
    said = read(bureau, case, issue(bureau, case, "no_penalty"))
    assert "不予处罚的理由：轻微并及时改正" in said
    assert "第三十三条第一款" in said


def test_a_paper_of_the_spot_sends_to_reconsideration_first(bureau):
    kept = bureau.desk.files.keep("photo.txt", b"x")
    case = bureau.desk.spot.decide(
        "market.licence_hidden", "E0001",
        FACTS | {"harm": "minor", "first_time": False, "corrected": True}, ["li", "wang"], kept,
        "recording", "li", "首页未公示执照", SpotRecord("店内", "无意见", "签收"), fine=1000,
    )  # fmt: skip
    said = read(bureau, case, issue(bureau, case, "spot_decision"))
    assert "违法行为时间：2026年3月2日10时00分地点：店内" in said
    assert "陈述申辩意见：无意见" in said
    assert "依法先向澄江市人民政府申请行政复议" in said
    assert "当场收缴" not in said


def test_numbers_run_on_without_gaps_by_kind_and_year(bureau):
    cases = []
    for hour in range(11, 14):
        bureau.on(START, hour)
        cases.append(bureau.filed(act_day=START - dt.timedelta(days=hour)))
    numbers = [issue(bureau, case, "filing") for case in cases]
    assert numbers == [f"澄综执立字〔2026〕第{n:04}号" for n in (1, 2, 3)]
    assert issue(bureau, cases[0], "assistance") == "澄综执协字〔2026〕第0001号"
    with pytest.raises(PaperError):
        bureau.desk.papers.issue(cases[0], "rectification", "li")  # what to mend is not said
    assert issue(bureau, cases[1], "rectification").endswith("第0001号"), (
        "a refusal takes no number"
    )


def test_two_at_once_get_two_numbers(bureau, monkeypatch):
    """Both render under the same number; who comes second renders anew."""
    first = bureau.filed(act_day=dt.date(2026, 2, 27))
    bureau.on(START, hour=11)
    second = bureau.filed(act_day=dt.date(2026, 2, 26))
    both, once, lock = threading.Barrier(2, timeout=20), set(), threading.Lock()
    compose = desk_papers.compose

    def slow(*said):
        made = compose(*said)
        with lock:
            waits = threading.get_ident() not in once
            once.add(threading.get_ident())
        if waits:
            both.wait()
        return made

    monkeypatch.setattr(desk_papers, "compose", slow)
    found = []

    def run(case):
        found.append(issue(bureau, case, "filing"))

    threads = [threading.Thread(target=run, args=(case,)) for case in (first, second)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    pattern = Pattern(agency="澄综执", word="立")
    serials = sorted(pattern.read(one).serial for one in found)
    assert serials == [1, 2]
    assert gaps(serials) == ((), ())
    for case in (first, second):
        (copy,) = bureau.desk.papers.issued(case)
        assert copy.number in read(bureau, case, copy.number), "and each bears its own"


def test_it_downloads_again_byte_for_byte_and_what_was_changed_is_refused(bureau):
    case = bureau.filed()
    number = issue(bureau, case, "filing")
    before = bureau.desk.papers.read(case, number, "pdf")
    again = PaperBureau(bureau.home, bureau.ledger)
    again.ledger.rebuild()
    assert again.desk.papers.read(case, number, "pdf") == before
    (copy,) = bureau.desk.papers.issued(case)
    (bureau.home / "evidence" / copy.pdf).write_bytes(before + b" ")
    with pytest.raises(Refusal) as error:
        bureau.desk.papers.read(case, number, "pdf")
    assert error.value.rule == "paper_changed"
    for wrong in ((case, number, "exe"), (case, "第1号", "pdf"), ("other", number, "pdf")):
        with pytest.raises(KeyError):
            bureau.desk.papers.read(*wrong)


def test_a_paper_that_a_crash_left_unsaid_stays(bureau):
    case = bureau.filed()
    number = issue(bureau, case, "filing")
    (copy,) = bureau.desk.papers.issued(case)
    unnamed = bureau.home / "evidence-unnamed"
    assert not (unnamed / copy.pdf).exists()
    for name in (copy.pdf, copy.docx):  # killed between the entry and the end of the act
        (unnamed / name).touch()
        os.utime(unnamed / name, (0, 0))
    again = PaperBureau(bureau.home, bureau.ledger)
    again.desk.tick()
    assert again.desk.papers.read(case, number, "docx")[:2] == b"PK"
    assert again.desk.papers.read(case, number, "pdf")[:5] == b"%PDF-"
    assert not {copy.pdf, copy.docx} & {path.name for path in unnamed.iterdir()}


def test_what_is_missing_is_refused_by_its_name_and_nothing_is_kept(bureau):
    case = bureau.filed()
    size = bureau.ledger.size
    before = {path.name for path in (bureau.home / "evidence").iterdir()}
    bureau.desk.registers.enterprises(
        [{"id": "E0001", "name": "江月餐馆", "industry": "restaurant"}], "test"
    )
    size += 1
    with pytest.raises(PaperError, match=r"party \(当事人\) lacks id"):
        bureau.desk.papers.issue(case, "filing", "li")
    own = bureau.home / "enforcement" / "agency.toml"
    own.write_text(AGENCY.replace("name =", "# name ="), "utf-8")
    with pytest.raises(PaperError, match=r"agency \(行政机关\) is missing"):
        issue(bureau, case, "filing", **{"party.id": "9", "party.address": "x", "party.head": "y"})
    own.unlink()
    with pytest.raises(PaperError, match="机关代字"):
        issue(bureau, case, "filing")
    assert bureau.ledger.size == size
    assert {path.name for path in (bureau.home / "evidence").iterdir()} == before


def test_the_bureaus_settings_are_asked_for_by_name_not_typed(bureau):
    own = bureau.home / "enforcement" / "agency.toml"
    own.write_text(AGENCY.replace("court =", "# court ="), "utf-8")
    case = bureau.filed()
    (order,) = [one for one in bureau.desk.papers.offers(case) if one.kind == "rectification"]
    assert order.settings == ("court",)
    assert {lack.name for lack in order.lacks} == {"correction", "correct_by"}
    with pytest.raises(PaperError, match=r"court \(人民法院\)"):
        issue(bureau, case, "rectification", court="某法院")
    own.write_text("short = 5", "utf-8")
    with pytest.raises(PolicyError, match=r"agency\.toml"):
        bureau.desk.papers.offers(case)
    own.write_text('short = "a/b"', "utf-8")
    with pytest.raises(PolicyError, match="no '/'"):
        load(START, own)


def test_what_was_typed_once_need_not_be_again_and_never_overrules_the_file(bureau):
    bureau.desk.registers.enterprises(
        [{"id": "E0001", "name": "江月餐馆", "industry": "restaurant"}], "test"
    )
    case = bureau.filed()
    given = {"party.id": "9132", "party.address": "滨江路18号", "party.head": "王青禾",
             "matter": "别的案由", "facts": "别的事实"}  # fmt: skip
    said = read(bureau, case, bureau.desk.papers.issue(case, "filing", "li", given))
    assert "滨江路18号" in said
    assert "别的" not in said
    order = {"correction": "清理", "correct_by": "2026-03-09"}
    said = read(bureau, case, bureau.desk.papers.issue(case, "rectification", "li", order))
    assert "滨江路18号" in said


def test_a_paper_that_tells_of_a_step_is_issued_once_for_it(bureau):
    case = bureau.noticed(20_000)
    issue(bureau, case, "advance_notice")
    assert "advance_notice" not in offered(bureau, case)
    with pytest.raises(RefusedError) as error:
        issue(bureau, case, "advance_notice")
    assert error.value.rule == "paper_not_yet"
    with pytest.raises(RefusedError):
        issue(bureau, case, "decision")
    bureau.on(dt.date(2026, 3, 5))
    bureau.desk.penalties.notice(case, FACTS, 19_000, "li", "重新告知")
    said = read(bureau, case, issue(bureau, case, "advance_notice"))
    assert "2026年3月5日" in said
    assert "壹万玖仟元整" in said


def test_what_did_not_pass_its_review_is_no_evidence_on_a_paper(bureau):
    case = bureau.filed()
    good, bad = (bureau.desk.files.keep(f"{n}.txt", b"x") for n in ("录像甲", "录像乙"))
    for kept in (good, bad):
        bureau.desk.penalties.add_evidence(case, kept, "recording", "li", electronic=True)
    bureau.desk.penalties.review_evidence(case, good.id, True, "fa", "通过")
    bureau.desk.penalties.review_evidence(case, bad.id, False, "fa", "未通过")
    bureau.desk.penalties.notice(case, FACTS, 20_000, "li", "拟处罚款")
    said = read(bureau, case, issue(bureau, case, "advance_notice"))
    assert "录像甲" in said
    assert "录像乙" not in said


def test_the_operators_own_template_is_used(bureau):
    folder = bureau.home / "enforcement" / "papers"
    folder.mkdir()
    shipped = files("lianzhi.domains.enforcement.papers").joinpath("templates/filing.zh.toml")
    text = shipped.read_text("utf-8").replace("立案审批表", "立案呈批表")
    (folder / "filing.zh.toml").write_text(text, "utf-8")
    case = bureau.filed()
    assert "立案呈批表" in read(bureau, case, issue(bureau, case, "filing"))


def test_filling_names_only_fields_that_there_are(bureau):
    for case in long_way(bureau):
        one = bureau.penalty(case)
        steps = views.story(bureau.ledger, case)
        knowing = PaperContext(bureau.desk.office, bureau.desk.penalties)
        for kind, rule in RULES.items():
            if getattr(one, rule.after) is None:
                continue
            for language in ("zh", "en"):
                found = fill(knowing.case(one, kind, steps, ()), kind, language)
                assert set(found) <= set(PAPERS.fields)
                assert not [name for name, value in found.items() if value in (None, "", [])]
    assert set(RULES) == set(PAPERS.kinds)
    assert file_entries(one, steps).times["filed"].hour == 10


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"correct_by": "tomorrow"}, "correct_by"),
        ({"answers": "nur eins"}, "answers"),
        ({"open_to_public": "perhaps"}, "open_to_public"),
        ({"nonsense": "x"}, "nonsense"),
        ({"party.nonsense": "x"}, "party.nonsense"),
        ({"party": "x"}, "party"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(given, name):
    with pytest.raises(PaperError, match=re.escape(name)):
        typed_fields.read(PAPERS.fields, given)


def test_an_imported_file_has_no_steps_to_tell_of(bureau):
    one = bureau.penalty(bureau.decided())
    assert issuable_kinds(one)
    assert issuable_kinds(msgspec.structs.replace(one, imported=True)) == []
