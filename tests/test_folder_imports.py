"""No two folders of the package import each other, directly or through others.

import-linter holds this for siblings (`acyclic_siblings` in pyproject.toml). It does not compare a
folder's own modules with the folders below it, so that is held here for every folder of the tree.
"""

import ast
import graphlib
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import lianzhi

ROOT = Path(lianzhi.__file__).parent

Lines = dict[tuple[str, str], list[str]]
"""(importing folder, imported folder) -> `file:line: module` of each import."""


def folder_imports(root: Path) -> Lines:
    """The imports between the folders of the package that lies at `root`."""
    lines: Lines = defaultdict(list)
    for path in sorted(root.rglob("*.py")):
        importer = ".".join(path.parent.relative_to(root.parent).parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            for imported in sorted(set(_folders(node, root))):
                if imported != importer:
                    where = f"{path.relative_to(root)}:{node.lineno}: {ast.unparse(node)}"
                    lines[importer, imported].append(where)
    return dict(lines)


def _folders(node: ast.Import | ast.ImportFrom, root: Path) -> Iterator[str]:
    """The folders that one import statement reads from: of `from a import b` b, where b is one."""
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    else:
        assert node.level == 0, f"line {node.lineno}: a relative import; name the whole module"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        modules = [name if _is_folder(name, root) else node.module or "" for name in names]
    for module in modules:
        parts = module.split(".")
        if parts[0] == root.name:
            yield module if _is_folder(module, root) else ".".join(parts[:-1])


def _is_folder(module: str, root: Path) -> bool:
    return root.parent.joinpath(*module.split(".")).is_dir()


def cycle_of(lines: Lines) -> str:
    """The import lines of one cycle of folders; empty where there is none."""
    graph: dict[str, set[str]] = defaultdict(set)
    for importer, imported in lines:
        graph[importer].add(imported)
    for importer, imported in lines:
        if (imported, importer) in lines:  # a pair is easier to mend than a long cycle: name it
            return _described(lines, [importer, imported, importer])
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return _described(lines, error.args[1][::-1])  # each is imported by the one after it
    return ""


def _described(lines: Lines, folders: list[str]) -> str:
    parts = [[f"{a} imports {b}:", *lines[a, b]] for a, b in pairwise(folders)]
    return "\n".join(line for part in parts for line in part)


def test_no_folders_import_each_other():
    lines = folder_imports(ROOT)
    assert ("lianzhi.domains.bullying", "lianzhi.chain") in lines  # it reads the tree at all
    assert not cycle_of(lines), cycle_of(lines)


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ({"a.py": "from house.b import x", "b/x.py": "from house.a import y"},
         "house imports house.b:\na.py:1: from house.b import x\n"
         "house.b imports house:\nb/x.py:1: from house.a import y"),
        ({"a/m.py": "import house.b.m", "b/m.py": "from house import c", "c/m.py":
          "from house.a.m import f"},
         "b/m.py:1: from house import c\n"),
        ({"a/m.py": "from house.b.m import f", "b/m.py": "import os"}, ""),
    ],
    ids=["pair", "through a third", "one way"],
)  # fmt: skip
def test_a_cycle_is_named_with_its_imports(tmp_path, modules, expected):
    root = tmp_path / "house"
    for name, text in modules.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = cycle_of(folder_imports(root))
    assert expected in found
    assert bool(found) == bool(expected)
