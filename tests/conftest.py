"""Puts `streams` and `databases` on the path of every test, with databases to run on."""

import os
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from databases import KINDS, MEMORY, Databases, Server, running, upgrade_quickly, with_tables
from lianzhi.chain import policy
from lianzhi.config import Config
from lianzhi.jobs import ticker
from lianzhi.jobs.post import courier
from lianzhi.law import data_files
from lianzhi.store import passwords

#: Examples of a property that the quick tests never go below.
FEW_EXAMPLES = 10


def pytest_configure() -> None:
    """Whatever is put on a record is synced at once: homes stand in memory, where there is room."""
    if MEMORY is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)
    # How long an example takes says how busy the machine is, and nothing of what is tested.
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with slow tests first: where several processes take files, none ends alone with one.

    `make test FAST=1` tries a quarter of the examples of properties; the whole suite tries all.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if config.option.markexpr.startswith("not slow"):
        for test in {getattr(item, "function", None) for item in items}:
            known = getattr(test, "_hypothesis_internal_use_settings", None)
            if known is not None and known.max_examples > FEW_EXAMPLES:
                few = max(FEW_EXAMPLES, known.max_examples // 4)
                test._hypothesis_internal_use_settings = settings(known, max_examples=few)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, for this process alone."""
    with running() as server:
        yield server


@pytest.fixture(scope="module", params=KINDS)
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Runs a test once on SQLite and once on PostgreSQL: there each home has its database.

    A configuration that names no database leads to it.
    """
    postgres = request.param == "postgres"
    made = Databases(request.getfixturevalue("server") if postgres else None)
    with pytest.MonkeyPatch.context() as patch:
        if postgres:
            plain = Config.url
            patch.setattr(Config, "url", lambda s, h: plain(s, h) if s.database else made.url(h))
        yield made
    made.close()


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """The database of `tmp_path`, with our tables."""
    engine = with_tables(databases.url(tmp_path), busy_ms=2000)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def quick_tables() -> Iterator[None]:
    """A new node in a file of SQLite has its tables at once; to migrate takes longer than to start.

    Tests about migrating call `migrate.upgrade` itself, or start another process.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lianzhi.jobs.storage.upgrade", upgrade_quickly)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Nearly every test has a database of its own, for which all statements would be compiled anew.
    All databases of a kind share what is compiled."""
    known = LRUCache[Any, Any](10_000)
    shared = property(lambda engine: known, lambda engine, own: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", shared, raising=False)
        patch.setattr(DefaultDialect, "__eq__", lambda self, other: type(self) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda self: hash(type(self)))
        yield


@pytest.fixture(scope="session", autouse=True)
def law_parsed_once() -> Iterator[None]:
    """Nearly every node reads the same files of law and policy, and changes nothing in their data.
    A text is parsed once by a process."""
    parser = SimpleNamespace(loads=lru_cache(256)(tomllib.loads))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data_files, "tomllib", parser)
        patch.setattr(policy, "tomllib", parser)
        yield


@pytest.fixture(scope="session", autouse=True)
def timed_work_soon() -> Iterator[None]:
    """Many tests wait for what a node does about once a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ticker, "TICK_S", 0.1)
        patch.setattr(courier, "POLL_S", 0.1)
        yield


@pytest.fixture(scope="module", autouse=True)
def cheap_passwords(request: pytest.FixtureRequest) -> Iterator[None]:
    """Passwords are hashed at the least cost, unless a module is about them and says so: `DEAR`."""
    if getattr(request.module, "DEAR", False):
        yield
        return
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        passwords._unusable_hash.cache_clear()
        yield
    passwords._unusable_hash.cache_clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the quick tests take by themselves (`make test FAST=1`), as the sum of their times
    on the workers."""
    reports = (report for kind in terminalreporter.stats.values() for report in kind)
    timed = [(r.duration, "slow" in r.keywords) for r in reports if hasattr(r, "duration")]
    workers = getattr(terminalreporter.config.option, "numprocesses", None) or 1
    quick, slow = (sum(d for d, is_slow in timed if is_slow is kind) for kind in (False, True))
    if quick + slow > 60:
        terminalreporter.write_line(
            f"quick tests: {quick / workers / 60:.1f} min on {workers} workers; "
            f"slow ones: {slow / workers / 60:.1f} min"
        )
