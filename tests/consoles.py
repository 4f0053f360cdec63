"""The console as a browser without scripts sees it, and a clock that tests set."""

import datetime as dt

from starlette.testclient import TestClient

from lianzhi.law.clock import midnight

PASSWORD = "correct horse battery"
HOUR = 3_600_000


class Clock:
    """Ten o'clock of a day, in Unix milliseconds, until it is set."""

    def __init__(self, day: dt.date) -> None:
        self.now = midnight(day) + 10 * HOUR

    def __call__(self) -> int:
        return self.now


def sign_in(client: TestClient, name: str, password: str) -> None:
    """Sign in, as a browser does."""
    page = client.get("/login").text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    client.post("/login", data={"name": name, "password": password, "csrf": token, "next": "/"})


class Console:
    """Somebody signed in at `node.app`."""

    def __init__(self, node, name, language="zh"):
        self.client = TestClient(node.app, base_url="http://localhost", follow_redirects=False)
        sign_in(self.client, name, PASSWORD)
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.client.get("/settings", headers=self.headers).text
        self.token = page.split('X-CSRF-Token": "')[1].split('"')[0]

    def get(self, path):
        return self.client.get(path, headers=self.headers)

    def post(self, path, **fields):
        return self.client.post(path, data={"csrf": self.token, **fields}, headers=self.headers)
