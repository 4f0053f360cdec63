"""The simulator does what the scenario says, and the same seed says the same."""

from dataclasses import fields

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.event import CONTACT_KINDS
from lianzhi.domains.bullying.evaluation.arrivals import recorded
from lianzhi.domains.bullying.evaluation.background import STRATA, background, stratum
from lianzhi.domains.bullying.evaluation.columns import (
    DAY,
    HOUR,
    KIND_CODES,
    MINUTE,
    Columns,
    first_contacts,
    make,
    to_events,
)
from lianzhi.domains.bullying.evaluation.crowds import LONGEST, Scene, gather, lags
from lianzhi.domains.bullying.evaluation.organic import START, organic, popularity
from lianzhi.domains.bullying.evaluation.scenario import (
    PILE_ONS,
    SURGES,
    EvaluationError,
    scenario,
)
from lianzhi.domains.bullying.evaluation.texts import load_texts
from lianzhi.domains.bullying.evaluation.trials import NEW, TAIL, trials

TOLD = scenario()
TEXTS = load_texts(None, seed=0)
QUICK = TOLD.plans["quick"]
CALM = organic(TOLD.organic, TOLD.crowds, QUICK, TEXTS, seed=3)


def scene(contacts: int = 500) -> Scene:
    known = np.arange(contacts, dtype=np.int64)
    return Scene(7, START, known, np.full(contacts, START - DAY), np.arange(3), "report")


def equal(one: Columns, other: Columns) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


@pytest.mark.parametrize(("people", "hours"), [(20, 1.0), (40, 2.0), (80, 2.0)])
def test_lags_have_the_stated_median_and_spread(people, hours):
    rng = np.random.default_rng(0)
    got = lags(rng, TOLD.crowds["pile_on"].lag_hours[people] * HOUR, 1.0, 40_000, LONGEST)
    assert np.median(got) == pytest.approx(hours * HOUR, rel=0.03)
    assert np.log(got).std() == pytest.approx(1.0, abs=0.03)
    assert got.max() <= LONGEST


def test_a_pile_on_has_the_stated_strangers_harm_and_repeats():
    rng, crowd = np.random.default_rng(1), TOLD.crowds["pile_on"]
    crowds = [gather(rng, crowd, 40, scene(), TEXTS) for _ in range(150)]
    people = [np.unique(c.actor, return_index=True) for c in crowds]
    assert all(len(actors) == 40 for actors, _ in people)
    assert all((actors >= 500).sum() == 32 for actors, _ in people)
    harmful = set(TEXTS.pools["harmful", "report"].tolist())
    said = np.concatenate([c.text[c.text >= 0] for c in crowds])
    assert np.mean([t in harmful for t in said.tolist()]) == pytest.approx(0.6, abs=0.02)
    extra = np.mean([len(c) for c in crowds]) / 40 - 1
    assert extra == pytest.approx(crowd.repeaters * 2, abs=0.05)
    private = np.concatenate([c.text[c.kind == KIND_CODES["private_message"]] for c in crowds])
    assert (private < 0).all()


@settings(max_examples=40)
@given(
    st.sampled_from([(n, p) for n in (*PILE_ONS, *SURGES) for p in TOLD.crowds[n].lag_hours]),
    st.integers(0, 10**6),
    st.integers(0, 50),
)
def test_no_crowd_event_lies_outside_its_interval(crowd, seed, contacts):
    name, people = crowd
    where = scene(contacts)
    got = gather(np.random.default_rng(seed), TOLD.crowds[name], people, where, TEXTS)
    assert (np.diff(got.time) >= 0).all()
    assert got.time[0] >= where.onset
    assert got.time[-1] <= where.onset + LONGEST
    assert (got.created <= got.time).all()
    assert set(got.reply[got.reply >= 0]) <= set(got.key)
    again = gather(np.random.default_rng(seed), TOLD.crowds[name], people, where, TEXTS)
    assert equal(got, again)


