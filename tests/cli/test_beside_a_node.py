"""Commands beside a server at work, and a second server on its database: nobody harms the other."""

import json
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from test_serve import Server

from databases import Databases
from lianzhi.cli.main import main
from lianzhi.jobs.node import Node
from lianzhi.store import views
from lianzhi.store.accounts import add_key
from streams import body, calm, crowd, merged
from waiting import eventually

sys.path.append(str(Path(__file__).parents[1] / "post"))

from post_house import Receiver

NOW = int(time.time() * 1000)
HOUR = 3_600_000
PASSWORD = "correct horse battery"
pytestmark = pytest.mark.slow


class Town:
    """A home with a case, the server that works on it, and the platform that it posts to."""

    def __init__(self, home: Path, url: str) -> None:
        self.home, self.url, self.receiver = home, url, Receiver()
        home.mkdir()
        lines = [
            f'database = "{url}"',
            "[webhook]",
            f'url = "{self.receiver.url}"',
            "notices = false",
        ]
        (home / "config.toml").write_text("\n".join(lines) + "\n")
        (home / "config.toml").chmod(0o600)
        with Node(home) as node:
            events = merged(calm(80, start=NOW - 3 * HOUR), crowd("victim", 50, start=NOW - HOUR))
            node.intake.submit(body(events), "test")
            node.intake.finish()
            self.case = views.cases(node.engine, query="victim").rows[0].id
            scopes = ("ingest", "decide", "read")
            _, self.key = add_key(node.ledger, "test", scopes, node.now(), "test")
        self.server = Server("serve", "--home", home)

    def ask(self, method: str, path: str, sent: bytes = b"", kind: str = "json") -> Any:
        head = {"Authorization": f"Bearer {self.key}", "Content-Type": f"application/{kind}"}
        status, answer = self.server.ask(method, path, sent, **head)
        assert status < 300, answer
        return json.loads(answer)

    def decide(self) -> None:
        order = {"measure": "mute", "hours": 24, "role": "follower"}
        said = {"orders": [order], "reason": "三次辱骂同一人。", "ground": "harassment"}
        self.ask("POST", f"/v1/cases/{self.case}/decisions", json.dumps(said).encode())

    def run(self, *words: object, stdin: str | None = None) -> Result:
        done = CliRunner().invoke(main, [*map(str, words), "--home", str(self.home)], input=stdin)
        assert done.exit_code == 0, (words, done.output)
        return done


@pytest.fixture
def town(databases: Databases, tmp_path: Path) -> Iterator[Town]:
    home = tmp_path / "home"
    made = Town(home, databases.url(home, empty=True))
    yield made
    made.server.process.kill()
    made.server.process.communicate()
    made.receiver.close()


def test_commands_work_beside_a_server_and_a_second_one_is_refused(
    town: Town, tmp_path: Path
) -> None:
    def gone(handler: Any, message: str) -> bool:
        handler.answer(410)
        return True

    town.receiver.behave = gone
    town.decide()
    assert eventually(lambda: dead(town) > 0)
    stop, sent = threading.Event(), []

    def load() -> None:
        while not stop.wait(0.2):  # its log goes into a pipe that nobody empties
            some = calm(20, seed=len(sent) + 10, start=int(time.time() * 1000) - HOUR)
            sent.append(town.ask("POST", "/v1/events", body(some), "x-ndjson")["accepted"])

    thread = threading.Thread(target=load)
    thread.start()
    try:
        refused(town, tmp_path / "second")
        for n in range(3):
            words = ("user", "add", f"li{n}", "--role", "reviewer", "--stdin")
            town.run(*words, stdin=f"{PASSWORD}\n")
        town.run("evidence", "export", town.case, "-o", tmp_path / "pack.zip")
        town.run("backup", tmp_path / "all.tar.gz")
        town.receiver.behave = lambda handler, message: None
        town.run("outbox", "retry", "all")
        assert eventually(lambda: bool(town.receiver.applied) and not dead(town))
        town.run("record", "verify")
    finally:
        stop.set()
        thread.join()
    assert sent == [20] * len(sent)
    assert len(sent) > 1
    assert zipfile.ZipFile(tmp_path / "pack.zip").testzip() is None
    town.decide()
    rows = town.ask("GET", "/v1/measures?limit=200")["rows"]
    orders = {f"{row['id']}-1" for row in rows if row["status"] in ("ordered", "applied")}
    assert eventually(lambda: orders <= set(town.receiver.applied))
    assert town.server.stop(15)[0] == 0
    town.run("record", "verify")
    listed = town.run("user", "list").output
    assert all(f"li{n}" in listed for n in range(3))
    with Node(town.home) as node:
        node.judge.wait()  # closing leaves to the next start what it has no time for
        assert node.judge.trouble is None


def dead(town: Town) -> int:
    return len(town.run("outbox", "list", "--json").stdout.splitlines())


def refused(town: Town, home: Path) -> None:
    """A server of another home on the same database says who is there, and touches nothing."""
    home.mkdir()
    (home / "config.toml").write_text(f'database = "{town.url}"\n')
    other = Server("serve", "--home", home)
    err = other.process.communicate(timeout=20)[1].decode()
    code = other.process.returncode
    assert code == 3, err
    assert f"the node of {town.home}" in err
    assert not list(home.glob("events/*"))
