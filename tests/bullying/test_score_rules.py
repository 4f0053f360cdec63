"""The score of a pile-on, held against its definition: which window counts, and what adds to it."""

from math import log, log1p

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection import windows
from lianzhi.domains.bullying.detection.arrivals import Weights
from lianzhi.domains.bullying.detection.score import score
from lianzhi.domains.bullying.detection.state import DAY_MS, Arrival, Person
from lianzhi.stats import poisson

POLICY = policy.load().latest()[1]
WEIGHTS = Weights(POLICY)
MARKS, RATE = POLICY.marks, POLICY.rate
LEAST = POLICY.stages.least_harmful
SPANS = [minutes * 60_000 for minutes in RATE.windows_minutes]
AT = 20_000 * DAY_MS


def came(ago: int = 0, weight: float = 2.0, **more) -> Arrival:
    """Somebody who came so many ms ago."""
    fields = {
        "time": AT - ago,
        "first": AT - ago,
        "weight": weight,
        "age_weight": 0.0,
        "harmful": True,
        "inciting": False,
        "counter": False,
        "via": None,
        "source": "s",
        "event": "e",
        "seq": 0,
        "stranger": True,
    }
    return Arrival(**(fields | more))


def person(*arrivals: Arrival, **more) -> Person:
    latest_last = sorted(arrivals, key=lambda arrival: arrival.time)
    recent = {f"a{n}": arrival for n, arrival in enumerate(latest_last)}
    return msgspec.structs.replace(Person(AT, AT // DAY_MS), recent=recent, **more)


quarters = st.integers(-4, 12).map(lambda n: n / 4)  # sums of these are exact
agos = st.sampled_from([0, *(span + d for span in SPANS for d in (-1, 0, 1))]) | st.integers(
    0, SPANS[-1]
)
arrivals = st.builds(came, agos, quarters, harmful=st.booleans()) | st.builds(
    came,
    agos,
    st.integers(1, 6).map(lambda n: n / 4),
    harmful=st.booleans(),
    stranger=st.just(False),
)
people = st.builds(
    lambda crowd, strangers, days, cusum, onset: person(
        *crowd, strangers=strangers, days=days, cusum=cusum, onset=AT - onset
    ),
    st.lists(arrivals, max_size=14),
    st.floats(0, 80),
    st.floats(0, 30),
    st.floats(0, 40),
    agos,
)


def usual(someone: Person) -> tuple[float, float]:
    base = POLICY.baseline
    return base.prior_strangers + someone.strangers, base.prior_days + someone.days


def surprise(someone: Person, place: int, strangers: list[int]) -> float:
    """Nats by which the strangers of a window surprise; `strangers` came within each span."""
    shape, days = usual(someone)
    here, span = strangers[place], SPANS[place] / DAY_MS
    nats = -log(poisson.predictive_tail(here - 1, shape, days, span))
    if someone.onset > AT - SPANS[place]:
        nats = max(nats, someone.cusum - RATE.onset_points)
    # A surge that was under way explains them; it is known as badly as one day tells of another.
    busiest = shape / days
    for longer in range(place + 1, len(SPANS)):
        before = RATE.day_shape + strangers[longer] - here
        exposure = RATE.day_shape * days / shape + (SPANS[longer] - SPANS[place]) / DAY_MS
        if before / exposure > busiest:
            busiest = before / exposure
            nats = min(nats, -log(poisson.predictive_tail(here - 1, before, exposure, span)))
    return nats


def best(someone: Person) -> tuple[float, int, float, float, float, int] | None:
    """Definition of the best window, each span counted by itself: total, span, points of the
    number, of the strangers' texts, of acquaintances', and how many came."""
    inside = [[a for a in someone.recent.values() if a.time > AT - span] for span in SPANS]
    strangers = [sum(a.stranger for a in crowd) for crowd in inside]
    shape, days = usual(someone)
    found = None
    for place, crowd in enumerate(inside):
        if sum(a.harmful for a in crowd) < LEAST or not strangers[place]:
            continue
        if place and len(crowd) == len(inside[place - 1]):
            continue  # it says what the shorter one said
        cap = RATE.surge_points + RATE.surge_per_history * log1p(days)
        cap += RATE.surge_per_size * log(strangers[place])
        number = min(cap, surprise(someone, place, strangers))
        number -= RATE.looks_weight * log1p(shape / days)
        texts = sum(a.weight for a in crowd if a.stranger)
        known = sum(a.weight for a in crowd if not a.stranger)
        known = min(POLICY.harm.acquaintances_most_points, known)
        total = number + texts + known
        if found is None or total > found[0]:
            found = (total, SPANS[place], number, texts, known, len(crowd))
    return found


JUST_NOW = [came(weight=1.0) for _ in range(3)]
BUSY = {"strangers": 400.0, "days": 1.0}
SURGE = [came(ago=SPANS[0] + n, weight=-1.0, harmful=False) for n in range(30)]
DOUBTFUL = [came(weight=-1.0), came(weight=-1.0)]


@settings(max_examples=400)
@given(people)
@example(
    person(*JUST_NOW, *SURGE, **BUSY)
)  # the surge before them explains most of those who come now
@example(
    person(*JUST_NOW, cusum=1e6, onset=AT - SPANS[0], **BUSY)
)  # it left zero before the window
@example(person(*JUST_NOW, cusum=1e6, onset=AT - SPANS[0] - 1, **BUSY))
@example(person(*JUST_NOW, came(SPANS[1], -9.0), cusum=1e6, onset=AT - SPANS[0], **BUSY))
@example(person(*DOUBTFUL, came(ago=SPANS[0], weight=0.25), cusum=1e6, onset=AT))
def test_the_window_that_speaks_most_counts_and_of_equal_ones_the_shortest(someone):
    sight, expected = windows.look(someone, AT, POLICY), best(someone)
    if expected is None:
        assert sight is None
        assert score(someone, AT, WEIGHTS, POLICY) == (0.0, ())
        return
    assert sight is not None
    _, span, number, texts, known, count = expected
    assert (sight.window, sight.harm, sight.known) == (span, texts, known)
    assert sight.rate == pytest.approx(number, abs=1e-9)
    latest_first = list(someone.recent.values())[::-1]
    assert sight.arrivals == latest_first[:count]


@given(people, st.integers(0, 3))
@example(person(came(weight=3.0), came(ago=SPANS[0], weight=-1.0)), 0)
def test_no_score_exceeds_the_bound_that_spares_a_look(someone, reporters):
    someone.reporters = {f"r{n}": 1.0 for n in range(reporters)}
    points, _ = score(someone, AT, WEIGHTS, POLICY)
    if points:
        assert points <= windows.upper_bound(someone, POLICY) + 1e-9


def worst(strangers: int, *, known: bool = False, reported: bool = False) -> Person:
    """Everything at once that a window can say against a crowd."""
    crowd = [came(weight=3.0, age_weight=3.0, via="g") for _ in range(strangers)]
    if known:
        crowd.append(came(weight=9.0, stranger=False, via="g", age_weight=3.0))
    reporters = {f"r{n}": 1.0 for n in range(9)} if reported else {}
    return person(*crowd, cusum=1e6, onset=AT, reporters=reporters)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("reported", [False, True])
@pytest.mark.parametrize("strangers", [MARKS.referral_least, 9])
def test_a_crowd_against_which_everything_speaks_reaches_the_bound(strangers, known, reported):
    someone = worst(strangers, known=known, reported=reported)
    points, _ = score(someone, AT, WEIGHTS, POLICY)
    assert points == pytest.approx(windows.upper_bound(someone, POLICY))


def test_a_single_stranger_is_no_crowd_to_the_bound():
    someone = person(came(), came(stranger=False), cusum=1e6, onset=AT)
    points, _ = score(someone, AT, WEIGHTS, POLICY)
    rest = MARKS.most_points + MARKS.referral_points
    rest += POLICY.harm.acquaintances_most_points - 2.0  # what the acquaintance's text adds
    assert points + rest == pytest.approx(windows.upper_bound(someone, POLICY))


def test_too_few_harmful_accounts_are_never_looked_at():
    few = [came() for _ in range(LEAST - 1)]
    many = [came(harmful=False) for _ in range(30)]
    someone = person(*few, *many, cusum=1e6, onset=AT)
    assert windows.upper_bound(someone, POLICY) == 0
    assert windows.look(someone, AT, POLICY) is None
    assert windows.look(person(*few, came(), *many), AT, POLICY) is not None


def test_where_a_single_account_is_enough_its_own_window_counts():
    stages = msgspec.structs.replace(POLICY.stages, least_harmful=1)
    quick = msgspec.structs.replace(POLICY, stages=stages)
    sight = windows.look(person(came(), came(ago=SPANS[0], weight=-30.0)), AT, quick)
    assert sight is not None
    assert (sight.window, sight.harm) == (SPANS[0], 2.0)


def test_nobody_at_hand_is_no_pile_on():
    assert windows.look(person(cusum=1e6, onset=AT), AT, POLICY) is None


def test_a_crowd_of_acquaintances_alone_is_no_pile_on():
    assert windows.look(person(*(came(stranger=False) for _ in range(9))), AT, POLICY) is None


def reasons(*crowd: Arrival, **more):
    """Feature -> reason, of a crowd that came just now."""
    points, given = score(person(*crowd, **more), AT, WEIGHTS, POLICY)
    assert points == pytest.approx(sum(reason.points for reason in given))
    return {reason.feature: reason for reason in given}


def test_reasons_count_what_they_speak_of():
    crowd = [came(), came(), came(harmful=False), came(stranger=False)]
    given = reasons(*crowd, strangers=7.0, days=10.0)
    shape, days = usual(person(strangers=7.0, days=10.0))
    assert given["strangers"].value == 3
    assert given["strangers"].expected == pytest.approx(shape / days * SPANS[0] / DAY_MS)
    assert (given["harm"].value, given["harm"].points) == (2, 6.0)
    assert given["harm"].expected == pytest.approx(3 * WEIGHTS.harm_share(person()))
    assert (given["acquaintances"].value, given["acquaintances"].expected) == (1, 0)
    assert {reason.window for reason in given.values()} == {SPANS[0]}
    assert "acquaintances" not in reasons(*crowd[:3])


def test_the_age_of_accounts_speaks_where_it_is_known_and_within_bounds():
    most = MARKS.most_points
    assert "new_accounts" not in reasons(came(), came())

    def aged(*weights: float):
        return reasons(came(), came(), *(came(age_weight=weight) for weight in weights))[
            "new_accounts"
        ]

    assert (aged(0.5).points, aged(0.5).value) == (0.5, 1)
    mixed = aged(0.5, -0.25, 0.5)
    assert (mixed.points, mixed.value) == (0.75, 2)
    assert mixed.expected == pytest.approx(3 * MARKS.new_share)
    assert aged(*[0.5] * 20).points == most
    assert aged(*[-0.5] * 20).points == -most


@pytest.mark.parametrize(
    ("by_the_way", "others", "referred"),
    [
        (MARKS.referral_least, 0, True),
        (MARKS.referral_least - 1, 0, False),
        (2 * MARKS.referral_least, 2 * MARKS.referral_least, True),  # just the share that tells
        (2 * MARKS.referral_least, 2 * MARKS.referral_least + 1, False),
    ],
)
def test_a_share_that_comes_one_way_was_sent(by_the_way, others, referred):
    assert MARKS.referral_share == 0.5
    crowd = [came(via="g") for _ in range(by_the_way)] + [came() for _ in range(others)]
    given = reasons(*crowd)
    assert ("referral" in given) is referred
    if referred:
        reason = given["referral"]
        assert (reason.points, reason.value, reason.expected) == (
            *(MARKS.referral_points, by_the_way, 0),
        )


def test_the_busiest_way_counts_whichever_came_first():
    crowd = [came(via="a")] + [came(via="b") for _ in range(6)] + [came(via="c")]
    assert reasons(*crowd)["referral"].value == 6


def test_a_crowd_that_is_sent_and_harmless_is_no_mark():
    friends = [came(stranger=False, via="g") for _ in range(LEAST)]

    def sent(harmful: int):
        rest = [came(via="g", harmful=n < harmful) for n in range(9)]
        return "referral" in reasons(*friends, *rest)

    assert not sent(0)
    assert sent(1)
    assert sent(2)


def test_reports_add_by_reliability_up_to_a_bound():
    def reported(*reliabilities: float):
        reporters = {f"r{n}": value for n, value in enumerate(reliabilities)}
        return reasons(came(), came(), reporters=reporters).get("reports")

    assert reported() is None
    assert reported(0.0) is None
    reason = reported(0.5, 1.0)
    assert reason is not None
    assert reason.points == pytest.approx(1.5 * MARKS.report_points)
    assert (reason.value, reason.expected, reason.window) == (2, 0, DAY_MS)
    assert reported(*[1.0] * 20).points == MARKS.report_most_points