def test_a_referred_pile_on_traces_to_one_group():
    got = gather(np.random.default_rng(2), TOLD.crowds["referred_pile_on"], 40, scene(), TEXTS)
    groups = got.group[got.group >= 0]
    assert len(np.unique(groups)) == 1
    assert 0.5 < len(groups) / len(got) < 0.9


def test_a_report_flood_says_nothing():
    got = gather(np.random.default_rng(2), TOLD.crowds["report_flood"], 40, scene(), TEXTS)
    assert set(got.kind) == {KIND_CODES["report"]}
    assert (got.text < 0).all()


def test_the_same_seed_gives_the_same_life_and_another_one_another():
    again = organic(TOLD.organic, TOLD.crowds, QUICK, TEXTS, seed=3)
    other = organic(TOLD.organic, TOLD.crowds, QUICK, TEXTS, seed=4)
    assert equal(CALM.events, again.events)
    assert not equal(CALM.events.take(slice(0, 100)), other.events.take(slice(0, 100)))


def test_ordinary_life_keeps_to_its_days_and_ids():
    events = CALM.events
    assert events.time.min() >= START
    assert events.time.max() < CALM.end
    assert len(np.unique(events.key)) == len(events)
    assert (events.created <= events.time).all()
    assert CALM.warm < CALM.split < CALM.end


def test_ordinary_life_has_rhythm_rudeness_and_bursts():
    plan = msgspec.structs.replace(QUICK, targets=200, days=28)
    events = organic(TOLD.organic, TOLD.crowds, plan, TEXTS, seed=5).events
    hours = np.bincount(events.time // HOUR % 24, minlength=24)
    assert hours[21] > 3 * hours[4]
    harmful = np.concatenate([TEXTS.pools["harmful", part] for part in ("fit", "report")])
    rude = np.isin(events.text[events.text >= 0], harmful).mean()
    assert 0.03 < rude < 0.07
    busiest = np.bincount(events.target).argmax()
    days = np.bincount((events.time[events.target == busiest] - START) // DAY, minlength=28)
    assert days.var() > 2 * days.mean()


def test_popularity_is_a_bounded_power_law():
    rates = popularity(np.random.default_rng(0), TOLD.organic, 50_000)
    spec = TOLD.organic
    assert spec.stranger_rate_min <= rates.min()
    assert rates.max() <= spec.stranger_rate_max
    reach = 1 - (spec.stranger_rate_min / spec.stranger_rate_max) ** spec.stranger_rate_exponent
    above = (1.0 / spec.stranger_rate_min) ** -spec.stranger_rate_exponent
    expected = (above - (1 - reach)) / reach
    assert (rates > 1).mean() == pytest.approx(expected, abs=0.01)


def test_surges_come_only_in_the_restless_variant():
    praise = np.concatenate([TEXTS.pools["praise", part] for part in ("fit", "report")])
    plan = msgspec.structs.replace(QUICK, targets=300)
    for surges in (False, True):
        events = organic(TOLD.organic, TOLD.crowds, plan, TEXTS, seed=1, surges=surges).events
        assert np.isin(events.text, praise).any() == surges


def test_a_stranger_has_not_been_in_touch_for_ninety_days():
    days = np.array([0, 1, 80, 171, 262])
    size = len(days)
    columns = make(
        np.random.default_rng(0),
        time=days * DAY,
        kind=np.array(
            [KIND_CODES[k] for k in ("comment", "comment", "like", "comment", "mention")]
        ),
        actor=np.zeros(size, dtype=np.int64),
        target=np.zeros(size, dtype=np.int64),
    )
    assert first_contacts(columns).tolist() == [True, False, False, True, True]


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.integers(0, 2)), max_size=40))
def test_strangers_agree_with_the_slow_way(rows):
    rows = sorted(rows)
    time, actor, target = (np.array([r[n] for r in rows], dtype=np.int64) for n in range(3))
    kind = np.full(len(rows), KIND_CODES["comment"])
    columns = make(np.random.default_rng(0), time=time * DAY, kind=kind, actor=actor, target=target)
    last: dict[tuple[int, int], int] = {}
    expected = []
    for day, who, whom in rows:
        expected.append((who, whom) not in last or day - last[who, whom] > 90)
        last[who, whom] = day
    assert first_contacts(columns).tolist() == expected


