"""Settings of webhook and mail: what is refused, and how it is said."""

from pathlib import Path

import pytest

from lianzhi.config import Config, ConfigError, load

GOOD = """
[webhook]
url = "https://platform.example/hooks?x=1"
[mail]
host = "mail.example.org"
from = "链治 <notices@example.org>"
username = "lianzhi"
password_file = "mail.password"
[notices]
contact = "help@example.org"
"""


def loaded(home: Path, text: str) -> Config:
    (home / "config.toml").write_text(text)
    return load(home)


def test_a_full_configuration(tmp_path: Path) -> None:
    config = loaded(tmp_path, GOOD)
    assert config.webhook is not None
    assert config.webhook.notices
    assert config.mail is not None
    assert (config.mail.port, config.mail.security) == (587, "starttls")
    assert config.notices.contact == "help@example.org"
    assert loaded(tmp_path, "").webhook is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "[::1]:9"])
def test_plain_http_is_for_this_machine(tmp_path: Path, host: str) -> None:
    assert loaded(tmp_path, f'[webhook]\nurl = "http://{host}/x"\n').webhook is not None
    far = '[webhook]\nurl = "http://platform.example/x"\n'
    with pytest.raises(ConfigError, match=r"use https, or set insecure = true.*webhook"):
        loaded(tmp_path, far)
    assert loaded(tmp_path, far + "insecure = true\n").webhook is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[webhook]\nurl = "platform"', "give https://host/path"),
        ('[webhook]\nurl = "ftp://a/b"', "give https://host/path"),
        ('[webhook]\nurl = "https://a:x/b"', "give https://host/path"),
        ('[webhook]\nurl = "https://u:secretword@a/b"', "leave out user, password"),
        ("[webhook]\nnotices = true", "missing required field `url`"),
        ('[mail]\nhost = "h"\nfrom = "nobody"', "give an address such as"),
        ('[mail]\nhost = "h"\nfrom = "a@b.org\\nBcc: c@d.org"', "give an address such as"),
        ('[mail]\nhost = "h"\nfrom = "a@b.org"\nusername = "u"', "give both, or neither"),
        (
            '[mail]\nhost = "h"\nfrom = "a@b.org"\nusername = "u"\npassword_file = "p"\n'
            'security = "none"',
            "needs starttls or tls",
        ),
        ('[mail]\nhost = "h"\nfrom = "a@b.org"\nsecurity = "ssl"', "Invalid enum value 'ssl'"),
        ('[mail]\nhost = "h"\nfrom = "a@b.org"\nport = 0', r"`int` >= 1"),
        ("[notices]\nphone = 1", "unknown field `phone`"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        loaded(tmp_path, text)
    assert "secretword" not in str(refused.value)
