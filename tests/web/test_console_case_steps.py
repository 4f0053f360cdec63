"""The case page once the platform has taken what was ordered, and once strikes count."""

import re
from collections.abc import Callable

from starlette.testclient import TestClient
from web_house import FakeNode

from process_house import HOUR, LI, START, ProcessHouse, mute


def test_steps_without_a_key_of_their_own_are_told(
    node: FakeNode, signed_in: Callable[..., TestClient]
) -> None:
    house = ProcessHouse(node.engine, node.home, node.ledger)
    case = house.pile_on(at=START)
    decided = house.decisions.decide(case, mute(*house.tokens("f1", "f2")), LI, START + HOUR)
    client = signed_in("viewer")
    client.headers |= {"accept": "text/html", "accept-language": "en"}
    with node.ledger.batch() as batch:
        for measure in {one for one, _, _ in house.box.measures}:
            house.measures.delivered(batch, measure, 1, START + 2 * HOUR)
    page = client.get(f"/cases/{case}")
    assert page.status_code == 200
    text = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert re.search(r"Measure applied ×2", text), text
    assert {who for who, _ in re.findall(r"(\w+) strikes: (1)\b", text)} == {"f1", "f2"}
    assert decided in page.text
