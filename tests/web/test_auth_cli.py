"""`lianzhi user` and `lianzhi key` on a home of their own."""

import json

import pytest
from click.testing import CliRunner
from web_house import PASSWORD

from lianzhi.cli.access import key, open_engine, user
from lianzhi.store import accounts


@pytest.fixture
def run(tmp_path):
    def run(group, *words, stdin=None, code=0):
        result = CliRunner().invoke(group, [*words, "--home", str(tmp_path)], input=stdin)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(tmp_path)
    yield engine
    engine.dispose()


def test_user_from_first_to_last(run, engine):
    run(user, "add", "Alice", "--role", "reviewer", "--stdin", stdin=PASSWORD + "\n")
    assert accounts.authenticate(engine, "alice", PASSWORD).role == "reviewer"
    new = "another battery staple"
    run(user, "passwd", "alice", stdin=f"{new}\n{new}\n")
    assert accounts.authenticate(engine, "alice", PASSWORD) is None
    assert accounts.authenticate(engine, "alice", new) is not None
    assert run(user, "list").output == "alice\treviewer\tactive\n"
    run(user, "disable", "alice")
    assert accounts.authenticate(engine, "alice", new) is None
    (listed,) = json.loads(run(user, "list", "--json").output)
    assert (listed["name"], listed["disabled_at"] > 0) == ("alice", True)
    assert "password" not in listed


def test_key_is_shown_once(run, engine):
    result = run(key, "add", "platform", "--scope", "ingest", "--scope", "read", "--days", "30")
    token = result.stdout.strip()
    made = accounts.find_key(engine, token)
    assert made.scopes == ("ingest", "read")
    assert made.expires_at - made.created_at == 30 * 86_400_000
    listed = run(key, "list").output
    assert made.id in listed
    assert token.split("_", 2)[2] not in listed
    run(key, "revoke", made.id)
    assert accounts.find_key(engine, token).revoked_at is not None
    assert "over" in run(key, "list").output


def test_key_as_json_is_clean_on_stdout(run):
    result = run(key, "add", "platform", "--scope", "read", "--json")
    assert json.loads(result.stdout)["token"].startswith("lz_")


@pytest.mark.parametrize(
    ("group", "words", "stdin", "hint"),
    [
        (user, ["add", "bob", "--stdin"], "short\n", "password: 5 characters"),
        (user, ["disable", "nobody"], None, "lianzhi user list"),
        (key, ["revoke", "nothing"], None, "lianzhi key list"),
    ],
)
def test_refusals_say_the_mend(run, group, words, stdin, hint):
    run(user, "add", "alice", "--stdin", stdin="a long password\n")
    result = run(group, *words, stdin=stdin, code=3)
    assert hint in result.output
    assert "Traceback" not in result.output
