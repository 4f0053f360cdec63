"""Folders of the server: an operator reads them on the terminal, a page or program never."""

import re

#: From a slash that begins a path to the last one before its file's name.
_FOLDERS = re.compile(r"(?<![\w:/.\])）])/(?!v1/)(?=[^\s/])(?:[^/:;,'\"\n]+/)+")


def without_folders(text: str) -> str:
    """A text in which files go by their names alone: `/srv/town/agency.toml` as `agency.toml`.

    Addresses (`https://...`, those of the API) and fractions stay as they are.
    """
    return _FOLDERS.sub("", text)
