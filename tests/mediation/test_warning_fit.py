"""Fitted weights of warnings, in simulated worlds: where fitting helps, and where it does not."""

import datetime as dt
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from lianzhi.cli.main import main
from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.domains.mediation.fitting import TooFewError, fit_weights
from lianzhi.domains.mediation.rules import Rules
from lianzhi.domains.mediation.warning import calibration, warn_all
from lianzhi.stats import logistic, roc

DAY = dt.date(2026, 3, 2)
RULES = Rules()
POLICY, HOW = RULES.weights(DAY)[1], RULES.fitting(DAY)
FIRST = dt.date(2023, 1, 2)
FLAGS = ("notice_missing", "defence_missing", "signature_refused")
#: Log-odds of each fact in a world that differs from the shipped weights: what they weigh most
#: means nothing, what they weigh least means all.
UNLIKE = {"earlier_disputes": 1.6, "objections": 0.0, "signature_refused": 1.8}


def world(size, odds, seed, base=-2.0):
    """Cases over three years, disputed with log-odds that add up over facts."""
    dice = np.random.default_rng(seed)
    for n in range(size):
        facts = {flag: bool(dice.random() < 0.2) for flag in FLAGS}
        facts |= {name: int(dice.poisson(0.5)) for name in ("objections", "earlier_disputes")}
        score = base + sum(odds.get(name, 0.0) * value for name, value in facts.items())
        yield CaseRow(
            f"c{n:05}", "甲", "customs_other", "O1", FIRST + dt.timedelta(n % 1000),
            disputed=bool(dice.random() < 1 / (1 + np.exp(-score))), **facts,
        )  # fmt: skip


def like_shipped(scale=0.5):
    """A world whose log-odds are the shipped points."""
    return {weight.key: weight.weight * scale for weight in POLICY.points}


def test_where_the_world_is_unlike_the_shipped_weights_fitting_helps():
    fitted = fit_weights([*world(4000, UNLIKE, 1)], POLICY, HOW, DAY)
    assert fitted.helps
    assert fitted.gain.lo > 0.05
    assert fitted.fitted.area.lo > fitted.shipped.area.hi
    assert fitted.fitted.brier.value < fitted.shipped.brier.value
    points = {weight.key: weight.weight for weight in fitted.policy.points}
    assert points["signature_refused"] > 3 * points.get("notice_missing", 0)
    assert (fitted.earlier, fitted.later) == (2800, 1200)


@pytest.mark.slow
def test_where_the_shipped_weights_are_right_it_says_that_fitting_does_not_help():
    helps = [
        fit_weights([*world(2000, like_shipped(), seed)], POLICY, HOW, DAY).helps
        for seed in range(12)
    ]
    assert sum(helps) <= 1


def test_where_nothing_foretells_a_dispute_nothing_helps():
    fitted = fit_weights([*world(3000, {}, 5, base=-1.0)], POLICY, HOW, DAY)
    assert not fitted.helps
    assert fitted.fitted.area.lo < 0.5 < fitted.fitted.area.hi


def test_probabilities_are_calibrated_on_later_cases():
    fitted = fit_weights([*world(6000, UNLIKE, 7)], POLICY, HOW, DAY)
    tenths = fitted.fitted.tenths
    assert sum(tenth.cases for tenth in tenths) == fitted.later
    within = [tenth.interval.lo <= tenth.predicted <= tenth.interval.hi for tenth in tenths]
    assert sum(within) >= 8
    predicted = [tenth.predicted for tenth in tenths]
    assert predicted == sorted(predicted)


def test_levels_ask_for_about_as_much_work_as_before():
    cases = [*world(4000, UNLIKE, 9)]
    fitted = fit_weights(cases, POLICY, HOW, DAY)
    acted = [
        sum(each.level == "act" for each in warn_all(cases, policy, DAY).values())
        for policy in (POLICY, fitted.policy)
    ]
    assert acted[1] == pytest.approx(acted[0], rel=0.5)
    assert calibration(cases, warn_all(cases, fitted.policy, DAY))[2].disputed > 0


