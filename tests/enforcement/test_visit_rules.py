"""Rules of a visit: yearly caps, scan-in, two certified officers, observers who only report."""

import datetime as dt
import shutil
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.importing.town_rows import Inspection, Officer
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.rulebook import scan
from lianzhi.domains.enforcement.rulebook import visit_rules as visit

DAY = dt.date(2026, 5, 6)
RULES = visit.policy(DAY)
SECRET = b"sixteen bytes ok"
LINE = Line(
    departments=("emergency", "fire"), enterprise_type="restaurant", severity="grave",
    items=("emergency.exit_locked", "fire.exit_blocked"), zh="安全出口畅通",
)  # fmt: skip


def officer(ident, until=dt.date(2027, 1, 1)):
    return Officer(ident, "王", "S1", "fire", f"C-{ident}", until)


def inspection(day, reason="random", enterprise="E1"):
    return Inspection("I", enterprise, day, "fire", "restaurant", reason, ("O1", "O2"), True)


def coming(**change):
    usual = visit.Visit(
        enterprise="E1", day=DAY, officers=(officer("O1"), officer("O2")), observers=("V1",),
        scanned=scan.check(SECRET, scan.code(SECRET, "E1", DAY), "E1", DAY),
    )  # fmt: skip
    return msgspec.structs.replace(usual, **change)


def refused(**change):
    with pytest.raises(visit.RefusedError) as told:
        visit.begin(coming(**change), RULES)
    return told.value


# Caps.


def test_routine_inspections_end_at_the_cap_of_the_year():
    past = [inspection(dt.date(2026, 1, 5)), inspection(dt.date(2026, 3, 5), "risk")]
    assert visit.plan("E1", "food", DAY, "random", past[:1], RULES) == ()
    (why,) = visit.plan("E1", "food", DAY, "random", past, RULES)
    assert (why.rule, RULES.cap) == ("cap", 2)
    assert "has had 2 routine inspections in 2026 and the cap is 2" in why.said.en
    assert "国办发〔2024〕54号" in why.basis.zh
    assert visit.plan("E1", "hazardous", DAY, "random", past, RULES) == ()


@pytest.mark.parametrize("reason", ["request", "revisit", "joint"])
def test_requests_revisits_and_joint_visits_are_neither_capped_nor_counted(reason):
    past = [inspection(dt.date(2026, 1, n + 1), reason) for n in range(20)]
    assert visit.plan("E1", "food", DAY, "random", past, RULES) == ()
    full = [inspection(DAY), inspection(DAY)]
    assert visit.plan("E1", "food", DAY, reason, full, RULES) == ()


@given(
    others=st.lists(st.builds(
        inspection, st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31)),
        st.sampled_from(["random", "risk", "request", "revisit", "joint"]),
        st.sampled_from(["E1", "E2"]),
    ), max_size=12)
)  # fmt: skip
def test_only_routine_visits_to_this_enterprise_in_this_year_count(others):
    count = 0
    for each in others:
        count += (each.enterprise, each.day.year) == ("E1", 2026) and each.reason in (
            "random",
            "risk",
        )
    assert bool(visit.plan("E1", "food", DAY, "risk", others, RULES)) == (count >= RULES.cap)


# Beginning.


def test_a_lawful_visit_begins():
    assert visit.begin(coming(), RULES).visit == coming()
    last = (officer("O1", DAY), officer("O2", DAY))
    assert visit.begin(coming(officers=last), RULES)


@pytest.mark.parametrize(
    ("change", "rule", "basis", "words"),
    [
        ({"officers": (officer("O1"),)}, "officers", "第四十二条", "there are 1 officers"),
        ({"officers": ()}, "officers", "第四十二条", "there are 0 officers"),
        ({"officers": (officer("O1"), officer("O1"))}, "officers", "第四十二条", "there are 1"),
        (
            {"officers": (officer("O1"), officer("O2", DAY - dt.timedelta(1)))},
            "certificate", "第四十二条", "of O2 ended on 2026-05-05, before 2026-05-06",
        ),
        ({"observers": ("O2",)}, "both", "54号", "O2 comes both"),
        ({"scanned": "missing"}, "missing", "54号", "scan the enterprise's code"),
        ({"scanned": "forged"}, "forged", "54号", "not issued"),
        ({"scanned": "other_enterprise"}, "other_enterprise", "54号", "scan the one of E1"),
        ({"scanned": "other_day"}, "other_day", "54号", "not of 2026-05-06"),
    ],
)  # fmt: skip
def test_a_visit_that_breaks_a_rule_is_refused_with_the_basis(change, rule, basis, words):
    told = refused(**change)
    assert [one.rule for one in told.refusals] == [rule]
    assert basis in told.refusals[0].basis.zh
    assert words in str(told)


