import json

import pytest
from click.testing import CliRunner

from lianzhi.domains.enforcement.commands.paper import paper


def run(*args):
    return CliRunner().invoke(paper, list(map(str, args)))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(run("--example").output, "utf-8")
    return path


@pytest.mark.parametrize(("name", "start"), [("a.docx", b"PK"), ("a.PDF", b"%PDF")])
@pytest.mark.parametrize("lang", ["zh", "en", "both"])
def test_makes_a_paper(source, tmp_path, name, start, lang):
    done = run("decision", "--fields", source, "--out", tmp_path / name, "--lang", lang)
    assert done.exit_code == 0, done.output
    assert (tmp_path / name).read_bytes().startswith(start)


def test_number_and_day_of_this_paper(source, tmp_path):
    number = "澄综执立字〔2026〕第0009号"
    done = run("filing", "--fields", source, "--out", tmp_path / "a.docx", "--number", number,
               "--day", "2026-01-09", "--json")  # fmt: skip
    assert json.loads(done.output)["number"] == number
    assert json.loads(done.output)["day"] == "2026-01-09"


def test_lists_kinds_and_fields():
    assert "行政处罚决定书" in run().output
    assert json.loads(run("--json").output)["decision"]["word"] == "罚决"
    assert "pay_to" in run("decision").output
    assert "facts" in json.loads(run("decision", "--json").output)["needs"]


def test_a_field_left_out_is_refused_and_nothing_is_written(source, tmp_path):
    source.write_text(source.read_text("utf-8").replace('court = "', 'kourt = "'), "utf-8")
    done = run("decision", "--fields", source, "--out", tmp_path / "a.docx")
    assert done.exit_code == 1  # 3 under `lianzhi`, which maps refusals
    assert "court (人民法院) is missing" in done.output
    assert not (tmp_path / "a.docx").exists()


@pytest.mark.parametrize(
    ("text", "said"), [(b"a = [", "no TOML"), (b"\xff\xfe", "no TOML"), (b"x" * 1_000_001, "bytes")]
)
def test_a_file_of_no_use(tmp_path, text, said):
    path = tmp_path / "case.toml"
    path.write_bytes(text)
    assert said in run("decision", "--fields", path, "--out", tmp_path / "a.docx").output


@pytest.mark.parametrize("args", [("--fields", "x.toml"), ("--fields", "x", "--out", "a.odt")])
def test_called_wrongly(args):
    assert run("decision", *args).exit_code == 2


def test_no_file_and_no_place(source, tmp_path):
    assert "name a file" in run("decision", "--fields", tmp_path / "x", "--out", "a.pdf").output
    gone = tmp_path / "none" / "a.docx"
    assert "name another place" in run("decision", "--fields", source, "--out", gone).output
