import gc

from lianzhi.unswept import unswept


def made() -> list[list[int]]:
    with unswept():
        assert not gc.isenabled()
        return [[number] for number in range(50_000)]


def test_what_was_made_counts_as_old() -> None:
    stays = made()
    assert gc.isenabled()
    young = {id(one) for generation in (0, 1) for one in gc.get_objects(generation)}
    assert young.isdisjoint(map(id, stays))
    assert gc.get_freeze_count() == 0


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with unswept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_a_host_has_frozen_stays_so() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        made()
        assert gc.isenabled()
        assert gc.get_freeze_count() >= frozen - 1000 > 0  # some of it may be gone by itself
    finally:
        gc.unfreeze()
