"""Which version of a text judges an act; bases of a case; what enforcement may cite."""

import datetime as dt

import pytest
from shipped_law import BASES

from lianzhi.law.applicable import applicable
from lianzhi.law.basis import Bases, Basis, BasisError, Fine, NotCitableError, load
from lianzhi.law.words import Words

SHIPPED = BASES
OLD, NEW = dt.date(2015, 1, 1), dt.date(2020, 1, 1)
ACTED, DECIDED = dt.date(2019, 12, 1), dt.date(2020, 3, 1)


def text(since, until=None, *fines, sanctions=("fine",), verified=True):
    return Basis(
        key="a.b",
        statute="某法",
        version=since,
        articles=("1",),
        kind="penalty",
        effective_from=since,
        effective_until=until,
        title=Words("《某法》第一条", "Some Law, Article 1"),
        quote="处罚款",
        sanctions=sanctions,
        fines=fines,
        verified=verified,
    )


def unit(least, most):
    return Fine(subject="unit", least=least, most=most)


def person(least, most):
    return Fine(subject="person", least=least, most=most)


def judged(old, new, subject=None):
    first = text(OLD, NEW - dt.timedelta(days=1), *old)
    second = text(NEW, None, *new)
    found = applicable(Bases([first, second]), "a.b", ACTED, DECIDED, subject)
    assert (found.at_act, found.at_decision) == (first, second)
    assert found.basis in (first, second, None)
    named = {id(first): "old", id(second): "new"}
    return found.why, None if found.basis is None else named[id(found.basis)]


@pytest.mark.parametrize(
    ("old", "new", "why", "which"),
    [
        ((5000, 50000), (1000, 50000), "lighter", "new"),
        ((5000, 50000), (5000, 20000), "lighter", "new"),
        ((5000, 50000), (1000, 20000), "lighter", "new"),
        ((5000, 50000), (5000, 90000), "older", "old"),
        ((5000, 50000), (9000, 90000), "older", "old"),
        ((5000, 50000), (5000, 50000), "older", "old"),
        ((5000, 50000), (1000, 90000), "compare", None),
    ],
)
def test_the_older_text_judges_unless_the_newer_is_lighter(old, new, why, which):
    assert judged([unit(*old)], [unit(*new)]) == (why, which)


def test_subjects_are_compared_apart():
    old, new = [unit(5000, 50000), person(0, 500)], [unit(1000, 20000), person(0, 900)]
    assert judged(old, new) == ("compare", None)
    assert judged(old, new, "unit") == ("lighter", "new")
    assert judged(old, new, "person") == ("older", "old")
    assert judged(old, [unit(1000, 20000)]) == ("compare", None)
    assert judged([Fine(most=500)], [person(0, 300)], "person") == ("lighter", "new")


def test_other_sanctions_are_for_a_person_to_compare():
    first = text(OLD, NEW - dt.timedelta(days=1), unit(1, 5), sanctions=("fine",))
    second = text(NEW, None, unit(1, 4), sanctions=("fine", "stoppage"))
    assert applicable(Bases([first, second]), "a.b", ACTED, DECIDED).why == "compare"
    bare = [text(OLD, ACTED, sanctions=("warning",)), text(DECIDED, sanctions=("warning",))]
    assert applicable(Bases(bare), "a.b", ACTED, DECIDED).why == "compare"


def test_a_text_that_did_not_change_ended_or_was_not_there_yet():
    bases = Bases([text(OLD, NEW, unit(1, 5))])
    assert applicable(bases, "a.b", OLD, ACTED)[:2] == ("same", bases.get("a.b", OLD))
    assert applicable(bases, "a.b", ACTED, DECIDED)[:2] == ("repealed", None)
    assert applicable(bases, "a.b", dt.date(2014, 1, 1), ACTED)[:2] == ("not_yet", None)
    with pytest.raises(ValueError, match="before the act"):
        applicable(bases, "a.b", DECIDED, ACTED)
    with pytest.raises(ValueError, match=r"'a\.c': no basis has this key"):
        applicable(bases, "a.c", ACTED, DECIDED)


def test_a_text_that_was_not_read_judges_nobody():
    found = applicable(SHIPPED, "public_order.insult", dt.date(2025, 12, 1), dt.date(2026, 2, 1))
    assert (found.why, found.basis) == ("unread", None)
    assert found.at_act.version == dt.date(2012, 10, 26)


def test_a_case_rests_on_one_text_throughout():
    days = [dt.date(2025, 12, 1), dt.date(2022, 1, 1)]
    assert SHIPPED.in_force_on_all("penalty_law.limitation", days).articles == ("36(1)",)
    with pytest.raises(NotCitableError, match="unread"):
        SHIPPED.in_force_on_all("public_order.insult", [*days, dt.date(2026, 2, 1)])
    with pytest.raises(NotCitableError, match="takes effect on 2021-07-15"):
        SHIPPED.in_force_on_all("penalty_law.limitation", [*days, dt.date(2021, 7, 1)])
    bases = Bases([text(OLD, NEW - dt.timedelta(days=1)), text(NEW)])
    with pytest.raises(NotCitableError, match="gave way") as told:
        bases.in_force_on_all("a.b", [DECIDED, ACTED])
    assert told.value.why == "changed"
    assert bases.in_force_on_all("a.b", [OLD, ACTED]) == bases.get("a.b", OLD)


@pytest.mark.parametrize(
    ("key", "subject", "least", "most"),
    [
        ("fire_law.penalty_exits", "unit", 5000, 50000),
        ("fire_law.penalty_exits", "person", 0, 500),
        ("fire_law.penalty_opening", "unit", 30000, 300000),
        ("fire_law.penalty_products", "responsible", 500, 2000),
        ("fire_law.penalty_wiring", "person", 1000, 5000),
        ("penalty_law.on_the_spot", "person", 0, 200),
        ("penalty_law.on_the_spot", "unit", 0, 3000),
    ],
)
def test_fine_ranges_are_data(key, subject, least, most):
    fine = SHIPPED.citable(key, DECIDED.replace(year=2024)).fine(subject)
    assert (fine.least, fine.most) == (least, most)


def test_what_enforcement_cites_is_no_ground_against_an_account():
    ours = {"civil", "minors", "minors_online", "public_order", "information", "cyber",
            "competition", "plant_quarantine"}  # fmt: skip
    for key in SHIPPED.keys:
        for one in SHIPPED.versions(key):
            if key.partition(".")[0] not in ours:
                assert one.binds != "anyone"
            assert one.kind != "penalty" or one.sanctions


@pytest.mark.parametrize(
    ("fines", "said"),
    [
        ('[{ subject = "unit", from = 9, to = 5 }]', "fine is 9 to 5"),
        ('[{ subject = "unit", to = 0 }]', "fine is 0 to 0"),
        ('[{ subject = "unit", to = 5 }, { subject = "unit", to = 6 }]', "a subject twice"),
        ('[{ subject = "dog", to = 5 }]', "dog"),
    ],
)
def test_fines_that_cannot_be(tmp_path, fines, said):
    file = tmp_path / "ours.toml"
    file.write_text(
        '[[basis]]\nkey = "a.b"\nstatute = "某法"\nversion = 2000-01-01\n'
        'effective_from = 2001-01-01\ntitle = { zh = "某", en = "some" }\n'
        f'sanctions = ["fine"]\nfines = {fines}\n',
        "utf-8",
    )
    with pytest.raises(BasisError, match=said):
        load([file])
