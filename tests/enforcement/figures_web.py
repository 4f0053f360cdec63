"""A bureau with a node and the console in front of it, for the pages of figures and files."""

import io
import zipfile
from pathlib import Path

from enforcement_house import START, Bureau
from starlette.testclient import TestClient

from consoles import sign_in
from lianzhi.config import Config
from lianzhi.domains.enforcement.town import make
from lianzhi.domains.enforcement.town.writing import write
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import load_settings

PASSWORD = "correct horse battery"
PEOPLE = {"li": "inspector", "chief": "leader", "audit": "auditor"}
PAGE = {"accept": "text/html", "accept-language": "en"}


class House(Bureau):
    """A bureau whose desk is that of a node; `client` is its console, nobody signed in."""

    def __init__(self, home: Path) -> None:
        self.on(START)
        self.node = Node(home, Config(domains=("enforcement",)), clock=lambda: self.now)
        super().__init__(home, self.node.ledger)
        self.desk = self.node.desks["enforcement"]
        for name, role in PEOPLE.items():
            add_user(self.ledger, name, PASSWORD, [role], self.now, "test")
        self.app = create_app(self.node, load_settings(home), "test")
        self.client = TestClient(self.app, base_url="http://localhost", follow_redirects=False)

    def sign_in(self, name: str) -> str:
        """Sign in; returns the token that forms need."""
        self.client.cookies.clear()
        sign_in(self.client, name, PASSWORD)
        page = self.get("/enforcement/figures").text
        return page.split('X-CSRF-Token": "')[1].split('"')[0]

    def get(self, path: str):
        return self.client.get(path, headers=PAGE)

    def post(self, path: str, data=None, files=None):
        return self.client.post(path, data=data, files=files, headers=PAGE)

    def files(self, path: str) -> dict[str, bytes]:
        """The files of an archive that a page gives."""
        answer = self.post(path, {"csrf": self.sign_in("audit")})
        assert answer.status_code == 200, answer.text[:500]
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}


def written(folder: Path, seed: int = 7) -> Path:
    """The files of a seeded town."""
    folder.mkdir(exist_ok=True)
    write(make(seed), folder)
    return folder