@given(st.floats(0, 1e6))
def test_each_rate_has_one_stratum(rate):
    assert sum(over < rate <= up_to for over, up_to in STRATA.values()) == 1
    assert stratum(rate) in STRATA


def test_strata_and_target_days_of_a_hand_made_background():
    quiet = [0, 12, 48]  # three strangers over two days
    loud = list(range(24))  # one an hour, over less than a day
    hours = np.array([*quiet, *loud])
    target = np.repeat([0, 1], [len(quiet), len(loud)])
    size = len(hours)
    events = make(
        np.random.default_rng(0),
        time=hours * HOUR,
        kind=np.full(size, KIND_CODES["comment"]),
        actor=np.arange(size),
        target=target,
    )
    where = background("hand", events, [], warm=0, split=24 * HOUR, end=48 * HOUR)
    assert where.stranger_rate.tolist() == [1.5, 24.0]
    assert [where.stratum(0), where.stratum(1)] == ["1-5", ">20"]
    assert where.target_days(0, where.end).tolist() == pytest.approx([2.0, 23 / 24])
    assert where.target_days(where.split, where.end).tolist() == [0.0, 0.0]


def test_trials_carry_their_target_s_past_and_their_crowd():
    counts = {**QUICK.trials, NEW: 2}
    drawn = list(trials(CALM, TOLD.crowds, QUICK, counts, texts=TEXTS, seed=1))
    assert {t.crowd for t in drawn} == {*PILE_ONS, *SURGES}
    for trial in drawn:
        assert len(np.unique(trial.events.target)) == 1
        assert len(trial.events) <= QUICK.history_events + len(trial.times) + 4000
        assert (np.diff(trial.events.time) >= 0).all()
        assert trial.start >= CALM.split
        assert trial.events.time[-1] <= trial.times[-1] + TAIL
        assert np.isin(trial.times, trial.events.time).all()
        if trial.stratum == NEW:
            assert len(trial.events) == len(trial.times)


def test_events_are_the_platform_s_own_kind():
    rows = CALM.events.take(slice(0, 300))
    events = list(to_events(rows, TEXTS.table, prefix="x"))
    assert len({e.id for e in events}) == 300
    assert all(e.target and e.target.startswith("xt") and e.actor_created for e in events)
    assert all(e.text is None for e in events if e.kind in {"private_message", "like", "follow"})
    assert any(e.kind in CONTACT_KINDS and e.text for e in events)
    assert msgspec.json.decode(msgspec.json.encode(events[0]), type=type(events[0])) == events[0]


def test_a_crowd_is_drawn_like_anyone_else():
    """Nothing but behaviour tells attackers apart: same ranges of ids, actors and ages."""
    crowd = gather(np.random.default_rng(0), TOLD.crowds["pile_on"], 80, scene(0), TEXTS)
    assert crowd.actor.max() < 10**9
    assert np.median(crowd.actor) > 10**8
    assert np.median(crowd.key) > 2**60
    old = (crowd.time - crowd.created) / DAY
    assert 0.05 < (old < 30).mean() < 0.3


def test_recorded_arrivals_keep_times_and_structure(tmp_path):
    path = tmp_path / "shares.csv"
    lines = [f"o{n % 4},a{n % 7},c{n},{1_600_000_000 + 3600 * n}" for n in range(200)]
    path.write_text("object_id,account_id,content_id,timestamp_share\n" + "\n".join(lines))
    where = recorded(path, TOLD.recorded, TEXTS, seed=1)
    assert where.targets == 4
    assert len(np.unique(where.events.actor)) == 7
    assert sorted(where.events.time) == [(1_600_000_000 + 3600 * n) * 1000 for n in range(200)]
    fit = where.target_days(where.warm, where.split - 1).sum()
    held = where.target_days(where.split, where.end).sum()
    assert held >= fit > 0
    ages = {(a, c) for a, c in zip(where.events.actor, where.events.created, strict=True)}
    assert len(ages) == 7


