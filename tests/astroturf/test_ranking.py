"""Rankings: bought likes leave the list as it was; news and regulars count in full."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from lianzhi.domains.astroturf.ratings.ranking import Ranked, rank, table
from made_ratings import ITEMS, Rows, calm, joined, rows, within

NEW = 10_000 + np.arange(120)


def ranked(made: Rows) -> Ranked:
    account, item, _, time = made
    return rank(table(account, item, time))


def uneven() -> Rows:
    """Items of which each draws a little more than the one before."""
    made = calm()
    kept = np.random.default_rng(1).random(made[1].size) < 0.3 + 0.7 * made[1] / ITEMS
    account, item, rating, time = (column[kept] for column in made)
    return account, item, rating, time


def kinds(found: Ranked, item: int) -> set[str]:
    return {reason.kind for reason in found.reasons if reason.item == item}


def test_what_people_do_on_their_own_counts_in_full() -> None:
    found = ranked(uneven())
    assert found.reasons == ()
    assert (found.weight == 1).all()


def test_likes_bought_within_two_days_do_not_count() -> None:
    draw = np.random.default_rng(1)
    clean = ranked(uneven()).organic
    made = joined(uneven(), rows(NEW, 3, 1.0, within(draw, NEW.size, 40, 48)))
    found = ranked(made)
    assert "burst" in kinds(found, 3)
    assert found.organic[3] == pytest.approx(clean[3], abs=8)
    assert kendalltau(clean, found.organic)[0] > 0.97
    assert {reason.item for reason in found.reasons} == {3}


def test_an_item_that_only_throwaway_accounts_like_is_nothing() -> None:
    draw = np.random.default_rng(1)
    found = ranked(joined(uneven(), rows(NEW, ITEMS, 1.0, within(draw, NEW.size, 10, 800))))
    assert kinds(found, ITEMS) == {"throwaway"}
    assert found.organic[ITEMS] < 5


def test_a_group_that_goes_from_item_to_item_counts_as_one() -> None:
    draw = np.random.default_rng(1)
    farm = NEW[:30]
    parts = [rows(farm, item, 1.0, within(draw, farm.size, 5 * item, 1)) for item in range(2, 14)]
    clean = ranked(uneven()).organic
    found = ranked(joined(uneven(), *parts))
    for item in range(2, 14):
        assert "group" in kinds(found, item)
        assert found.organic[item] == pytest.approx(clean[item] + 1, abs=2)


def test_news_that_draws_regulars_and_newcomers_counts_in_full() -> None:
    draw = np.random.default_rng(1)
    crowd = np.concatenate((NEW[:40], 400 + np.arange(20), np.arange(60)))
    made = calm()
    missing = ~np.isin(crowd, made[0][made[1] == 5])
    crowd = crowd[missing]
    found = ranked(joined(made, rows(crowd, 5, 1.0, within(draw, crowd.size, 40, 48))))
    assert not kinds(found, 5)
    assert (found.weight == 1).all()


def test_each_account_counts_once() -> None:
    some = np.array([1, 1, 1, 2])
    found = rank(table(some, some * 0, some * 10))
    assert found.organic.tolist() == [2]


def test_nothing_is_no_error() -> None:
    none = np.zeros(0, np.int64)
    assert rank(table(none, none, none)).organic.size == 0
