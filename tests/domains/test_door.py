"""Nothing outside a domain's folder names it, but the registry's one list."""

import ast
import re
from pathlib import Path

import lianzhi
from lianzhi.domains.registry import SHIPPED

SOURCE = Path(lianzhi.__file__).parent
NAMES = [target.split(".")[2] for target in SHIPPED]
NAMED = re.compile(rf"\b({'|'.join(NAMES)})\b")
OUTSIDE = [
    path
    for path in SOURCE.rglob("*")
    if path.suffix in {".py", ".html", ".js", ".css"}
    and path.relative_to(SOURCE).parts[:2] not in {("domains", name) for name in NAMES}
    and "vendor" not in path.parts
]


#: A way of redress that the chain names itself, and a parameter of a library, which are names of
#: domains as well.
OF_THE_CHAIN = {
    (SOURCE / "chain" / "appeal.py", "mediation"),
    (SOURCE / "chain" / "report.py", "mediation"),
    (SOURCE / "web" / "core" / "oidc.py", "algorithms"),
}


def test_only_the_registry_names_a_shipped_domain() -> None:
    naming = {(path, name) for path in OUTSIDE for name in NAMED.findall(path.read_text("utf-8"))}
    assert naming - OF_THE_CHAIN == {(SOURCE / "domains" / "registry.py", name) for name in NAMES}


def test_the_registry_names_each_in_one_place() -> None:
    tree = ast.parse((SOURCE / "domains" / "registry.py").read_text("utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for name in NAMES:
        assert sum(isinstance(text, str) and name in text for text in texts) == 1


def test_domains_never_import_one_another() -> None:
    for name in NAMES:
        others = [other for other in NAMES if other != name]
        imported = re.compile(rf"lianzhi\.domains\.({'|'.join(others)})\b")
        for path in (SOURCE / "domains" / name).rglob("*.py"):
            assert not imported.search(path.read_text("utf-8")), path
