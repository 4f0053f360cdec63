"""Verdicts on campaigns in simulated worlds, beside naive methods. Brackets: 95 % Wilson.

Each world draws its own level, noise, calendar and counts. Policy and grid were set on other worlds
(other seeds and other, fixed parameters). `found | detectable`: among worlds whose own detectable
effect says that the fall is detectable.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bench.campaign_peers import cusum_alarm, least_squares_fell, rate_ratio_fell
from bench.campaign_world import Nature, World, reported, world
from lianzhi.chain.policy import load_policy
from lianzhi.stats.campaign.delay import completeness
from lianzhi.stats.campaign.displacement import displacement
from lianzhi.stats.campaign.layout import Reason, Window
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.rebound import watch
from lianzhi.stats.campaign.verdict import Judgement, Verdict, judge
from lianzhi.stats.campaign.weekly import Weekly, weekly
from lianzhi.stats.intervals import wilson

WORLDS, SEED = 2000, 4021
POLICY = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]
DELAYS = np.array([0.3, 0.22, 0.18, 0.12, 0.08, 0.06, 0.04])
Make = Callable[[int], tuple[World, Judgement]]


def rate(hits: int, of: int) -> str:
    """A share with its interval."""
    if not of:
        return "-"
    lo, hi = wilson(hits, of)
    return f"{hits / of:.3f} ({lo:.3f}-{hi:.3f})"


def drawn(number: int, scenario: int, **fixed: float) -> Nature:
    """The nature of one world of a scenario."""
    dice = np.random.default_rng((SEED, 1, scenario, number))
    level = float(np.exp(dice.uniform(np.log(30), np.log(300))))
    nature = Nature(
        level=level,
        control_level=level * dice.uniform(1, 3),
        memory=dice.uniform(0, 0.7),
        unrest=dice.uniform(0.03, 0.15),
        dispersion=dice.uniform(0.002, 0.03),
        calendar=dice.uniform(0.05, 0.4),
    )
    return nature._replace(**fixed)


def series_of(made: World) -> Weekly:
    return weekly(made.outcome, made.exposure, made.control, made.control_exposure, made.neighbours)


def plain(number: int, scenario: int, fixed: dict[str, float], **how: float | bool):
    made = world((SEED, scenario, number), drawn(number, scenario, **fixed), **how)
    return made, judge(series_of(made), Window(made.start, made.end), POLICY)


def varied(number: int, scenario: int, field: str, least: float, most: float, **how: int):
    """One field of the nature is drawn between two bounds."""
    value = float(np.random.default_rng((SEED, 2, scenario, number)).uniform(least, most))
    return plain(number, scenario, {field: value}, **how)


def relexed(number: int, scenario: int, declared: bool):
    """From some week of the campaign on the detector finds fewer."""
    dice = np.random.default_rng((SEED, 3, number))
    made = world((SEED, scenario, number), drawn(number, scenario))
    week = made.start + int(dice.integers(0, 10))
    left = np.where(np.arange(len(made.outcome)) < week, 1.0, dice.uniform(0.4, 0.8))
    made = made._replace(outcome=dice.binomial(made.outcome.astype(int), left).astype(float))
    window = Window(made.start, made.end, (week,) if declared else ())
    return made, judge(series_of(made), window, POLICY)


def late(number: int, scenario: int, corrected: bool):
    """The latest weeks are not yet reported."""
    made = world((SEED, scenario, number), drawn(number, scenario))
    table = reported(np.random.default_rng((SEED, 4, number)), made.outcome, DELAYS)
    known = np.arange(len(table))[::-1, None] >= np.arange(len(DELAYS))
    made = made._replace(outcome=np.where(known, table, 0).sum(axis=1).astype(float))
    share = completeness(table, POLICY.delay).share if corrected else None
    return made, judge(series_of(made), Window(made.start, made.end), POLICY, share)


SCENARIOS: dict[str, tuple[Make | Callable[..., tuple[World, Judgement]], float]] = {
    "no effect": (partial(plain, fixed={}), 0.0),
    "start after a peak": (partial(plain, fixed={}, peak=True), 0.0),
    "trend of the outcome": (partial(varied, field="drift", least=-0.6, most=0.3), 0.0),
    "season of the outcome": (partial(varied, field="season", least=0.1, most=0.4), 0.0),
    "the same, 60 weeks before": (
        partial(varied, field="season", least=0.1, most=0.4, before=60),
        0.0,
    ),
    "new lexicon, stated": (partial(relexed, declared=True), 0.0),
    "reporting delay, corrected": (partial(late, corrected=True), 0.0),
    "3 to 8 counts a week": (partial(varied, field="level", least=3, most=8), 0.0),
    "fall of 40 %": (partial(plain, fixed={}, effect=0.4), 0.4),
    "fall of 40 %, 60 weeks before": (partial(plain, fixed={}, effect=0.4, before=60), 0.4),
    "fall of 20 %": (partial(plain, fixed={}, effect=0.2), 0.2),
    "*limit*: new lexicon, not stated": (partial(relexed, declared=False), 0.0),
    "*limit*: delay, not corrected": (partial(late, corrected=False), 0.0),
    "*limit*: control feels 60 % of the calendar": (
        partial(plain, fixed={"calendar_of_control": 0.6}),
        0.0,
    ),
    "*limit*: noise of memory .9": (partial(plain, fixed={"memory": 0.9, "unrest": 0.2}), 0.0),
}


def verdicts(worlds: int) -> Iterator[str]:
    """A row for each scenario."""
    yield (
        "| world | fell | rose | can't say | interval covers | fell, where detectable "
        "| rate ratio: fell | least squares: fell |\n|---|---|---|---|---|---|---|---|"
    )
    for scenario, (name, (make, effect)) in enumerate(SCENARIOS.items()):
        rows = [make(number, scenario=scenario) for number in range(worlds)]
        made = [judgement for _, judgement in rows]
        said = [each.detected for each in made]
        changes = [each.change for each in made if each.change]
        covered = sum(each.lo <= 1 - effect <= each.hi for each in changes)
        able = [
            each.detected is Verdict.FELL
            for each in made
            if effect and each.change and each.change.detectable_fall <= effect
        ]
        peers = [
            sum(fell(each) for each, _ in rows) for fell in (rate_ratio_fell, least_squares_fell)
        ]
        cells = [
            *(rate(said.count(verdict), worlds) for verdict in (Verdict.FELL, Verdict.ROSE)),
            rate(said.count(Verdict.CANT_SAY) + said.count(Verdict.NOT_COMPARABLE), worlds),
            rate(covered, len(changes)),
            f"{rate(sum(able), len(able))} of {len(able)}" if able else "-",
            *(rate(count, worlds) for count in peers),
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def rebounds(worlds: int) -> Iterator[str]:
    """False alarms in the year after, and full returns found within eight weeks."""
    quiet = naive = found = early = 0
    able: list[bool] = []
    said: list[float] = []
    for number in range(worlds):
        nature = drawn(number, 90)
        calm = world((SEED, 90, number), nature, effect=0.4, after=52)
        window = Window(calm.start, calm.end)
        result = watch(series_of(calm), window, POLICY)
        quiet += not isinstance(result, Reason) and result.alarm is not None
        naive += cusum_alarm(calm)
        back = int(np.random.default_rng((SEED, 5, number)).integers(0, 40))
        made = world((SEED, 91, number), nature, effect=0.4, after=back + 8, returns=back)
        result = watch(series_of(made), window, POLICY)
        if isinstance(result, Reason):
            continue
        hit = result.alarm is not None and result.alarm >= made.end + back
        found += hit
        early += result.alarm is not None and not hit
        said.append(result.power)
        if result.power >= 0.75:
            able.append(hit)
    yield "| watch after a fall of 40 % | share |\n|---|---|"
    yield f"| a false alarm in a campaign-year | {rate(quiet, worlds)} |"
    yield f"| the same, naive CUSUM | {rate(naive, worlds)} |"
    yield f"| full return found within 8 weeks | {rate(found, worlds)} |"
    yield f"| alarm before the return | {rate(early, worlds)} |"
    yield f"| chance that the watch itself states, mean | {np.mean(said):.3f} |"
    yield f"| found where it states at least .75 | {rate(sum(able), len(able))} of {len(able)} |"


def displacements(worlds: int) -> Iterator[str]:
    """Half of the fall that goes to three neighbours, and none of it."""
    yield "| moved | named | interval covers | named, where detectable |\n|---|---|---|---|"
    for moved in (0.0, 0.5):
        shown = covered = 0
        able: list[bool] = []
        for number in range(worlds):
            nature = drawn(number, 92)
            nature = nature._replace(neighbours=3, neighbour_level=nature.level / 4)
            made = world((SEED, 92, number), nature, effect=0.4, moved=moved)
            judgement = judge(series_of(made), Window(made.start, made.end), POLICY)
            if judgement.layout is None or judgement.change is None:
                continue
            result = displacement(judgement.layout, judgement.change, POLICY)
            if result is None:
                continue
            shown += result.shown
            covered += result.lo <= moved <= result.hi
            if result.detectable_share <= 0.5:
                able.append(result.shown)
        cells = [rate(shown, worlds), rate(covered, worlds)]
        given = f"{rate(sum(able), len(able))} of {len(able)}"
        yield f"| {moved:.0%} | {cells[0]} | {cells[1]} | {given} |"


def delays(worlds: int) -> Iterator[str]:
    """Corrected counts of the last four weeks beside the true ones."""
    ratios, raw, changed, covered = [], [], 0, 0
    for number in range(worlds):
        made = world((SEED, 93, number), drawn(number, 93))
        table = reported(np.random.default_rng((SEED, 6, number)), made.outcome, DELAYS)
        result = completeness(table, POLICY.delay)
        true = made.outcome[-4:]
        ratios.append(result.corrected[-4:] / np.maximum(true, 1))
        raw.append((result.corrected * result.share)[-4:].sum() / true.sum())
        covered += int(((result.lo <= made.outcome) & (made.outcome <= result.hi))[-4:].sum())
        changed += result.changed
    means = np.array(ratios).mean(axis=0)
    yield "| reporting delay, last four weeks, oldest first | |\n|---|---|"
    yield f"| counts as corrected, of true ones, mean | {', '.join(f'{m:.3f}' for m in means)} |"
    yield f"| uncorrected, all four | {np.mean(raw):.3f} |"
    yield f"| true count within the limits | {rate(covered, 4 * worlds)} |"
    yield f"| delay falsely said to have changed | {rate(changed, worlds)} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=WORLDS)
    worlds = parser.parse_args().worlds
    print(f"\n{worlds:,} simulated worlds a row, 12 weeks of campaign, 112 before")
    for part in (verdicts, displacements, delays, rebounds):
        print()
        for line in part(worlds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
