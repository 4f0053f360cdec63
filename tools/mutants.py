"""Mutation tests of the rules: `python tools/mutants.py`, or `make mutants`.

A mutant differs from a source in one token: a comparison (`<` and `<=`, `==` and `!=`, `in` and
`not in`, ...), a boolean (`and`, `or`, `not`, `True`, `False`) or a number (n becomes n + 1). For
each room of `mutants.toml` a sample with a fixed seed is drawn from the mutants of its sources, and
the room's own tests run on each. A mutant is killed where a test fails or the time is over.

Mutants that change no behaviour stand in `mutants.toml` with the reason; they are not drawn. The
tool refuses a list that names a mutant that does not exist. It exits with 1 where fewer than
`least` of a room's mutants are killed.

Not mutated: annotations, keywords of class statements (`frozen=True`) and f-strings.

Each mutant is imported anew by a fork of a process that has imported the libraries and nothing of
ours, so a mutant takes about a second. Tests marked slow and tests on PostgreSQL are left out.
"""

import argparse
import ast
import contextlib
import importlib
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "lianzhi"
TABLE = Path(__file__).with_suffix(".toml")
_PAIRS = (("<", "<="), (">", ">="), ("==", "!="), ("in", "not in"), ("is", "is not"))
_PAIRS += (("and", "or"), ("True", "False"))
OPPOSITE = {old: new for pair in _PAIRS for old, new in (pair, pair[::-1])}
OUTPUT, MODULES = "output", "modules"
"""Files in the tool's folder: what tests print, and the names of libraries that they import."""
MEMORY = 6 << 30
"""Address space of a fork in bytes: a mutant may never end and take all there is."""

_COMPARISON = re.compile(rb"<=|>=|==|!=|<|>|\bnot\s+in\b|\bin\b|\bis\s+not\b|\bis\b")
_BOOLEAN = re.compile(rb"\band\b|\bor\b")
_COMMENT = re.compile(rb"#[^\n]*")


class Mutant(NamedTuple):
    """A source with one token replaced."""

    path: str
    """Relative to the package."""
    line: int
    scope: str
    """Qualified name of the function or class around the token; empty: the module."""
    before: str
    """The line as it is, without indentation."""
    after: str
    text: str
    """The whole source with the change."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What identifies it in the list of equivalent mutants."""
        return self.path, self.scope, self.before, self.after

    def __str__(self) -> str:
        place = f"{self.path}:{self.line} in {self.scope or 'module'}"
        return f"{place}\n    - {self.before}\n    + {self.after}"


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a source, in the order of their tokens."""
    data = source.encode()
    starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column

    edits = {edit[:2]: edit for edit in _edits(ast.parse(source), "", data, offset)}
    for start, end, new, scope in sorted(edits.values()):
        line = data.count(b"\n", 0, start) + 1
        text = (data[:start] + new.encode() + data[end:]).decode()
        before, after = (s.splitlines()[line - 1].strip() for s in (source, text))
        yield Mutant(path, line, scope, before, after, text)


Edit = tuple[int, int, str, str]
"""Start and end in bytes, the new token, the scope."""


def _edits(node: ast.AST, scope: str, data: bytes, at: Callable[[int, int], int]) -> Iterator[Edit]:
    """The edits of a node and of all below it; `at` gives the byte at a line and column."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        scope = f"{scope}.{node.name}".lstrip(".")

    def between(left: ast.expr, right: ast.expr, token: re.Pattern[bytes]) -> Iterator[Edit]:
        start = at(left.end_lineno, left.end_col_offset)
        gap = data[start : at(right.lineno, right.col_offset)]
        match = token.search(_COMMENT.sub(lambda m: b" " * len(m[0]), gap))
        assert match is not None
        old = b" ".join(match[0].split()).decode()
        yield start + match.start(), start + match.end(), OPPOSITE[old], scope

    match node:
        case ast.JoinedStr():
            return
        case ast.Compare():
            operands = [node.left, *node.comparators]
            for left, right in pairwise(operands):
                yield from between(left, right, _COMPARISON)
        case ast.BoolOp():
            for left, right in pairwise(node.values):
                yield from between(left, right, _BOOLEAN)
        case ast.UnaryOp(op=ast.Not()):
            start = at(node.lineno, node.col_offset)
            yield start, start + len(b"not "), "", scope
        case ast.Constant(value=bool() | int() | float() as value):
            start, end = at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)
            new = OPPOSITE[str(value)] if isinstance(value, bool) else str(value + 1)
            yield start, end, new, scope
    for field, child in ast.iter_fields(node):
        if field in ("annotation", "returns", "keywords") and not isinstance(node, ast.Call):
            continue
        for below in child if isinstance(child, list) else [child]:
            if isinstance(below, ast.AST):
                yield from _edits(below, scope, data, at)


class Room(NamedTuple):
    """Sources with the tests of their rules."""

    name: str
    sources: list[str]
    tests: list[str]

    def mutants(self) -> list[Mutant]:
        """All mutants of the sources."""
        texts = ((path, (SOURCES / path).read_text("utf-8")) for path in self.sources)
        return [mutant for path, text in texts for mutant in mutants(path, text)]


