"""Draws by risk: how much of each tier is drawn, who is kept away from where, who can tell."""

import datetime as dt
import threading
from collections import Counter
from fractions import Fraction

import pytest
from click.testing import CliRunner
from enforcement_house import START, Bureau
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.enforcement.acts.draw import conflicts_of
from lianzhi.domains.enforcement.commands.draw import draw
from lianzhi.domains.enforcement.desk import strata
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.inspection import published
from lianzhi.domains.enforcement.inspection.policy import DrawPolicy, Tier, latest
from lianzhi.domains.enforcement.inspection.risk import rank
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables
from lianzhi.record.entry import Draft
from lianzhi.record.lots import Public

ON = START + dt.timedelta(3)
UNTIL = START + dt.timedelta(90)
PUBLIC = Public(source="lottery of the day", on=ON)
TIERS = latest().draw.tiers
BAD = 12
"""Of sixty enterprises so many have a violation at each visit."""


@pytest.fixture
def bureau(tmp_path):
    made = Bureau(tmp_path)
    rows = [{"id": f"F{n:03}", "name": f"厂{n}", "industry": "plant"} for n in range(60)]
    made.desk.registers.enterprises(rows, "test")
    good = {"squad": "S1", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
    made.desk.registers.officers(
        [{"id": f"o{n}", "certificate": "A", **good} for n in range(6)], "t"
    )
    return made


def visited(bureau, rounds=5):
    """Every factory so many times last year: the first BAD have a violation each time."""
    with bureau.ledger.batch() as batch:
        tokens = batch.tokens([f"F{n:03}" for n in range(60)])
        drafts = []
        for k in range(60 * rounds):
            n, name = k % 60, f"i{k}"
            held = {
                "inspection": name, "enterprise": tokens[f"F{n:03}"], "reason": "random",
                "day": (dt.date(2025, 1, 6) + dt.timedelta(days=k)).isoformat(),
                "officers": [f"o{k % 6}", f"o{(k + 1 + k // 60) % 6}"],
                "violations": ["fire.exit_blocked"] if n < BAD or k % 17 == 0 else [],
            }  # fmt: skip
            drafts.append(Draft("enforcement.inspection.imported", name, bureau.now, held))
        batch.append(drafts)


def plan(bureau, name="q2", total=20, **more):
    return bureau.desk.draws.plan(
        name, total, UNTIL, PUBLIC, ON + dt.timedelta(2), "chief", **({"by_risk": True} | more)
    )


def one(bureau, name="q2"):
    with bureau.desk.office.reading() as connection:
        return tables.draw.load(connection, name)


def refused(act):
    with pytest.raises(RefusedError) as told:
        act()
    return told.value


def test_so_much_of_each_tier_is_drawn_as_the_policy_says(bureau):
    visited(bureau)
    plan(bureau)
    bureau.on(ON)
    found = bureau.desk.draws.reveal("q2", "7", "chief")
    drawn = Counter(each.stratum for each in found.inspections)
    assert drawn == {"high": 10, "medium": 6, "low": 4}
    among = Counter(each.stratum for each in one(bureau).enterprises)
    assert among == {"high": 12, "medium": 19, "low": 31}
    bad = {bureau.desk.office.token(f"F{n:03}") for n in range(BAD)}
    high = {each.id for each in one(bureau).enterprises if each.stratum == "high"}
    assert len(bad & high) >= 10


def test_without_enough_history_it_is_refused_with_the_reason_and_leaves_nothing(bureau):
    visited(bureau, rounds=3)
    size = bureau.ledger.size
    told = refused(lambda: plan(bureau))
    assert (told.rule, told.params) == ("draw_short", {"n": 180, "least": 200})
    assert bureau.ledger.size == size
    assert plan(bureau, by_risk=False)


def test_risk_that_can_not_be_told_is_refused_with_the_reason(bureau):
    with bureau.ledger.batch() as batch:
        token = batch.tokens(["F000"])["F000"]
        said = {"enterprise": token, "day": "2025-03-03", "officers": ["o1"], "reason": "random"}
        batch.append(
            [
                Draft(
                    "enforcement.inspection.imported",
                    f"i{k}",
                    bureau.now,
                    said | {"inspection": f"i{k}"},
                )
                for k in range(200)
            ]
        )
    told = refused(lambda: plan(bureau))
    assert told.rule == "draw"
    assert "outcomes are the same" in str(told.params["why"])


def test_nobody_is_sent_where_they_have_an_interest(bureau):
    everywhere = {f"F{n:03}" for n in range(60)} | {"E0001", "E0002"}
    for k in range(5):
        name, day = f"d{k}", bureau.desk.office.today() + dt.timedelta(1)
        public = Public(source="lottery", on=day)
        bureau.desk.draws.plan(
            name, 40, UNTIL, public, day, "chief", conflicts={"o1": everywhere, "o2": {"F001"}}
        )
        bureau.on(day)
        found = bureau.desk.draws.reveal(name, str(k), "chief")
        sent = {each.enterprise: each.officers for each in found.inspections}
        assert not any("o1" in pair for pair in sent.values())
        assert "o2" not in sent.get(bureau.desk.office.token("F001"), ())
        assert any("o2" in pair for pair in sent.values())
        assert all(
            check.holds is not False for check in bureau.desk.draws.checks(one(bureau, name))
        )


@pytest.mark.parametrize("conflicts", [{"nobody": {"F001"}}, {"o1": {"F001", "F999"}}])
def test_an_interest_of_or_in_somebody_unknown_is_refused(bureau, conflicts):
    size = bureau.ledger.size
    told = refused(lambda: plan(bureau, by_risk=False, conflicts=conflicts))
    assert told.rule == "draw_conflict"
    assert next(iter(conflicts)) in told.params["line"]
    assert bureau.ledger.size == size


def test_what_is_published_can_be_drawn_again_and_a_tier_can_not_be_changed_after(bureau, tmp_path):
    visited(bureau)
    digest = plan(bureau, conflicts={"o3": {"F004"}})
    bureau.on(ON)
    bureau.desk.draws.reveal("q2", "7", "chief")
    drawn = one(bureau)
    folder = tmp_path / "public"
    folder.mkdir()
    files = published.planned(drawn.plan, drawn.rosters)
    files |= published.revealed(drawn.reveal, drawn.result)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    asked = ["verify", str(folder), "--digest", digest, "--recorded", str(START), "--public", "7"]
    assert CliRunner().invoke(draw, asked).exit_code == 0
    roster = (folder / "enterprises.csv").read_text()
    (folder / "enterprises.csv").write_text(roster.replace(",low,", ",high,", 1))
    assert CliRunner().invoke(draw, asked).exit_code == 1


def test_the_record_can_be_written_while_the_ranking_is_fitted(bureau, monkeypatch):
    visited(bureau)
    fitting, written = threading.Event(), threading.Event()

    def slow(*_):
        fitting.set()
        assert written.wait(20)
        return [], None

    monkeypatch.setattr("lianzhi.domains.enforcement.desk.risk.rank", slow)
    thread = threading.Thread(target=lambda: refused(lambda: plan(bureau)))
    thread.start()
    assert fitting.wait(20)
    bureau.filed()
    written.set()
    thread.join(20)
    assert not thread.is_alive()


def test_a_plan_whose_ranking_lasts_until_the_value_is_known_comes_too_late(bureau, monkeypatch):
    visited(bureau)
    bureau.on(ON - dt.timedelta(1), hour=23)

    def slow(*said):
        bureau.on(ON, hour=0)
        return rank(*said)

    monkeypatch.setattr("lianzhi.domains.enforcement.desk.risk.rank", slow)
    assert refused(lambda: plan(bureau)).rule == "draw_known"


def test_the_ranking_is_kept_until_something_is_new(bureau):
    visited(bureau)
    first = bureau.desk.risk.ranking()
    assert bureau.desk.risk.ranking() is first
    bureau.filed()
    assert bureau.desk.risk.ranking() is first
    bureau.desk.registers.enterprises([{"id": "N1", "name": "新", "industry": "plant"}], "test")
    second = bureau.desk.risk.ranking()
    assert len(second.ranked) == len(first.ranked) + 1
    bureau.on(START + dt.timedelta(1))
    assert bureau.desk.risk.ranking().mark != second.mark


# -- pure --------------------------------------------------------------------------------------


@given(st.integers(0, 400))
def test_tiers_hold_everybody_once_in_order_and_by_share(size):
    names = [f"{n}" for n in range(size)]
    found = strata.tiered(names, TIERS)
    assert list(found) == names
    order = [tier.name for tier in TIERS]
    places = [order.index(found[name]) for name in names]
    assert places == sorted(places)
    for tier in TIERS:
        part = sum(each == tier.name for each in found.values())
        assert abs(part - size * Fraction(str(tier.share))) <= 1


@given(st.integers(0, 100_000))
def test_strata_add_up_to_what_is_drawn(total):
    assert sum(strata.sizes(total, TIERS).values()) == total
    assert strata.sizes(total, ()) == {"all": total}


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ((Tier("a", 0.4, 0.5), Tier("b", 0.5, 0.5)), "share"),
        ((Tier("a", 0.5, 0.9), Tier("b", 0.5, 0.2)), "drawn"),
        ((Tier("a", 0.5, 0.5), Tier("a", 0.5, 0.5)), "its own"),
    ],
)
def test_tiers_that_do_not_add_up_are_refused(tiers, said):
    with pytest.raises(ValueError, match=said):
        DrawPolicy(2, 1000, 1000, 32, tiers)


