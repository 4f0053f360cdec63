"""What happens in a campaign of the tests: findings by week, decisions, an appeal that is won."""

from web_house import HOUR, FakeNode, pile_on

from lianzhi.chain.measure import Order
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.record.entry import Draft

DAY = 86_400_000
WEEK = 7 * DAY


def decided(node: FakeNode, number: int) -> str:
    """A case of a pile-on in which an account is muted; returns the decision."""
    at, case = node.clock, f"c{number}"
    with node.ledger.batch() as batch:
        tokens = batch.tokens([f"harmed{number}", "a", f"b{number}"])
        harmed, first = tokens[f"harmed{number}"], tokens["a"]
        finding, opening = pile_on(number, at, case, harmed)
        said = {
            **finding.payload,
            "subjects": [first, tokens[f"b{number}"]],
            "roles": {first: "inciter"},
        }
        said["evidence"] = [
            {"source": "s", "event": f"e{number}", "at": at, "actor": first, "seq": number}
        ]
        batch.append([Draft(finding.kind, finding.ref, at, said), opening])
    orders = (Order(key="mute", hours=24, subjects=(first,)),)
    asking = DecisionRequest(orders=orders, facts="多次辱骂", ground="harassment")
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
