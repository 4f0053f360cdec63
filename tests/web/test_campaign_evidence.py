"""What a campaign is judged by: late findings, supplied denominators, samples judged blind."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from campaign_house import DAY, WEEK, decided, findings, overturn
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from test_campaigns import opened
from web_house import HOUR, FakeNode, csrf_of, pile_on

from databases import Databases
from lianzhi.chain import campaign_sample
from lianzhi.chain.campaign_draw import checks
from lianzhi.chain.campaign_judging import Evidence, Judged, judged
from lianzhi.chain.campaign_sample import BEFORE, DURING, Sample, pooled
from lianzhi.chain.campaign_sample import Judged as Judgement
from lianzhi.chain.life import IllegalStepError
from lianzhi.law.clock import midnight
from lianzhi.office.acts import Upload
from lianzhi.office.campaign_supplies import read_supply
from lianzhi.office.refusal import Refusal
from lianzhi.record.entry import Draft
from lianzhi.store import campaigns
from lianzhi.store.views_tables import finding
from lianzhi.web.console.campaign_outcome import table_of_weeks

NOISE = [0, 2, 1, -1, -2]
KIND, CONTROL = "bullying.pile_on", "astroturf.ratings"


@pytest.fixture
def node(databases: Databases, tmp_path: Path) -> Iterator[FakeNode]:
    """A node in memory, on either database."""
    node = FakeNode(tmp_path, databases.url(tmp_path))
    yield node
    node.engine.dispose()


def fifty_weeks(node: FakeNode, before: int, during: int) -> tuple[str, int]:
    """A campaign of ten weeks after forty, at its last day; its id and when it began."""
    since = midnight(node.campaigns.today())
    identity = opened(node, last=node.campaigns.today() + dt.timedelta(days=69))
    counts = [count + NOISE[week % 5] for week, count in enumerate([before] * 40 + [during] * 10)]
    findings(node, KIND, counts, since - 40 * WEEK)
    findings(node, CONTROL, [20 + NOISE[(week + 2) % 5] for week in range(50)], since - 40 * WEEK)
    node.clock = since + 10 * WEEK + HOUR
    return identity, since


def evidence_of(node: FakeNode, identity: str) -> Evidence:
    with node.campaigns.reading() as connection:
        return campaigns.evidence(connection, node.campaigns.plan(identity), node.now())


def judge(node: FakeNode, identity: str) -> Judged:
    result = judged(evidence_of(node, identity))
    assert result is not None
    return result


def supply(node: FakeNode, plan: str, first: dt.date, rows: list[str], header: str) -> str:
    lines = [f"{first + dt.timedelta(weeks=n)},{row}" for n, row in enumerate(rows)]
    weeks = Upload("weeks.csv", "\n".join((f"week,{header}", *lines)).encode())
    return node.campaigns.supplies.give(by="ann", plan=plan, weeks=weeks, words="平台月报")


def test_late_findings_are_allowed_for(node: FakeNode) -> None:
    identity, since = fifty_weeks(node, 30, 30)
    drafts = []
    for week in range(-40, 10):
        for number in range(30):
            began = since + week * WEEK + number * HOUR
            at = began + 3 * WEEK
            if at >= node.now():
                continue
            draft = pile_on(number, at)[0]
            said = {**draft.payload, "id": f"late{at}", "kind": KIND, "since": began}
            drafts.append(Draft(draft.kind, f"late{at}", at, said))
    node.ledger.append(drafts)
    result = judge(node, identity)
    assert result.tail is not None
    assert result.tail.share[-1] == pytest.approx(0.5, abs=0.03)
    assert result.tail.share[-4] == pytest.approx(1)
    assert result.tail.corrected[-3:] == pytest.approx([60] * 3, rel=0.15)
    assert "incomplete_left_out" in result.judgement.reasons
    assert result.judgement.detected == "no_change_shown", "half of the last weeks is still to come"
    table = [*table_of_weeks(evidence_of(node, identity))]
    assert table[0][-1] == "complete"
    assert table[-1][-1] == pytest.approx(0.5, abs=0.03)


def test_the_verdict_is_per_exposure_where_one_is_supplied(node: FakeNode) -> None:
    """As many findings among half as many comments are no fall; without a denominator, one."""
    identity, _ = fifty_weeks(node, 30, 12)
    assert judge(node, identity).judgement.detected == "fell"
    first = node.campaigns.plan(identity).first - dt.timedelta(weeks=40)
    rows = ["10000"] * 40 + ["4000"] * 10
    given_ = supply(node, identity, first, rows, "exposure")
    result = judge(node, identity)
    assert result.judgement.detected != "fell"
    assert result.judgement.change is not None
    assert result.judgement.change.value == pytest.approx(1, abs=0.1)
    node.campaigns.supplies.withdraw(given_, by="ann", words="数错了")
    assert judge(node, identity).judgement.detected == "fell"
    with pytest.raises(IllegalStepError):
        node.campaigns.supplies.withdraw(given_, by="ann", words="again")


def test_a_supplied_control_stands_in_for_that_of_the_terms(node: FakeNode) -> None:
    identity, _ = fifty_weeks(node, 30, 12)
    first = node.campaigns.plan(identity).first - dt.timedelta(weeks=40)
    rows = [f"{300 if week < 40 else 120},10000" for week in range(50)]
    supply(node, identity, first, rows, "control,control_exposure")
    assert judge(node, identity).judgement.detected == "no_change_shown"


def test_weeks_without_a_denominator_are_not_judged(node: FakeNode) -> None:
    identity, _ = fifty_weeks(node, 30, 12)
    first = node.campaigns.plan(identity).first
    supply(node, identity, first - dt.timedelta(weeks=39), ["10000"] * 46, "exposure")
    table = [*table_of_weeks(evidence_of(node, identity))]
    assert len(table) == 1 + 46
    assert table[0] == ["week", "outcome", "exposure", "control", "neighbour.bullying.complaint"]
    assert judge(node, identity).judgement.detected == "fell"
    supply(node, identity, first, ["10000"] * 3, "exposure")
    assert judged(evidence_of(node, identity)) is None, "there is no week before"


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        ("week,exposure\n", "campaign_supply", ""),
        ("week\n2026-12-01\n", "campaign_supply_column", "week"),
        ("exposure\n3\n", "campaign_supply_column", "exposure"),
        ("week,visits\n2026-12-01,3\n", "campaign_supply_column", "visits"),
        ("week,control_exposure\n2026-12-01,3\n", "campaign_supply_column", "control_exposure"),
        ("week,exposure\n2026-12-01,0\n", "campaign_supply", "2: exposure 0"),
        ("week,exposure\n2026-12-01,nan\n", "campaign_supply", "2: exposure nan"),
        ("week,exposure\n2026-12-01,1e16\n", "campaign_supply", "2: exposure 1e16"),
        ("week,control\n2026-12-01,-1\n", "campaign_supply", "2: control -1"),
        ("week,exposure\n1 December,3\n", "campaign_supply", "2: 1 December"),
        ("week,exposure\n2026-12-01,3\n2026-12-15,3\n", "campaign_supply", "3: 2026-12-15"),
        ("week,exposure\n2026-12-01\n", "campaign_supply", "2: exposure"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_line(text: str, rule: str, part: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_supply(Upload("weeks.csv", text.encode()))
    assert (refused.value.rule, refused.value.field) == (rule, "weeks")
    assert part in str(refused.value.value)


def test_a_table_of_another_weekday_is_refused(node: FakeNode) -> None:
    identity = opened(node)
    first = node.campaigns.plan(identity).first - dt.timedelta(days=8)
    with pytest.raises(Refusal, match="weekday"):
        supply(node, identity, first, ["3"], "exposure")


@given(st.lists(st.floats(1e-3, 1e15), min_size=1, max_size=60), st.sampled_from(["utf-8", "gbk"]))
def test_what_is_written_is_read(values: list[float], encoding: str) -> None:
    first = dt.date(2026, 1, 5)
    lines = [f"{first + dt.timedelta(weeks=n)} , {value!r}\r\n" for n, value in enumerate(values)]
    body = ("week,exposure\r\n" + "".join(lines)).encode(encoding)
    assert read_supply(Upload("w.csv", body)) == (first, {"exposure": values})


ITEMS = "\n".join(f"item{n:03d} | {BEFORE if n < 60 else DURING}" for n in range(120))


def plan_sample(node: FakeNode, plan: str, **changed: Any) -> str:
    today = node.campaigns.today()
    fields = {
        "plan": plan, "roster": ITEMS, "count": 20, "source": "双色球第 88 期",
        "on": today + dt.timedelta(1), "reveal_until": today + dt.timedelta(3),
        "words": "辱骂或威胁具体的人", **changed,
    }  # fmt: skip
    return node.campaigns.samples.plan(by="ann", **fields)


def load(node: FakeNode, identity: str) -> Sample:
    with node.campaigns.reading() as connection:
        return campaigns.load_sample(connection, identity)


def judge_all(node: FakeNode, identity: str) -> None:
    """All items from before are harmful, and a third of the others."""
    for item in load(node, identity).drawn:
        number = int(item.removeprefix("item"))
        harmful: Judgement = "yes" if number < 60 or number % 3 == 0 else "no"
        node.campaigns.samples.judge(identity, by="rev", item=item, harmful=harmful)


def test_a_sample_that_is_judged_blind_says_whether_the_harm_fell(node: FakeNode) -> None:
    identity, _ = fifty_weeks(node, 30, 12)
    assert judge(node, identity).judgement.harm == "cant_say"
    sample = plan_sample(node, identity)
    with pytest.raises(Refusal, match="early"):
        node.campaigns.samples.reveal(sample, by="ann", public="01 02 03")
    node.clock += 2 * DAY
    node.campaigns.samples.reveal(sample, by="ann", public="01 02 03")
    known = load(node, sample)
    assert all(check.holds for check in checks(known, campaign_sample.drawn))
    strata = [{each.name: each.stratum for each in known.roster}[name] for name in known.drawn]
    assert (strata.count(BEFORE), strata.count(DURING)) == (20, 20)
    assert strata not in (sorted(strata), sorted(strata, reverse=True)), "the order tells nothing"
    with pytest.raises(Refusal, match="own"):
        node.campaigns.samples.judge(sample, by="ann", item=known.drawn[0], harmful="yes")
    judge_all(node, sample)
    assert load(node, sample).status == "finished"
    result = judge(node, identity).judgement
    assert result.prevalence is not None
    assert result.harm == "fell"
    assert "no_audit" not in result.reasons
    with pytest.raises(IllegalStepError):
        node.campaigns.samples.judge(sample, by="rev", item=known.drawn[0], harmful="no")


def test_an_unfinished_sample_does_not_count(node: FakeNode) -> None:
    identity = opened(node)
    sample = plan_sample(node, identity)
    node.clock += DAY
    node.campaigns.samples.reveal(sample, by="bob", public="7")
    known = load(node, sample)
    for item in known.drawn[:-1]:
        node.campaigns.samples.judge(sample, by="rev", item=item, harmful="no")
        with pytest.raises(Refusal, match="item"):
            node.campaigns.samples.judge(sample, by="rev", item=item, harmful="yes")
    assert load(node, sample).status == "drawn"
    assert pooled([load(node, sample)]) is None
    node.campaigns.samples.judge(sample, by="rev", item=known.drawn[-1], harmful="unclear")
    counted = pooled([load(node, sample)])
    assert counted is not None
    assert sorted((counted.judged_before, counted.judged_during)) == [19, 20]


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"roster": "a | before\nb | after"}, "campaign_sample_strata", "roster"),
        ({"roster": "a\nb | during"}, "campaign_sample_strata", "roster"),
        ({"count": 61}, "campaign_count", "count"),
        ({"count": 0}, "campaign_count", "count"),
        ({"words": " "}, "missing", "words"),
        ({"on": dt.date(2020, 1, 1)}, "campaign_sample_days", "on"),
    ],
)
def test_what_does_not_fit_a_sample_is_refused(
    node: FakeNode, changed: dict[str, Any], rule: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        plan_sample(node, opened(node), **changed)
    assert (refused.value.rule, refused.value.field) == (rule, field)


def test_pages_of_what_a_campaign_is_judged_by(node: FakeNode, signed_in: Any) -> None:
    identity, _ = fifty_weeks(node, 30, 12)
    sample = plan_sample(node, identity)
    node.clock += DAY
    node.campaigns.samples.reveal(sample, by="ann", public="7")
    client = signed_in("campaign_lead")
    first = node.campaigns.plan(identity).first - dt.timedelta(weeks=40)
    lines = [f"{first + dt.timedelta(weeks=n)},10000" for n in range(50)]
    files = {"weeks": ("weeks.csv", "\n".join(("week,exposure", *lines)).encode(), "text/csv")}
    form = {"plan": identity, "words": "平台月报", "csrf": csrf_of(client)}
    answer = client.post("/campaign/supplies", data=form, files=files)
    assert answer.status_code == 303, answer.text
    english = {"accept-language": "en"}
    shown = client.get(answer.headers["location"], headers=english).text
    assert "10,000" in shown
    assert "supplied after the start" in shown
    page = f"/campaign/samples/{sample}"
    shown = client.get(page, headers=english).text
    known = load(node, sample)
    assert known.drawn[0] in shown
    assert not any(name in shown for name in known.drawn[1:]), "one item at a time"
    assert client.get(f"{page}/items.csv").status_code == 404
    form = {"item": known.drawn[0], "harmful": "no", "words": "", "csrf": csrf_of(client)}
    assert client.post(f"{page}/judge", data=form).status_code == 303
    for item in known.drawn[1:]:
        node.campaigns.samples.judge(sample, by="rev", item=item, harmful="no")
    shown = client.get(page, headers=english).text
    assert "What was judged" in shown
    assert client.get(f"{page}/items.csv").text.count(",no") == 40
    plan = client.get(f"/campaign/plans/{identity}", headers={"accept-language": "zh"}).text
    for word in ("补充数据", "盲评抽样", "结论按基数折算", "行动开始后提供"):
        assert word in plan, word


def test_the_bulletin_says_what_is_known_in_both_languages(node: FakeNode, signed_in: Any) -> None:
    identity, _ = fifty_weeks(node, 30, 12)
    handled_once(node)
    client = signed_in("viewer")
    body = client.get(f"/campaign/plans/{identity}/bulletin.docx").content
    words = "\n".join(text_of(body))
    for part in (
        "专项行动通报：清朗",
        "Output is not outcome",
        "检出情况：下降",
        "0 项，已撤销 1 项",
    ):
        assert part in words, part
    pdf = client.get(f"/campaign/plans/{identity}/bulletin.pdf").content
    assert pdf.startswith(b"%PDF-")
    again = client.get(f"/campaign/plans/{identity}/bulletin.pdf").content
    assert again == pdf, "the same record gives the same file"


def handled_once(node: FakeNode) -> None:
    """A measure of the second day, which is taken back."""
    now = node.clock
    node.clock = midnight(node.campaigns.today()) - 9 * WEEK
    overturn(node, decided(node, 1))
    node.clock = now


def text_of(docx: bytes) -> Iterator[str]:
    document = Document(io.BytesIO(docx))
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            yield from (cell.text for cell in row.cells)


def test_campaigns_are_compared_beside_the_months(node: FakeNode, signed_in: Any) -> None:
    fifty_weeks(node, 30, 12)
    handled_once(node)
    client = signed_in("viewer")
    for language, words in {
        "en": ("fell", "not shown", "Measures taken back"),
        "zh": ("下降", "无法判断", "已撤销的措施"),
    }.items():
        shown = client.get("/campaign/compare", headers={"accept-language": language}).text
        for word in words:
            assert word in shown, word
    lines = client.get("/campaign/compare.csv").text.splitlines()
    assert lines[0].endswith("month,findings,decisions,measures,undone")
    assert len(lines) == 1 + 24
    assert [line for line in lines if line.endswith(",1,1,1")], "one of each, in its month"
    total = sum(int(line.split(",")[1]) for line in lines[1:])
    with node.engine.connect() as connection:
        assert total == connection.scalar(select(func.count()).select_from(finding))
