"""`lianzhi user` and `lianzhi key` on a home of their own."""

import json

import pytest
from click.testing import CliRunner
from web_house import NOW, PASSWORD

from lianzhi.cli.access import key, open_engine, user
from lianzhi.jobs.node import Node
from lianzhi.store import accounts
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody, open_ledger


@pytest.fixture
def run(databases, tmp_path):
    def run(group, *words, stdin=None, code=0):
        result = CliRunner().invoke(group, [*words, "--home", str(tmp_path)], input=stdin)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def engine(databases, tmp_path):
    engine = open_engine(tmp_path)
    engine.home = tmp_path  # where its keys lie
    yield engine
    engine.dispose()


def sign_in(engine, name, password):
    return accounts.authenticate(open_ledger(engine, engine.home), name, password, NOW)


def test_user_from_first_to_last(run, engine):
    run(user, "add", "Alice", "--role", "reviewer", "--stdin", stdin=PASSWORD + "\n")
    assert sign_in(engine, "alice", PASSWORD).roles == ("reviewer",)
    new = "another battery staple"
    run(user, "passwd", "alice", stdin=f"{new}\n{new}\n")
    assert sign_in(engine, "alice", PASSWORD) is None
    assert sign_in(engine, "alice", new) is not None
    assert run(user, "list").output == "alice\treviewer\tactive\n"
    run(user, "disable", "alice")
    assert sign_in(engine, "alice", new) is None
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


def told(engine):
    ledger = open_ledger(engine, engine.home)
    return [(entry.kind, ledger.payload(entry.index)) for entry in ledger.entries()]


def test_roles_locks_links_and_the_record(run, engine):
    roles = ["--role", "reviewer", "--role", "admin"]
    run(user, "add", "alice", *roles, "--stdin", stdin=PASSWORD + "\n")
    assert run(user, "list").output == "alice\treviewer,admin\tactive\n"
    assert "last administrator" in run(user, "role", "alice", "--role", "viewer", code=3).output
    assert "last administrator" in run(user, "disable", "alice", code=3).output
    run(user, "add", "bob", "--role", "admin", "--stdin", stdin=PASSWORD + "\n")
    run(user, "role", "alice", "--role", "viewer")
    run(user, "disable", "alice")
    run(user, "enable", "alice")
    for _ in range(10):
        sign_in(engine, "alice", "wrong password")
    assert sign_in(engine, "alice", PASSWORD) is None
    run(user, "unlock", "alice")
    assert sign_in(engine, "alice", PASSWORD).roles == ("viewer",)
    run(user, "link", "alice", "--issuer", "https://id.example", "--subject", "s1")
    assert accounts.find_linked(engine, "https://id.example", "s1").name == "alice"
    assert run(user, "role", "alice", code=2).output
    kinds = [kind for kind, _ in told(engine)]
    assert kinds == [
        *("user.added", "user.added", "user.changed", "user.disabled", "user.changed"),
        *("user.locked", "user.changed", "user.changed"),
    ]
    assert all(said["by"].startswith("cli") for kind, said in told(engine) if kind != "user.locked")
    assert PASSWORD not in str(told(engine))


def test_a_rotated_key_prints_its_new_token_once(run, engine):
    old = run(key, "add", "platform", "--scope", "audit").stdout.strip()
    made = accounts.find_key(engine, old)
    new = run(key, "rotate", made.id, "--overlap", "2").stdout.strip()
    assert accounts.find_key(engine, new).expires_at is None
    until = accounts.find_key(engine, old)
    assert until.expires_at == until.old_until
    assert run(key, "rotate", "nothing", code=3).output
    assert [kind for kind, _ in told(engine)] == ["key.added", "key.rotated"]


def test_staff_changes_go_on_the_record_while_a_node_runs(run, tmp_path):
    with Node(tmp_path) as node:
        run(user, "add", "alice", "--role", "admin", "--stdin", stdin=PASSWORD + "\n")
        accounts.add_user(node.ledger, "bob", PASSWORD, ["viewer"], node.now(), "alice")
        run(key, "add", "platform", "--scope", "read")
        kinds = [entry.kind for entry in node.ledger.entries()]
        assert kinds == ["policy.loaded", "user.added", "user.added", "key.added"]
        assert audit(node.engine, *custody(tmp_path)).ok


def test_bodies_of_users_and_keys(run, engine):
    run(user, "add", "alice", "--stdin", stdin=PASSWORD + "\n")
    run(user, "body", "alice", "--body", "department: 海关")
    assert run(user, "list").output == "alice\tviewer\tactive\tdepartment:海关\n"
    run(key, "add", "shop", "--scope", "read")
    (made,) = accounts.list_keys(engine)
    run(key, "body", made.id, "--body", "platform:Ｓｈｏｐ")
    assert run(key, "list").output.endswith("\tplatform:Shop\n")
    assert accounts.list_keys(engine)[0].body.name == "Shop"
    assert [kind for kind, _ in told(engine)][1::2] == ["user.changed", "key.changed"]
    run(user, "body", "alice", "--none")
    assert accounts.list_users(engine)[0].body is None
    assert "write KIND:NAME" in run(user, "body", "alice", "--body", "army:5", code=3).output
    assert "--none" in run(user, "body", "alice", code=2).output
    run(key, "revoke", made.id)
    assert "none in force" in run(key, "body", made.id, "--none", code=3).output
