"""A made-up platform with a water army: seven accounts that like eight videos together."""

import json

import numpy as np

from made_actions import DAY, life, with_group

BEGIN = 1_794_700_800_000
HOUR = 3_600_000
NOW = BEGIN + 12 * DAY
ARMY = {f"u{n}" for n in range(700, 707)}


def rows() -> bytes:
    """Ten days of likes; seven accounts like eight videos that others like, too, within minutes."""
    actions = with_group(life(1), range(700, 707), range(8), every=DAY + 5 * HOUR)
    made = sorted(zip(*map(np.ndarray.tolist, actions), strict=True), key=lambda row: row[3])
    lines = [
        {
            "id": f"e{content}", "source": "s", "kind": "like", "actor": f"u{account}",
            "object": f"video-{thing}", "time": BEGIN + time, "target": f"studio-{thing}",
        }
        for account, thing, content, time in made
    ]  # fmt: skip
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
