"""Sheets and samples: marks add up, and the same seed draws the same files."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervised import DAY, FILE, VISIT, changed, look, on

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.supervision import sheets
from lianzhi.domains.enforcement.supervision.monitors import report
from lianzhi.domains.enforcement.supervision.sample import File, days_of, may_review, pick, quarter
from lianzhi.domains.enforcement.supervision.sheets import Sampling

SHEETS = sheets.load()
PENALTY = sheets.sheet_of(SHEETS, "penalty", DAY)
TERMS = Sampling(0.1, 2)


def shown(file, **some):
    return sheets.marked(PENALTY, ["P1", "I1"], report(look(penalties=(file,), **some)))


def test_there_is_a_sheet_for_both_kinds():
    assert {one.kind for one in SHEETS} == {"penalty", "permit"}


def test_a_lawful_file_loses_nothing_by_itself():
    lines = shown(FILE, inspections=(VISIT,))
    assert {one.lost for one in lines if one.criterion.auto} == {0}
    assert {one.lost for one in lines if not one.criterion.auto} == {None}


def test_what_the_file_shows_costs_the_criterion_and_no_more():
    lines = shown(changed(FILE, served=on("05-06")), inspections=(VISIT,))
    lost = {one.criterion.key: one.criterion.marks for one in lines if one.lost}
    assert lost == {"service": 5}
    by_hand = {one.criterion.key: 1 for one in lines if one.lost is None}
    marks, counted = sheets.total(PENALTY, lines, by_hand)
    assert marks == 100 - 5 - len(by_hand)
    assert counted == by_hand | lost


def test_the_inspection_that_it_comes_from_counts():
    lines = shown(FILE, inspections=(changed(VISIT, officers=("li",)),))
    assert [one.criterion.key for one in lines if one.lost] == ["officers"]


def test_what_could_not_be_judged_is_left_to_the_person():
    far = dt.date(2035, 3, 5)
    lines = shown(changed(FILE, decided=far, served=far, published=far))
    assert next(one.lost for one in lines if one.criterion.key == "service") is None


@pytest.mark.parametrize("said", [{}, {"facts": 13}, {"facts": -1}])
def test_marks_that_the_sheet_does_not_allow_are_refused(said):
    lines = shown(FILE, inspections=(VISIT,))
    rest = {one.criterion.key: 0 for one in lines if one.lost is None} if said else {}
    with pytest.raises(sheets.LostError, match="lost of facts is"):
        sheets.total(PENALTY, lines, rest | said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"criterion": PENALTY.criterion[1:]}, "add up to 90"),
        ({"criterion": (*PENALTY.criterion[:-1], msgspec.structs.replace(
            PENALTY.criterion[-1], auto=("bribery",)))}, "'bribery'"),
        ({"grade": PENALTY.grade[:-1]}, "from the best to 0"),
    ],
)  # fmt: skip
def test_a_sheet_that_does_not_add_up_is_refused(tmp_path, change, said):
    wrong = msgspec.to_builtins(PENALTY) | msgspec.to_builtins(change)
    (tmp_path / "wrong.toml").write_bytes(_toml(wrong))
    with pytest.raises(PolicyError, match=said):
        sheets.load(tmp_path)


def _toml(sheet):
    """Just enough TOML for a sheet."""

    def value(one):
        if isinstance(one, dict):
            return "{" + ", ".join(f"{k} = {value(v)}" for k, v in one.items()) + "}"
        if isinstance(one, list | tuple):
            return "[" + ", ".join(map(value, one)) + "]"
        return one if _is_day(one) else msgspec.json.encode(one).decode()

    return "\n".join(f"{k} = {value(v)}" for k, v in sheet.items()).encode()


def _is_day(one):
    return isinstance(one, str) and one[:2] == "20" and len(one) == 10


FILES = st.lists(
    st.builds(File, st.text("abc123", min_size=1, max_size=6), st.sampled_from(["fire", "market"])),
    unique_by=lambda one: one.id,
    max_size=60,
)


@given(FILES, st.binary(min_size=32, max_size=32), st.randoms())
def test_a_sample_is_the_same_however_the_files_come(files, seed, random):
    found = pick(files, seed, TERMS)
    mixed = list(files)
    random.shuffle(mixed)
    assert pick(mixed, seed, TERMS) == found
    for department in ("fire", "market"):
        ids = {one.id for one in files if one.department == department}
        taken = [one for one in found if one in ids]
        assert len(taken) == min(len(ids), max(2, -(-len(ids) // 10)))


@given(FILES.filter(lambda files: len(files) > 12), st.binary(min_size=32, max_size=32))
def test_who_is_drawn_does_not_hang_on_the_others(files, seed):
    """Taking out a file that was not drawn changes nothing, but for how many are."""
    found = pick(files, seed, Sampling(0.001, 3))
    left_out = next(one for one in files if one.id not in found)
    rest = [one for one in files if one != left_out]
    assert pick(rest, seed, Sampling(0.001, 3)) == found


def test_another_seed_draws_others():
    files = [File(f"P{k}", "fire") for k in range(200)]
    assert len({pick(files, bytes([k]) * 32, TERMS) for k in range(20)}) == 20


@pytest.mark.parametrize(
    ("day", "name", "first", "last"),
    [
        (dt.date(2026, 1, 1), "2026-Q1", dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
        (dt.date(2026, 12, 31), "2026-Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        (dt.date(2024, 6, 30), "2024-Q2", dt.date(2024, 4, 1), dt.date(2024, 6, 30)),
    ],
)
def test_quarters(day, name, first, last):
    assert quarter(day) == name
    assert days_of(name) == (first, last)


@pytest.mark.parametrize("name", ["2026", "2026-Q5", "1999-Q1", "2026-Q1 "])
def test_what_is_no_quarter_is_refused(name):
    with pytest.raises(ValueError, match="write 2026-Q1"):
        days_of(name)


def test_who_had_a_hand_in_a_file_does_not_review_it():
    assert may_review("sup", {"li", "chief"})
    assert not may_review("li", {"li", "chief"})


def test_averages_have_their_limits():
    assert sheets.average([]) is None
    assert sheets.average([80]).limits is None
    found = sheets.average([80, 90, 100])
    assert found.mean == 90
    assert found.limits.lo == pytest.approx(90 - 4.302653 * 10 / 3**0.5, abs=1e-3)
    assert found.limits.hi == 100
