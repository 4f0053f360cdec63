"""`lianzhi record verify` held against what somebody kept elsewhere, and databases by URL."""

import json
import shutil
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result

from databases import Databases, closing_engine
from lianzhi.cli.main import main
from lianzhi.jobs.mounted import MODEL
from lianzhi.record.checkpoint import Verifier
from lianzhi.store.db import writing
from lianzhi.store.migrate import script
from streams import body, calm, crowd, merged

pytestmark = pytest.mark.usefixtures("databases")
EVENTS = merged(calm(80), crowd("victim", 50))


def run(*words: object) -> Result:
    return CliRunner(env={"LC_ALL": "C.UTF-8"}).invoke(main, [*map(str, words)])


def lived(home: Path, events: int) -> str:
    """A deployment that has seen so many events; its checkpoint."""
    stream = home.parent / "stream.ndjson"
    stream.write_bytes(body(EVENTS[:events]))
    assert run("watch", stream, "--home", home).exit_code == 0
    return (home / "record" / "checkpoint").read_text("utf-8")


def test_an_earlier_checkpoint_shows_that_the_record_only_grew(tmp_path: Path) -> None:
    home, kept = tmp_path / "home", tmp_path / "checkpoint"
    kept.write_text(lived(home, 110), "utf-8")
    shown = run("record", "verify", "--json", "--home", home)
    key, size = (json.loads(shown.stdout)[name] for name in ("key", "size"))
    assert Verifier.parse(key).checkpoint(kept.read_text("utf-8")).size == size > 0
    lived(home, len(EVENTS))
    grown = run("record", "verify", "--checkpoint", kept, "--home", home)
    assert grown.exit_code == 0
    assert f"Public key: {key}" in grown.stdout
    assert f"begins with the {size} entries" in grown.stdout


@pytest.mark.parametrize("given", ["newer", "of another record", "no checkpoint"])
def test_a_checkpoint_that_does_not_fit_is_told(
    databases: Databases, tmp_path: Path, given: str
) -> None:
    home, kept = tmp_path / "home", tmp_path / "checkpoint"
    lived(home, 110)
    if given == "newer":
        older = databases.copy(home)
        shutil.copytree(home, tmp_path / "older")
        kept.write_text(lived(home, len(EVENTS)), "utf-8")
        shutil.rmtree(home)
        (tmp_path / "older").rename(home)
        older.put_back()
    elif given == "of another record":
        kept.write_text(lived(tmp_path / "other", len(EVENTS)), "utf-8")
    else:
        kept.write_bytes(b"\xff no note\n")
    result = run("record", "verify", "--checkpoint", kept, "--home", home)
    assert result.exit_code == 1
    assert "NOT SOUND: the checkpoint given" in result.stdout


@pytest.mark.parametrize("url", ["foo", "mysql://x:secret@host/y", "oracle+none://x:secret@y"])
def test_a_database_that_cannot_be_used_is_told_without_its_password(
    tmp_path: Path, url: str
) -> None:
    (tmp_path / "config.toml").write_text(f'database = "{url}"\n')
    for words in ("user list", "record erase --subject x", "watch -"):
        result = run(*words.split(), "--home", tmp_path)
        assert result.exit_code == 3
        assert "give postgresql+psycopg://" in result.stderr
        assert "secret" not in result.stderr


def test_tables_of_an_older_version_are_told(databases: Databases, tmp_path: Path) -> None:
    """As an upgrade leaves them that was killed: a start of the node goes on with it."""
    home = tmp_path / "home"
    lived(home, 110)
    with closing_engine(databases.url(home)) as engine, writing(engine) as connection:
        command.downgrade(script(connection, MODEL.branches), "score@base")
    refused = run("record", "verify", "--home", home)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert refused.stderr.startswith("Error: the database has the tables of an older version: ")
    assert refused.stderr.count("\n") == 1
    assert run("backup", tmp_path / "file.tar.gz", "--home", home).exit_code == 0
    lived(home, len(EVENTS))
    assert run("record", "verify", "--home", home).exit_code == 0
