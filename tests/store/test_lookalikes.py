"""New user names that could be taken for another user's are refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from lianzhi.store import accounts
from lianzhi.store.ledger import open_ledger
from lianzhi.store.lookalikes import scripts, skeleton
from lianzhi.store.refusal import AccountError
from lianzhi.store.users import plain_name

AT = 1_795_608_300_000


@pytest.fixture
def refusal_of(engine: Engine, tmp_path):
    """What is told of a new name, empty where it is taken, beside users of these names."""
    ledger = open_ledger(engine, tmp_path)

    def add(name: str) -> str:
        try:
            accounts.add_user(ledger, name, "correct horse battery", ["viewer"], AT, "root")
        except AccountError as error:
            return error.code
        return ""

    for name in ("pope", "paypal", "admin", "bill10", "李雷", "corn"):
        assert add(name) == ""
    return add


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("роре", "name_alike"),  # Cyrillic throughout
        ("pаypal", "name_scripts"),  # one Cyrillic letter
        ("аdmin", "name_scripts"),
        ("adm1n", ""),
        ("bi1l1o", "name_alike"),
        ("com", "name_alike"),
        ("ＡＤＭＩＮ", "name_taken"),
        ("ad\u034fmin", "name_blank"),
        ("admin\ufe0f", "name_blank"),
        ("admin\u3164", "name_blank"),
        ("ad\u200bmin", "name"),
        ("\u202enimda", "name"),
        ("ωmega", "name_scripts"),
        ("李雷2", ""),
        ("li 李", ""),
        ("さくら花子ab", ""),
        ("иван", ""),
        ("josé", ""),
    ],
)
def test_a_name_that_could_be_mistaken_is_refused_with_the_reason(refusal_of, name, code):
    assert refusal_of(name) == code


def test_those_who_exist_already_stay_and_sign_in(engine: Engine, tmp_path, monkeypatch):
    ledger = open_ledger(engine, tmp_path)
    with monkeypatch.context() as older:
        older.setattr("lianzhi.store.users._refuse_lookalikes", lambda *_: None)
        for name in ("bill", "bi11"):
            accounts.add_user(ledger, name, "correct horse battery", ["admin"], AT, "root")
    accounts.set_roles(ledger, "bi11", ["viewer"], AT, "root")
    assert accounts.authenticate(ledger, "bi11", "correct horse battery", AT)


@given(st.text(min_size=1, max_size=20))
def test_a_skeleton_is_its_own_skeleton(text):
    try:
        name = plain_name(text)
    except AccountError:
        return
    assert skeleton(skeleton(name)) == skeleton(name)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz中文姓名", min_size=1, max_size=20))
def test_latin_and_chinese_may_stand_in_one_name(name):
    assert scripts(name) == ()
