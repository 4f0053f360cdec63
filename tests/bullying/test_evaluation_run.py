"""From events to figures: a perfect and a deaf candidate, the baselines, the command."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import pytest
from click.testing import CliRunner

from lianzhi.chain.event import Event
from lianzhi.domains.bullying.commands import bullying
from lianzhi.domains.bullying.evaluation import plots
from lianzhi.domains.bullying.evaluation.baselines import BASELINES, HourlyCounts, StrangerPoisson
from lianzhi.domains.bullying.evaluation.figures import Report
from lianzhi.domains.bullying.evaluation.run import evaluate
from lianzhi.domains.bullying.evaluation.scenario import EvaluationError
from lianzhi.domains.bullying.evaluation.scoring import Findings, Scored, traces

MINUTE = 60_000


@dataclass(frozen=True)
class Deaf:
    """Never scores anything."""

    name: str = "deaf"

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        yield from ()
        for _ in events:
            pass


@dataclass(frozen=True)
class Nervous:
    """Always scores the same, and is always alarmed."""

    name: str = "nervous"

    def score_stream(self, events: Iterable[Event]) -> Iterator[Scored]:
        for event in events:
            yield Scored(event.target or "", event.time, 1.0, "act")


def contact(number: int, minute: float, actor: str) -> Event:
    return Event(
        id=f"{number:04}",
        source="s",
        kind="comment",
        time=int(minute * MINUTE),
        actor=actor,
        target="t",
    )


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate([*BASELINES, Deaf(), Nervous()], plan="quick", seed=2)


def test_every_candidate_meets_every_background(report):
    assert [b.name for b in report.backgrounds] == ["organic", "organic, with surges"]
    assert report.texts == "our own sentences"
    for where in report.backgrounds:
        assert [c.candidate for c in where.candidates] == [
            *(b.name for b in BASELINES),
            "deaf",
            "nervous",
        ]
        assert sum(where.target_days.values()) > 200


def test_figures_lie_within_their_intervals(report):
    rows = [o for b in report.backgrounds for c in b.candidates for o in c.operating]
    for found in rows:
        for row in (*found.pile_ons, *found.surges_warned, *found.surges_acted):
            assert 0 <= row.recall.lo <= row.recall.value <= row.recall.hi <= 1
            assert row.landed.lo <= row.landed.value <= row.landed.hi
            assert (row.recall.value == 0) <= (row.landed.value == 1)
        for false in found.false_alarms:
            assert false.per_1000.lo <= false.per_1000.value <= false.per_1000.hi


def test_the_deaf_find_nothing_and_alarm_nobody(report):
    deaf = report.backgrounds[0].candidates[-2]
    for found in deaf.operating:
        assert all(row.recall.value == 0 for row in found.pile_ons)
        assert all(f.alarms == 0 for f in found.false_alarms)


def test_the_nervous_get_no_credit(report):
    """An alarm that never stops is a false alarm every day and finds nobody who was known."""
    nervous = report.backgrounds[0].candidates[-1]
    policy = next(o for o in nervous.operating if o.name == "policy")
    everyone = next(f for f in policy.false_alarms if f.group == "all")
    assert everyone.per_1000.value > 500
    busy = [r for r in policy.pile_ons if r.group == ">20"]
    assert busy
    found = sum(row.recall.value * row.trials for row in busy)
    assert found < sum(row.trials for row in busy) / 2


def test_more_alarms_find_more(report):
    for where in report.backgrounds:
        poisson = where.candidates[1].curve
        points = sorted(
            (p.threshold, p.per_1000, p.recall)
            for p in poisson
            if (p.people, p.group) == (40, "<=5")
        )
        assert len(points) > 5
        assert all(a[1] >= b[1] for a, b in pairwise(points))
        assert max(recall for _, _, recall in points) == 1.0


def test_strangers_in_a_burst_score_high_and_regulars_do_not():
    calm = [contact(n, n * 600, f"friend{n % 5}") for n in range(300)]
    start = 300 * 600
    burst = [contact(1000 + n, start + n, f"new{n}") for n in range(20)]
    chat = [contact(1000 + n, start + n, f"friend{n % 5}") for n in range(20)]
    alarmed = traces(StrangerPoisson(), [*calm, *burst])["t"]
    assert alarmed.score.max() > 10
    quiet = traces(StrangerPoisson(), [*calm, *chat]).get("t")
    assert quiet is None or quiet.score.max() < 5
    assert traces(HourlyCounts(), [*calm, *chat])["t"].score.max() > 5


@pytest.mark.parametrize("candidate", BASELINES, ids=lambda c: c.name)
def test_scores_do_not_depend_on_other_targets(candidate):
    own = [contact(n, n * 7 % 4000, f"a{n}") for n in range(60)]
    own.sort(key=lambda e: (e.time, e.id))
    others = [msgspec.structs.replace(e, id="x" + e.id, target="other") for e in own]
    both = sorted([*own, *others], key=lambda e: (e.time, e.source, e.id))
    alone, among = traces(candidate, own)["t"], traces(candidate, both)["t"]
    assert alone.at.tolist() == among.at.tolist()
    assert alone.score.tolist() == among.score.tolist()


def test_a_detector_s_findings_are_a_candidate():
    from lianzhi.chain.finding import Finding, finding_id

    class EveryTenth:
        name = "tenth"

        def key(self, event):
            return event.target

        def init(self):
            return 0

        def step(self, state, events):
            found = []
            for event in events:
                state += 1
                if state % 10 == 0:
                    name = finding_id("k", event.target, 0, "warn", event.time)
                    found.append(
                        Finding(
                            id=name,
                            kind="k",
                            stage="warn",
                            about=event.target,
                            at=event.time,
                            since=0,
                            score=float(state),
                        )
                    )
            return state, found

        def forget(self, state, subject):
            return state

        def dump(self, state):
            return b""

        def load(self, data):
            return 0

    trace = traces(Findings(EveryTenth()), [contact(n, n, "a") for n in range(25)])["t"]
    assert trace.score.tolist() == [10.0, 20.0]
    assert trace.rank.tolist() == [1.0, 1.0]
    assert trace.within(0, 10 * MINUTE).at.tolist() == [9 * MINUTE]


def test_an_unknown_plan_is_refused():
    with pytest.raises(EvaluationError, match="plan is 'huge'; give one of full, quick"):
        evaluate([], plan="huge")


@pytest.mark.slow
def test_pictures_are_drawn(report, tmp_path):
    paths = plots.draw(report, tmp_path)
    assert len(paths) == 4
    assert all(path.stat().st_size > 10_000 for path in paths)


@pytest.mark.slow
def test_the_command_prints_and_writes(tmp_path):
    run = CliRunner().invoke(
        bullying, ["evaluate", "--quick", "--json", "--no-baselines", "--out", str(tmp_path)]
    )
    assert run.exit_code == 0, run.output
    told = msgspec.json.decode((tmp_path / "report.json").read_bytes())
    assert msgspec.json.decode(run.stdout) == told
    (ours,) = told["backgrounds"][0]["candidates"]
    assert {o["name"] for o in ours["operating"]} == {"fitted on <=5", "fitted on all", "policy"}


def test_the_command_refuses_a_folder_without_comments(tmp_path):
    run = CliRunner().invoke(bullying, ["evaluate", "--quick", "--texts", str(tmp_path)])
    assert run.exit_code == 1
    assert "test.csv is missing" in run.output