def test_own_events_keep_their_texts(tmp_path):
    path = tmp_path / "own.ndjson"
    rows = [
        {
            "id": str(n),
            "source": "s",
            "kind": "comment",
            "actor": f"a{n}",
            "target": "t",
            "time": 1_700_000_000_000 + n * MINUTE,
            "text": f"text {n}",
        }
        for n in range(3)
    ]
    rows[2]["time"] = "2023-11-14T22:15:20Z"
    path.write_bytes(b"\n".join(msgspec.json.encode(r) for r in rows))
    where = recorded(path, TOLD.recorded, TEXTS, seed=1)
    events = list(to_events(where.events, where.texts))
    assert [e.text for e in events] == ["text 0", "text 1", "text 2"]
    assert [e.time for e in events] == [1_700_000_000_000 + n * MINUTE for n in range(3)]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "object_id,account_id\nx,y\n", "line 2: needs object_id"),
        ("a.ndjson", '{"kind": "shout", "time": 1, "actor": "a"}', "line 1: kind is 'shout'"),
        ("a.ndjson", '{"kind": "comment", "time": "2024-01-01T00:00:00", "actor": "a"}', "zone"),
        ("a.ndjson", '{"kind": "comment", "time": 1, "actor": "a", "target": "t"}', "holds 1"),
    ],
)
def test_unusable_files_are_refused_by_line(tmp_path, name, text, says):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(EvaluationError, match=says):
        recorded(path, TOLD.recorded, TEXTS, seed=1)


def test_labelled_comments_fill_the_pools_half_to_fit_half_to_report(tmp_path):
    rows = [f"{n},{n % 2},{('kind', 'rude')[n % 2]} {n}" for n in range(20)]
    (tmp_path / "test.csv").write_text(",label,TEXT\n" + "\n".join(rows) + "\n")
    texts = load_texts(tmp_path, seed=0)
    said = {key: {texts.table[i] for i in pool} for key, pool in texts.pools.items()}
    for pool, word in (("benign", "kind"), ("harmful", "rude")):
        fit, report = said[pool, "fit"], said[pool, "report"]
        assert (len(fit), len(report), fit & report) == (5, 5, set())
        assert all(text.startswith(word) for text in fit | report)
    assert all("rude" in text for text in said["defence", "report"])
    (tmp_path / "test.csv").unlink()
    with pytest.raises(EvaluationError, match=r"test\.csv is missing"):
        load_texts(tmp_path, seed=0)


def test_a_file_of_labelled_comments_fills_the_pools_that_it_names(tmp_path):
    path = tmp_path / "own.csv"
    rows = [f"{pool},{pool} {n}" for n in range(6) for pool in ("harmful", "defence")]
    path.write_text("pool,text\n" + "\n".join(rows) + "\n")
    texts = load_texts(path, seed=0)
    said = {key: {texts.table[i] for i in pool} for key, pool in texts.pools.items()}
    assert len(said["harmful", "fit"] | said["harmful", "report"]) == 6
    assert len(said["defence", "fit"] | said["defence", "report"]) == 6
    assert said["benign", "fit"] == {TEXTS.table[i] for i in TEXTS.pools["benign", "fit"]}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("harmful,a\nrude,b", "line 3: pool is 'rude'"),
        ("harmful,", "line 2: pool is 'harmful', text ''"),
        ("harmful,a", "two texts or more of harmful"),
        ("", "two texts or more of some pool"),
    ],
)
def test_unusable_labels_are_refused_by_line(tmp_path, rows, says):
    path = tmp_path / "own.csv"
    path.write_text(f"pool,text\n{rows}\n")
    with pytest.raises(EvaluationError, match=says):
        load_texts(path, seed=0)


def test_both_parts_of_a_pool_share_no_text():
    for pool in ("praise", "news", "question", "criticism", "benign", "harmful"):
        fit, report = ({TEXTS.table[i] for i in TEXTS.pools[pool, p]} for p in ("fit", "report"))
        assert fit
        assert not fit & report
