import datetime as dt

import pytest

from lianzhi.law.service import ServiceError, rules, served

DECIDED = dt.date(2026, 3, 2)
DAY = dt.date(2026, 3, 4)

WHOLE = {
    "direct": ["receipt_signed", "signed_by_party"],
    "left": ["refused", "left_at_place", "recorded"],
    "electronic": ["consent_signed", "arrived"],
    "post": ["direct_difficult", "mail_receipt"],
    "entrusted": ["direct_difficult", "entrusted", "receipt_signed"],
    "announced": ["whereabouts_unknown", "published", "reason_on_file"],
}


def test_each_way_is_tried():
    assert set(WHOLE) == set(rules().way)


@pytest.mark.parametrize("way", WHOLE)
def test_served_with_all_its_proof(way):
    found = served(way, dict.fromkeys(WHOLE[way], DAY), "person", DECIDED)
    assert found.reasons == ()
    assert found.day == (dt.date(2026, 4, 3) if way == "announced" else DAY)


@pytest.mark.parametrize(
    ("way", "lacking"), [(way, one) for way, proofs in WHOLE.items() for one in proofs]
)
def test_refused_without_any_one_proof(way, lacking):
    found = served(way, {one: DAY for one in WHOLE[way] if one != lacking}, "person", DECIDED)
    assert found.day is None
    assert any(rules().proof[lacking].zh in one.zh for one in found.reasons)
    assert any(rules().proof[lacking].en in one.en for one in found.reasons)


@pytest.mark.parametrize(
    ("signer", "party", "counts"),
    [
        ("signed_by_household", "person", True),
        ("signed_by_household", "organisation", False),
        ("signed_by_head", "organisation", True),
        ("signed_by_head", "person", False),
        ("signed_by_party", "organisation", False),
        ("signed_by_agent", "person", True),
        ("signed_by_agent", "organisation", True),
    ],
)
def test_who_may_sign_for_whom(signer, party, counts):
    found = served("direct", {"receipt_signed": DAY, signer: DAY}, party, DECIDED)
    assert found.day == (DAY if counts else None)
    assert bool(found.reasons) is not counts


def test_consent_must_come_before_the_mail():
    late = {"consent_signed": DAY + dt.timedelta(days=1), "arrived": DAY}
    found = served("electronic", late, "person", DECIDED)
    assert found.day is None
    assert "晚于送达" in found.reasons[0].zh
    assert found.basis.article == 61


def test_nothing_is_served_before_it_was_decided():
    early = dict.fromkeys(WHOLE["direct"], DECIDED - dt.timedelta(days=1))
    found = served("direct", early, "person", DECIDED)
    assert found.day is None
    assert "2026-03-02" in found.reasons[0].en


def test_late_counts_and_is_said():
    last = dt.date(2026, 3, 11)  # seven working days after 2 March 2026
    proofs = WHOLE["direct"]
    assert not served("direct", dict.fromkeys(proofs, last), "person", DECIDED, last).late
    found = served(
        "direct", dict.fromkeys(proofs, last + dt.timedelta(days=1)), "person", DECIDED, last
    )
    assert found.late
    assert found.day == dt.date(2026, 3, 12)


def test_an_announcement_made_in_time_is_not_late():
    found = served("announced", dict.fromkeys(WHOLE["announced"], DAY), "person", DECIDED, DAY)
    assert not found.late


def test_unknown_way_and_proof():
    with pytest.raises(ServiceError, match="way is 'pigeon'"):
        served("pigeon", {}, "person", DECIDED)
    with pytest.raises(ServiceError, match="proof is 'witnes'"):
        served("left", {"witnes": DAY}, "person", DECIDED)


def test_only_what_was_read_is_said_to_be():
    assert [key for key, way in rules().way.items() if way.verified] == ["electronic"]
