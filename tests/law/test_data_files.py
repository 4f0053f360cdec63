"""Folders of legal data: what does not fit is laid to the first file with which it does not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lianzhi.law.data_files import load


class UnfitError(ValueError):
    """Files that do not go together."""


def read(data: dict[str, Any]) -> str:
    return str(data["name"])


def merge(layers: Sequence[Sequence[str]]) -> list[str]:
    names = [name for layer in layers for name in layer]
    if len(set(names)) < len(names):
        raise ValueError("a name stands twice")
    return names


def folder(home: Path, **files: str) -> Path:
    home.mkdir()
    for name, text in files.items():
        (home / f"{name}.toml").write_text(text, "utf-8")
    return home


def test_folders_are_read_in_their_order_and_files_by_name(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", b='name = "x"', a='name = "y"')
    two = folder(tmp_path / "two", a='name = "z"')
    assert load([two, one], read, merge, UnfitError) == ["z", "y", "x"]


@pytest.mark.parametrize(
    ("texts", "at_fault", "said"),
    [
        ({"a": 'name = "x"', "b": 'name = "x"', "c": "broken"}, "b", "a name stands twice"),
        ({"a": 'name = "x"', "b": "broken", "c": 'name = "x"'}, "b", "Expected"),
        ({"a": 'name = "x"', "b": 'name = "y"', "c": 'name = "x"'}, "c", "a name stands twice"),
    ],
)
def test_the_first_file_that_does_not_fit_is_named(
    tmp_path: Path, texts: dict[str, str], at_fault: str, said: str
) -> None:
    home = folder(tmp_path / "law", **texts)
    file = home / f"{at_fault}.toml"
    with pytest.raises(UnfitError, match=rf"^{file}: .*{said}.*; mend it and start again$"):
        load([home], read, merge, UnfitError)
