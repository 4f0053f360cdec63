"""What can be known of the image without building it; its steps for the wheel: test_wheel.py."""

import json
import re
import tomllib

import pytest
from click.testing import CliRunner

from containerfile import ROOT, copies, stages, texts
from lianzhi.cli.main import main
from lianzhi.config import DEFAULT_HOME

BUILD, IMAGE = stages()
HOME = "/var/lib/lianzhi"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("source", [source for sources, _ in copies(BUILD) for source in sources])
def test_what_is_copied_exists(source: str) -> None:
    assert (ROOT / source).exists()


def test_only_what_was_built_gets_into_the_image() -> None:
    assert copies(IMAGE) == []
    assert texts(IMAGE, "COPY") == ["--from=build /opt/lianzhi /opt/lianzhi"]
    assert not any("pip" in run or "apt-get" in run for run in texts(IMAGE, "RUN"))


def test_files_are_copied_before_a_step_names_them() -> None:
    there: set[str] = set()
    named = 0
    for instruction in BUILD:
        if instruction.word == "COPY":
            there.update(instruction.text.split()[:-1])
        elif instruction.word == "RUN":
            files = re.findall(r"(?<!\S)[\w-]+(?:/[\w-]+)*\.(?:lock|py|toml)\b", instruction.text)
            assert set(files) <= there, instruction.text
            named += len(files)
    assert named >= 4


def test_whatever_comes_from_a_registry_is_pinned() -> None:
    uv, *installs = [run for run in texts(BUILD, "RUN") if "pip install" in run]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert f"UV_VERSION := {uv.partition('uv==')[2]}\n" in makefile
    assert installs[0].startswith("uv pip install --require-hashes -r requirements.lock")
    for run in installs[1:]:
        assert "-c requirements-dev.lock" in run or "--no-index" in run
    locked = (ROOT / "requirements-dev.lock").read_text("utf-8")
    for name in ("cython", "setuptools", "psycopg", "psycopg-binary"):
        assert re.search(rf"^{name}==\S+ .*\\\n +--hash=", locked, re.M), name


def test_both_stages_have_a_python_that_is_supported() -> None:
    images = {text.split()[0] for stage in (BUILD, IMAGE) for text in texts(stage, "FROM")}
    (image,) = images
    version = re.fullmatch(r"docker\.io/library/python:(3\.\d+)-slim-\w+", image)
    assert version
    assert f"Programming Language :: Python :: {version[1]}" in PROJECT["project"]["classifiers"]


def test_it_runs_as_nobody_in_particular_and_writes_to_its_home_alone() -> None:
    (run,) = texts(IMAGE, "RUN")
    (user,) = texts(IMAGE, "USER")
    uid = user.partition(":")[0]
    assert uid.isdigit()
    assert int(uid) > 0
    assert f"--uid {uid} " in run
    assert run.endswith(f"--mode 0700 {HOME}")
    assert texts(IMAGE, "VOLUME") == texts(IMAGE, "WORKDIR") == [HOME]
    (environment,) = texts(IMAGE, "ENV")
    assert f"LIANZHI_HOME={HOME}" in environment.split()
    assert not DEFAULT_HOME.is_absolute()
    usage = (ROOT / "ops" / "Containerfile").read_text("utf-8").partition("FROM")[0]
    assert "--read-only --tmpfs /tmp" in usage


def test_the_command_is_one_that_the_program_has() -> None:
    (entrypoint,), (command,) = texts(IMAGE, "ENTRYPOINT"), texts(IMAGE, "CMD")
    assert json.loads(entrypoint) == ["/opt/lianzhi/bin/lianzhi"]
    assert "lianzhi" in PROJECT["project"]["scripts"]
    words = json.loads(command)
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0
    (port,) = texts(IMAGE, "EXPOSE")
    assert words[words.index("--port") + 1] == port
    (check,) = texts(IMAGE, "HEALTHCHECK")
    assert f"http://127.0.0.1:{port}/healthz" in check
    assert texts(IMAGE, "STOPSIGNAL") == ["SIGTERM"]
