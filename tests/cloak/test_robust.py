"""The measure on cloaked comments, on a made-up stand-in for COLD."""

import csv

import pytest
from bench import robust

FIELDS = ["", "split", "topic", "label", "fine-grained-label", "TEXT"]
COMMENTS = [("1", "你这个贱人真恶心，{}"), ("0", "今天天气真的很好，{}"), ("0", "谁说贱人，{}")]


@pytest.fixture
def data(tmp_path, monkeypatch):
    folder = tmp_path / "cold"
    folder.mkdir()
    for name in ("train", "test"):
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(FIELDS)
            for number in range(600):
                label, text = COMMENTS[number % len(COMMENTS)]
                rows.writerow([number, name, "made up", label, "0", text.format(number)])
    monkeypatch.setattr(robust, "DATA", tmp_path)
    return tmp_path


def told():
    said = {}
    robust.run(said.__setitem__)
    return said


@pytest.mark.slow
def test_every_attack_and_half_has_its_row_and_invisible_ones_lose_nothing(data):
    said = told()
    assert {f"{attack}, {half}" for attack in robust.ATTACKS for half in robust.HALVES} < set(said)
    assert said["zero_width, held"].startswith("n 200; kept 1.000 ")
    assert "kept 0.000 " in said["blanked"]


def test_without_data_the_row_says_what_is_missing(data):
    (data / "cold" / "test.csv").unlink()
    assert "set LIANZHI_DATA" in told()["robust"]
