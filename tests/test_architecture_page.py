"""docs/architecture.md names files and rooms that exist, and marks where a path returns."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "lianzhi"
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
FILE = re.compile(r"`((?:[\w-]+/)*[\w-]+\.(?:py|toml|html|md))`")
STEP = re.compile(r"^(\d+)\. (↩ )?`([^`]+)`: ", re.M)
PATHS = dict(re.findall(r"^### (.*?)\n(.*?)(?=^### |\Z)", PAGE, re.M | re.S))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]


def rooms_below(path: str) -> tuple[str, list[tuple[int, bool, str]]]:
    """The steps of a path: number, whether it is marked as a return, room."""
    place = 1 if path == "A text to its assessment" else 0
    steps = STEP.findall(PATHS[path])
    return [(int(n), bool(mark), file.split("/")[place]) for n, mark, file in steps]


def test_every_file_that_the_page_names_exists():
    beside = {"step_facts.py": "domains/enforcement/law", "pipeline.py": "text"}
    templates = {"error.html", "_error.html"}
    names = set(FILE.findall(PAGE)) - templates
    assert len(names) > 70
    for name in names:
        places = (ROOT / name, SOURCE / name, SOURCE / beside.get(name, "") / name)
        assert any(place.exists() for place in places), name
    for name in templates:
        assert (SOURCE / "web" / "console" / "templates" / name).exists()


def test_the_rooms_are_the_packages_in_the_order_of_imports():
    (table,) = re.findall(r"^\| room \|.*?\n\n", PAGE, re.M | re.S)
    rooms = re.findall(r"^\| `(\w+)` \|", table, re.M)
    assert sorted(rooms) == sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
    layers = next(each["layers"] for each in CONTRACTS if each["name"] == "Imports run one way")
    names = [re.findall(r"lianzhi\.(\w+)", layer) for layer in layers]
    assert rooms[: sum(map(len, names))] == [name for layer in names for name in layer]
    leaves = next(each["source_modules"] for each in CONTRACTS if "leaves" in each["name"])
    assert {f"lianzhi.{name}" for name in rooms[sum(map(len, names)) :]} <= set(leaves)


@pytest.mark.parametrize("path", PATHS)
def test_the_steps_that_return_into_a_room_are_marked_and_explained(path: str) -> None:
    steps = rooms_below(path)
    assert [number for number, _, _ in steps] == [*range(1, len(steps) + 1)]
    seen: list[str] = []
    returns: dict[int, str] = {}
    for number, _, room in steps:
        if room in seen and seen[-1] != room:
            returns[number] = room
        seen.append(room)
    assert {number for number, marked, _ in steps if marked} == returns.keys()
    rows = re.findall(r"^\| ([\d, ]+) \| `(\w+)` \| .+ \|$", PATHS[path], re.M)
    explained = [(int(number), room) for numbers, room in rows for number in numbers.split(", ")]
    assert sorted(explained) == sorted(returns.items())
