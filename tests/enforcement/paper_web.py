"""The console before a bureau that issues papers: a node, its users, a browser for each."""

import datetime as dt
import re

from enforcement_house import FACTS, HOUR, START
from paper_house import AGENCY
from starlette.testclient import TestClient

from consoles import sign_in
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import load_settings

PASSWORD = "correct horse battery"
ROLES = {"li": "inspector", "wang": "inspector", "chief": "leader", "eye": "viewer"}
FORM = {f"fact.{k}": str(v).lower() if isinstance(v, bool) else str(v) for k, v in FACTS.items()}


class House:
    """See module; `now` is the clock."""

    def __init__(self, home):
        (home / "enforcement").mkdir(parents=True)
        (home / "enforcement" / "agency.toml").write_text(AGENCY, "utf-8")
        self.now = midnight(START) + 10 * HOUR
        self.node = Node(home, Config(domains=("enforcement",)), clock=lambda: self.now)
        self.desk = self.node.desks["enforcement"]
        self.desk.registers.enterprises(
            [{"id": "E0001", "name": "江月餐馆", "name_en": "Riverside", "industry": "restaurant",
              "grid": "G01"}], "test",
        )  # fmt: skip
        for name, role in ROLES.items():
            add_user(self.node.ledger, name, PASSWORD, [role], self.now, "test")
        good = {"squad": "S1", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
        self.desk.registers.officers(
            [{"id": n, "name": n, "certificate": n, **good} for n in ("li", "wang", "zhao")], "test"
        )
        self.app = create_app(self.node, load_settings(home), "城管")

    def filed(self):
        """A file with one piece of evidence."""
        penalties = self.desk.penalties
        case = penalties.file(
            "fire.exit_blocked", "E0001", FACTS, START, ["li", "wang"], "li", "通道被堵塞"
        )
        penalties.add_evidence(
            case, self.desk.files.keep("photo.txt", b"x"), "document", "li", "照片"
        )
        return case

    def joined(self, role):
        """A new user with a role; returns their name."""
        name = f"new-{role}"
        add_user(self.node.ledger, name, PASSWORD, [role], self.now, "test")
        return name

    def browser(self, name="li"):
        client = TestClient(self.app, base_url="http://localhost", follow_redirects=False)
        client.headers |= {"accept": "text/html", "accept-language": "zh"}
        sign_in(client, name, PASSWORD)
        page = client.get("/enforcement/penalties").text
        client.token = page.split('X-CSRF-Token": "')[1].split('"')[0]
        return client


def post(client, path, files=None, **data):
    return client.post(path, data={"csrf": client.token, **data}, files=files)


def said(response):
    """The words of a page's main part."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text.split("<main")[1]).split())
