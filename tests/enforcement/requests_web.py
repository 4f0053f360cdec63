"""A node with the domain, a map of four grids, people of every kind, and the console before it."""

import datetime as dt

from enforcement_house import FACTS, HOUR, ITEM, START
from starlette.testclient import TestClient

from consoles import sign_in
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_key, add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from made_grids import four_squares

PASSWORD = "correct horse battery"
PEOPLE = {
    "desk": ("dispatcher",), "li": ("inspector",), "chief": ("leader",), "reader": ("viewer",),
}  # fmt: skip
#: Well inside the first grid, and inside the last.
HERE, THERE = (120.2052, 31.8051), (120.2153, 31.8152)


class Town:
    """See module; `now` may be set on."""

    def __init__(self, home):
        self.now = midnight(START) + 10 * HOUR
        self.node = Node(home, Config(domains=("enforcement",)), clock=lambda: self.now)
        self.desk = self.node.desks["enforcement"]
        for name, roles in PEOPLE.items():
            add_user(self.node.ledger, name, PASSWORD, roles, self.now, "test")
        self.key = add_key(self.node.ledger, "city", ("report",), self.now, "test")[1]
        self.other = add_key(self.node.ledger, "reads", ("read",), self.now, "test")[1]
        self.desk.registers.enterprises(
            [
                {"id": "E0001", "name": "江月餐馆", "industry": "restaurant", "grid": "G1"},
                {"id": "E0002", "name": "欧阳建国", "industry": "shop", "grid": "G2"},
            ],
            "test",
        )
        good = {"squad": "S1", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
        self.desk.registers.officers(
            [{"id": name, "certificate": name, **good} for name in ("li", "wang")], "test"
        )
        self.desk.registers.grids(four_squares(), "test")
        # Tests set the clock on by weeks, and stay signed in.
        long = {"session_hours": 10_000, "idle_minutes": 600_000}
        self.app = create_app(self.node, Settings(client_rate=1e6, client_burst=1e6, **long))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.node.close()

    def reported(self, category="litter", words="桥头堆了建筑垃圾", at=HERE, **more):
        """A request taken in by the desk."""
        lon, lat = at or (None, None)
        return self.desk.requests.receive(
            "hotline", category, words, "desk", lon=lon, lat=lat, **more
        )

    def request(self, identity):
        """A request as it stands."""
        with self.desk.office.reading() as connection:
            return self.desk.requests.load(connection, identity)

    def decided(self, party="E0001", unit=True):
        """A published decision."""
        desk, day = self.desk.penalties, self.desk.office.today()
        made = desk.file(ITEM, party, FACTS, day, ["li", "wang"], "li", "堵塞", unit=unit)
        kept = self.desk.files.keep("photo.txt", "现场".encode())
        desk.add_evidence(made, kept, "document", "li", "照片")
        fine = 20_000 if unit else 200
        desk.notice(made, FACTS, fine, "li", "拟处罚款")
        self.now += 10 * 24 * HOUR
        desk.decide(made, fine, "chief", "事实清楚")
        desk.record("published", made, "chief")
        return made

    def anybody(self):
        """A browser that is signed in to nothing."""
        return TestClient(self.app, base_url="http://localhost", follow_redirects=False)


class Console:
    """Somebody signed in, on a browser without scripts."""

    def __init__(self, town, name, language="zh"):
        self.client = town.anybody()
        sign_in(self.client, name, PASSWORD)
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.get("/enforcement/requests").text
        self.token = page.split('name="csrf" value="')[1].split('"')[0]

    def get(self, path):
        """A page."""
        return self.client.get(path, headers=self.headers)

    def post(self, path, files=None, **said):
        """A form."""
        said = {"csrf": self.token, **said}
        return self.client.post(path, data=said, files=files, headers=self.headers)
