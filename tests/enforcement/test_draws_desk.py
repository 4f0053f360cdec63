"""Draws on the record: committed to, revealed once, and drawn again by anybody."""

import datetime as dt

import pytest
from click.testing import CliRunner
from enforcement_house import HOUR, START, Bureau
from visit_web import NOW, Console, opened

from lianzhi.domains.enforcement.commands.draw import draw
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.queries import tables
from lianzhi.record.entry import Draft
from lianzhi.record.lots import Public

ON = START + dt.timedelta(3)
FILES = ("plan.json", "enterprises.csv", "officers.csv", "reveal.json", "draw.json")
UNTIL = START + dt.timedelta(90)
PUBLIC = Public(source="lottery of the day, numbers with blanks", on=ON)


@pytest.fixture
def bureau(tmp_path):
    made = Bureau(tmp_path)
    rows = [{"id": f"F{n:03}", "name": f"厂{n}", "industry": "plant"} for n in range(30)]
    made.desk.registers.enterprises(rows, "test")
    good = {"squad": "S1", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
    made.desk.registers.officers(
        [{"id": f"o{n}", "certificate": "A", **good} for n in range(4)], "t"
    )
    return made


def plan(bureau, name="2026-Q1", total=5, public=PUBLIC):
    return bureau.desk.draws.plan(name, total, UNTIL, public, ON + dt.timedelta(2), "chief")


def one(bureau, name="2026-Q1"):
    with bureau.desk.office.reading() as connection:
        return tables.draw.load(connection, name)


def refused(act):
    with pytest.raises(RefusedError) as told:
        act()
    return told.value.rule


def test_a_draw_is_committed_to_then_revealed_and_holds(bureau):
    digest = plan(bureau)
    before = one(bureau)
    assert (before.digest, before.reveal, before.result) == (digest, None, None)
    secret = (bureau.home / "keys" / "enforcement" / "draws" / "2026-Q1").read_bytes().hex()
    assert secret not in str(bureau.ledger.payload(bureau.ledger.size - 1))
    bureau.on(ON)
    found = bureau.desk.draws.reveal("2026-Q1", "03 07 11", "chief")
    after = one(bureau)
    assert after.result == found
    assert (after.reveal.secret, after.reveal.public) == (secret, "03 07 11")
    assert len({each.enterprise for each in found.inspections}) == 5
    assert all(
        set(each.officers) <= {"li", "wang", "o0", "o1", "o2", "o3"} for each in found.inspections
    )
    assert found.excluded == {"old": "expired"}
    checks = {check.key: check.holds for check in bureau.desk.draws.checks(after)}
    assert checks == {"recorded": True, "in_time": True, "public": None, "drawn_again": True,
                      "published": True}  # fmt: skip


def test_there_is_no_second_try(bureau):
    plan(bureau)
    assert refused(lambda: plan(bureau)) == "draw_again"
    assert refused(lambda: bureau.desk.draws.reveal("2026-Q1", "x", "chief")) == "draw_early"
    bureau.on(ON)
    bureau.desk.draws.reveal("2026-Q1", "x", "chief")
    size = bureau.ledger.size
    assert refused(lambda: bureau.desk.draws.reveal("2026-Q1", "y", "chief")) == "draw_again"
    assert bureau.ledger.size == size


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"name": "../etc"}, "draw_name"),
        ({"total": 99}, "draw"),
        ({"public": Public(source="x", on=START)}, "draw_known"),
        ({"public": Public(source=" ", on=ON)}, "draw"),
        ({"public": Public(source="x", on=UNTIL)}, "draw"),
    ],
)
def test_what_can_not_be_drawn_is_refused(bureau, more, rule):
    size = bureau.ledger.size
    assert refused(lambda: plan(bureau, **more)) == rule
    assert bureau.ledger.size == size


def test_who_has_had_the_years_inspections_is_out(bureau):
    with bureau.ledger.batch() as batch:
        token = batch.tokens(["F000"])["F000"]
        said = {"enterprise": token, "day": START.isoformat(), "officers": ["li", "wang"]}
        for n in range(2):
            held = said | {"inspection": f"i{n}", "reason": "random"}
            batch.append([Draft("enforcement.inspection.imported", f"i{n}", bureau.now, held)])
    plan(bureau, total=31)
    (capped,) = [each for each in one(bureau).enterprises if each.inspected]
    assert (capped.id, capped.inspected, capped.last_pair) == (token, 2, ("li", "wang"))
    assert refused(lambda: plan(bureau, name="more", total=32)) == "draw"


def test_a_citizen_downloads_it_and_draws_again_with_the_command(tmp_path):
    days = [0]
    with opened(tmp_path / "home", lambda: NOW + days[0] * 24 * HOUR) as node:
        chief, li = Console(node, "chief"), Console(node, "li")
        on = START + dt.timedelta(1)
        form = {"name": "q1", "total": "1", "until": UNTIL.isoformat(), "source": "the number",
                "public_on": on.isoformat(), "reveal_until": on.isoformat()}  # fmt: skip
        assert li.post("/enforcement/draws", **form).status_code == 403
        assert chief.post("/enforcement/draws", **form).status_code == 303
        with node.desks["enforcement"].office.reading() as connection:
            digest = tables.draw.load(connection, "q1").digest
        assert digest in li.get("/enforcement/draws/q1").text
        assert li.get("/enforcement/draws/q1/reveal.json").status_code == 404
        days[0] = 1
        li, chief = Console(node, "li"), Console(node, "chief")
        assert "待公布" in li.get("/enforcement/draws").text
        assert chief.post("/enforcement/draws/q1/reveal", public="4").status_code == 303
        page = li.get("/enforcement/draws/q1").text
        assert "江月餐馆" in page
        assert page.count("成立") == 4
        folder = tmp_path / "q1"
        folder.mkdir()
        for name in FILES:
            (folder / name).write_bytes(li.get(f"/enforcement/draws/q1/{name}").content)
    asked = ["verify", str(folder), "--digest", digest]
    more = ["--recorded", START.isoformat(), "--public"]
    assert CliRunner().invoke(draw, [*asked, *more, "4"]).exit_code == 0
    assert CliRunner().invoke(draw, [*asked, *more, "5"]).exit_code == 1
