"""Ratings: what is bought counts less, what people think of their own counts in full."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom, kendalltau

from lianzhi.domains.astroturf.ratings.assess import Assessed, assess
from lianzhi.domains.astroturf.ratings.excess import Tail, excess, log_tail
from lianzhi.domains.astroturf.ratings.table import LEVELS, Ratings
from made_ratings import BEGIN, DAY, EACH, ITEMS, calm, joined, opinions, rows, table, within

NEW = 10_000 + np.arange(50)


def kinds(assessed: Assessed, item: int) -> set[str]:
    return {reason.kind for reason in assessed.reasons if reason.item == item}


def fillers(draw, who, each=20):
    """Ratings by which accounts look like others."""
    account = np.repeat(who, each)
    item = np.concatenate([1 + draw.permutation(ITEMS - 1)[:each] for _ in who])
    when = within(draw, account.size, 0, 2400)
    return rows(account, item, opinions(draw, 3.5, account.size), when)


def test_calm_ratings_keep_their_means_and_their_order() -> None:
    assessed = assess(table(calm()))
    assert assessed.reasons == ()
    assert (assessed.weight == 1).all()
    assert kendalltau(assessed.means.plain, assessed.means.robust)[0] > 0.98


@pytest.mark.parametrize("stars", [1.0, 5.0])
@pytest.mark.parametrize("camouflaged", [False, True])
def test_an_attack_within_two_days_hardly_moves_the_mean(stars: float, camouflaged: bool) -> None:
    draw = np.random.default_rng(3)
    some = [rows(NEW, 0, stars, within(draw, NEW.size, 60, 48))]
    if camouflaged:
        some.append(fillers(draw, NEW))
    clean = assess(table(calm())).means
    ratings = table(joined(calm(), *some))
    found = assess(ratings)
    assert abs(found.means.plain[0] - clean.plain[0]) > 0.4
    assert abs(found.means.robust[0] - clean.robust[0]) < (0.25 if camouflaged else 0.10)
    assert kinds(found, 0) == ({"burst"} if camouflaged else {"burst", "throwaway"})
    less = ratings.account[(found.weight < 0.5) & (ratings.item == 0)]
    assert np.isin(NEW, less).mean() > 0.95
    assert (less < 10_000).sum() <= 3
    assert not any(kinds(found, item) for item in range(1, ITEMS))


def test_throwaway_accounts_are_found_however_slowly_they_come() -> None:
    draw = np.random.default_rng(3)
    slow = rows(NEW, 0, 1.0, within(draw, NEW.size, 0, 2400))
    clean, found = assess(table(calm())), assess(table(joined(calm(), slow)))
    assert "throwaway" in kinds(found, 0)
    assert abs(found.means.robust[0] - clean.means.robust[0]) < 0.15


def test_a_few_accounts_that_go_from_item_to_item_count_as_one() -> None:
    draw = np.random.default_rng(3)
    army = NEW[:6]
    parts = [
        rows(army, item, 1.0, within(draw, army.size, 10 + 5 * item, 3)) for item in range(1, 12)
    ]
    parts.append(fillers(draw, army, 15))
    # A rating that an attack replaces is a filler no more.
    ratings = table(joined(*parts[:-1], calm(), parts[-1]))
    found = assess(ratings)
    groups = [reason for reason in found.reasons if reason.kind == "group"]
    assert len({reason.item for reason in groups}) >= 8
    for reason in groups:
        assert np.isin(ratings.account[reason.rows], army).all()
        assert reason.weight.sum() == pytest.approx(1)


def test_an_item_that_splits_its_public_is_not_flagged() -> None:
    draw = np.random.default_rng(3)
    made = calm()
    made[2][made[1] == 0] = draw.choice([1.0, 1.0, 2.0, 5.0, 5.0], EACH)
    found = assess(table(made))
    assert not kinds(found, 0)
    assert (found.weight == 1).all()


@pytest.mark.parametrize("seed", range(5))
def test_an_item_in_the_news_keeps_all_its_ratings(seed: int) -> None:
    draw = np.random.default_rng(seed)
    crowd = np.concatenate((NEW, 500 + np.arange(70)))
    made = calm(seed)
    usual = made[2][made[1] == 0]
    news = rows(crowd, 0, draw.choice(usual, crowd.size), within(draw, crowd.size, 50, 48))
    found = assess(table(joined(made, news)))
    assert not kinds(found, 0)
    assert (found.weight == 1).all()


def test_people_who_change_their_mind_in_a_crowd_are_told_and_count_in_full() -> None:
    draw = np.random.default_rng(1)
    crowd = np.concatenate((NEW, 200 + np.arange(70)))
    made = calm()
    made[2][made[1] == 0] = opinions(draw, 4.2, EACH, 0.7)
    angry = opinions(draw, 2.2, crowd.size)
    found = assess(table(joined(made, rows(crowd, 0, angry, within(draw, crowd.size, 50, 60)))))
    assert kinds(found, 0) == {"crowd"}
    assert (found.weight == 1).all()


def test_ratings_before_the_release_do_not_count_and_are_told() -> None:
    made = calm()
    released = np.full(ITEMS, -1)
    released[4] = BEGIN + 20 * DAY
    ratings = table(made)
    found = assess(ratings, released)
    early = (ratings.item == 4) & (ratings.time < released[4])
    assert early.sum() > 5
    assert np.array_equal(found.weight == 0, early)
    assert kinds(found, 4) == {"before_release"}
    assert found.means.counted[4] == EACH - early.sum()


def test_the_last_rating_of_an_account_counts() -> None:
    one = np.array([1, 1, 2])
    made, replaced = Ratings.of(one, one * 0, np.array([1.0, 5.0, 3.0]), np.array([10, 20, 5]))
    assert replaced == 1
    assert made.rating.tolist() == [3.0, 5.0]


def test_fine_scales_are_compared_by_a_few_levels() -> None:
    draw = np.random.default_rng(1)
    size = 500
    made, _ = Ratings.of(np.arange(size), np.zeros(size, int), draw.random(size), np.arange(size))
    assert made.levels.size <= LEVELS
    assert (made.levels[made.level] <= made.rating).all()
    assert np.bincount(made.level).min() > size / LEVELS / 2


@pytest.mark.parametrize("size", [0, 1, 2])
def test_hardly_any_ratings_are_no_error(size: int) -> None:
    some = np.arange(size)
    means = assess(Ratings.of(some, some * 0, some * 1.0, some)[0]).means
    assert means.ratings.tolist() == ([size] if size else [])
    assert np.isfinite(means.robust).all()


@pytest.mark.slow
def test_intervals_hold_what_items_would_have_with_many_ratings() -> None:
    held = []
    for seed in range(40):
        draw = np.random.default_rng(seed)
        truth = draw.normal(50, 8, 60)
        item = np.repeat(np.arange(60), draw.integers(3, 60, 60))
        rating = draw.normal(truth[item], 15)
        made, _ = Ratings.of(np.arange(item.size), item, rating, draw.permutation(item.size) * DAY)
        means = assess(made).means
        held.append(((means.lo <= truth) & (truth <= means.hi)).mean())
    assert 0.93 < np.mean(held) < 0.97


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_bound_is_never_below_the_exact_tail(a: int, b: int, c: int, d: int) -> None:
    whole, inside, marked = a + b + c + d, a + b, a + c
    if whole:
        exact = hypergeom.logsf(a - 1, whole, marked, inside)
        bound = log_tail(*(np.array([one]) for one in (inside, a, whole, marked)))
        assert bound[0] >= exact - 1e-6


@given(
    st.lists(st.integers(0, 40), min_size=5, max_size=5),
    st.lists(st.integers(0, 40), min_size=5, max_size=5),
    st.integers(1, 4),
)
def test_only_the_tail_counts_less_and_never_more_than_what_is_too_many(
    seen: list[int], rest: list[int], end: int
) -> None:
    held = excess(np.array(seen), np.array(rest, float), np.full(5, 0.2), Tail(0, end))
    assert (held.weight[end:] == 1).all()
    assert ((held.weight >= 0) & (held.weight <= 1)).all()
    assert (held.weight * seen <= np.maximum(held.expected, seen) + 1e-9).all()
    assert 0 <= held.share <= 1


@settings(max_examples=8)
@given(st.integers(0, 1000), st.integers(5, 60), st.floats(1, 100), st.booleans())
def test_order_and_names_do_not_matter_and_upside_down_is_the_same_upside_down(
    seed: int, size: int, hours: float, thin: bool
) -> None:
    draw = np.random.default_rng(seed)
    who = NEW[:size] if thin else draw.permutation(400)[:size]
    made = joined(calm(seed), rows(who, 0, 1.0, within(draw, who.size, 50, hours)))
    account, item, rating, time = made
    # Two ratings at the same time are in no order.
    time = time + np.argsort(draw.random(time.size)) % 7
    found = assess(table((account, item, rating, time)))
    mixed = draw.permutation(time.size)
    renamed = draw.permutation(20_000)[account]
    again = assess(table((renamed[mixed], item[mixed], rating[mixed], time[mixed])))
    assert np.allclose(found.means.robust, again.means.robust)
    turned = assess(table((account, item, 6 - rating, time)))
    assert np.allclose(found.means.robust, 6 - turned.means.robust)
    assert np.allclose(found.means.lo, 6 - turned.means.hi)
    assert (found.means.lo <= found.means.robust).all()
    assert (found.means.robust <= found.means.hi).all()
