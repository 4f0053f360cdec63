"""What tests of a node share: a clock that the test moves, a node, and a look at the record."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.chain.finding import Finding
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.jobs.recall import recorded_findings
from streams import NOW


class Clock:
    """Unix milliseconds, moved by hand."""

    def __init__(self, at: int = NOW) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


def opened(home: Path, clock: Clock | None = None, **settings: Any) -> tuple[Node, list[Finding]]:
    """A node and the findings that it makes."""
    findings: list[Finding] = []
    config = Config(**{"lateness_seconds": 5.0, **settings})
    return Node(home, config, clock or Clock(), findings.append), findings


def told(node: Node) -> list[bytes]:
    """Findings on the record, in a form that can be compared."""
    return [msgspec.json.encode(f, order="deterministic") for f in recorded_findings(node.ledger)]


def plain(findings: list[Finding]) -> list[bytes]:
    """Findings as they were made, in the same form."""
    return [
        msgspec.json.encode(msgspec.convert(msgspec.to_builtins(f), Finding), order="deterministic")
        for f in findings
    ]


def kinds(node: Node) -> Counter[str]:
    """How many entries of each kind are on the record."""
    return Counter(entry.kind for entry in node.ledger.entries())
