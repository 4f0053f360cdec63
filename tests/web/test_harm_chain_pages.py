"""The pages of whole chains, in both languages; what a person saw goes on the record."""

from typing import Any

import pytest
from web_house import HOUR, FakeNode, pile_on

from lianzhi.chain.link import Related, links

LANGUAGES = ["zh", "en"]


@pytest.fixture
def told(node: FakeNode) -> FakeNode:
    """Two cases that share a person."""
    at = node.clock
    node.ledger.append(pile_on(1, at - 2 * HOUR))
    node.ledger.append(pile_on(2, at - HOUR, "decade", "p_other"))
    node.ledger.append(links("c0ffee", (), [Related(case="decade", people=1)], at))
    return node


def page(client: Any, path: str, language: str) -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_chains_tells_their_states(told: FakeNode, signed_in: Any, language: str) -> None:
    client = signed_in("viewer")
    words = {
        "zh": ("未处置", "组织群控", "招募引流"),
        "en": ("Untouched", "organising", "recruiting"),
    }
    whole = page(client, "/chains", language)
    for word in words[language]:
        assert word in whole, word
    assert whole.count('href="/chains/c0ffee"') == 1
    assert 'href="/chains/decade"' not in whole
    assert "/chains/c0ffee" not in page(client, "/chains?state=broken", language)
    assert "/chains/c0ffee" in page(client, "/chains?state=untouched", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chain_tells_each_tier_and_a_look_goes_on_the_record(
    told: FakeNode, signed_in: Any, language: str
) -> None:
    client = signed_in("reviewer")
    before = page(client, "/chains/decade", language)
    words = {"zh": ("看不到", "看过，无"), "en": ("can&#39;t be seen", "looked, nothing")}
    blind, looked = words[language]
    assert blind in before
    assert looked not in before
    assert "/cases/c0ffee" in before
    for tier in ("tools", "payouts"):
        answer = client.post(
            "/chains/decade/look",
            data={"tier": tier, "hit": "false", "text": "asked the bank <b>twice</b>"},
        )
        assert answer.status_code == 303, answer.text
    after = page(client, "/chains/decade", language)
    assert after.count(looked) >= 2
    # the step stands in the case's time line, with its words escaped
    case = page(client, "/cases/decade", language)
    assert "asked the bank &lt;b&gt;twice&lt;/b&gt;" in case
    assert 'href="/chains/decade"' in case


def test_what_is_no_chain_no_tier_or_no_period_is_refused(told: FakeNode, signed_in: Any) -> None:
    client = signed_in("reviewer")
    assert client.get("/chains/nothing").status_code == 404
    look = {"tier": "bosses", "hit": "true", "text": "x"}
    refused = client.post("/chains/c0ffee/look", data=look)
    assert refused.status_code == 422
    assert "give one of recruiting" in refused.text
    assert client.post("/chains/nothing/look", data=look | {"tier": "tools"}).status_code == 404
    assert client.get("/chains?since=9&until=3").status_code == 422
    viewer = signed_in("viewer").post("/chains/c0ffee/look", data=look | {"tier": "tools"})
    assert viewer.status_code == 403
