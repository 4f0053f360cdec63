"""Folders of law and of vocabularies that the domains ship, for commands that read them all."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

Kind = Literal["bases", "periods", "gates", "surcharge", "vocabulary"]


def folders(kind: Kind) -> list[Path]:
    """`policy/<kind>` of each domain that has it, by name of the domain."""
    domains = sorted(Path(str(files("lianzhi.domains"))).iterdir())
    found = (domain / "policy" / kind for domain in domains)
    return [folder for folder in found if folder.is_dir()]
