"""Firsts as a pure fold over confirmed identifications."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.biosecurity.rules.firsts import Coverage, Key, Sighting, Terms, firsts

TODAY = dt.date(2026, 3, 2)
TERMS = Terms(dt.date(1980, 1, 1), 365, 0.5)
PORTS = {
    "A": Coverage("N", dt.date(2020, 1, 1)),
    "B": Coverage("N", dt.date(2020, 1, 1)),
    "C": Coverage("S", dt.date(2025, 9, 1)),
}
sightings = st.lists(
    st.builds(
        Sighting,
        interception=st.text("abcdef", min_size=1, max_size=3),
        taxon=st.sampled_from(["X", "Y"]),
        day=st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1)),
        port=st.sampled_from(["A", "B", "C", "unknown"]),
        host=st.sampled_from(["", "mango"]),
        origin=st.sampled_from(["", "TH"]),
        channel=st.just("freight"),
    ),
    max_size=20,
)


def seen(identity: str, day: dt.date, port: str = "A", taxon: str = "X") -> Sighting:
    return Sighting(identity, taxon, day, port, "mango", "TH", "freight")


@given(sightings, st.randoms())
def test_the_order_of_arrival_changes_nothing(known, shuffler) -> None:
    shuffled = list(known)
    shuffler.shuffle(shuffled)
    assert firsts(known, PORTS, TERMS, TODAY) == firsts(shuffled, PORTS, TERMS, TODAY)


@given(sightings, sightings)
def test_impossible_days_neither_make_a_first_nor_hide_one(known, more) -> None:
    wrong = [
        sighting._replace(day=day)
        for sighting in more
        for day in (dt.date(919, 5, 1), dt.date(1923, 5, 1), TODAY + dt.timedelta(1))
    ]
    assert firsts([*wrong, *known], PORTS, TERMS, TODAY) == firsts(known, PORTS, TERMS, TODAY)


@given(sightings)
def test_each_first_is_the_earliest_of_its_place(known) -> None:
    for key, first in firsts(known, PORTS, TERMS, TODAY).items():
        if key.scope == "port":
            days = [s.day for s in known if (s.port, s.taxon) == key[1:] and s.day <= TODAY]
            assert first.day == min(day for day in days if day >= TERMS.earliest)


def test_a_short_baseline_claims_nothing() -> None:
    found = firsts([seen("1", dt.date(2026, 2, 1), "C")], PORTS, TERMS, TODAY)
    assert Key("port", "C", "X") not in found
    assert Key("region", "S", "X") not in found
    nation = found[Key("nation", "CN", "X")]
    assert (nation.covered, nation.ports, nation.since) == (2, 3, dt.date(2020, 1, 1))


def test_what_was_there_when_the_records_began_is_no_first() -> None:
    known = [seen("1", dt.date(2020, 3, 1)), seen("2", dt.date(2026, 2, 1), "B")]
    found = firsts(known, PORTS, TERMS, TODAY)
    assert found[Key("port", "B", "X")].interception == "2"
    assert Key("nation", "CN", "X") not in found
