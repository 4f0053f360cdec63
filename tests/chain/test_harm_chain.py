"""The whole chain of a harm: which cases belong together, how each tier stands, where to look."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.harm_chain import HarmChain, Seen, Standing, build, components
from lianzhi.domains.policies import Policies

POLICY = Policies().case(1_795_608_300_000)
GROUP, ADVERT, REVIEWS = "astroturf.coordination", "astroturf.advert", "astroturf.reviews"

NAMES = st.integers(0, 12).map(str)


def seen(name: str, kind: str, at: int = 0, **more: Any) -> Seen:
    return Seen(id=name, kind=kind, about="t_x", opened_at=at, status="open", **more)


def stands(case: str, key: str, at: int = 10, **more: Any) -> Standing:
    terms = {"role": "", "subject_type": "account", "item": ""} | more
    return Standing(case=case, key=key, ordered_at=at, **terms)


def statuses(chain: HarmChain) -> dict[str, str]:
    return {each.tier.key: each.status for each in chain.tiers}


@given(st.lists(NAMES, unique=True), st.lists(st.tuples(NAMES, NAMES)))
def test_each_name_is_in_one_group_and_links_lead_to_no_other(
    names: list[str], links: list[tuple[str, str]]
) -> None:
    groups = components(names, links)
    assert sorted(name for group in groups for name in group) == sorted(names)
    home = {name: n for n, group in enumerate(groups) for name in group}
    for name, linked in links:
        if name in home and linked in home:
            assert home[name] == home[linked]
    # no group falls apart: links alone reach each of its names from any other
    for group in groups:
        reached = {group[0]}
        for _ in group:
            reached |= {b for pair in links for a, b in (pair, pair[::-1]) if a in reached}
        assert set(group) <= reached


@given(st.lists(NAMES, unique=True), st.lists(st.tuples(NAMES, NAMES)))
def test_the_order_of_links_changes_no_group(
    names: list[str], links: list[tuple[str, str]]
) -> None:
    groups = {frozenset(group) for group in components(names, links)}
    assert groups == {frozenset(group) for group in components(names, links[::-1])}


def test_tiers_are_shown_by_what_cases_are_about_and_by_parts_played() -> None:
    chain = build(
        [seen("c1", GROUP, roles=frozenset({"operator"})), seen("c2", ADVERT)], (), POLICY
    )
    assert statuses(chain) == {
        "recruiting": "untouched", "tools": "blind", "organising": "untouched",
        "accounts": "untouched", "posts": "untouched", "merchants": "blind", "payouts": "blind",
    }  # fmt: skip
    assert (chain.state, chain.looks, chain.id) == ("untouched", (), "c1")


def test_a_chain_whose_drivers_nobody_saw_is_an_end_only() -> None:
    chain = build([seen("c1", REVIEWS, roles=frozenset({"participant"}))], (), POLICY)
    assert chain.state == "end_only"
    assert statuses(chain)["organising"] == "unseen"


def test_measures_on_the_end_alone_break_no_chain_and_send_people_to_its_drivers() -> None:
    cases = [seen("c1", GROUP, roles=frozenset({"operator"}))]
    chain = build(cases, [stands("c1", "restrict", role="operator")], POLICY)
    assert statuses(chain)["accounts"] == "dealt"
    assert chain.state == "untouched"
    assert [(look.tier.key, look.after.key, look.why) for look in chain.looks] == [
        ("organising", "accounts", "untouched"),
        ("tools", "accounts", "blind"),
    ]
    assert chain.looks[0].cases == ("c1",)


def test_a_chain_is_broken_where_each_case_of_a_driver_is_dealt_with_until_it_is_found_again() -> (
    None
):
    advert = [seen("c1", ADVERT, found_at=5), seen("c2", ADVERT, at=1, found_at=6)]
    at = {"role": "organiser", "subject_type": "account"}
    first, second = stands("c1", "restrict", **at), stands("c2", "ban", 20, **at)
    assert build(advert, [first], POLICY).state == "partly"
    assert build(advert, [first, second], POLICY).state == "broken"
    back = [advert[0], seen("c2", ADVERT, at=1, found_at=21)]
    assert build(back, [first, second], POLICY).state == "again"


def test_to_hand_a_driver_over_is_not_to_deal_with_it() -> None:
    chain = build([seen("c1", ADVERT)], [stands("c1", "transfer", role="organiser")], POLICY)
    assert statuses(chain)["recruiting"] == "handed"
    assert chain.state == "partly"
    assert chain.tiers[0].untouched == ("c1",)


def test_a_measure_on_a_merchant_reaches_its_tier_from_any_case() -> None:
    measure = stands("c1", "delist", subject_type="merchant")
    chain = build([seen("c1", REVIEWS)], [measure], POLICY)
    assert statuses(chain)["merchants"] == "dealt"
    assert chain.state == "broken"
    assert [look.tier.key for look in chain.looks] == ["payouts", "recruiting"]


@pytest.mark.parametrize(("result", "status"), [(True, "untouched"), (False, "looked")])
def test_what_people_found_counts_as_seen(result: bool, status: str) -> None:
    looked = [seen("c1", REVIEWS, looked={"payouts": result})]
    assert statuses(build(looked, (), POLICY))["payouts"] == status


def test_nobody_is_sent_twice_where_a_person_looked_and_found_nothing() -> None:
    cases = [seen("c1", GROUP, looked={"tools": False}, roles=frozenset({"operator"}))]
    chain = build(cases, [stands("c1", "restrict", role="operator")], POLICY)
    assert [look.tier.key for look in chain.looks] == ["organising"]
