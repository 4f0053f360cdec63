"""Users and keys in the store: roles, the last administrator, links, rotation, the record; what a
sign-in costs."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from databases import with_tables
from lianzhi.store import accounts, passwords
from lianzhi.store.ledger import open_ledger
from lianzhi.store.read_model import projections
from lianzhi.store.refusal import AccountError

#: How passwords are hashed is what these tests are about; see conftest.
DEAR = True
AT = 1_795_608_300_000
HOUR = 3_600_000
PASSWORD = "correct horse battery"


@pytest.fixture
def ledger(tmp_path):
    engine = with_tables(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    yield open_ledger(engine, tmp_path, projections=projections())
    engine.dispose()


@pytest.fixture
def add(ledger):
    def add(name, *roles):
        return accounts.add_user(ledger, name, PASSWORD, roles, AT, "root")

    return add


def told(ledger):
    return [(e.kind, e.ref, ledger.payload(e.index)) for e in ledger.entries()]


def test_every_change_is_an_entry_and_none_holds_a_secret(ledger, add):
    user = add("alice", "reviewer", "viewer")
    assert user.roles == ("viewer", "reviewer")
    accounts.set_roles(ledger, "alice", ["senior"], AT + 1, "root")
    accounts.set_password(ledger, "alice", "another battery staple", AT + 2, "root")
    accounts.link_user(ledger, "alice", ("https://id.example", "sub-1"), AT + 3, "root")
    accounts.disable_user(ledger, "alice", AT + 4, "root")
    accounts.enable_user(ledger, "alice", AT + 5, "root")
    key, token = accounts.add_key(ledger, "platform", ["read"], AT + 6, "root")
    _, again = accounts.rotate_key(ledger, key.id, HOUR, AT + 7, "root")
    accounts.revoke_key(ledger, key.id, AT + 8, "root")
    entries = told(ledger)
    assert [kind for kind, _, _ in entries] == [
        *("user.added", "user.changed", "user.changed", "user.changed"),
        *("user.disabled", "user.changed", "key.added", "key.rotated", "key.revoked"),
    ]
    assert [said.get("change") for _, _, said in entries[1:6]] == [
        *("roles", "password", "linked", None, "enabled")
    ]
    assert {ref for _, ref, _ in entries} == {user.id, key.id}
    assert all(said["by"] == "root" for _, _, said in entries)
    assert entries[1][2]["roles"] == ["senior"]
    for secret in (PASSWORD, "staple", "argon2", token.split("_", 2)[2], again.split("_", 2)[2]):
        assert secret not in str(entries)


def test_what_is_refused_changes_nothing_and_is_no_entry(ledger, add):
    add("boss", "admin")
    add("alice", "viewer")
    size = ledger.size
    refused = [
        ("own_roles", lambda: accounts.set_roles(ledger, "boss", ["viewer"], AT, "boss")),
        ("own_roles", lambda: accounts.disable_user(ledger, "boss", AT, "boss")),
        ("last_admin", lambda: accounts.set_roles(ledger, "boss", ["viewer"], AT, "root")),
        ("last_admin", lambda: accounts.disable_user(ledger, "boss", AT, "root")),
        ("roles", lambda: accounts.set_roles(ledger, "alice", [], AT, "boss")),
        ("roles", lambda: accounts.set_roles(ledger, "alice", ["owner"], AT, "boss")),
        ("name_taken", lambda: add("Alice", "viewer")),
        ("link", lambda: accounts.link_user(ledger, "alice", ("", "x"), AT, "boss")),
    ]
    for code, call in refused:
        with pytest.raises(AccountError) as error:
            call()
        assert error.value.code == code
    assert ledger.size == size
    assert [user.roles for user in accounts.list_users(ledger.engine)] == [("viewer",), ("admin",)]


def test_the_last_administrator_may_go_once_there_is_another(ledger, add):
    add("boss", "admin")
    add("second", "admin", "senior")
    accounts.disable_user(ledger, "boss", AT, "second")
    with pytest.raises(AccountError, match="last administrator"):
        accounts.set_roles(ledger, "second", ["senior"], AT, "root")
    accounts.set_password(ledger, "boss", "another battery staple", AT, "second")
    accounts.enable_user(ledger, "boss", AT, "second")
    accounts.set_roles(ledger, "second", ["senior"], AT, "boss")


def test_links_are_unique_and_find_their_user(ledger, add):
    add("alice", "viewer")
    link = ("https://id.example", "sub-1")
    accounts.link_user(ledger, "alice", link, AT, "root")
    assert accounts.find_linked(ledger.engine, *link).name == "alice"
    assert accounts.find_linked(ledger.engine, link[0], "sub-2") is None
    add("bob", "viewer")
    with pytest.raises(AccountError, match="belongs to another"):
        accounts.link_user(ledger, "bob", link, AT, "root")
    with pytest.raises(AccountError, match="belongs to another"):
        accounts.add_linked_user(ledger, "carol", link, ["viewer"], AT, "oidc")
    made = accounts.add_linked_user(ledger, "carol", (link[0], "sub-3"), ["viewer"], AT, "oidc")
    assert not made.has_password
    for password in ("", PASSWORD):
        assert accounts.authenticate(ledger, "carol", password, AT) is None


def test_a_rotated_key_overlaps_and_the_old_secret_ends(ledger):
    key, old = accounts.add_key(ledger, "x", ["read"], AT, "root", AT + 10 * HOUR)
    _, new = accounts.rotate_key(ledger, key.id, HOUR, AT, "root")
    before, after = (accounts.find_key(ledger.engine, token) for token in (old, new))
    assert before.id == after.id == key.id
    assert [before.valid_at(AT + at) for at in (0, HOUR - 1, HOUR)] == [True, True, False]
    assert [after.valid_at(AT + at) for at in (HOUR, 10 * HOUR - 1, 10 * HOUR)] == [
        *(True, True, False)
    ]
    _, third = accounts.rotate_key(ledger, key.id, 0, AT, "root")
    assert accounts.find_key(ledger.engine, old) is None
    assert not accounts.find_key(ledger.engine, new).valid_at(AT)
    accounts.revoke_key(ledger, key.id, AT, "root")
    assert not accounts.find_key(ledger.engine, third).valid_at(AT)
    with pytest.raises(AccountError, match="none in force"):
        accounts.rotate_key(ledger, key.id, 0, AT, "root")
    late, _ = accounts.add_key(ledger, "y", ["read"], AT, "root", AT + HOUR)
    with pytest.raises(AccountError, match="none in force"):
        accounts.rotate_key(ledger, late.id, 0, AT + HOUR, "root")


def counting(calls, work):
    real = getattr(PasswordHasher, work)

    def call(*given):
        calls.append((work, *given[1:]))
        return real(*given)

    return call


@pytest.mark.parametrize("name", ["alice", "nobody", "\x00", "gone", "linked"])
def test_every_name_costs_one_verification_and_no_other_hash(ledger, add, monkeypatch, name):
    """The time of a sign-in is that of argon2: it runs as often, whoever is asked for first."""
    for user in ("boss", "alice", "gone"):
        add(user, "admin")
    accounts.disable_user(ledger, "gone", AT, "boss")
    link = ("https://id.example", "sub-9")
    accounts.add_linked_user(ledger, "linked", link, ["viewer"], AT, "boss")
    calls = []
    for work in ("verify", "hash"):
        monkeypatch.setattr(PasswordHasher, work, counting(calls, work))
    passwords._unusable_hash.cache_clear()  # as in a process that has just started
    assert accounts.authenticate(ledger, name, "not the password", AT) is None
    assert [call[0] for call in calls] == ["hash", "verify"]
    assert calls[1][1].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert accounts.authenticate(ledger, name, "not the password", AT) is None
    assert [call[0] for call in calls] == ["hash", "verify", "verify"]


def test_a_hash_with_weaker_parameters_is_renewed_at_sign_in(ledger, add):
    alice = add("alice", "reviewer")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    def kept():
        with ledger.engine.connect() as connection:
            return connection.scalar(select(accounts.user_table.c.password))

    with ledger.engine.begin() as connection:
        connection.execute(update(accounts.user_table).values(password=weak))
    assert accounts.authenticate(ledger, "alice", "not the password", AT) is None
    assert kept() == weak
    assert accounts.authenticate(ledger, "alice", PASSWORD, AT).session == alice.session
    assert kept() != weak
    assert not PasswordHasher().check_needs_rehash(kept())
    assert accounts.authenticate(ledger, "alice", PASSWORD, AT) is not None
