"""Rules: the law and the policies of the legal office in force, shipped or a deployment's own."""

import datetime as dt
from importlib.resources import files
from pathlib import Path

from lianzhi.chain.policy import Dated
from lianzhi.chain.policy_folders import PolicyFolders
from lianzhi.domains.counsel.guidance.policy import GuidancePolicy
from lianzhi.law.clock import midnight

POLICY = Path(str(files("lianzhi.domains.counsel"))) / "policy"
_PARTS = ("bases", "periods", "gates", "guidance", "agency.toml", "holidays.toml", "uploads")


class Rules:
    """Law and policy, read at the start so that a fault ends it.

    A deployment's `folder` may hold `bases/`, `periods/` and `gates/`, which add keys or replace
    them, `holidays.toml`, which adds years, and `guidance/`, which takes the place of the shipped
    one. Raises PolicyError naming file, field and mend.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folders = PolicyFolders(POLICY, folder)
        self.folders.check_names(_PARTS)
        self.law = self.folders.law()
        self._guidance: Dated[GuidancePolicy] = self.folders.dated(GuidancePolicy, "guidance")

    def guidance(self, day: dt.date) -> GuidancePolicy:
        """Fields, posts, causes and search of guidance on a day; before the first, the first."""
        return self._guidance.at(midnight(day))[1]
