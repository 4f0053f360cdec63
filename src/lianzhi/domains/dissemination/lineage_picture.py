"""Picture of a lineage: who took a text from whom, as a tree to be drawn."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.domains.dissemination.nouns.item import Item

#: Pixels of a row and of a step to the right.
ROW, STEP = 26, 28


class Node(NamedTuple):
    """An article: its place, and where the line from its parent begins."""

    item: Item
    x: int
    y: int
    from_y: int
    """Height of the parent; -1: it has none in the picture."""


class Picture(NamedTuple):
    """Nodes from the root down, and the height of all."""

    nodes: Sequence[Node]
    height: int


def lineage_picture(items: Sequence[Item]) -> Picture:
    """Tree of the articles of one text; one whose parent is not among them stands at the left."""
    known = {item.id for item in items}
    children: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        children[item.parent if item.parent in known else ""].append(item)
    nodes: list[Node] = []
    waiting = [(item, 0, -1) for item in reversed(children[""])]
    while waiting:
        item, depth, from_y = waiting.pop()
        y = len(nodes) * ROW + ROW // 2
        nodes.append(Node(item, depth * STEP + 8, y, from_y))
        waiting += [(child, depth + 1, y) for child in reversed(children[item.id])]
    return Picture(nodes, len(nodes) * ROW)
