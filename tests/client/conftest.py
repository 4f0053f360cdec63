"""Fixtures: a node served over HTTP, and a server that gives the answers of a script."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from client_house import NOW, Scripted, Served, later

from lianzhi.config import Config, Webhook
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_key
from lianzhi.store.keys import SCOPES
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import body, calm, crowd, merged
from waiting import eventually


@contextmanager
def running() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("served")
    with running() as platform:
        webhook = Webhook(f"{platform.url}/hook")
        with Node(home, Config(lateness_seconds=5.0, webhook=webhook), lambda: NOW) as node:
            yield from serving(node, platform)


def serving(node: Node, platform: Scripted) -> Iterator[Served]:
    node.intake.submit(body(map(later, merged(calm(80), crowd("victim", 50)))), "test")
    node.intake.finish()
    _, key = add_key(node.ledger, "platform", SCOPES, NOW, "test")
    settings = Settings(client_rate=1e6, client_burst=1e6)
    config = uvicorn.Config(create_app(node, settings), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        assert eventually(lambda: server.started)
        yield Served(node, f"http://127.0.0.1:{listener.getsockname()[1]}", key, platform)
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with running() as server:
        yield server
