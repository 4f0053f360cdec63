"""Adjusted p-values reject what the step-down and step-up procedures reject."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.stats.multiplicity import benjamini_hochberg, holm

# Few values, so that some tie; and any.
CHANCES = st.lists(
    st.one_of(st.sampled_from([0.0, 0.01, 0.04, 0.5, 1.0]), st.floats(0, 1)), max_size=40
)


@given(CHANCES, st.sampled_from([0.01, 0.05, 0.2]))
def test_benjamini_hochberg_is_the_step_up_procedure(chances, q):
    """Reject the k smallest, for the largest k whose k-th chance is at most q k / m."""
    m, ranked = len(chances), sorted(chances)
    # At the limit itself rounding decides.
    if any(abs(p * m / k - q) < 1e-12 for k, p in enumerate(ranked, 1)):
        return
    most = max((k for k, p in enumerate(ranked, 1) if p <= q * k / m), default=0)
    assert (benjamini_hochberg(chances) <= q).sum() == most


@given(CHANCES, st.sampled_from([0.01, 0.05, 0.2]))
def test_holm_is_the_step_down_procedure(chances, a):
    """Reject in order of size until the k-th smallest of m exceeds a / (m - k + 1)."""
    m, rejected = len(chances), 0
    if any(abs(p * (m - k) - a) < 1e-12 for p in chances for k in range(m)):
        return
    for k, p in enumerate(sorted(chances)):
        if p > a / (m - k):
            break
        rejected += 1
    assert (holm(chances) <= a).sum() == rejected


def test_the_example_of_the_paper():
    """Benjamini and Hochberg (1995), section 4: at .05 four of fifteen are rejected."""
    chances = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    found = benjamini_hochberg(chances)
    assert found[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])
    assert (found <= 0.05).sum() == 4


def test_the_argument_is_not_changed():
    given_ = np.array([0.5, 0.1])
    benjamini_hochberg(given_)
    holm(given_)
    assert given_.tolist() == [0.5, 0.1]


@pytest.mark.parametrize("odd", [-0.1, 1.5, float("nan")])
@pytest.mark.parametrize("adjust", [benjamini_hochberg, holm])
def test_refusals_name_the_value(adjust, odd):
    with pytest.raises(ValueError, match=f"a p-value is {odd}; give 0 to 1"):
        adjust([0.5, odd])
