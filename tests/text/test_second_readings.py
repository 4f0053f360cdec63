"""Second readings of COLD: one for each comment, in order, and never of another number."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2] / "tools"))

import train_text_readings as readings

#: How many comments each part of COLD has.
PARTS = {"train": 25_726, "dev": 6_431, "test": 5_323}


@pytest.mark.parametrize("part", PARTS)
def test_there_is_one_reading_for_each_comment(part: str) -> None:
    found = readings.load(part, PARTS[part])
    assert found.shape == (PARTS[part],)
    assert set(np.unique(found)) <= {-1, 0, 1, 2, 3}
    assert (found >= 0).sum() == (800 if part == "test" else PARTS[part])


def test_doubtful_readings_count_as_what_they_are_likeliest_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "FOLDER", tmp_path)
    (tmp_path / "some.txt").write_text("01\n2d.c\n")
    assert readings.load("some", 6).tolist() == [0, 1, 2, 3, -1, 2]
    assert readings.load("other", 2).tolist() == [-1, -1]


def test_two_readers_mostly_agree() -> None:
    count, four, two = readings.agreement()
    assert count == 320
    assert 0.85 < four < two < 1


def test_readings_of_another_number_of_comments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"dev\.txt has 6431 readings, dev 6430 comments"):
        readings.load("dev", 6_430)
