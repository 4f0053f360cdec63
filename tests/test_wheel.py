"""The wheel, built and installed as ops/Containerfile does it, works from anywhere."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from containerfile import ROOT, copies, run_line, stages, texts
from lianzhi import __version__

BUILD, IMAGE = stages()
pytestmark = pytest.mark.slow


def copy_of_tree(folder: Path) -> Path:
    """What the Containerfile copies, and nothing else; nothing is compiled in it."""
    left_out = shutil.ignore_patterns("__pycache__", "*.so")
    for sources, destination in copies(BUILD):
        for source in sources:
            place = folder / destination / Path(source).name
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / destination, ignore=left_out)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, place)
    return folder


def build(tree: Path) -> Path:
    """The wheel of a tree, by the Containerfile's step."""
    words = run_line(BUILD, "hatchling build")
    assert words[0] == "python"
    call = [sys.executable, *words[1:]]
    wheels = tree.parent / f"{tree.name}-wheels"
    call[call.index("/wheels")] = str(wheels)
    subprocess.run(call, cwd=tree, check=True, capture_output=True, env=clean_environment())
    (wheel,) = wheels.glob("*.whl")
    return wheel


def clean_environment() -> dict[str, str]:
    """The environment without what leads to this tree or to a deployment."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIANZHI_", "PYTHON"))
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(copy_of_tree(tmp_path_factory.mktemp("source") / "tree"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment with the wheel in it; dependencies are those of this one."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, with_pip=True)
    words = run_line(BUILD, "--no-index")
    assert words[-1] == "/wheels/lianzhi-*.whl"
    call = [str(place / "bin" / "python"), *words[1:-1], str(wheel)]
    subprocess.run(call, check=True, capture_output=True, env=clean_environment())
    (packages,) = (place / "lib").glob("python*/site-packages")
    # A line of a .pth is a folder: what lies in it is found after the environment's own packages.
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return place / "bin"


def run(installed: Path, *words: str, cwd: Path) -> str:
    call = [str(installed / words[0]), *words[1:]]
    ran = subprocess.run(
        call, cwd=cwd, check=True, capture_output=True, text=True, env=clean_environment()
    )
    return ran.stdout.strip()


def test_a_wheel_without_compiled_modules_is_pure_and_has_every_file(wheel: Path) -> None:
    assert wheel.name == f"lianzhi-{__version__}-py3-none-any.whl"
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "lianzhi").rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and path.suffix not in {".so", ".pyx", ".pxd"}
    }
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wanted <= names
    assert {Path(name).parts[0] for name in names} == {
        "lianzhi",
        f"lianzhi-{__version__}.dist-info",
    }


def test_a_wheel_with_compiled_modules_is_of_one_platform(tmp_path: Path) -> None:
    tree = copy_of_tree(tmp_path / "tree")
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    (tree / "src" / "lianzhi" / "text" / "fold" / f"_x{suffix}").write_bytes(b"compiled")
    wheel = build(tree)
    assert "none-any" not in wheel.name
    names = zipfile.ZipFile(wheel).namelist()
    assert f"lianzhi/text/fold/_x{suffix}" in names
    # Beside a source that pip wrote a moment later it would count as out of date.
    assert [name for name in names if name.endswith((".pyx", ".pxd"))] == []


def test_what_runs_is_what_was_installed_and_pure(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "lianzhi", "--version", cwd=tmp_path).endswith(__version__)
    code = (
        "import lianzhi; from lianzhi.text import assess; from lianzhi.text.arrays import compiled;"
        "print(lianzhi.__file__); print(compiled.twin('unveil._decode'));"
        "print(max(assess('你这个废物，滚出去').kinds.values()) > 0)"
    )
    place, twin, reads = run(installed, "python", "-c", code, cwd=tmp_path).splitlines()
    assert Path(place).is_relative_to(installed.parent)
    assert (twin, reads) == ("None", "True")


@pytest.fixture(scope="module")
def demo(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """What `lianzhi demo` announces, started in a folder that has nothing to do with it."""
    process = subprocess.Popen(
        [str(installed / "lianzhi"), "demo", "--port", "0", "--json"],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        stdout=subprocess.PIPE,
        env=clean_environment(),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the demo ended"
        yield json.loads(line)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def test_the_demo_runs_from_anywhere(demo: dict[str, object]) -> None:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(path: str, form: dict[str, str] | None = None) -> str:
        data = urlencode(form).encode() if form is not None else None
        with opener.open(f"{demo['url']}{path}", data, timeout=20) as answer:
            assert answer.status == 200
            return str(answer.read().decode())

    assert json.loads(get("/healthz"))["status"] == "ok"
    assert json.loads(get("/readyz"))
    login = get("/login")
    token = re.search(r'name="csrf" value="([^"]+)"', login)
    assert token
    logins = demo["logins"]
    assert isinstance(logins, dict)
    form = {"name": "reviewer", "password": logins["reviewer"], "next": "/", "csrf": token[1]}
    page = get("/login", form)
    assert "reviewer" in page
    for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        get(asset)


def test_the_image_finds_the_node_healthy(demo: dict[str, object]) -> None:
    (check,) = texts(IMAGE, "HEALTHCHECK")
    program, *words = json.loads(check[check.index("CMD") + len("CMD") :])
    assert program.endswith("/bin/python")
    for url, code in ((str(demo["url"]), 0), ("http://127.0.0.1:1", 1)):
        call = [word.replace("http://127.0.0.1:8000", url) for word in words]
        ran = subprocess.run([sys.executable, *call], check=False, capture_output=True)
        assert ran.returncode == code
