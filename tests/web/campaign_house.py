"""What happens in a campaign of the tests: findings by week, decisions, an appeal that is won."""

from web_house import HOUR, FakeNode, pile_on

from lianzhi.chain.measure import Order
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.record.entry import Draft

DAY = 86_400_000
WEEK = 7 * DAY


#: By kind of finding: the part of who is answerable, what is ordered, and its ground.
_ORDERS = {
    "bullying.pile_on": ("inciter", "mute", "harassment"),
    "astroturf.ratings": ("participant", "limit", "inauthentic"),
}


def decided(node: FakeNode, number: int, kind: str = "bullying.pile_on") -> str:
    """A case of a kind in which a measure is ordered against an account; returns the decision."""
    at, case = node.clock, f"c{number}"
    role, key, ground = _ORDERS[kind]
    harmed = f"harmed{number}" if role == "inciter" else f"on:film-{number}"
    with node.ledger.batch() as batch:
        tokens = batch.tokens([harmed, "a", f"b{number}"])
        first = tokens["a"]
        finding, opening = pile_on(number, at, case, tokens[harmed])
        said = {
            **finding.payload,
            "kind": kind,
            "subjects": [first, tokens[f"b{number}"]],
            "roles": {first: role},
        }
        said["evidence"] = [
            {"source": "s", "event": f"e{number}", "at": at, "actor": first, "seq": number}
        ]
        opened = Draft(opening.kind, opening.ref, at, {**opening.payload, "kind": kind})
        batch.append([Draft(finding.kind, finding.ref, at, said), opened])
    orders = (Order(key=key, hours=24, subjects=(first,)),)
    asking = DecisionRequest(orders=orders, facts="已查看证据", ground=ground)
    return node.proceedings.decisions.decide(case, asking, Actor("rev"), at)


def overturn(node: FakeNode, decision: str) -> None:
    """Its appeal is won."""
    redress = node.proceedings.redress
    appeal = redress.file(decision, "affected", "a", "不是我", node.now())
    redress.answer(appeal, "overturned", (), "误认", Actor("other"), node.now() + HOUR)


def findings(node: FakeNode, kind: str, counts: list[int], since: int) -> None:
    """So many findings of a kind in each week from a time on."""
    drafts = []
    for week, count in enumerate(counts):
        for number in range(count):
            at = since + week * WEEK + (number + 1) * HOUR
            draft = pile_on(number, at)[0]
            identity = f"{kind}{at}"
            said = {**draft.payload, "id": identity, "kind": kind}
            drafts.append(Draft(draft.kind, identity, at, said))
    node.ledger.append(drafts)
