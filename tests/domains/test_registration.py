"""A package whose domain cannot be registered is refused by name, without a traceback."""

import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from lianzhi.catalogue import read_catalogues
from lianzhi.domains.domain import Domain
from lianzhi.domains.registration import NOUNS, RegistryError, register
from lianzhi.domains.registry import DOMAINS
from lianzhi.web.console import words as catalogues
from lianzhi.web.console.render import NAVIGATION, RESERVED

DOMAIN = """from lianzhi.domains.domain import Domain
BAD = Domain(name="{name}", roles={roles})
"""


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """`lianzhi --version` where a package of this code is installed."""
    (folder / "bad_domain.py").write_text(code)
    info = folder / "bad-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lianzhi.domains]\nbad = bad_domain:BAD\n")
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", "from lianzhi.cli.main import main; main()", "--version"]
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, check=False, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import nowhere_to_be_found", "cannot be imported (ModuleNotFoundError"),
        ("raise KeyError('x')", "cannot be imported (KeyError"),
        ("BAD = 5", "it is int"),
        (DOMAIN.format(name="bad", roles={"reviewer": frozenset({"read"})}), "role 'reviewer'"),
        (DOMAIN.format(name="bullying", roles={}), "'bullying' is another domain's"),
        (DOMAIN.format(name="case", roles={}), "'case' is a noun of the record"),
        (DOMAIN.format(name="webhook", roles={}), "'webhook' is a field of config.toml"),
    ],
)
def test_a_package_that_cannot_be_registered_is_named(
    tmp_path: Path, code: str, wanted: str
) -> None:
    ran = run(tmp_path, code)
    assert ran.returncode == 3, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    for part in ("Error: package bad, entry point bad = bad_domain:BAD", wanted, "uninstall"):
        assert part in ran.stderr


def test_a_domain_may_not_bear_the_name_of_a_command(tmp_path: Path) -> None:
    ran = run(tmp_path, DOMAIN.format(name="serve", roles={}))
    assert ran.returncode == 3
    assert "Traceback" not in ran.stderr
    assert "domain 'serve' bears the name of a command" in ran.stderr


def test_every_noun_of_the_record_is_reserved() -> None:
    rooms = [Path(str(files("lianzhi"))) / room for room in ("chain", "office", "store", "jobs")]
    kind = re.compile(r"""(?:Draft\(\s*|kind=|KIND = )"([a-z]+)\.[a-z_]+\"""")
    found = {
        noun
        for room in rooms
        for path in room.rglob("*.py")
        for noun in kind.findall(path.read_text())
    }
    assert len(found) > 15
    assert found <= NOUNS
    assert not NOUNS & {*DOMAINS}


def test_a_refused_domain_is_named_with_where_it_comes_from() -> None:
    with pytest.raises(RegistryError, match=r"there: the name 'x' is another domain's"):
        register([("here", Domain(name="x")), ("there", Domain(name="x"))])


def test_a_domain_does_not_replace_words_of_the_console(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "wordy" / "words").mkdir(parents=True)
    (tmp_path / "wordy" / "__init__.py").touch()
    for language in catalogues.LANGUAGES:
        file = tmp_path / "wordy" / "words" / f"{language}.po"
        file.write_text('msgid "close"\nmsgstr "Burn"\n\nmsgid "wordy.own"\nmsgstr "Own"\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(catalogues, "packages", lambda folder: ("wordy",))
    words = catalogues.words("en")
    assert (words.gettext("close"), words.gettext("wordy.own")) == ("Close", "Own")
    assert "'close' is taken" in caplog.text


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_two_domains_say_different_things_under_one_key(
    language: str, caplog: pytest.LogCaptureFixture
) -> None:
    read_catalogues.cache_clear()
    catalogues.words(language)
    assert "is taken" not in caplog.text


def test_every_page_in_the_rail_has_a_key_of_its_own():
    keys = [key for _, _, key in NAVIGATION] + [key for _, _, _, key in RESERVED]
    keys += [page.shortcut for domain in DOMAINS.values() for page in domain.pages]
    assert sorted(keys) == sorted(set(keys))
