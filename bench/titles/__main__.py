"""Titles: recall by kind of distortion, false alarms by rule, by halves, and pairs a second."""

import time
from collections import defaultdict
from importlib.resources import files

import msgspec

from bench.share import figure
from lianzhi.domains.dissemination.titles import Change, Detector
from lianzhi.domains.dissemination.titles.finding import RULES
from lianzhi.domains.dissemination.titles.lexicon import load

#: The rule that a type of the set asks for, where it bears another name.
RULE = {
    "number_unit": "number",
    "negation_scope": "negation",
    "entity_swap": "entity",
    "role_swap": "role",
}


class Row(msgspec.Struct):
    """A row of titles.jsonl."""

    id: str
    half: str
    type: str
    source_title: str
    source_body: str
    reprint_title: str
    distorted: bool
    note: str


def main() -> None:
    text = files("bench.titles").joinpath("titles.jsonl").read_text("utf-8")
    rows = [msgspec.json.decode(line, type=Row) for line in text.splitlines()]
    version, lexicon = load().latest()
    detector = Detector(lexicon)
    detector.changes("甲地下雨", "", "乙地下雨")
    begun = time.process_time()
    changes = [
        detector.changes(row.source_title, row.source_body, row.reprint_title) for row in rows
    ]
    spent = time.process_time() - begun
    print(f"titles, lexicon {version}; brackets hold 95 % Wilson intervals")
    for half in ("dev", "test"):
        print(f"{half:<16}{'found by any rule':<42}by the rule of its type")
        marks: dict[str, list[list[Change]]] = defaultdict(list)
        for row, found in zip(rows, changes, strict=True):
            if row.half == half:
                marks[row.type].append(found)
        for kind, each in sorted(marks.items()):
            rule = RULE.get(kind, kind)
            own = [any(change.rule == rule for change in found) for found in each]
            any_rule = figure([bool(found) for found in each])
            print(f"  {kind:<14}{any_rule:<42}{'' if kind == 'harmless' else figure(own)}")
        print(f"{half}, harmless titles flagged by each rule")
        for rule in RULES:
            flagged = [any(change.rule == rule for change in found) for found in marks["harmless"]]
            print(f"  {rule:<14}{figure(flagged)}")
    print(f"{len(rows) / spent:,.0f} pairs/s on one core; each source is read once")


if __name__ == "__main__":
    main()