class Table(NamedTuple):
    """What `mutants.toml` says."""

    seed: int
    sample: int
    """Mutants drawn from a room at most."""
    least: float
    """Share that must be killed."""
    rooms: list[Room]
    equivalent: dict[tuple[str, str, str, str], str]
    """Key of a mutant that changes no behaviour -> why."""


def table(path: Path = TABLE) -> Table:
    """Read the table. Raises ValueError where it lists a mutant that does not exist."""
    data = tomllib.loads(path.read_text("utf-8"))
    rooms = [Room(name, **room) for name, room in data["rooms"].items()]
    fields = ("path", "scope", "before", "after")
    listed = {tuple(each[name] for name in fields): each["why"] for each in data["equivalent"]}
    known = {mutant.key for room in rooms for mutant in room.mutants()}
    for key in listed.keys() - known:
        raise ValueError(f"{path.name}: there is no such mutant any more, take it out: {key}")
    return Table(data["seed"], data["sample"], data["least"], rooms, listed)


class _Plugin:
    """Hypothesis draws the same examples each time, and looks for no smaller ones."""

    def pytest_sessionstart(self) -> None:
        from hypothesis import Phase, settings  # noqa: PLC0415

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(
            "mutants", settings.default, phases=phases, derandomize=True, database=None
        )
        settings.load_profile("mutants")


def _tests(paths: Iterable[str], modules: Path) -> int:
    """Run tests in this process; returns pytest's exit status.

    Writes the names of the libraries that they import to `modules`."""
    import pytest  # noqa: PLC0415

    quick = ["-k", "not postgres", "-m", "not slow"]
    plain = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly"]
    # The libraries are imported before pytest could rewrite the assertions of plugins.
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    code = int(pytest.main([*plain, *quick, *quiet, *paths], plugins=[_Plugin()]))
    names = [
        name
        for name, module in sys.modules.items()
        if (file := getattr(module, "__file__", None))
        and not any(Path(file).is_relative_to(ROOT / own) for own in ("src", "tests", "tools"))
    ]
    modules.write_text("\n".join(names))
    return code


def _fork(tests: Iterable[str], folder: Path, mutant: Mutant | None = None, limit: int = 0) -> int:
    """Start a process that runs the tests, on a mutant or on what is there; returns its id.

    Leaves what they print in `folder`. `limit` is in seconds of CPU time; 0: none."""
    if process := os.fork():
        return process
    code = 2
    try:
        signal.alarm(10 * limit)  # for what waits for ever
        output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if mutant is not None:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            path, compiled = str(SOURCES / mutant.path), compile(mutant.text, mutant.path, "exec")
            plain = SourceFileLoader.get_code
            SourceFileLoader.get_code = lambda loader, name: (  # type: ignore[method-assign]
                compiled if loader.path == path else plain(loader, name)
            )
        code = _tests(tests, folder / MODULES)
    finally:
        sys.stdout.flush()
        os._exit(code)


def _prepare(tests: list[str], folder: Path) -> float:
    """Import the libraries that the tests use; returns the CPU seconds that the tests take then.

    Raises RuntimeError where they fail without any change.
    """
    for _ in range(2):
        _, status, used = os.wait4(_fork(tests, folder), 0)
        if status:
            output = (folder / OUTPUT).read_text("utf-8")
            raise RuntimeError(f"tests fail without any change:\n{output}")
        for name in (folder / MODULES).read_text().splitlines():
            # Some modules cannot be imported by themselves.
            with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
                importlib.import_module(name)
    return used.ru_utime + used.ru_stime


def survivors(room: Room, drawn: list[Mutant], jobs: int, folder: Path) -> Iterator[Mutant]:
    """Yield the mutants on which all the room's tests pass, as soon as that is known."""
    limit = int(2 * _prepare(room.tests, folder)) + 3
    waiting, running = list(reversed(drawn)), dict[int, Mutant]()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[_fork(room.tests, folder, mutant, limit)] = mutant
        process, status = os.wait()
        mutant = running.pop(process)
        if status == 0:
            yield mutant


def main() -> int:
    """Print a row for each room and its survivors; 1 where too few mutants are killed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rooms", nargs="*", help="rooms of mutants.toml; without: all")
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--path", default="", help="only sources whose path holds this")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    asked = parser.parse_args()
    plan = table()
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.chdir(ROOT)
    few = False
    print("room        mutants  listed  drawn  killed  share     s")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        for room in plan.rooms:
            if asked.rooms and room.name not in asked.rooms:
                continue
            start = time.monotonic()
            if not (every := [m for m in room.mutants() if asked.path in m.path]):
                continue
            drawn = [m for m in every if m.key not in plan.equivalent]
            listed = len(every) - len(drawn)
            if not asked.all and len(drawn) > plan.sample:
                drawn = random.Random(f"{plan.seed} {room.name}").sample(drawn, plan.sample)
            alive = 0
            for mutant in survivors(room, drawn, asked.jobs, Path(folder)):
                alive += 1
                print(f"survives: {mutant}", flush=True)
            share, took = 1 - alive / len(drawn), time.monotonic() - start
            few = few or share < plan.least
            print(
                f"{room.name:10} {len(every):8} {listed:7} {len(drawn):6} {len(drawn) - alive:7}"
                f" {share:6.1%} {took:5.0f}",
                flush=True,
            )
    return int(few)


if __name__ == "__main__":
    sys.exit(main())
