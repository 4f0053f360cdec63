"""Early warning: points with their reasons, fines among like cases, and calibration."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.domains.mediation.rules import POLICY as POLICY_FOLDER
from lianzhi.domains.mediation.rules import Rules
from lianzhi.domains.mediation.warning import (
    KEYS,
    Weight,
    calibration,
    fine_percentiles,
    item_fine,
    warn,
    warn_all,
)

TODAY = dt.date(2026, 3, 2)
VERSION, POLICY = Rules().weights(TODAY)
CALM = CaseRow("C1", "甲公司", "customs_other", "O1", dt.date(2026, 2, 20))


def changed(**some):
    return msgspec.structs.replace(CALM, **some)


def keys(found):
    return {point.key: point.points for point in found.points}


def test_a_calm_case_has_no_points():
    found = warn(CALM, POLICY, TODAY)
    assert (found.points, found.score, found.level) == ((), 0, "none")


@pytest.mark.parametrize(
    ("some", "key", "points"),
    [
        ({"objections": 1}, "objections", 1.5),
        ({"objections": 2}, "objections", 3.0),
        ({"objections": 9}, "objections", 4.5),
        ({"issues": ("origin", "value", "origin")}, "issues", 3.0),
        ({"notice_missing": True}, "notice_missing", 3.0),
        ({"defence_missing": True}, "defence_missing", 2.5),
        ({"signature_refused": True}, "signature_refused", 2.0),
        ({"earlier_disputes": 2}, "earlier_disputes", 2.0),
        ({"overlapping_inspections": 2}, "overlapping_inspections", 1.0),
        ({"strictness": 3.1}, "strictness", 3.0),
        ({"held_since": dt.date(2026, 2, 1)}, "days_held", 1.0),
        ({"held_since": dt.date(2026, 1, 1)}, "days_held", 3.0),
        ({"storage_cost": Decimal(15000)}, "storage_cost", 2.0),
        ({"due": dt.date(2026, 3, 4)}, "deadline_share", 1.0),
    ],
)
def test_each_fact_counts_as_policy_says(some, key, points):
    assert keys(warn(changed(**some), POLICY, TODAY)) == {key: points}


@pytest.mark.parametrize(
    "some",
    [
        {"overlapping_inspections": 1},
        {"strictness": 1.99},
        {"held_since": dt.date(2026, 2, 16)},
        {"storage_cost": Decimal("4999.99")},
        {"due": dt.date(2026, 3, 6)},
    ],
)
def test_below_the_least_value_nothing_counts(some):
    assert warn(changed(**some), POLICY, TODAY).points == ()


def test_time_stops_at_the_decision():
    decided = changed(due=dt.date(2026, 3, 4), decided=dt.date(2026, 2, 25))
    assert warn(decided, POLICY, TODAY).points == ()
    assert keys(warn(changed(due=dt.date(2026, 3, 4)), POLICY, TODAY)) == {"deadline_share": 1.0}


def test_points_add_up_to_a_level_and_the_most_telling_stands_first():
    found = warn(changed(objections=1, notice_missing=True, signature_refused=True), POLICY, TODAY)
    assert [point.key for point in found.points] == [
        "notice_missing", "signature_refused", "objections",
    ]  # fmt: skip
    assert (found.score, found.level) == (6.5, "act")
    assert warn(changed(notice_missing=True), POLICY, TODAY).level == "watch"


def test_fines_are_ranked_among_cases_of_the_same_item_only():
    cases = [changed(id=f"a{n}", item="A", fine=Decimal(n)) for n in range(1, 21)]
    cases += [changed(id=f"b{n}", item="B", fine=Decimal(10)) for n in range(20)]
    cases += [changed(id="alone", item="C", fine=Decimal(99)), changed(id="none", item="A")]
    ranks = fine_percentiles(filter(None, map(item_fine, cases)), 20)
    assert (ranks["a1"], ranks["a20"]) == (2.5, 97.5)
    assert {ranks[f"b{n}"] for n in range(20)} == {50}
    assert not {"alone", "none"} & ranks.keys()
    assert keys(warn_all(cases, POLICY, TODAY)["a20"]) == {"fine_percentile": 2.0}


def test_calibration_shows_the_share_of_disputes_per_level_with_its_interval():
    cases = [changed(id=f"c{n}", disputed=False) for n in range(40)]
    cases += [changed(id=f"d{n}", notice_missing=True, disputed=n < 3) for n in range(10)]
    cases += [changed(id="open", notice_missing=True)]
    none, watch, act = calibration(cases, warn_all(cases, POLICY, TODAY))
    assert (none.cases, none.disputed, none.interval.lo) == (40, 0, 0.0)
    assert none.interval.hi == pytest.approx(0.0876, abs=1e-4)
    assert (watch.cases, watch.disputed) == (10, 3)
    assert watch.interval == pytest.approx((0.1078, 0.6032), abs=1e-4)
    assert (act.cases, act.interval) == (0, (0.0, 1.0))


def test_the_shipped_policy_weighs_every_fact_and_says_its_version():
    assert {weight.key for weight in POLICY.points} == {*KEYS}
    assert VERSION.startswith("2026-01-01+")


def test_more_of_a_fact_never_counts_less():
    for weight in POLICY.points:
        points = [weight.points(weight.least + step / 10) for step in range(200)]
        assert points == sorted(points), weight.key
        assert weight.points(weight.least - 0.01) == 0


def test_rounding_takes_no_step_away():
    assert Weight("strictness", least=0.1, weight=1, each=0.1).points(0.3) == pytest.approx(3)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("act = 6.0", "act = 3.0", "levels.act is 3"),
        ('key = "issues"', 'key = "objections"', "points has objections twice"),
        ('key = "issues"', 'key = "mood"', "mood"),
        ("weight = 3.0", "weight = -3.0", "weight"),
    ],
)
def test_a_policy_that_cannot_be_used_ends_the_start(tmp_path, old, new, wanted):
    shipped = POLICY_FOLDER / "warning" / "2026-01-01.toml"
    text = shipped.read_text("utf-8")
    assert old in text
    (tmp_path / "warning").mkdir()
    (tmp_path / "warning" / "2026-02-01.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(PolicyError, match=wanted):
        Rules(tmp_path)


def test_a_deployment_has_its_own_weights(tmp_path):
    (tmp_path / "warning").mkdir()
    own = "least_like_cases = 5\npoints = []\n[levels]\nwatch = 1\nact = 2\n"
    (tmp_path / "warning" / "2026-02-01.toml").write_text(own, "utf-8")
    version, policy = Rules(tmp_path).weights(TODAY)
    assert version.startswith("2026-02-01+")
    assert warn(changed(notice_missing=True), policy, TODAY).points == ()