@pytest.mark.parametrize(("size", "base", "part"), [(120, -2.0, "earlier"), (1200, 9.0, "earlier")])
def test_too_few_outcomes_are_refused_by_the_stated_rule(size, base, part):
    with pytest.raises(TooFewError) as caught:
        fit_weights([*world(size, UNLIKE, 2, base)], POLICY, HOW, DAY)
    assert caught.value.part == part
    assert caught.value.least >= HOW.reported


def test_the_later_cases_do_not_move_the_weights():
    cases = [*world(4000, UNLIKE, 3)]
    ordered = sorted(cases, key=lambda case: (case.opened, case.id))

    other = [
        msgspec.structs.replace(case, disputed=n % 2 == 0) if n >= 2800 else case
        for n, case in enumerate(ordered)
    ]
    assert (
        fit_weights(cases, POLICY, HOW, DAY).policy == fit_weights(other, POLICY, HOW, DAY).policy
    )


def test_ridge_weights_have_a_gradient_of_nothing_at_the_end():
    dice = np.random.default_rng(4)
    features = dice.random((500, 3))
    truth = dice.random(500) < 1 / (1 + np.exp(1 - 2 * features[:, 0] - features[:, 1]))
    model = logistic.fit(features, truth, 0.5)
    slope = features.T @ (model.probability(features) - truth) + 0.5 * model.weights
    assert np.abs(slope[model.weights > 1e-6]).max() < 1e-2
    assert (slope[model.weights <= 1e-6] > -1e-2).all()


def test_the_area_is_the_share_of_pairs_in_order():
    score, truth = np.array([1.0, 2, 2, 3, 4]), np.array([False, True, False, True, True])
    first, second, gain = roc.areas(score, -score, truth)
    pairs = [(p > n) + (p == n) / 2 for p in score[truth] for n in score[~truth]]
    assert first.value == pytest.approx(np.mean(pairs))
    assert second.value == pytest.approx(1 - np.mean(pairs))
    assert gain.value == pytest.approx(second.value - first.value)
    with pytest.raises(ValueError, match="two rows"):
        roc.areas(score, score, np.array([True, False, False, False, False]))


def written(path, cases):
    names = ("id", "party", "field", "office", "opened", "disputed", *FLAGS, "objections",
             "earlier_disputes")  # fmt: skip
    lines = (",".join(str(getattr(case, name)) for name in names) for case in cases)
    path.write_text("\n".join((",".join(names), *lines, "")), "utf-8")
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_writes_a_policy_that_the_domain_loads(tmp_path, language):
    file, home = written(tmp_path / "cases.csv", world(4000, UNLIKE, 1)), tmp_path / "home"
    picture = tmp_path / "calibration.svg"
    call = ["mediation", "warning", "fit", str(file), "--on", str(DAY), "--home", str(home)]
    ran = CliRunner().invoke(main, [*call, "--picture", str(picture), "--language", language])
    assert ran.exit_code == 0, ran.output
    assert "warning_fit." not in ran.output
    version, policy = Rules(home / "mediation").weights(DAY)
    assert version.startswith(f"{DAY}+")
    assert policy == fit_weights([*world(4000, UNLIKE, 1)], POLICY, HOW, DAY).policy
    svg = ElementTree.fromstring(picture.read_text("utf-8"))
    assert len(svg.findall("{http://www.w3.org/2000/svg}circle")) == 10
    assert CliRunner().invoke(main, call).exit_code != 0


def test_the_command_writes_nothing_where_fitting_does_not_help(tmp_path):
    file, home = written(tmp_path / "cases.csv", world(3000, {}, 5, -1.0)), tmp_path / "home"
    call = ["mediation", "warning", "fit", str(file), "--on", str(DAY), "--home", str(home)]
    ran = CliRunner().invoke(main, call)
    assert ran.exit_code == 1
    assert "nothing is written" in ran.output
    assert not (home / "mediation").exists()
    few = written(tmp_path / "few.csv", world(200, UNLIKE, 5))
    ran = CliRunner().invoke(main, [*call[:3], str(few), *call[4:]])
    assert ran.exit_code != 0
    assert "at least" in ran.output
