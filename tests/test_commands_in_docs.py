"""Every shell block of the READMEs and of docs/ runs as it is printed, and succeeds.

A page's blocks are one script, run from top to bottom in a folder of its own. Requests go to one
`lianzhi demo`, started once: curl is configured to reach it at the address that the pages print,
and to fail where a request is refused. Blocks of Python run in the tests that `PYTHON` names.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
#: The address that the pages print.
PRINTED = "127.0.0.1:8000"
PASSWORD = "correct horse battery staple"

#: Lines that no test can run, and why.
CANNOT_RUN = {
    "make run": "serves until it is stopped; `demo` below is what it starts",
    "make test": "this is it",
    "make postgres": "installs a driver into .venv",
    "lianzhi serve": "serves until it is stopped; tests/cli/test_serve.py runs it",
    "sudo -u postgres createuser lianzhi --pwprompt": "needs a server of PostgreSQL",
    "sudo -u postgres createdb lianzhi --owner lianzhi --encoding UTF8": "the same",
    "export LIANZHI_DATABASE_URL='postgresql+psycopg://lianzhi:PASSWORD@db.example/lianzhi'": (
        "the same; tests/store run on one where there is one"
    ),
    "lianzhi restore FILE --home NEW --database postgresql+psycopg://lianzhi@db.example/empty": (
        "the same"
    ),
    "lianzhi restore move.tar.gz --home NEW --database "
    "postgresql+psycopg://lianzhi@db.example/empty": "the same",
}
#: What a reader puts in the place of a name, by page; `{key}` is the key that the demo prints.
FILLED_IN = {
    "docs/quickstart.md": {"KEY=lz_...": "KEY={key}"},
    "docs/quickstart.zh.md": {"KEY=lz_...": "KEY={key}"},
    "docs/reports.md": {"$KEY": "{key}", "$API": f"http://{PRINTED}"},
    "docs/operations.md": {"/backup/": "backup/", "/var/lib/": "", "FILE": "backup/*.tar.gz"},
    "docs/domains.md": {"PYTHONPATH=": "PYTHONPATH=$PYTHONPATH:"},
}
#: What a reader has before the first command of a page.
BEFORE = {
    "docs/operations.md": "mkdir backup; lianzhi user add alice --role admin",
    "docs/discretion.md": "mkdir tables; cp exits.csv tables/fire-2026-01-01.csv",
}
#: Files that a page prints and its commands read: page -> name -> how the printed block begins.
PRINTED_FILES = {
    "docs/discretion.md": {"exits.csv": "#table"},
    "docs/law.md": {"2027.csv": "# years"},
}
#: Which test runs the blocks of Python of a page.
PYTHON = {
    "docs/webhooks.md": "tests/post/test_webhook_docs.py",
    "docs/evidence.md": "tests/documents/test_evidence_pack.py",
    "docs/client.md": "tests/client/test_client.py",
    "docs/domains.md": "tests/domains/test_domains_page.py",
}

TEXTS = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for path in sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])
}
SHELL = {
    page: blocks
    for page, text in TEXTS.items()
    if (blocks := re.findall(r"```sh\n(.*?)```", text, re.S))
}


def without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*", "", line).strip()


def script_of(page: str, key: str) -> str:
    """The blocks of a page, filled in, without the lines that cannot run."""
    lines = [line for block in SHELL[page] for line in block.splitlines()]
    script = "\n".join(line for line in lines if without_comment(line) not in CANNOT_RUN)
    for name, value in FILLED_IN.get(page, {}).items():
        script = script.replace(name, value.format(key=key))
    return f"{BEFORE.get(page, '')}\n{script}\n"


class Demo:
    """A running `lianzhi demo`."""

    def __init__(self, home: Path) -> None:
        self.output = home.parent / "demo.ndjson"
        with self.output.open("w") as output:
            command = [*LIANZHI, "demo", "--home", str(home), "--port", "0", "--json"]
            known = os.environ | {"PYTHONPATH": str(ROOT / "src")}
            self._process = subprocess.Popen(command, stdout=output, cwd=home.parent, env=known)
        announced = json.loads(self._wait(lambda: self.output.read_text().splitlines()[:1])[0])
        self.url, self.key = announced["url"], announced["key"]
        protected = lambda: self.read("/v1/cases?status=protected")["rows"]  # noqa: E731
        self._wait(protected)

    def read(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(self.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def statuses(self, decision: dict[str, Any]) -> set[str]:
        """What has become of the measures of a decision, once no platform is waited for."""
        measures = [measure["id"] for measure in decision["measures"]]
        current = lambda: {self.read(f"/v1/measures/{one}")["status"] for one in measures}  # noqa: E731
        return self._wait(lambda: found if "ordered" not in (found := current()) else set())

    def _wait(self, value: Any) -> Any:
        for _ in range(600):
            assert self._process.poll() is None, "the demo has ended"
            if got := value():
                return got
            time.sleep(0.2)
        pytest.fail("the demo does not come to what is waited for")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)


LIANZHI = [sys.executable, "-c", "from lianzhi.cli.main import main; main()"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo") / "home")
    yield running
    running.stop()


def environment(folder: Path, address: str) -> dict[str, str]:
    """Variables of a shell that finds `lianzhi`, and the demo where the pages say that it is."""
    tools = folder / ".tools"
    tools.mkdir()
    program = tools / "lianzhi"
    program.write_text(f"#!{sys.executable}\nfrom lianzhi.cli.main import main\nmain()\n")
    program.chmod(0o755)
    (folder / ".curlrc").write_text(f"fail-with-body\nconnect-to = {PRINTED}:{address}\n")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LIANZHI_")}
    path = os.pathsep.join(str(one) for one in (tools, Path(sys.executable).parent, ours["PATH"]))
    known = {"PATH": path, "CURL_HOME": str(folder), "PYTHONPATH": str(ROOT / "src")}
    return ours | known | {"PYTHONWARNINGS": "ignore"}


def run(page: str, folder: Path, address: str, key: str) -> None:
    for name in ("examples", "tests"):
        (folder / name).symlink_to(ROOT / name)
    blocks = re.findall(r"(?:^    .*\n)+", TEXTS[page], re.M)
    for name, start in PRINTED_FILES.get(page, {}).items():
        (text,) = [text for text in map(textwrap.dedent, blocks) if text.startswith(start)]
        (folder / name).write_text(text, "utf-8")
    with subprocess.Popen(["yes", PASSWORD], stdout=subprocess.PIPE) as passwords:
        done = subprocess.run(
            ["bash", "-euxo", "pipefail", "-c", script_of(page, key)],
            cwd=folder,
            env=environment(folder, address),
            stdin=passwords.stdout,
            start_new_session=True,  # so that passwords are asked for on standard input
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        passwords.kill()
    answered = folder / "decision.json"
    refusal = answered.read_text() if answered.exists() else ""
    assert done.returncode == 0, f"{refusal}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


ASKING = [page for page, blocks in SHELL.items() if any("curl" in block for block in blocks)]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in SHELL if page not in ASKING])
def test_commands_of_a_page_run_as_printed(page: str, tmp_path: Path) -> None:
    run(page, tmp_path, PRINTED, "")


@pytest.mark.slow
@pytest.mark.parametrize("page", ASKING)
def test_requests_of_a_page_are_answered_by_the_demo(page: str, tmp_path: Path, demo: Demo) -> None:
    run(page, tmp_path, demo.url.removeprefix("http://"), demo.key)
    decided = tmp_path / "decision.json"
    if decided.exists():
        decision = json.loads(decided.read_text())
        assert demo.statuses(decision) == {"applied"}
        lines = map(json.loads, demo.output.read_text().splitlines()[1:])
        applied = {line["about"] for line in lines if line["topic"] == "applied"}
        assert {measure["account"] for measure in decision["measures"]} <= applied


@pytest.mark.slow
def test_command_that_readme_names_for_published_figures_runs(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (command,) = set(
        re.findall(r"`(lianzhi scorecard check examples/[\w.-]+)`", TEXTS["README.md"])
    )
    shell = ["bash", "-c", command]
    where = environment(tmp_path, PRINTED)
    done = subprocess.run(
        shell, check=False, cwd=tmp_path, env=where, capture_output=True, text=True
    )
    assert done.returncode == 1, "the figures of this example contradict each other"
    assert not done.stderr


def test_what_is_left_out_or_filled_in_stands_in_the_pages() -> None:
    lines = {
        without_comment(line)
        for blocks in SHELL.values()
        for b in blocks
        for line in b.splitlines()
    }
    assert set(CANNOT_RUN) - lines == set()
    for page, names in FILLED_IN.items():
        assert [name for name in names if name not in "".join(SHELL[page])] == []


def test_every_block_of_python_has_its_test() -> None:
    pages = {page for page, text in TEXTS.items() if "```python" in text}
    assert pages == set(PYTHON)
    for page, test in PYTHON.items():
        assert Path(page).name in (ROOT / test).read_text("utf-8")


def test_tools_that_the_pages_need_are_there() -> None:
    assert shutil.which("curl") is not None
