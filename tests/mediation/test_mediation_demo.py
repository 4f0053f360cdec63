"""The demo's disputes are in every state, and what was planted comes out on its pages."""

import re

from dispute_house import opened

from consoles import PASSWORD, Console
from lianzhi.domains.mediation.demo.disputes import MEDIATOR
from lianzhi.domains.mediation.demo.filling import fill
from lianzhi.domains.mediation.nouns.dispute import OUTCOMES, STATUSES
from lianzhi.store.accounts import add_user


def read(console, path):
    """The words of a page."""
    page = console.get(path)
    assert page.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text.split("<main")[1]))


def test_the_demo_shows_every_state_and_what_was_planted(tmp_path):
    with opened(tmp_path / "home") as node:
        add_user(node.ledger, MEDIATOR, PASSWORD, ["mediator"], node.now(), "test")
        desk, lines = node.desks["mediation"], []
        fill(desk, "demo", lines.append)
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

        causes = read(console, "/mediation/notes")
        assert causes.count("Recurring:") == 1
        assert "北港海关查验科" in causes.split("Recurring:")[0]
        (note,) = desk.learning.notes()
        assert "Too early to judge" in read(console, f"/mediation/notes/{note.id}")
        disputes = desk.learning.disputes()
        assert [each.reopened for each in disputes if each.id.startswith("D")].count(1) == 1
        waiting = next(each for each in disputes if each.level == "centre" and not each.closed)
        match = read(console, f"/mediation/mediators/for/{waiting.id}")
        assert "hexin" in match.split("luoyan")[1]  # among those who may not mediate
        figures = read(console, "/mediation/figures?period=all")
        for figure in ("Handed to the centre", "Settled at the centre", "Opened again"):
            assert figure in figures
        assert "2" in read(console, "/mediation/disputes").split("Filed by parties")[1][:4]
