"""The page of signals: what stands on it, in both languages, and that it names nobody."""

from typing import Any
from uuid import UUID

import pytest
from web_house import FakeNode

from lianzhi.record.entry import Draft

DAY = 86_400_000


def signal(node: FakeNode, number: int, owner: str, **more: Any) -> Draft:
    at, identity = node.clock, str(UUID(int=number))
    said = {
        "signal": identity,
        "owner": owner,
        "kind": "account",
        "category": "fake_ratings",
        "confidence": 70,
        "since": at - DAY,
        "until": at,
        "said_at": at + number,
        "expires_at": at + 30 * DAY,
        **more,
    }
    kind = "signal.received" if owner else "signal.shared"
    return Draft(kind, identity, at, said)


@pytest.fixture
def told(node: FakeNode) -> FakeNode:
    """One of ours, disputed and withdrawn; one of another's, which we confirm and is over."""
    ours, theirs = str(UUID(int=1)), str(UUID(int=2))
    at = node.clock
    times = {"made_at": at, "said_at": at}
    mine = {"signal": ours, "platform": "gamma", "view": "dispute", **times}
    yours = {"signal": theirs, "platform": "", "view": "confirm", **times}
    gone = {"signal": ours, "case": "c0ffee", "said_at": at + 2, "why": "appeal"}
    node.ledger.append(
        [
            signal(node, 1, "", case="c0ffee", subject="p_" + "0" * 32),
            signal(node, 2, "beta", category="recruiting", expires_at=at + 5),
            Draft("signal.opined", ours, at, mine),
            Draft("signal.opined", theirs, at, yours),
            Draft("signal.withdrawn", ours, at, gone),
        ]
    )
    node.clock += 10
    return node


def test_signals_stand_with_what_is_thought_of_them(told: FakeNode, signed_in: Any) -> None:
    client = signed_in("viewer")
    page = client.get("/signals", headers={"accept-language": "en"}).text
    for words in ("ratings to order", "70% sure", "Withdrawn", "an appeal was won", "Disputed by"):
        assert words in page, words
    for words in ("recruiting paid posters", "beta", "Over", "Confirmed by", "this platform"):
        assert words in page, words
    assert "/cases/c0ffee" in page
    assert "p_000" not in page
    ours = client.get("/signals?whose=ours", headers={"accept-language": "en"}).text
    assert "ratings to order" in ours
    assert "recruiting" not in ours
    chinese = client.get("/signals?whose=theirs", headers={"accept-language": "zh"}).text
    assert "招募水军" in chinese
    assert "虚假评分" not in chinese


def test_a_long_list_goes_on(node: FakeNode, signed_in: Any) -> None:
    node.ledger.append([signal(node, number, "beta") for number in range(1, 61)])
    client = signed_in("viewer")
    page = client.get("/signals").text
    assert page.count('<tr class="row">') == 50
    (following,) = {part.split('"')[0] for part in page.split('hx-get="')[1:] if "cursor" in part}
    rest = client.get(following.replace("&amp;", "&")).text
    assert rest.count('<tr class="row">') == 10
    assert client.get("/signals?cursor=nothing").status_code == 422
