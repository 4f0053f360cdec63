"""Every field that a paper of this domain may ask for."""

from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.documents.paper_fields import Field


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    field: dict[str, Field]


@cache
def fields() -> dict[str, Field]:
    """The fields of `fields.toml` by name; msgspec.ValidationError where it is not well-formed."""
    text = files(__package__).joinpath("fields.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File).field
