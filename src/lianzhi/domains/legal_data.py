"""Folders of law and of vocabularies that the domains ship, for commands that read them all."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from lianzhi.domains.registry import DOMAINS

Kind = Literal["bases", "periods", "gates", "surcharge", "vocabulary"]


def folders(kind: Kind) -> list[Path]:
    """`policy/<kind>` of each registered domain that has it, in the registry's order."""
    packages = [domain.package for domain in DOMAINS.values() if domain.package]
    folders = (Path(str(files(package))) / "policy" / kind for package in packages)
    return [folder for folder in folders if folder.is_dir()]
