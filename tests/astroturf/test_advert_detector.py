"""The detector of adverts: each offer once, where it stands, and nothing that is none."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folded import bounded, folded
from lianzhi.chain.event import Event
from lianzhi.domains.astroturf import policy
from lianzhi.domains.astroturf.adverts import KINDS, offers
from lianzhi.domains.astroturf.adverts.detector import AdvertDetector
from made_reviews import BEGIN, DAY, HOUR, people, said
from streams import event, merged, numbered

POLICY = policy.load()
OFFERS = {
    "recruiting": "本群招人写好评，一条四块，当天结，想做的私聊我",
    "selling": "出售粉丝和点赞，一千粉25元，先付后刷，加微信",
    "paid_negative": "代发差评打击同行，一条25元，先看效果，私聊",
    "pay_to_delete": "删帖撤稿业务，一条五百，不成功不收费，联系我",
}
#: Found as an offer; nobody is hired and nothing sold.
SOUGHT = "求购五星好评一百条，一条十块，有做的私聊我"


def posts() -> list[Event]:
    """Each offer under three videos, twice; between what people write."""
    return [
        said(f"{kind}{n}", BEGIN + n * HOUR, f"agent-{kind}", f"video{n % 3}", text)
        for kind, text in OFFERS.items()
        for n in range(6)
    ]


EVENTS = numbered(merged(people(), posts()))
WHOLE = folded(AdvertDetector(POLICY), EVENTS)[1]


def test_offers_are_told_of_once_under_each_thing() -> None:
    pairs = [(one.subjects, one.about) for one in WHOLE]
    assert len(pairs) == len(set(pairs)) == 3 * len(KINDS)
    assert len({one.id for one in WHOLE}) == len(WHOLE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_finding_says_who_offers_what_and_where_that_stands(kind: str) -> None:
    one = next(one for one in WHOLE if one.subjects == (f"agent-{kind}",))
    (offer,) = offers([OFFERS[kind]])
    assert one.kind == "astroturf.advert"
    assert one.stage == "warn"
    assert one.about == "on:video0"
    assert one.at == one.since == BEGIN
    assert one.roles == {f"agent-{kind}": "organiser"}
    (piece,) = one.evidence
    assert piece.kinds == (kind,)
    assert [(span.start, span.end) for span in piece.spans] == [
        (span.start, span.end) for span in offer.spans
    ]
    assert {span.kind for span in piece.spans} == {kind}
    assert one.confidence == offer.strength
    assert one.score == pytest.approx(sum(reason.points for reason in one.reasons))
    assert one.score > 0
    assert one.proposes == ()
    assert re.fullmatch(r"astroturf\.advert@2026-11-26\+[0-9a-f]{8}", one.rule)


def test_who_asks_for_it_is_named_and_answers_for_nothing() -> None:
    (one,) = folded(AdvertDetector(POLICY), [said("s", BEGIN, "buyer", "video1", SOUGHT)])[1]
    assert one.subjects == ("buyer",)
    assert one.roles == {}


HONEST = ["五星好评，物流快，服务好", "差评，音质对不起这个价格", "点评一下，服务很专业，价格优惠"]


def test_an_honest_review_that_reads_so_is_not_told() -> None:
    events = [said(f"h{n}", BEGIN + n, f"u{n}", f"shop{n}", one) for n, one in enumerate(HONEST)]
    assert folded(AdvertDetector(POLICY), events)[1] == []


def test_who_posts_under_one_thing_after_another_is_a_warning() -> None:
    events = [said(f"h{n}", BEGIN + n, "agent", f"shop{n}", HONEST[2]) for n in range(4)]
    events.append(said("back", BEGIN + 9, "agent", "shop0", HONEST[2]))
    told = folded(AdvertDetector(POLICY), events)[1]
    assert [one.stage for one in told] == ["warn", "warn", "warn"]
    assert [one.about for one in told][-1] == "on:shop0"
    assert told[-1].counts["things"] == 4


def test_in_a_group_it_is_about_the_group_and_under_nothing_not_told() -> None:
    bare = event("e", BEGIN, "agent", None, text=OFFERS["selling"])
    assert folded(AdvertDetector(POLICY), [bare])[1] == []
    told = event("g", BEGIN, "agent", None, text=OFFERS["selling"], group="fans")
    (one,) = folded(AdvertDetector(POLICY), [told])[1]
    assert one.about == "group:fans"


def test_what_people_write_and_warn_of_is_not_told_of() -> None:
    warnings = [
        "警方提醒：招人写好评一条四块的兼职都是诈骗，别信",
        "平台公告：严禁有偿删帖，违者永久封号",
    ]
    events = [said(f"w{n}", BEGIN + n, f"u{n}", "video1", one) for n, one in enumerate(warnings)]
    assert folded(AdvertDetector(POLICY), people(3) + events)[1] == []


def test_private_messages_are_nobodys_business() -> None:
    detector = AdvertDetector(POLICY)
    one = event("e", BEGIN, "agent", "her", kind="private_message", text=OFFERS["selling"])
    assert detector.key(one) is None
    assert detector.step(detector.init(), [one])[1] == []


def test_it_is_told_of_again_after_so_long() -> None:
    days = policy.newest().adverts.again_days
    times = [0, int((days - 1) * DAY), int((days + 1) * DAY)]
    events = [
        said(f"e{n}", BEGIN + at, "agent", "v", OFFERS["selling"]) for n, at in enumerate(times)
    ]
    told = folded(AdvertDetector(POLICY), events)[1]
    assert [one.at - BEGIN for one in told] == [times[0], times[2]]


@settings(max_examples=8)
@given(cuts=st.lists(st.integers(0, len(EVENTS)), max_size=5), again=st.booleans())
def test_any_split_finds_the_same(cuts: list[int], again: bool) -> None:
    assert folded(AdvertDetector(POLICY), EVENTS, cuts, again)[1] == WHOLE


def test_no_more_is_kept_than_policy_says() -> None:
    detector = AdvertDetector(bounded("adverts", told=5))
    state = detector.init()
    for n in range(60):
        one = said(f"e{n}", BEGIN + n, f"agent{n % 20}", f"v{n}", OFFERS["selling"])
        state, _ = detector.step(state, [one])
        seen = state.sources["made-up"]
        assert seen.pairs == sum(map(len, seen.posts.values())) <= 10
    assert "v59" in str(seen.posts)


def test_an_erased_account_leaves_the_state() -> None:
    detector = AdvertDetector(POLICY)
    state, _ = folded(detector, EVENTS)
    left = detector.dump(detector.forget(detector.forget(state, "agent-selling"), "video1"))
    assert b"agent-selling" not in left
    assert b"video1" not in left
    assert b"agent-recruiting" in left
    with pytest.raises(ValueError, match="another version"):
        detector.load(b"\x81\xa7sources\x03")