def test_conflicts_are_read_line_by_line():
    assert conflicts_of("li E1 E2\r\n\n wang：E3、E4\nli,E5") == {
        "li": {"E1", "E2", "E5"}, "wang": {"E3", "E4"},
    }  # fmt: skip
    assert refused(lambda: conflicts_of("li")).rule == "draw_conflict"


def test_who_was_registered_after_the_ranking_is_in_the_last_tier_and_last_years_visits_do_not_cap(
    bureau,
):
    def known(name):
        return Enterprise(id=name, industry="plant")

    visits = [
        Visit(id=f"v{k}", enterprise="a", day=day, officers=("wang", "li"), reason=reason)
        for k, (day, reason) in enumerate(
            [(dt.date(2025, 12, 30), "random"), (dt.date(2026, 1, 5), "random"),
             (dt.date(2026, 1, 6), "request"), (dt.date(2026, 4, 1), "random")]
        )
    ]  # fmt: skip
    register = strata.Register([known("b"), known("a")], [Officer(id="li")], visits)
    rules = bureau.desk.office.rules.visits(START)
    found = strata.rosters(
        register, START, rules, {"a": "high"}, rest="low", conflicts={"li": ["b", "a"]}
    )
    a, b = found.enterprises
    assert (a.stratum, a.inspected, a.last_pair) == ("high", 1, ("li", "wang"))
    assert (b.stratum, b.inspected, b.last_pair) == ("low", 0, ())
    assert found.officers[0].conflicts == ("a", "b")
