"""Products of high reach: who owes an assessment, what its answers may say, and its adjustments."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from algorithm_house import REGISTERED, TODAY, Algorithms, unchanged
from hypothesis import given
from hypothesis import strategies as st
from test_list_ranking import MAP, world

from databases import Databases
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.algorithms.nouns.assessment import Assessment
from lianzhi.domains.algorithms.nouns.product import Product, Reach
from lianzhi.domains.algorithms.policy import load
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.assessing import owed, questions_for
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.acts import Upload

POLICY = load().latest()[1].assessment
HIGH = POLICY.high_reach


@pytest.fixture
def house(tmp_path: Path) -> Algorithms:
    return Algorithms(tmp_path)


def product_of(house: Algorithms, users: int = HIGH) -> str:
    return house.desk.products.register(
        "li", provider=str(REGISTERED["provider"]), name=str(REGISTERED["product"]),
        launched=TODAY, users=users, day=None, words="月报",
    )  # fmt: skip


def load_product(house: Algorithms, identity: str) -> Product:
    with house.ledger.engine.connect() as connection:
        return tables.product.load(connection, identity)


def load_assessment(house: Algorithms, identity: str) -> Assessment:
    with house.ledger.engine.connect() as connection:
        return tables.assessment.load(connection, identity)


def begin(house: Algorithms, product: str, occasion: str = "yearly", features: str = "") -> str:
    return house.desk.assessments.begin(
        "chief", product=product, occasion=occasion, features=features, words="年度评估"
    )


def answer_all(house: Algorithms, identity: str, *unmet: str) -> None:
    for question in load_assessment(house, identity).questions:
        house.desk.assessments.answer(
            identity, "li", question=question, met="not_met" if question in unmet else "met",
            audits="", words="查看了后台设置",
        )  # fmt: skip


def assessed(house: Algorithms, product: str, *unmet: str) -> str:
    """A yearly assessment, concluded; returns its case."""
    identity = begin(house, product)
    answer_all(house, identity, *unmet)
    house.desk.assessments.conclude(identity, "chief", words="结束")
    return load_assessment(house, identity).case


def test_a_product_of_high_reach_owes_an_assessment_each_year(house: Algorithms) -> None:
    identity = product_of(house, HIGH - 1)
    assert owed(load_product(house, identity), [], POLICY) is None
    house.on(TODAY + dt.timedelta(10))
    house.desk.products.measure(identity, "li", users=HIGH, day=None, words="月报")
    first = owed(load_product(house, identity), [], POLICY)
    assert first is not None
    assert first.due == TODAY + dt.timedelta(10 + POLICY.first_days)
    assert not first.is_overdue(first.due)
    assert first.is_overdue(first.due + dt.timedelta(1))
    assessed(house, identity)
    with house.ledger.engine.connect() as connection:
        done = views.assessments_of(connection, identity)
    following = owed(load_product(house, identity), done, POLICY)
    assert following is not None
    assert (following.last, following.due) == (dt.date(2026, 3, 12), dt.date(2027, 3, 12))
    house.desk.products.end(identity, "chief", words="下线")
    assert owed(load_product(house, identity), done, POLICY) is None
    with pytest.raises(RefusedError, match="ended"):
        begin(house, identity)


@given(st.lists(st.integers(0, 2 * HIGH), min_size=1, max_size=8))
def test_the_reach_counts_from_when_it_was_high_without_a_break(users: list[int]) -> None:
    days = [TODAY + dt.timedelta(n) for n in range(len(users))]
    reach = tuple(Reach(day, each) for day, each in zip(days, users, strict=True))
    product = Product(id="p", provider="a", name="b", launched=TODAY, reach=reach)
    since = product.reached(HIGH)
    if users[-1] < HIGH:
        assert since is None
    else:
        low = [day for day, each in zip(days, users, strict=True) if each < HIGH]
        assert since == (max(low) + dt.timedelta(1) if low else days[0])


def test_a_release_is_asked_what_concerns_its_features() -> None:
    whole, push = questions_for((), POLICY), questions_for(("push",), POLICY)
    assert {*push} < {*whole}
    assert "push_frequency" in push
    assert "comment_order" not in push
    assert "minors" in push, "what is asked of all features"
    assert questions_for((), POLICY, ("rigging",)) == ("rigging",)


def test_an_answer_may_not_deny_what_an_audit_shows(house: Algorithms) -> None:
    product = product_of(house)
    audit = house.audit(4000, 0.2)
    identity = begin(house, product)
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.assessments.answer(
            identity, "li", question="equal_exposure", met="met", audits="", words="无差别"
        )
    assert refused.value.rule == "assessment_denied"
    house.desk.assessments.answer(
        identity, "li", question="equal_exposure", met="not_met", audits=audit.id, words="审计"
    )
    assert load_assessment(house, identity).answers["equal_exposure"].audits == (audit.id,)
    later = house.audit(8000, 0.0)
    assert later.verdict == "none_found"
    house.desk.assessments.answer(
        identity, "li", question="equal_exposure", met="met", audits=later.id, words="整改后"
    )


@pytest.mark.parametrize(
    ("question", "audits", "words", "rule"),
    [
        ("nothing", "", "x", "assessment_question"),
        ("minors", "a1", "x", "assessment_audit"),
        ("minors", "", " ", "algorithm_reason"),
    ],
)
def test_what_does_not_fit_an_answer_is_refused(
    house: Algorithms, question: str, audits: str, words: str, rule: str
) -> None:
    identity = begin(house, product_of(house))
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.assessments.answer(
            identity, "li", question=question, met="met", audits=audits, words=words
        )
    assert refused.value.rule == rule


def test_it_is_concluded_by_another_once_all_is_answered(house: Algorithms) -> None:
    identity = begin(house, product_of(house))
    with pytest.raises(RefusedError) as refused:
        house.desk.assessments.conclude(identity, "chief", words="结束")
    assert refused.value.rule == "assessment_unanswered"
    answer_all(house, identity)
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.assessments.conclude(identity, "li", words="结束")
    assert refused.value.rule == "assessment_own"
    house.desk.assessments.conclude(identity, "chief", words="结束")
    assert load_assessment(house, identity).case == "", "all is met"
    with pytest.raises(IllegalStepError):
        house.desk.assessments.conclude(identity, "chief", words="again")


def recheck(house: Algorithms, product: str, *unmet: str) -> None:
    identity = begin(house, product, "recheck")
    answer_all(house, identity, *unmet)
    house.desk.assessments.conclude(identity, "chief", words="复评")


def test_adjustments_close_only_on_a_recheck_that_finds_them_met(
    databases: Databases, tmp_path: Path
) -> None:
    house = Algorithms(tmp_path, databases.url(tmp_path))
    product = product_of(house)
    case = assessed(house, product, "rigging", "minors")
    desk = house.desk.rectifications
    with pytest.raises(RefusedError, match="has none"):
        begin(house, product, "recheck")
    desk.order(case, "chief", until=dt.date(2026, 4, 1), margin="", words="榜单须剔除协同账号")
    (order,) = house.entries("measure.ordered")
    assert (order["key"], order["case"]) == ("order_to_rectify", case)
    assert house.file(case).scope == ("minors", "rigging")
    house.on(dt.date(2026, 3, 10))
    desk.reply(case, "li", words="已调整", file=None, day=None)
    with pytest.raises(RefusedError) as refused:
        desk.close(case, "chief", words="整改完成")
    assert refused.value.rule == "recheck_none"
    recheck(house, product, "rigging")
    with pytest.raises(RefusedError) as refused:
        desk.close(case, "chief", words="整改完成")
    assert (refused.value.rule, refused.value.params["detail"]) == ("recheck_unmet", "rigging")
    recheck(house, product)
    desk.close(case, "chief", words="整改完成")
    assert house.file(case).status == "closed"
    (closed,) = house.entries("case.closed")
    assert closed["outcome"] == "settled"
    assert house.rebuilt()


def test_a_new_reply_asks_for_a_new_recheck(house: Algorithms) -> None:
    product = product_of(house)
    case = assessed(house, product, "rigging")
    desk = house.desk.rectifications
    desk.order(case, "chief", until=dt.date(2026, 4, 1), margin="", words="整改")
    desk.reply(case, "li", words="已调整", file=None, day=None)
    recheck(house, product)
    desk.reply(case, "li", words="又调整", file=None, day=None)
    with pytest.raises(RefusedError) as refused:
        desk.close(case, "chief", words="整改完成")
    assert refused.value.rule == "recheck_early"


def test_an_overturned_order_ends_the_adjustments(house: Algorithms) -> None:
    case = assessed(house, product_of(house), "rigging")
    house.desk.rectifications.order(
        case, "chief", until=dt.date(2026, 4, 1), margin="", words="整改"
    )
    house.desk.rectification_redress.contest(case, "li", words="不服")
    house.desk.rectification_redress.overturn(case, "chief", words="依据不足")
    assert house.file(case).status == "withdrawn"
    assert house.entries("decision.reversed")


def traffic_files(rows: list[dict[str, object]], accounts: list[str]) -> dict[str, Upload]:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    columns = f"{MAP}adjusted_at: 2026-05-02 00:00\n"
    return {
        "file": Upload("actions.csv", out.getvalue().encode()),
        "columns": Upload("map.yaml", columns.encode()),
        "accounts": Upload("accounts.txt", "\n".join(accounts).encode()),
    }


def test_the_traffic_of_coordinated_accounts_before_and_after(house: Algorithms) -> None:
    product = product_of(house)
    before, _, accounts = world(pushed=1000)
    after = [{**row, "time": f"2026-05-02 {row['time'][11:]}"} for row in world(seed=2)[0]]
    files = traffic_files(before + after, accounts)
    house.desk.products.file_traffic(product, "li", **files, words="榜单剔除协同账号")
    (traffic,) = load_product(house, product).traffic
    coordinated = {*accounts}
    share = sum(row["account"] in coordinated for row in before) / len(before)
    assert traffic.before == pytest.approx(share)
    assert traffic.after < traffic.before
    assert traffic.lo < traffic.change < traffic.hi < 0
    assert traffic.accounts == len(coordinated)
    assert house.rebuilt()
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.products.file_traffic(
            product, "li", **traffic_files(before, accounts), words="只有一段"
        )
    assert refused.value.rule == "product_traffic"
    wrong = files | {"columns": Upload("map.yaml", MAP.encode())}
    with pytest.raises(RefusedError) as refused:
        house.desk.products.file_traffic(product, "li", **wrong, words="没有时间")
    assert refused.value.rule == "audit_map"
