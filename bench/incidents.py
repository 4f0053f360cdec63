"""What the text model and the lexicon make of comments on invented incidents.

`python -m bench.incidents`. The comments (`incidents.csv`) address one person, unlike COLD's, and
were written by somebody who had seen neither lexicon nor code. The share of each pool that is
read as harmful, and as speaking in the person's defence, with 95 % Wilson intervals.
"""

import csv
from collections import defaultdict
from pathlib import Path

from bench.share import figure
from lianzhi.chain.event import Event
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.reading import read

COMMENTS = Path(__file__).with_name("incidents.csv")


def run() -> list[tuple[str, str]]:
    pools: dict[str, list[Event]] = defaultdict(list)
    with COMMENTS.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            said = Event(
                id=str(number), source="bench", kind="comment", time=0, actor="a", text=row["text"]
            )
            pools[row["pool"]].append(said)
    _, newest = policy.load().latest()
    rows = []
    for pool, events in pools.items():
        found = read(events, newest)
        for name, marks in (("harmful", found.harmful), ("defending", found.defending)):
            rows.append((f"incidents: {pool}, read as {name}", figure(marks)))
    return rows


if __name__ == "__main__":
    for name, value in run():
        print(f"{name:58} {value}")
