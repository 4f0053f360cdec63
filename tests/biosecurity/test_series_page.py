"""The page of a taxon's weeks in a channel, from the first whole week of records on."""

import datetime as dt

import pytest
from border_house import PORTS, TAXA, TODAY, row, write_files

from consoles import PASSWORD, Clock, Console
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings


@pytest.mark.parametrize(("days", "status"), [(0, 404), (7, 200)])
def test_weeks_are_shown_once_one_is_over(tmp_path, days, status) -> None:
    clock, found = Clock(TODAY), TODAY - dt.timedelta(days)
    rows = [row("1", f"{found}", "BCTRDO", f"{found}")]
    with Node(tmp_path / "home", Config(domains=("biosecurity",)), clock=clock) as node:
        add_user(node.ledger, "reader", PASSWORD, ["viewer"], clock.now, "test")
        intake = node.desks["biosecurity"].intake
        for kind, files in (
            ("registers", {"taxa": TAXA, "ports": PORTS}),
            ("finds", {"interceptions": rows}),
        ):
            write_files(tmp_path / kind, **files)
            intake.take(intake.read(tmp_path / kind), "test")
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        page = Console(node, "reader").get("/biosecurity/alarms/BCTRDO/freight")
    assert page.status_code == status
    assert ("<svg" in page.text.partition('class="series')[2]) == (status == 200)
