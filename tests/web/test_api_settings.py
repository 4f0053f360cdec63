"""Settings: read from `web.toml`, with a secret of their own."""

import pytest

from lianzhi.web.core.settings import Settings, SettingsError, load_settings


def test_secret_is_made_once_and_kept_from_others(tmp_path):
    first, again = load_settings(tmp_path), load_settings(tmp_path)
    assert first == again
    assert len(first.secret) == 32
    assert (tmp_path / "web.key").stat().st_mode & 0o077 == 0
    assert first != Settings()


def test_file_overrides_defaults(tmp_path):
    (tmp_path / "web.toml").write_text('https = true\nhosts = ["lianzhi.example.org"]\n')
    settings = load_settings(tmp_path)
    assert (settings.https, settings.hosts) == (True, ("lianzhi.example.org",))
    assert settings.max_batch == Settings().max_batch


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("https = 1", "https"),
        ("colour = 1", "colour"),
        ("https =", "web.toml"),
        ('trusted_proxies = ["*"]', r"trusted_proxies: '\*' .* give IP addresses"),
        ('trusted_proxies = ["proxy.example"]', "trusted_proxies: 'proxy.example'"),
        ('trusted_proxies = ["10.1.2.3/16"]', "trusted_proxies: 10.1.2.3/16 has host bits set"),
        ('secret = "' + "A" * 44 + '"', "secret"),
    ],
)
def test_refusals_name_file_and_field(tmp_path, text, word):
    (tmp_path / "web.toml").write_text(text)
    with pytest.raises(SettingsError, match=word) as refused:
        load_settings(tmp_path)
    assert "web.toml" in str(refused.value)


def test_broken_secret_is_not_replaced_in_silence(tmp_path):
    (tmp_path / "web.key").write_text("short")
    (tmp_path / "web.key").chmod(0o600)
    with pytest.raises(SettingsError, match=r"web\.key"):
        load_settings(tmp_path)
