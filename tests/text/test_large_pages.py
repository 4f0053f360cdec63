"""Tables in_large_pages in large pages are the tables they were, apart from one another."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lianzhi.text.arrays import memory
from lianzhi.text.arrays.memory import in_large_pages

SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=40)
DTYPES = st.sampled_from([np.bool_, np.uint8, np.int16, np.uint32, np.float32, np.int64])


@given(st.lists(DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, SHAPES)), max_size=6))
def test_what_is_settled_is_what_it_was(tables: list[np.ndarray]) -> None:
    places = [in_large_pages(table) for table in tables]
    for table, place in zip(tables, places, strict=True):
        assert place.dtype == table.dtype
        np.testing.assert_array_equal(place, table)
        assert place.flags.c_contiguous
        place[...] = np.zeros(1, place.dtype)[0]  # must not reach any other
        np.testing.assert_array_equal(in_large_pages(table), table)


def test_tables_of_any_order_come_out_in_rows() -> None:
    table = np.asfortranarray(np.arange(12).reshape(3, 4))[:, ::2]
    np.testing.assert_array_equal(in_large_pages(table), table)
    assert in_large_pages(table).flags.c_contiguous


def test_a_kernel_without_large_pages_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_ADVICE", 9999)  # the call fails as it does there
    table = np.arange(40 << 20, dtype=np.uint8)
    np.testing.assert_array_equal(in_large_pages(table), table)
    monkeypatch.setattr(memory, "_ADVICE", 0)
    assert in_large_pages(table) is table


def test_memory_goes_with_the_last_table_in_it() -> None:
    big = in_large_pages(np.zeros(40 << 20, np.uint8))
    base = big
    while base.base is not None and isinstance(base.base, np.ndarray):
        base = base.base
    gone = weakref.ref(base)
    in_large_pages(np.zeros(40 << 20, np.uint8))  # more is begun, so none is handed out of that one
    del big, base
    gc.collect()
    assert gone() is None
