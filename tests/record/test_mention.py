"""Which bytes name an account."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.record.mention import mentions


@pytest.mark.parametrize(
    ("account", "data"),
    [
        ("u1", b'{"actor":"u1"}'),
        ("u1", b'{"text":"@u1, hello"}'),
        ("u1", b'{"ext":{"u1":3}}'),
        ("u1", b'{"actor":"\\u0075\\u0031"}'),
        ("张三", '{"text":"骂张三的人"}'.encode()),
        ("张三", json.dumps({"text": "骂张三的人"}).encode()),
        ("a/b", rb'{"actor":"a\/b"}'),
        ('say "hi"', json.dumps({"actor": 'say "hi"'}).encode()),
        ("a.b+c", b"plain text by a.b+c"),
        ("123", b'{"actor":123}'),
    ],
)
def test_named(account: str, data: bytes) -> None:
    assert mentions(account)(data)


@pytest.mark.parametrize(
    ("account", "data"),
    [
        ("u1", b'{"actor":"u12","target":"u1_b","text":"xu1"}'),
        ("a.b", b'{"actor":"aXb"}'),
        ("123", b'{"time":1712300000000}'),
        ("u1", b'{"text":"\\n"}'),
        ("u1", b"broken \\ json"),
    ],
)
def test_not_named(account: str, data: bytes) -> None:
    assert not mentions(account)(data)


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.booleans())
def test_an_account_is_found_in_any_spelling_of_json(account: str, ascii_only: bool) -> None:
    data = json.dumps({"a": [{"b": account}]}, ensure_ascii=ascii_only).encode()
    assert mentions(account)(data)


def test_no_name_at_all_is_refused_for_it_would_be_found_everywhere():
    with pytest.raises(ValueError, match="empty"):
        mentions("")


def test_a_single_character_is_named_only_where_it_stands_for_an_account():
    named = mentions("的")
    assert named('{"actor":"的","text":"你好"}'.encode())
    assert named('{"text":"看看@的"}'.encode())
    assert not named('{"actor":"u1","text":"你的视频"}'.encode())
