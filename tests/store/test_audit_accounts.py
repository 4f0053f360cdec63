"""Users and API keys changed behind the record are named; honest deployments are not accused."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from databases import Databases, with_tables
from lianzhi.cli.main import main
from lianzhi.jobs.mounted import MODEL
from lianzhi.store import accounts, passwords
from lianzhi.store.audit_accounts import audit_accounts
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.read_model import projections

AT = 1_795_608_300_000
PASSWORD = "correct horse battery"


@pytest.fixture
def ledger(engine: Engine, tmp_path: Path) -> Ledger:
    """A deployment with three users and two keys, each changed in every way."""
    ledger = open_ledger(engine, tmp_path, projections=projections())
    for name, role in (("boss", "admin"), ("alice", "reviewer"), ("bob", "viewer")):
        accounts.add_user(ledger, name, PASSWORD, [role], AT, "root")
    link = ("https://id.example", "sub-1")
    accounts.link_user(ledger, "alice", link, AT + 1, "boss")
    accounts.set_roles(ledger, "alice", ["reviewer", "senior"], AT + 2, "boss")
    accounts.set_password(ledger, "alice", "another battery staple", AT + 3, "boss")
    accounts.disable_user(ledger, "bob", AT + 4, "boss")
    for label in ("platform", "archive"):
        key, _ = accounts.add_key(ledger, label, ["read"], AT + 5, "boss")
    accounts.rotate_key(ledger, key.id, 1000, AT + 6, "boss")
    accounts.revoke_key(ledger, key.id, AT + 7, "boss")
    accounts.set_user_body(ledger, "alice", "department:海关", AT + 8, "boss")
    first = next(key.id for key in accounts.list_keys(engine) if key.label == "platform")
    accounts.set_key_body(ledger, first, "platform:Shop", AT + 8, "boss")
    assert accounts.authenticate(ledger, "alice", "another battery staple", AT + 8)
    return ledger


def faults(ledger: Ledger) -> list[str]:
    report = audit_accounts(ledger.engine, ledger.signer.seal_key)
    assert report.ok == (not report.faults)
    return [f"{fault.table} {fault.key}: {fault.detail}" for fault in report.faults]


def test_an_honest_deployment_is_not_accused(ledger: Ledger) -> None:
    report = audit_accounts(ledger.engine, ledger.signer.seal_key)
    assert (report.ok, report.rows, report.faults) == (True, 5, ())


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE \"user\" SET roles = 'admin' WHERE name = 'alice'",
            "user alice: roles: not as recorded",
        ),
        (
            "UPDATE \"user\" SET disabled_at = NULL WHERE name = 'bob'",
            "user bob: disabled_at: not as recorded",
        ),
        (
            'UPDATE "user" SET password = (SELECT password FROM "user" WHERE name = \'boss\') '
            "WHERE name = 'alice'",
            "user alice: password, issuer, subject: not as recorded",
        ),
        (
            "UPDATE \"user\" SET subject = 'sub-2' WHERE name = 'alice'",
            "user alice: password, issuer, subject: not as recorded",
        ),
        (
            "UPDATE \"user\" SET name = 'mallory' WHERE name = 'alice'",
            "user alice: name: not as recorded",
        ),
        ("DELETE FROM \"user\" WHERE name = 'alice'", "user alice: the row is gone"),
        (
            'INSERT INTO "user" (id, name, password, roles, session, created_at) '
            "VALUES ('0', 'mallory', '', 'admin', 0, 1)",
            "user mallory: the row is not from the record",
        ),
        (
            "UPDATE \"user\" SET body = 'squad:5' WHERE name = 'bob'",
            "user bob: body: not as recorded",
        ),
        (
            "UPDATE api_key SET body = NULL WHERE label = 'platform'",
            "api_key platform: body: not as recorded",
        ),
        (
            "UPDATE api_key SET scopes = 'read decide' WHERE label = 'platform'",
            "api_key platform: scopes: not as recorded",
        ),
        (
            "UPDATE api_key SET revoked_at = NULL WHERE label = 'archive'",
            "api_key archive: revoked_at: not as recorded",
        ),
        (
            "UPDATE api_key SET digest = old_digest WHERE label = 'archive'",
            "api_key archive: digest: not as recorded",
        ),
        (
            "UPDATE api_key SET old_digest = digest, old_until = 9 WHERE label = 'platform'",
            "api_key platform: old_digest, old_until: not as recorded",
        ),
        (
            "UPDATE api_key SET old_digest = digest WHERE label = 'archive'",
            "api_key archive: old_digest: not as recorded",
        ),
        ("DELETE FROM api_key WHERE label = 'archive'", "api_key archive: the row is gone"),
    ],
)
def test_a_row_changed_behind_the_record_is_named(
    ledger: Ledger, statement: str, fault: str
) -> None:
    with ledger.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    assert faults(ledger) == [fault]


def test_a_hash_renewed_at_sign_in_is_no_fault(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = passwords.hashed(PASSWORD, "boss")
    monkeypatch.setattr("lianzhi.store.sign_in.renewed", lambda *_: fresh)
    size = ledger.size
    assert accounts.authenticate(ledger, "boss", PASSWORD, AT + 9)
    (entry,) = ledger.entries(size)
    assert entry.kind == "user.changed"
    assert faults(ledger) == []


def test_entries_of_older_versions_without_marks_accuse_nobody(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianzhi.store.users.user_mark", lambda *_: None)
    monkeypatch.setattr("lianzhi.store.keys.key_mark", lambda *_: None)
    accounts.add_user(ledger, "carol", PASSWORD, ["viewer"], AT, "boss")
    accounts.add_key(ledger, "old", ["read"], AT, "boss")
    assert faults(ledger) == []


def test_verify_names_the_user_and_ends_with_one(databases: Databases, tmp_path: Path) -> None:
    engine = with_tables(databases.url(tmp_path), model=MODEL)
    accounts.add_user(open_ledger(engine, tmp_path), "alice", PASSWORD, ["viewer"], AT, "root")
    sound = CliRunner().invoke(main, ["record", "verify", "--home", str(tmp_path)])
    assert sound.exit_code == 0, sound.output
    assert "Checkpoints: 1 signed, each consistent with the next" in sound.output
    assert "Users and API keys: 1 are as the record tells them" in sound.output
    with engine.begin() as connection:
        connection.execute(text("UPDATE \"user\" SET roles = 'admin'"))
    engine.dispose()
    told = CliRunner().invoke(main, ["record", "verify", "--home", str(tmp_path)])
    assert told.exit_code == 1
    assert "NOT SOUND: table user, row alice: roles: not as recorded" in told.output
