"""Policy of returning groups: typed form of the dated TOML file beside this module."""

from importlib.resources import files

import msgspec

from lianzhi.accounts.memory.posterior import Policy

IN_FORCE = "2026-11-26.toml"


def policy() -> Policy:
    """The policy in force."""
    text = (files(__package__) / IN_FORCE).read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=Policy)
