"""Campaigns: put down before they start, changed for everybody to see, and counted by scope."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from campaign_house import DAY, WEEK, decided, findings, overturn
from hypothesis import given
from hypothesis import strategies as st
from web_house import HOUR, FakeNode, csrf_of, pile_on

from databases import Databases
from lianzhi.chain import campaign_judging
from lianzhi.chain.campaign import Terms, includes
from lianzhi.chain.campaign_figures import CampaignCounts, figures
from lianzhi.chain.campaign_judging import judged
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.policy import Dated, load_policy
from lianzhi.chain.scorecard import Cube
from lianzhi.law.clock import china_day, midnight
from lianzhi.office.campaigns import Campaigns
from lianzhi.office.refusal import Refusal
from lianzhi.record.entry import Draft
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.store import campaign_counts, campaigns


@pytest.fixture
def node(databases: Databases, tmp_path: Path) -> Iterator[FakeNode]:
    """A node in memory, on either database."""
    node = FakeNode(tmp_path, databases.url(tmp_path))
    yield node
    node.engine.dispose()


def terms_of(node: FakeNode, **changed: Any) -> dict[str, Any]:
    """Fields of a form that is accepted."""
    today = node.campaigns.today()
    return {
        "title": "清朗",
        "kinds": "bullying.pile_on",
        "first": today,
        "last": today + dt.timedelta(days=6),
        "outcome": "fewer pile-ons per comment",
        "denominator": "comments",
        "controls": "astroturf.ratings",
        "neighbours": "bullying.complaint",
        "places": "",
        "watch_weeks": 8,
        "effort": "",
        **changed,
    }


def opened(node: FakeNode, **changed: Any) -> str:
    """A campaign that begins today."""
    return node.campaigns.open(by="ann", words="三周内上升一倍", **terms_of(node, **changed))


def handled(node: FakeNode, identity: str) -> Any:
    with node.campaigns.reading() as connection:
        terms = node.campaigns.plan(identity).terms
        return figures(campaign_counts.counts(connection, terms))


def test_a_campaign_is_put_down_before_its_first_day_is_over(node: FakeNode) -> None:
    today = node.campaigns.today()
    with pytest.raises(Refusal) as refused:
        opened(node, first=today - dt.timedelta(days=1))
    assert (refused.value.rule, refused.value.field) == ("campaign_started", "first")
    plan = node.campaigns.plan(opened(node))
    assert (plan.first, plan.status, plan.phase(node.now())) == (today, "planned", "running")
    assert plan.terms.until == midnight(today + dt.timedelta(days=7))


def test_the_record_itself_refuses_one_that_has_started(node: FakeNode) -> None:
    past = node.campaigns.today() - dt.timedelta(days=1)
    fields = terms_of(node, first=past.isoformat(), last=past.isoformat(), kinds=["x"])
    fields |= {"controls": [], "neighbours": [], "places": []}
    payload = {"plan": "late", "terms": fields, "by": "ann"}
    with pytest.raises(IllegalStepError, match="campaign_started"):
        node.ledger.append([Draft("campaign.plan.opened", "late", node.now(), payload)])


@pytest.mark.parametrize(
    ("changed", "rule", "field"),
    [
        ({"title": " "}, "missing", "title"),
        ({"denominator": ""}, "missing", "denominator"),
        ({"kinds": ""}, "campaign_kind", "kinds"),
        ({"kinds": "bullying.nothing"}, "campaign_kind", "kinds"),
        ({"controls": "bullying"}, "campaign_own_kind", "controls"),
        ({"neighbours": "bullying.pile_on"}, "campaign_own_kind", "neighbours"),
        ({"watch_weeks": 0}, "campaign_watch", "watch_weeks"),
        ({"watch_weeks": 105}, "campaign_watch", "watch_weeks"),
        ({"last": dt.date(2020, 1, 1)}, "campaign_days", "last"),
        ({"last": dt.date(2030, 1, 1)}, "campaign_days", "last"),
        ({"places": " ".join(f"p{n}" for n in range(41))}, "campaign_many", "places"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    node: FakeNode, changed: dict[str, Any], rule: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        opened(node, **changed)
    assert (refused.value.rule, refused.value.field) == (rule, field)


def test_a_change_shows_who_when_and_what_was_before(node: FakeNode) -> None:
    identity = opened(node)
    node.clock += DAY
    fields = terms_of(node, outcome="fewer", first=node.campaigns.plan(identity).first)
    fields["last"] = node.campaigns.plan(identity).last
    node.campaigns.change(identity, by="bob", words="clearer", **fields)
    (change,) = node.campaigns.plan(identity).changes
    assert (change.by, change.at) == ("bob", node.clock)
    assert change.before == {"outcome": "fewer pile-ons per comment"}
    assert change.after == {"outcome": "fewer"}
    assert node.campaigns.plan(identity).terms.outcome == "fewer"
    with pytest.raises(Refusal, match="unchanged"):
        node.campaigns.change(identity, by="bob", words="again", **fields)
    later = fields | {"first": node.campaigns.today()}
    with pytest.raises(Refusal) as refused:
        node.campaigns.change(identity, by="bob", words="later", **later)
    assert refused.value.rule == "campaign_started"


def test_changes_at_once_each_say_what_was_before(node: FakeNode) -> None:
    identity = opened(node)

    def change(who: int) -> None:
        for n in range(5):
            fields = terms_of(node, outcome=f"{who}-{n}")
            node.campaigns.change(identity, by=f"user{who}", words="again", **fields)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(4)))
    changes = node.campaigns.plan(identity).changes
    known = "fewer pile-ons per comment"
    for each in changes:
        assert each.before == {"outcome": known}
        known = str(each.after["outcome"])
    assert len(changes) == 20


def test_a_campaign_that_ended_keeps_its_days(node: FakeNode) -> None:
    identity = opened(node)
    fields = terms_of(node)
    node.clock += 8 * DAY
    longer = fields | {"last": node.campaigns.today() + dt.timedelta(days=3)}
    with pytest.raises(Refusal) as refused:
        node.campaigns.change(identity, by="bob", words="longer", **longer)
    assert refused.value.rule == "campaign_ended"
    assert node.campaigns.plan(identity).phase(node.now()) == "watched"
    assert node.campaigns.plan(identity).phase(node.now() + 8 * WEEK) == "over"


def test_a_withdrawn_campaign_takes_no_task(node: FakeNode) -> None:
    identity = opened(node)
    node.campaigns.withdraw(identity, by="ann", words="no longer needed")
    with pytest.raises(Refusal) as refused:
        assign(node, identity)
    assert refused.value.rule == "campaign_withdrawn"
    with pytest.raises(IllegalStepError):
        node.campaigns.withdraw(identity, by="ann", words="again")
    with node.campaigns.reading() as connection:
        assert campaigns.covering(connection, "bullying.pile_on", node.now()) == []


def assign(node: FakeNode, identity: str, days: int = 2) -> str:
    due = node.campaigns.today() + dt.timedelta(days=days)
    fields = {"body": "platform", "name": "甲平台", "due": due, "words": "清理假评"}
    return node.campaigns.assign(by="ann", plan=identity, **fields)


def test_a_task_is_urged_by_the_clock_once_it_is_late(node: FakeNode) -> None:
    desk: Campaigns = node.campaigns
    task = assign(node, opened(node))
    node.clock = midnight(desk.today() + dt.timedelta(days=3)) - 1
    assert desk.tick() == 0, "its last day is not over"
    node.clock += 1
    assert desk.tick() == 1
    assert desk.tick() == 0, "it is urged by the clock once"
    desk.urge(task, by="ann", words="请尽快")
    desk.reply(task, by="ann", words="已清理")
    with pytest.raises(IllegalStepError):
        desk.urge(task, by="ann", words="再催")
    desk.give_back(task, by="ann", due=desk.today(), words="缺少数据")
    desk.reply(task, by="ann", words="已补充")
    desk.accept(task, by="ann")
    with desk.reading() as connection:
        known = campaigns.task.load(connection, task)
    assert (known.status, len(known.urged)) == ("done", 2)


def test_an_overturned_decision_lowers_the_total(node: FakeNode) -> None:
    identity = opened(node)
    first, _ = decided(node, 1), decided(node, 2)
    before = handled(node, identity)
    assert (before.findings, before.cases, before.decisions) == (2, 2, 2)
    assert (before.measures, before.undone) == (2, 0)
    (subjects,) = before.subjects
    assert (subjects.distinct, subjects.repeated) == (1, 1), "one account, muted twice"
    overturn(node, first)
    after = handled(node, identity)
    assert (after.measures, after.undone, after.reversed) == (1, 1, 1)
    assert after.contradictions == ()
    with node.campaigns.reading() as connection:
        terms = node.campaigns.plan(identity).terms
        page = campaign_counts.behind(connection, terms, "measures", state="undone")
        assert [row.case for row in page.rows] == ["c1"]


def ten_weeks(node: FakeNode, before: int, during: int) -> tuple[str, list[str]]:
    """A campaign of ten weeks after forty, with a steady control; its id and its verdict."""
    since = midnight(node.campaigns.today())
    last = node.campaigns.today() + dt.timedelta(days=69)
    identity = opened(node, last=last)
    noise = [0, 2, 1, -1, -2]
    counts = [each + noise[week % 5] for week, each in enumerate([before] * 40 + [during] * 10)]
    findings(node, "bullying.pile_on", counts, since - 40 * WEEK)
    steady = [20 + noise[(week + 2) % 5] for week in range(52)]
    findings(node, "astroturf.ratings", steady, since - 40 * WEEK)
    node.clock = since + 10 * WEEK + HOUR
    with node.campaigns.reading() as connection:
        evidence = campaigns.evidence(connection, node.campaigns.plan(identity), node.now())
    series = evidence.series
    assert (series.start, series.whole, len(series.harm)) == (40, 50, 51)
    result = judged(evidence)
    assert result is not None
    return identity, [result.judgement.detected, *result.judgement.reasons]


def test_a_fall_beside_a_steady_control_is_a_fall(node: FakeNode) -> None:
    _, (detected, *reasons) = ten_weeks(node, 30, 8)
    assert detected == "fell"
    assert "no_audit" in reasons, "what is detected is not the harm itself"


def test_the_yardstick_is_that_of_its_first_day(
    node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]
    later = (node.campaigns.today() + dt.timedelta(days=1)).isoformat()
    blind = msgspec.structs.replace(shipped, least_weeks_before=520)
    versions = Dated([("2020-01-01", shipped), (later, blind)])
    monkeypatch.setattr(campaign_judging, "load_policy", lambda *given: versions)
    _, (detected, *_reasons) = ten_weeks(node, 30, 8)
    assert detected == "fell"


def test_a_changed_lexicon_makes_weeks_incomparable(node: FakeNode) -> None:
    at = midnight(node.campaigns.today()) + 3 * WEEK
    said = {"version": "v2", "before": "v1", "by": "", "files": [], "terms": 0}
    node.ledger.append([Draft("lexicon.changed", "v2", at, said)])
    _, (detected, *reasons) = ten_weeks(node, 30, 8)
    assert detected == "not_comparable"
    assert "changed" in reasons


def test_a_rebound_asks_for_a_revisit_once(node: FakeNode, signed_in: Any) -> None:
    identity, _ = ten_weeks(node, 30, 12)
    end = node.campaigns.plan(identity).terms.until
    assert node.campaigns.tick() == 0, "no whole week is over since the end"
    findings(node, "bullying.complaint", [3, 4, 3, 5, 2] * 8 + [14] * 10, end - 50 * WEEK)
    findings(node, "bullying.pile_on", [13, 40], end)
    node.clock = end + WEEK + HOUR
    assert node.campaigns.tick() == 0, "thirteen are no more than before"
    node.clock = end + 2 * WEEK + HOUR
    assert node.campaigns.tick() == 1
    assert node.campaigns.tick() == 0
    alarm = node.campaigns.plan(identity).rebound
    assert alarm is not None
    assert (alarm.week, alarm.count, alarm.confirmed) == (2, 40, None)
    client = signed_in("campaign_lead")
    shown = client.get(f"/campaign/plans/{identity}", headers={"accept-language": "en"}).text
    assert "A revisit is due" in shown
    assert "neighbour" in shown.lower()
    assert "these rose each by itself: Complaint" in shown, "displacement is named"
    assert "url(#hatch-1)" in shown, "the week that is not over is hatched"
    rows = client.get(f"/campaign/plans/{identity}/weeks.csv").text.splitlines()
    assert rows[0].endswith("week,outcome,control,neighbour.bullying.complaint")
    assert len(rows) == 1 + 40 + 12
    form = {"rebound": "yes", "words": "核实", "csrf": csrf_of(client)}
    assert client.post(f"/campaign/plans/{identity}/revisit", data=form).status_code == 303
    alarm = node.campaigns.plan(identity).rebound
    assert alarm is not None
    assert alarm.confirmed
    shown = client.get(f"/campaign/plans/{identity}", headers={"accept-language": "en"}).text
    assert "The harm is back" in shown


def test_only_kinds_and_days_of_the_campaign_count(node: FakeNode) -> None:
    identity = opened(node)
    terms = node.campaigns.plan(identity).terms
    at = {"before": terms.since - 1, "first": terms.since, "last": terms.until - 1}
    at["after"] = terms.until
    for number, moment in enumerate(at.values()):
        node.ledger.append([pile_on(number, moment)[0]])
    assert handled(node, identity).findings == 2
    with node.campaigns.reading() as connection:
        covering = [
            len(campaigns.covering(connection, "bullying.pile_on", moment))
            for moment in at.values()
        ]
        assert campaigns.covering(connection, "bullying.complaint", terms.since) == []
        weekly = campaign_counts.weekly(
            connection, ("bullying",), terms.since - WEEK, terms.until + 1
        )
    assert covering == [0, 1, 1, 0]
    assert [sum(week) for week in weekly] == [2, 2, 0]


@given(st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=5))
def test_a_domain_stands_for_its_kinds_alone(name: str) -> None:
    assert includes(("bullying",), f"bullying.{name}")
    assert not includes(("bullying",), f"bullying{name}.x")
    assert includes((f"x.{name}",), f"x.{name}")
    assert not includes((f"x.{name}",), "x")


def test_pages_show_a_campaign_in_both_languages(node: FakeNode, signed_in: Any) -> None:
    client = signed_in("campaign_lead")
    form = {name: str(value) for name, value in terms_of(node).items()} | {"words": "上升"}
    form["csrf"] = csrf_of(client)
    answer = client.post("/campaign/plans", data=form)
    assert answer.status_code == 303, answer.text
    page = answer.headers["location"]
    identity = page.split("?")[0].rpartition("/")[2]
    overturn(node, decided(node, 1))
    task = assign(node, identity)
    node.campaigns.change(identity, by="bob", words="clearer", **terms_of(node, outcome="fewer"))
    for language, words in {"en": ("taken back", "Neighbours"), "zh": ("撤销", "相邻")}.items():
        shown = client.get(page, headers={"accept-language": language}).text
        for word in (*words, "清朗", "上升", "甲平台", "fewer pile-ons per comment", "clearer"):
            assert word in shown, word
        for path in ("/campaign/plans", "/campaign/plans/new", f"/campaign/tasks/{task}"):
            assert client.get(path, headers={"accept-language": language}).status_code == 200
    assert f"/campaign/plans/{identity}" in client.get("/cases/c1").text
    for what, state in (("decisions", ""), ("measures", "undone")):
        rows = client.get(f"/campaign/plans/{identity}/behind/{what}", params={"state": state})
        assert "/cases/c1" in rows.text
    assert (
        "/cases/c1"
        not in client.get(
            f"/campaign/plans/{identity}/behind/measures", params={"state": "standing"}
        ).text
    )


def test_programs_read_campaigns(node: FakeNode, client: Any, bearer: Any) -> None:
    identity = opened(node)
    decided(node, 1)
    listed = client.get("/v1/campaigns", headers=bearer("read")).json()
    assert [row["id"] for row in listed["rows"]] == [identity]
    detail = client.get(f"/v1/campaigns/{identity}", headers=bearer("read")).json()
    assert detail["campaign"]["terms"]["neighbours"] == ["bullying.complaint"]
    assert detail["figures"]["handled"] == [
        {"key": "mute", "type": "account", "ordered": 1, "undone": 0, "standing": 1}
    ]
    assert client.get("/v1/campaigns/x", headers=bearer("read")).status_code == 404


def test_contradictions_are_told() -> None:
    cube = Cube(("key", "type", "state"), {("mute", "account", "standing"): 2})
    counts = CampaignCounts(
        findings=3,
        about=1,
        subjects={"account": 3},
        measured=4,
        cubes={
            "findings": Cube(("kind",), {("k",): 2}),
            "cases": Cube(("kind", "state")),
            "decisions": Cube(("status",)),
            "measures": cube,
        },
    )
    wrong = {each.key: (each.left, each.right) for each in figures(counts).contradictions}
    assert wrong == {
        "campaign_findings": (3, 2),
        "campaign_measures": (4, 2),
        "campaign_subjects": (3, 2),
    }


def test_the_days_are_those_of_china() -> None:
    day = dt.date(2026, 12, 1)
    terms = Terms(title="t", kinds=("a.b",), first=day, last=day, outcome="o", denominator="d")
    assert china_day(terms.since) == day == china_day(terms.until - 1)
    assert terms.covers("a.b", terms.since)
    assert not terms.covers("a.b", terms.until)
