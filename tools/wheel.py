"""Wheels hold the compiled twins of texts, if they were compiled before: `make wheel`."""

import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TEXT = "src/lianzhi/text"


class Compiled(BuildHookInterface):
    """Adds compiled modules to a wheel, which is then of one platform and one Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Tell hatchling what there is; see its documentation of build hooks."""
        suffix = sysconfig.get_config_var("EXT_SUFFIX")
        built = [*Path(self.root, TEXT).rglob(f"*{suffix}")]
        if built and version != "editable":
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            build_data["artifacts"] += [f"{TEXT}/*/*{suffix}"]
