"""Figures never contradict one another, whatever the counts; nor after any course of events."""

import math
import random
from pathlib import Path

import pytest
from history import MINUTE
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import with_tables
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.scorecard import Counts, Cube, Figure
from lianzhi.chain.scorecard_figures import SPECS, card
from lianzhi.office.complaints import Complaint
from lianzhi.store.scorecard import CUBES, SPANS, read
from process_house import DAY, HOUR, LI, START, WANG, ZHAO, ProcessHouse, mute

#: Values that a dimension takes in these counts; of others any two words.
VALUES = {
    "status": ("ordered", "applied", "lapsed", "lifted", "upheld", "overturned", "waiting"),
    "outcome": ("settled", "false_positive", "upheld"),
    "offer": ("none", "offered", "accepted"),
    "look": ("sample", "golden"),
    "state": ("waiting", "closed", "end_only", "broken"),
    "reached": ("yes", "no", "waiting"),
    "mode": ("queued", "manual"),
}
DIMS = {
    name: tuple(c.name.removeprefix("d_") for c in queries[0].selected_columns)[:-1]
    for name, queries in CUBES.items()
} | {"chains": ("state",)}


def cubes(name: str) -> st.SearchStrategy[Cube]:
    cell = st.tuples(*(st.sampled_from(VALUES.get(dim, ("yes", "no"))) for dim in DIMS[name]))
    cells = st.dictionaries(cell, st.integers(1, 400), max_size=8)
    return cells.map(lambda found: Cube(DIMS[name], found))


COUNTS = st.builds(
    Counts,
    since=st.just(0),
    until=st.just(1),
    at=st.just(1),
    cubes=st.fixed_dictionaries({name: cubes(name) for name in DIMS}),
    spans=st.fixed_dictionaries(
        {name: st.lists(st.integers(0, 10**9), max_size=40).map(sorted) for name in SPANS}
    ),
)


def holds(figure: Figure) -> None:
    """What must be true of any figure."""
    if figure.value is None:
        assert figure.lo is None
        assert figure.hi is None
        return
    lo = -math.inf if figure.lo is None else figure.lo
    hi = math.inf if figure.hi is None else figure.hi
    assert lo <= figure.value <= hi
    if figure.kind == "share":
        assert 0 <= figure.value <= 1
        assert figure.lo is None or 0 <= lo <= hi <= 1
        assert 0 <= (figure.hits or 0) <= figure.n


@given(COUNTS)
@settings(max_examples=60)
def test_figures_hold_and_parts_add_up(counts: Counts) -> None:
    found = card(counts)
    for figure in found.figures:
        holds(figure)
    for spec in SPECS:
        if spec.kind not in ("count", "share") or not spec.whole:
            continue
        whole = found.of(spec.key)
        for dims in spec.by:
            parts = found.parts(spec.key, *dims)
            assert sum(one.n for one in parts) == whole.n
            if spec.kind == "share":
                assert sum(one.hits or 0 for one in parts) == whole.hits


@pytest.mark.parametrize("seed", range(4))
def test_no_course_of_events_makes_them_contradict(tmp_path: Path, seed: int) -> None:
    """People do this and that, now against the rules; the figures of any period agree."""
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    house, chance = ProcessHouse(engine, tmp_path), random.Random(seed)
    open_cases: list[str] = []
    decided: list[str] = []
    appeals: list[str] = []
    at = START
    for n in range(60):
        at += chance.choice((MINUTE, HOUR, DAY))
        people = ("f1", "f2", "f3", "inciter", "loud")
        try:
            match chance.randrange(9):
                case 0 | 1:
                    open_cases.append(house.pile_on(about=f"v{n}", at=at, first=100 * n))
                case 2 if open_cases:
                    mode = chance.choice(("queued", "manual", "shadow"))
                    asked = mute(house.token(chance.choice(people)), mode=mode)
                    case = chance.choice(open_cases)
                    decided.append(house.decisions.decide(case, asked, LI, at))
                case 3 if decided:
                    who = chance.choice(people)
                    appeals.append(
                        house.redress.file(chance.choice(decided), "affected", who, "No.", at)
                    )
                case 4 if appeals:
                    outcome = chance.choice(("upheld", "overturned"))
                    house.redress.answer(chance.choice(appeals), outcome, (), "So.", WANG, at)
                case 5 if open_cases:
                    outcome = chance.choice(("settled", "false_positive"))
                    house.casework.close_case(chance.choice(open_cases), outcome, "So.", LI, at)
                case 6 if open_cases:
                    house.casework.revisit(
                        chance.choice(open_cases), chance.random() < 0.5, "", LI, at
                    )
                case 7:
                    complaint = Complaint(category="insult", channel="web", reporter=f"r{n}")
                    house.complaints.receive(complaint, "key", at)
                case _ if decided:
                    house.decisions.reverse(chance.choice(decided), (), "So.", ZHAO, at)
        except IllegalStepError:
            pass
        house.measures.lapse(at)
    for since, until in ((START, at + 1), (START, (START + at) // 2), ((START + at) // 2, at + 1)):
        found = card(read(engine, since, until, at, house.policy))
        assert found.contradictions == ()
        for figure in found.figures:
            holds(figure)
    assert card(read(engine, START, at + 1, at, house.policy)).of("cases.opened").n > 5
    engine.dispose()
