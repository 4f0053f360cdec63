"""Who takes part and with which keys: what the file says, what is refused, what the page tells."""

import re
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest

from lianzhi.config import ConfigError
from lianzhi.office.federation import (
    FILE,
    Federation,
    HashKey,
    Peer,
    begin,
    fresh_key,
    fresh_secret,
    load,
)

NOW = 1_795_000_000_000
KEY = b64encode(b"k" * 32).decode()
SECRET = "whsec_" + b64encode(b"s" * 32).decode()
GOOD = f"""
name = "alpha"
[[hash_keys]]
id = "2026a"
key = "{KEY}"
[[peers]]
name = "beta"
url = "https://beta.example/"
secrets = ["{SECRET}"]
"""


def write(home: Path, text: str, mode: int = 0o600) -> Path:
    path = home / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return home


def test_a_home_without_the_file_takes_part_in_nothing(tmp_path: Path) -> None:
    assert load(tmp_path) is None


def test_what_the_file_says(tmp_path: Path) -> None:
    found = load(write(tmp_path, GOOD))
    assert found is not None
    assert (found.name, found.keys(NOW)) == ("alpha", found.hash_keys)
    peer = found.peer("beta")
    assert peer is not None
    assert peer.webhook.url == "https://beta.example/v1/signals"
    assert found.peer("gamma") is None


def test_a_key_ends(tmp_path: Path) -> None:
    more = GOOD.replace(
        "[[peers]]",
        f'[[hash_keys]]\nid = "2025"\nkey = "{KEY}"\nuntil = 2026-11-18T11:06:40Z\n[[peers]]',
    )
    found = load(write(tmp_path, more))
    assert found is not None
    assert [key.id for key in found.keys(NOW - 1)] == ["2026a", "2025"]
    assert [key.id for key in found.keys(NOW)] == ["2026a"]
    assert [hash_.key for hash_ in found.hashes("account", "u7", NOW)] == ["2026a"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "alpha"', 'name = "Al pha"', "name 'Al pha'"),
        ('name = "beta"', 'name = "alpha"', "no two platforms"),
        (KEY, "c2hvcnQ=", "32 bytes"),
        (KEY, "not base64!", "32 bytes"),
        ("2026a", "2026/a", "id '2026/a'"),
        (SECRET, "whsec_x", "webhook secret"),
        (f'["{SECRET}"]', "[]", "secrets of beta"),
        ("https:", "http:", "use https"),
        ("url =", "uri =", "uri"),
        ('key = "', 'until = 2026-11-18T10:00:00\nkey = "', "time with a zone"),
        ("[[hash_keys]]", "[[", "mend"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)) as error:
        load(write(tmp_path, GOOD.replace(before, after)))
    assert "signals.toml" in str(error.value)
    assert KEY not in str(error.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="chmod 600"):
        load(write(tmp_path, GOOD, 0o644))


def test_a_file_is_begun_once(tmp_path: Path) -> None:
    assert begin(tmp_path, "alpha", NOW)
    found = load(tmp_path)
    assert found is not None
    assert [key.id for key in found.hash_keys] == ["2026a"]
    assert not begin(tmp_path, "beta", NOW)
    assert load(tmp_path) == found
    assert fresh_key() != fresh_key()
    assert fresh_secret() != fresh_secret()


def test_the_page_explains_every_field() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "signals.md").read_text("utf-8")
    fields = {
        f.encode_name for form in (Federation, HashKey, Peer) for f in msgspec.structs.fields(form)
    }
    assert {name for name in fields if f"| `{name}` |" not in page} == set()