def test_all_reasons_are_told_at_once():
    told = refused(officers=(officer("O1", DAY - dt.timedelta(9)),), scanned="missing")
    assert [one.rule for one in told.refusals] == ["officers", "certificate", "missing"]


# Marks.


def test_an_observer_reports_and_an_officer_finds():
    begun = visit.begin(coming(), RULES)
    broken = ("fire.exit_blocked",)
    assert visit.mark(begun, LINE, "V1", RULES, broken) == visit.Mark("V1", broken, "report")
    assert visit.mark(begun, LINE, "O1", RULES, broken) == visit.Mark("O1", broken, "violation")
    assert visit.mark(begun, LINE, "V1", RULES).kind == "in_order"


@given(st.sets(st.sampled_from(LINE.items)).map(tuple))
def test_no_mark_of_an_observer_is_ever_a_violation(broken):
    assert visit.mark(visit.begin(coming(), RULES), LINE, "V1", RULES, broken).kind != "violation"


def test_strangers_and_items_of_other_lines_are_refused():
    begun = visit.begin(coming(), RULES)
    with pytest.raises(visit.RefusedError, match="X9 is not of this visit"):
        visit.mark(begun, LINE, "X9", RULES)
    with pytest.raises(visit.RefusedError, match=r"item market.tying is not answered by this line"):
        visit.mark(begun, LINE, "O1", RULES, ("market.tying",))


# The code.

IDS = st.text(
    st.characters(categories=("L", "N", "P"), exclude_characters=";"), min_size=1, max_size=20
)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))


@given(enterprise=IDS, day=DAYS, other=IDS, another=DAYS)
def test_a_code_is_good_for_one_enterprise_on_one_day(enterprise, day, other, another):
    code = scan.code(SECRET, enterprise, day)
    assert scan.check(SECRET, f" {code}\n", enterprise, day) == "good"
    assert scan.check(b"another 16 bytes", code, enterprise, day) == "forged"
    if other != enterprise:
        assert scan.check(SECRET, code, other, day) == "other_enterprise"
    if another != day:
        assert scan.check(SECRET, code, enterprise, another) == "other_day"


@given(enterprise=IDS, day=DAYS, data=st.data())
def test_a_changed_code_is_forged(enterprise, day, data):
    code = scan.code(SECRET, enterprise, day)
    place = data.draw(st.integers(0, len(code) - 1))
    char = data.draw(st.characters(exclude_categories=("Cs",)).filter(lambda c: c != code[place]))
    changed = code[:place] + char + code[place + 1 :]
    if changed.strip() != code:
        assert scan.check(SECRET, changed, enterprise, day) in ("forged", "missing")


@given(st.text(max_size=40) | st.text("LZ1:", max_size=12))
def test_no_text_breaks_the_check(text):
    assert scan.check(SECRET, text, "E1", DAY) in ("forged", "missing")


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="secret has 5 bytes; give 16"):
        scan.code(b"short", "E1", DAY)


# Policy.

FOLDER = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "visits"


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ("cap = 2", "cap = -1", "cap"),
        ("least_officers = 2", "least_officers = 1", "least_officers"),
        ("[rules.both]", "[rules.either]", "either"),
        ("{by} is not of", "{who} is not of", "said of stranger has {who}; it can be filled"),
        ('"random", "risk"', '"random", "rumour"', "rumour"),
    ],
)  # fmt: skip
def test_broken_rules_are_refused(tmp_path, good, bad, why):
    text = (FOLDER / "2024-12-16.toml").read_text("utf-8")
    assert good in text
    (tmp_path / "2024-12-16.toml").write_text(text.replace(good, bad), "utf-8")
    with pytest.raises(PolicyError, match=r"2024-12-16\.toml") as told:
        visit.policy(DAY, tmp_path)
    assert why in str(told.value)


def test_a_rule_without_words_is_refused(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "rules")
    text = (FOLDER / "2024-12-16.toml").read_text("utf-8")
    (tmp_path / "rules/2024-12-16.toml").write_text(text.partition("[rules.off_line]")[0], "utf-8")
    with pytest.raises(PolicyError, match="rules has no off_line"):
        visit.policy(DAY, tmp_path / "rules")
    with pytest.raises(PolicyError, match="no version is in force on 2024-12-15"):
        visit.policy(dt.date(2024, 12, 15))
