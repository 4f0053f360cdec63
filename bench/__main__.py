"""Run every benchmark, each in a process of its own, and print one table."""

import os
import platform
import subprocess
import sys
import time

PARTS = ("path", "latency", "growth", "text", "encoder", "judge", "robust", "unveil", "incidents")
PARTS += ("wild", "challenge", "evasions", "everyday", "short", "adverts", "families", "looks")
PARTS += ("accounts", "ratings", "returning", "record", "scorecard", "decisions", "discretion")
PARTS += (
    "fairness",
    "pricing",
    "probes",
    "bubbles",
    "inspection",
    "fines",
    "dispatch",
    "monitors",
    "pages",
    "rebuild",
    "hostile",
    "surveillance",
    "campaigns",
    "campaign_page",
    "targeting",
    "titles",
    "matching",
)


def main() -> None:
    print(
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
    failed = [
        part
        for part in sys.argv[1:] or PARTS
        if subprocess.run([sys.executable, "-m", f"bench.{part}"], check=False).returncode
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
