"""Rates of false discovery agree with scipy's, and are what the step-up procedure tells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from lianzhi.stats.discovery import false_discovery_rates

# Few values, so that some tie; and any.
CHANCES = st.lists(
    st.one_of(st.sampled_from([0.0, 0.01, 0.04, 0.5, 1.0]), st.floats(0, 1)), max_size=40
)


@given(CHANCES)
def test_rates_agree_with_scipy(chances):
    found = false_discovery_rates(chances)
    assert found.dtype == np.float64
    assert found.tolist() == false_discovery_control(np.array(chances, float)).tolist()


@given(CHANCES, st.sampled_from([0.01, 0.05, 0.2]))
def test_what_is_told_is_what_the_procedure_of_1995_tells(chances, q):
    """Tell the k least likely, for the largest k whose k-th chance is at most q k / m."""
    m, ranked = len(chances), sorted(chances)
    # At the limit itself rounding decides.
    if any(abs(p * m / k - q) < 1e-12 for k, p in enumerate(ranked, 1)):
        return
    most = max((k for k, p in enumerate(ranked, 1) if p <= q * k / m), default=0)
    assert (false_discovery_rates(chances) <= q).sum() == most


def test_the_example_of_the_paper():
    """Benjamini and Hochberg (1995), section 4: at .05 four of fifteen are told."""
    chances = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    found = false_discovery_rates(chances)
    assert found[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert (found <= 0.05).sum() == 4


def test_what_is_given_stays_as_it_was():
    given_ = np.array([0.5, 0.1])
    false_discovery_rates(given_)
    assert given_.tolist() == [0.5, 0.1]


@pytest.mark.parametrize("odd", [-0.1, 1.5, float("nan")])
def test_refusals_name_the_value(odd):
    with pytest.raises(ValueError, match=f"a chance is {odd}; give 0 to 1"):
        false_discovery_rates([0.5, odd])
