"""Where the database is: the environment wins over config.toml, and no password is ever shown."""

import logging
import re
import socket
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main
from lianzhi.config import Config, ConfigError, load, with_database
from lianzhi.store.db import DatabaseUrlError, shown

SECRET = "s3cr3t-Geheim"


def run(*words: str, home: Path, url: str | None = None) -> Result:
    runner = CliRunner(env={"LIANZHI_DATABASE_URL": url, "LC_ALL": "C.UTF-8"})
    return runner.invoke(main, [*words, "--home", str(home)])


def test_the_environment_wins_unless_it_is_blank(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('deployment = "here"\ndatabase = "sqlite:///file.db"\n')
    for said in ({}, {"LIANZHI_DATABASE_URL": ""}, {"LIANZHI_DATABASE_URL": "  "}):
        assert load(tmp_path, said).url(tmp_path) == "sqlite:///file.db"
    told = load(tmp_path, {"LIANZHI_DATABASE_URL": " sqlite:///env.db\n"})
    assert (told.deployment, told.url(tmp_path)) == ("here", "sqlite:///env.db")
    assert load(tmp_path / "none", {"LIANZHI_DATABASE_URL": "sqlite:///e.db"}).database
    assert load(tmp_path / "none", {}) == Config()


def test_commands_go_where_the_environment_leads(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "elsewhere.db"
    words = ("user", "add", "ann", "--stdin")
    runner = CliRunner(env={"LIANZHI_DATABASE_URL": f"sqlite:///{file}"})
    added = runner.invoke(main, [*words, "--home", str(home)], input="correct horse battery\n")
    assert added.exit_code == 0, added.output
    assert file.exists()
    assert not (home / "lianzhi.db").exists()
    assert run("user", "list", home=home, url=f"sqlite:///{file}").stdout.startswith("ann")
    assert run("user", "list", home=home).exit_code == 3, "in the home there is none"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://ann:{SECRET}@127.0.0.1:{{port}}/lianzhi",
        f"postgresql+psycopg://ann:{SECRET}@nowhere.invalid/lianzhi",
        f"postgresql+psycopg://ann:{SECRET}@host:port/lianzhi",
        f"postgresql+psycopg://ann:x@{SECRET}@host/lianzhi",
        f"postgresql+psycopg://ann:x/{SECRET}@127.0.0.1:{{port}}/lianzhi",
        f"postgresql+psycopg://127.0.0.1:{{port}}/lianzhi?user=ann&password={SECRET}",
        f"postgresql+psycopg://127.0.0.1:{{port}}/lianzhi?no_such_option={SECRET}",
        f"postgresql+nothing://ann:{SECRET}@host/lianzhi",
        f"mysql://ann:{SECRET}@host/lianzhi",
        f"oracle://ann:{SECRET}@host",
        f"ann:{SECRET}",
    ],
)
def test_no_password_is_shown_whatever_is_wrong(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = url.format(port=free.getsockname()[1])
    (tmp_path / "file").mkdir()
    (tmp_path / "file" / "config.toml").write_text(f'database = "{url}"\n')
    for home, given in ((tmp_path, url), (tmp_path / "file", None)):
        for words in (
            *(["user", "list"], ["record", "verify"], ["watch", "-"]),
            *(["serve", "--port", "0"], ["backup", str(tmp_path / "x.tar.gz")]),
        ):
            result = run(*words, home=home, url=given)
            assert result.exit_code == 3, result.output
            assert "Error: " in result.stderr
            for said in (result.output, repr(result.exception), caplog.text):
                assert SECRET not in said


def test_what_is_shown_of_a_url() -> None:
    url = f"postgresql+psycopg://ann:{SECRET}@db.example/lianzhi?sslpassword={SECRET}"
    assert shown(url) == "'postgresql+psycopg://ann:***@db.example/lianzhi'"
    assert SECRET not in repr(Config(database=url))
    with pytest.raises(DatabaseUrlError, match=r"has an `@`.*write %40"):
        shown(f"postgresql+psycopg://ann:a@{SECRET}@db.example/lianzhi")


@pytest.mark.slow
def test_the_demo_never_goes_where_the_environment_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invented people have no business in the database of a deployment."""
    monkeypatch.setattr("lianzhi.cli.demo.serve_node", lambda *_: None)
    monkeypatch.setattr("lianzhi.cli.demo.Platform.run", lambda *_: None)
    monkeypatch.setattr("lianzhi.cli.demo.Platform.prefill", lambda *_: None)
    real = tmp_path / "real.db"
    words = ("demo", "--port", "0", "--json")
    made = run(*words, home=tmp_path / "demo", url=f"sqlite:///{real}")
    assert made.exit_code == 0, made.output
    assert (tmp_path / "demo" / "lianzhi.db").exists()
    assert not real.exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'database = "new"\n'),
        ('# a\norigin = "o"\n', 'database = "new"\n# a\norigin = "o"\n'),
        ('origin = "o"\ndatabase = "old" # x\n', 'database = "new"\norigin = "o"\n'),
        ("  'database'='old'", 'database = "new"\n'),
    ],
)
def test_the_database_is_changed_and_nothing_else(tmp_path: Path, before: str, after: str) -> None:
    assert with_database(before.encode(), "new", tmp_path).decode() == after


def test_a_configuration_that_cannot_be_changed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        with_database(b'database = """\nold"""\n', "new", tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "[settings]\nx = 1\n",
            ["[settings], which sets x,", "webhook, mail, notices, bullying"],
        ),
        ("[serttings]\n", ["[serttings], which sets nothing,", "leave it out, or use one of"]),
        ("settings = 5\n", ["`settings` is no field", "mend it"]),
        (
            'domains = ["enforcement"]\n[bullying]\nroster = 5\n',
            ["[bullying] roster = 5: Expected `str`, got `int`", "mend it in config.toml"],
        ),
        ("[bullying]\nrooster = 'x.csv'\n", ["[bullying] rooster = 'x.csv'", "unknown field"]),
    ],
)
@pytest.mark.parametrize(
    "words", [("case", "list"), ("record", "verify"), ("user", "list"), ("watch", "-")]
)
def test_a_table_that_nobody_reads_is_refused_by_every_command(
    tmp_path: Path, text: str, wanted: list[str], words: tuple[str, ...]
) -> None:
    assert run("watch", "-", home=tmp_path).exit_code == 0, "there is a deployment"
    (tmp_path / "config.toml").write_text(text)
    result = run(*words, home=tmp_path)
    assert result.exit_code == 3, result.output
    assert "Traceback" not in result.output
    for part in (str(tmp_path / "config.toml"), *wanted):
        assert part in result.stderr


def test_a_value_of_an_unknown_table_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"[databse]\nurl = '{SECRET}'\n")
    assert SECRET not in run("case", "list", home=tmp_path).output


def test_no_command_reads_the_file_without_checking_its_tables() -> None:
    rooms = [Path(str(files("lianzhi"))) / room for room in ("cli", "jobs", "web", "domains")]
    for path in (path for room in rooms for path in room.rglob("*.py")):
        if path.name != "configuration.py":
            imported = re.findall(r"^from lianzhi\.config import (.*)$", path.read_text(), re.M)
            assert not any("load" in names.split(", ") for names in imported), path
