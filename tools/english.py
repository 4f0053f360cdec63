"""Checks docstrings and names in Python sources: `python tools/english.py src`.

Reports three kinds of offence: a public docstring of fewer than three words, a docstring that opens
with a phrase that says nothing, and a name that is a bare verb form or pronoun (`told`, `one`).

Old offences are tolerated up to a budget for each room in `english_budget.toml`; a room is a folder
of `src/lianzhi`, or one domain. Exits with 1 where a room exceeds its budget. `--room NAME` lists
a room's offences, `--write` sets all budgets to the present counts.
"""

import argparse
import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BUDGET = Path(__file__).with_name("english_budget.toml")
HEADER = """\
# Highest number of offences that `python tools/english.py src` allows in each room.
# Lower a number when a room improves; never raise one.
"""
MIN_WORDS = 3
#: Verb forms and pronouns that do not say what a value is; `_` around a name is ignored.
_BANNED = (
    "one ones another some someone somebody nobody anybody everybody something nothing anything"
    " everything thing things who whom whose what whoever whatever told tells tell said says say"
    " made makes found held heard hears asked asks begun became came gone went gave taken took"
    " spoken speaks thought meant sayable knowing vanishing stretches urns anew itself themselves"
)
BANNED_NAMES = frozenset(_BANNED.split())
#: Openers of docstrings that name no result, as regular expressions.
BANNED_OPENERS = re.compile(
    r"(When\.|All of (them|it)\.|It is back\.|Go on\.|Itself\b|Themselves\b|Many things\b"
    r"|Do some\b|Is it\b|The same\b|Likewise\b|As (said|told|above)\b|One (of (them|these)|more)\b"
    r"|(And|Or|But|So|Then|Nobody|Somebody|Nothing|Something|Things?)\b|To (be|have)\b)"
)
WORD = re.compile(r"[一-鿿]|[\w'`./-]+")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Offence(NamedTuple):
    """One place in a source that breaks a rule; `line` counts from 1."""

    line: int
    message: str


def name_offences(tree: ast.AST) -> Iterator[Offence]:
    """Yield the definitions, parameters and assigned names that are banned."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                pass
            case ast.arg(arg=name):
                pass
            case object(name=str(name)) if not isinstance(node, ast.alias):
                pass  # definitions, `except ... as name`, captures of patterns
            case _:
                continue
        if name.strip("_").lower() in BANNED_NAMES:
            yield Offence(getattr(node, "lineno", 1), f"name `{name}`: use a noun or a verb")


def docstring_offences(node: ast.Module | Definition) -> Iterator[Offence]:
    """Yield the offences in the docstrings of a module or class and of its public members."""
    text = ast.get_docstring(node)
    if text is not None:
        first = text.splitlines()[0] if text else ""
        line = getattr(node, "lineno", 1)
        if len(WORD.findall(text)) < MIN_WORDS:
            yield Offence(line, f'docstring "{first}": say in three words or more what one gets')
        elif BANNED_OPENERS.match(text):
            yield Offence(line, f'docstring "{first}": open with what one gets')
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for child in node.body:
        if isinstance(child, Definition) and not child.name.startswith("_"):
            yield from docstring_offences(child)


def offences(source: str) -> list[Offence]:
    """All offences in a Python source, by line; raises `SyntaxError`."""
    tree = ast.parse(source)
    return sorted([*name_offences(tree), *docstring_offences(tree)])


def room(path: Path, root: Path) -> str:
    """The room of a file in the package `root`: `chain`, `domains/bullying`, `.` at the top."""
    *folders, _ = path.relative_to(root).parts
    return "/".join(folders[: 2 if folders[:1] == ["domains"] else 1]) or "."


def scan(root: Path) -> dict[str, list[tuple[Path, Offence]]]:
    """The offences of every room of the package `root`, rooms without any included."""
    rooms: dict[str, list[tuple[Path, Offence]]] = {}
    for path in sorted(root.rglob("*.py")):
        listed = rooms.setdefault(room(path, root), [])
        listed.extend((path, offence) for offence in offences(path.read_text("utf-8")))
    return rooms


def compare(counts: Counter[str], budget: dict[str, int]) -> tuple[list[str], list[str]]:
    """Two lists of messages: rooms over their budget, and rooms whose budget can be lowered."""
    over, under = [], []
    for name in sorted({*counts, *budget}):
        count, allowed = counts[name], budget.get(name, 0)
        if count > allowed:
            over.append(f"{name}: {count} offences, {allowed} allowed; see them: --room {name}")
        elif count < allowed:
            under.append(
                f"{name}: {count} offences, {allowed} allowed; lower the budget to {count}"
            )
    return over, under


def render(counts: Counter[str]) -> str:
    """The budget file that allows just these counts."""
    return HEADER + "".join(f'"{name}" = {counts[name]}\n' for name in sorted(counts))


def main() -> int:
    """Run the check on a source folder; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("src", type=Path, help="folder that holds the package `lianzhi`")
    parser.add_argument("--room", help="list the offences of this room")
    parser.add_argument("--write", action="store_true", help="set budgets to the present counts")
    options = parser.parse_args()
    rooms = scan(options.src / "lianzhi")
    counts = Counter({name: len(listed) for name, listed in rooms.items()})
    if options.room:
        for path, offence in rooms.get(options.room, []):
            print(f"{path}:{offence.line}: {offence.message}")
        return 0
    if options.write:
        BUDGET.write_text(render(counts), "utf-8")
        return 0
    over, under = compare(counts, tomllib.loads(BUDGET.read_text("utf-8")))
    print(*over, *under, f"{counts.total()} offences", sep="\n", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
