"""The demo's disputes are in every state, and its mediator reads its notes."""

from dispute_house import opened

from consoles import PASSWORD, Console
from lianzhi.domains.mediation.demo.disputes import MEDIATOR, fill
from lianzhi.domains.mediation.nouns.dispute import OUTCOMES, STATUSES
from lianzhi.store.accounts import add_user


def test_the_demo_shows_every_state(tmp_path):
    with opened(tmp_path / "home") as node:
        add_user(node.ledger, MEDIATOR, PASSWORD, ["mediator"], node.now(), "test")
        lines: list[str] = []
        fill(node.desks["mediation"], "demo", lines.append)
        console = Console(node, "rec", "en")
        for status in STATUSES:
            page = console.get(f"/mediation/disputes?status={status}").text
            assert 'class="go plain"' in page, status
        for outcome in OUTCOMES[1:]:
            page = console.get(f"/mediation/disputes?outcome={outcome}").text
            assert 'class="go plain"' in page, outcome
        own = Console(node, MEDIATOR).get("/mediation/disputes?status=in_session").text
        (identity,) = {part.split('"')[0] for part in own.split("/mediation/disputes/D")[1:]}
        page = Console(node, MEDIATOR).get(f"/mediation/disputes/D{identity}").text
        assert "周宁承认水管是自家的" in page
        assert "Standing still" in console.get("/mediation/disputes/clocks").text
