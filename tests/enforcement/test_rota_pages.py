"""The rota's pages: one is sent in, looked at, kept, and work changes hands by it."""

import datetime as dt
import io
import os
import re
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
from enforcement_house import HOUR
from requests_web import Console, Town

from lianzhi.dispatch.rota import week as drawing
from lianzhi.dispatch.rota.rota import duties, read
from lianzhi.office.pending_files import PendingFiles

PLACE = "/enforcement/rota"
#: `li` by day, `wang` by night; on Tuesdays nobody by day.
ROTA = """
officers = [{ id = "li", squad = "S1" }, { id = "wang", squad = "S1" }]
[[patterns]]
officer = "li"
weekdays = [1, 3, 4, 5]
since = 2026-01-01
begins = "08:00"
ends = "18:00"
[[patterns]]
officer = "wang"
weekdays = [1, 2, 3, 4, 5]
since = 2026-01-01
begins = "18:00"
ends = "08:00"
[[covers]]
squad = "S1"
weekdays = [1, 2, 3, 4, 5]
begins = "08:00"
ends = "18:00"
least = 1
"""


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:  # it is Monday, 2 March 2026, ten o'clock
        yield town


@pytest.fixture
def chief(town):
    return Console(town, "chief", "en")


def sent(who, body=ROTA, name="rota.toml", since="2026-03-02"):
    return who.post(f"{PLACE}/import", files={"file": (name, body)}, since=since)


def kept(who, **said):
    """Send a rota in and put it in force."""
    page = sent(who, **said)
    assert page.status_code == 200, page.text
    digest = re.search(r'name="upload" value="(\w{64})"', page.text)[1]
    since = re.search(r'name="since" value="([\d-]+)"', page.text)[1]
    return who.post(f"{PLACE}/keep", upload=digest, since=since)


def table(*rows, header=("执法人员", "上班时间", "下班时间")):
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_without_a_rota_the_page_says_how_one_comes_in(town, chief):
    assert "No rota yet" in chief.get(PLACE).text
    assert "/enforcement/rota/import" in chief.get(PLACE).text
    reader = Console(town, "reader").get(PLACE).text
    assert "还没有值班表" in reader
    assert "/enforcement/rota/import" not in reader


def test_a_rota_is_looked_at_before_it_counts(town, chief):
    page = sent(chief).text
    assert "S1 has 0 of 1 officers" in page
    assert "2026-03-03 08:00" in page
    assert town.desk.requests.rotas.on(dt.date(2026, 3, 2)) is None, "nothing is kept yet"
    assert kept(chief).headers["location"] == f"{PLACE}?done=kept"
    page = chief.get(PLACE).text
    assert "until 2026-03-02 18:00" in page
    assert "S1 has 0 of 1 officers" in page
    assert town.desk.requests.on_duty("S1")[0].officer == "li"
    (entry,) = [one for one in town.node.ledger.entries() if one.kind == "enforcement.rota.kept"]
    assert town.node.ledger.payload(entry.index)["since"] == "2026-03-02"
    again = chief.get(f"{PLACE}/kept/2026-03-02")
    assert read(again.content) == read(ROTA.encode())
    assert chief.get(f"{PLACE}/kept/2026-03-03").status_code == 404
    assert "S1 has 0 of 1 officers" in sent(chief, again.text, "rota.json").text


def test_what_is_no_rota_is_refused_with_the_reason(town, chief):
    page = sent(chief, ROTA.replace('"18:00"', '"6pm"', 1))
    assert page.status_code == 422
    assert "6pm" in page.text
    assert chief.post(f"{PLACE}/keep", upload="a" * 64, since="2026-03-02").status_code == 422
    assert chief.post(f"{PLACE}/keep", upload="../x", since="2026-03-02").status_code == 422
    assert sent(Console(town, "desk")).status_code == 403


def test_who_was_on_duty_stands_as_it_was(town, chief):
    rotas = town.desk.requests.rotas
    # The first one may begin in the week that runs; then none begins before today.
    assert kept(chief, since="2026-02-23").status_code == 303
    before = rotas.duties(dt.date(2026, 2, 23), dt.date(2026, 3, 1))
    for day in ("2026-03-01", "2028-03-01", "9999-12-20", "0001-01-01"):
        assert sent(chief, since=day).status_code == 422
        upload, _ = rotas.wait(ROTA.encode())
        assert chief.post(f"{PLACE}/keep", upload=upload, since=day).status_code == 422
    kept(chief, body=ROTA.replace('"08:00"', '"09:00"'), since="2026-03-02")
    assert rotas.duties(dt.date(2026, 2, 23), dt.date(2026, 3, 1)) == before
    # This morning li was on duty since eight, until ten, when the new one was kept, and goes on.
    this = [one for one in rotas.duties(dt.date(2026, 3, 2), dt.date(2026, 3, 2))
            if one.officer == "li"]  # fmt: skip
    assert [(one.begins - town.now, one.ends - town.now) for one in this] == [
        (-2 * HOUR, 0), (0, 8 * HOUR)
    ]  # fmt: skip


def test_a_rota_of_a_later_day_can_be_taken_back(town, chief):
    rotas = town.desk.requests.rotas
    kept(chief)
    kept(chief, since="2026-03-09")
    assert rotas.starts() == [dt.date(2026, 3, 2), dt.date(2026, 3, 9)]
    page = chief.get(PLACE).text
    assert "The next one begins on 2026-03-09" in page
    # another for the same day takes its place; saying so twice is no fault
    assert "takes the place" in sent(chief, since="2026-03-09").text
    upload, _ = rotas.wait(ROTA.replace('"18:00"', '"17:00"').encode())
    for _ in range(2):
        assert chief.post(f"{PLACE}/keep", upload=upload, since="2026-03-09").status_code == 303
    assert [one.kind for one in town.node.ledger.entries()].count("enforcement.rota.kept") == 3
    assert "Take back the one of 2026-03-09" in page
    assert chief.post(f"{PLACE}/withdraw", since="2026-03-02").status_code == 404, "it is in force"
    assert Console(town, "desk").post(f"{PLACE}/withdraw", since="2026-03-09").status_code == 403
    assert chief.post(f"{PLACE}/withdraw", since="2026-03-09").status_code == 303
    assert rotas.starts() == [dt.date(2026, 3, 2)]


def test_one_may_go_back_to_the_rota_of_this_morning(town, chief):
    early = ROTA.replace('begins = "08:00"\nends = "18:00"', 'begins = "08:00"\nends = "17:00"', 1)
    for body in (ROTA, early, ROTA):
        kept(chief, body=body)
        town.now += HOUR
    ends = [one.ends for one in town.desk.requests.on_duty("S1")]
    assert [end - town.now for end in ends] == [5 * HOUR], "at 18:00 again"
    kinds = [one.kind for one in town.node.ledger.entries()]
    assert kinds.count("enforcement.rota.kept") == 3
    assert "at the moment at which it is put in force" in sent(chief).text


def test_a_rota_of_another_month_decides_nothing_today(town, chief):
    kept(chief)
    other = ROTA.replace('{ id = "li", squad = "S1" }', '{ id = "li", squad = "S2" }')
    kept(chief, body=other, since="2026-04-06")
    made = held(town)
    assert re.findall(rf'name="to.{made}".*?</select>', chief.get(PLACE).text)[0].count("wang")


def test_who_has_no_valid_certificate_is_offered_no_work(town, chief):
    kept(chief)
    held(town)
    assert '<option value="wang" selected>' in chief.get(PLACE).text
    over = {"id": "wang", "squad": "S1", "certificate_until": dt.date(2026, 3, 1)}
    town.desk.registers.officers([over], "chief")
    assert "Nobody is on duty then" in chief.get(PLACE).text


def test_a_night_that_began_under_the_old_rota_runs_on(town, chief):
    kept(chief)
    day = ROTA.replace("[1, 2, 3, 4, 5]\nsince", "[6]\nsince")  # no nights in the week any more
    assert kept(chief, body=day, since="2026-03-04").status_code == 303
    rotas = town.desk.requests.rotas
    begun = [(one.officer, one.begins) for one in rotas.on_duty(town.now + 45 * HOUR)]
    assert [officer for officer, _ in begun] == ["wang"], "Wednesday 07:00, on since Tuesday"
    assert rotas.on_duty(town.now + 69 * HOUR) == (), "Thursday 07:00"
    assert rotas.faults(dt.date(2026, 3, 4), dt.date(2026, 3, 5)) == ()


def test_what_is_looked_at_is_what_comes(town, chief):
    """wang's night under the old rota meets the new one, which begins at six."""
    kept(chief)
    early = ROTA.replace('begins = "18:00"\nends = "08:00"', 'begins = "06:00"\nends = "16:00"')
    assert "on duty twice" in sent(chief, early, since="2026-03-04").text
    kept(chief, since="2026-03-09")
    page = sent(chief, early, since="2026-03-04").text
    assert "to 2026-03-08, when another follows" in page
    assert "2026-03-10" not in page


def test_the_register_says_whose_certificate_is_good(town, chief):
    kept(chief)
    assert "certificate of" not in chief.get(PLACE).text
    town.desk.registers.certify("wang", "B-2", dt.date(2026, 3, 4), "chief")
    page = chief.get(PLACE).text
    assert "The certificate of wang is good until 2026-03-04" in page
    assert page.count("The certificate of wang") == 1, "told once for all its duties"


def test_a_table_is_a_rota_too(town, chief):
    rows = table(
        ("li", "2026-03-02 08:00", dt.datetime(2026, 3, 2, 18)),  # noqa: DTZ001
        ("wang", "2026-03-02 18:00", "2026-03-03 08:00"),
        ("nobody", "2026-03-02 18:00", "2026-03-03 08:00"),
        ("li", "2026-03-04 08:00", "2026-03-06 08:00"),
        ("li", "2026-03-04 08:00", "2026-03-04 08:00"),
        ("li", "soon", "2026-03-04 08:00"),
        ("li", "2026-03-04 08:00:00", "2026-03-04 08:00:30"),
    )
    page = sent(chief, rows, "rota.xlsx").text
    assert "5 rows can't be read" in page
    assert "the other 2 rows" in page
    assert "a duty lasts 24 hours at most" in page
    assert "nobody" in page
    assert kept(chief, body=rows, name="rota.xlsx").status_code == 303
    laid = town.desk.requests.rotas.duties(dt.date(2026, 3, 2), dt.date(2026, 3, 9))
    assert [(one.officer, one.squad) for one in laid] == [("li", "S1"), ("wang", "S1")]
    csv = "officer,begins,ends\nwang,2026-03-05 00:00,2026-03-06 00:00\n"
    assert kept(chief, body=csv, name="r.csv", since="2026-03-05").status_code == 303
    (duty,) = town.desk.requests.rotas.duties(dt.date(2026, 3, 5), dt.date(2026, 3, 9))
    assert duty.ends - duty.begins == 24 * HOUR
    assert "no duty" in sent(chief, "officer,begins,ends\n", "r.csv").text
    assert 'name="upload"' not in sent(chief, "officer,begins,ends\n", "r.csv").text


def test_a_table_keeps_how_many_are_needed(town, chief):
    kept(chief)
    csv = "officer,begins,ends\nli,2026-03-04 08:00,2026-03-04 18:00\n"
    kept(chief, body=csv, name="r.csv", since="2026-03-04")
    faults = town.desk.requests.rotas.faults(dt.date(2026, 3, 4), dt.date(2026, 3, 5))
    gaps = [one for one in faults if one.kind == "gap"]
    assert [one.squad for one in gaps] == ["S1"], "Thursday, on which nobody is on duty"


def held(town, by="li"):
    """A request that somebody has."""
    made = town.reported()
    town.desk.requests.accept(made, "desk")
    town.desk.requests.dispatch(made, by, "desk")
    return made


def test_work_is_handed_over_by_the_rota(town, chief):
    kept(chief)
    first, second = held(town), held(town)
    page = chief.get(PLACE).text
    assert f'name="to.{first}"' in page
    assert "2026-03-02 18:00" in page
    # without a note nothing is handed over
    assert chief.post(f"{PLACE}/hand-over", **{f"to.{first}": "wang"}).status_code == 422
    done = chief.post(
        f"{PLACE}/hand-over", words="北门还没看", **{f"to.{first}": "wang", f"to.{second}": ""}
    )
    assert done.headers["location"] == f"{PLACE}?done=handed"
    assert town.request(first).handed_to == "wang"
    assert town.request(first).holder == "li", "until it is taken over"
    assert town.request(second).handed_to == ""
    assert f'name="to.{first}"' not in chief.get(PLACE).text
    # nobody may be chosen whom the page does not offer
    chief.post(f"{PLACE}/hand-over", words="x", **{f"to.{second}": "chief"})
    assert town.request(second).handed_to == ""
    assert Console(town, "reader").post(f"{PLACE}/hand-over", words="x").status_code == 403


def test_who_left_without_handing_over_is_told(town, chief):
    kept(chief)
    held(town)
    town.now += 9 * HOUR  # seven in the evening
    page = chief.get(PLACE).text
    assert "Gone, not handed over" in page


def test_the_register_says_who_only_observes(town, chief):
    """Whatever a file says of them: `wang` is an officer there, `guan` observes."""
    observer = {"id": "guan", "name": "关", "kind": "volunteer", "languages": []}
    with town.desk.office.batch() as batch:
        tokens = batch.tokens(["guan"])
        batch.append(list(town.desk.registers.of_observers([observer], tokens, "x", town.now)))
    body = ROTA.replace('{ id = "wang", squad = "S1" }', '{ id = "wang", squad = "S1", '
                        'observer = true }, { id = "guan", squad = "S1" }')  # fmt: skip
    body += '[[extras]]\nofficer = "guan"\nday = 2026-03-02\nbegins = "17:00"\nends = "23:00"\n'
    kept(chief, body=body)
    made = held(town)
    page = chief.get(PLACE).text
    assert re.findall(rf'name="to.{made}".*?</select>', page)[0].count("<option") == 2
    assert '<option value="wang" selected>' in page
    assert chief.post(f"{PLACE}/hand-over", words="x", **{f"to.{made}": "guan"}).status_code == 422


def test_whom_the_register_does_not_know_counts_for_nothing(town, chief):
    body = ROTA.replace('id = "wang"', 'id = "ghost", certificate_until = 2030-01-01')
    body = body.replace('officer = "wang"', 'officer = "ghost"')
    assert "The register does not know:" in sent(chief, body).text
    kept(chief, body=body)
    page = chief.get(PLACE).text
    assert "ghost is not among the officers" in page
    held(town)
    assert "Nobody is on duty then" in chief.get(PLACE).text


def test_where_nothing_is_chosen_nothing_is_said_to_be_done(town, chief):
    kept(chief)
    made = held(town)
    assert chief.post(f"{PLACE}/hand-over", words="x").status_code == 422
    assert chief.post(f"{PLACE}/hand-over", words="x", **{f"to.{made}": ""}).status_code == 422
    desk = Console(town, "desk")
    assert desk.post(f"{PLACE}/hand-over", words="x", **{f"to.{made}": "wang"}).status_code == 303
    other = held(town)
    said = {"to": "wang", "words": "x"}
    assert desk.post(f"/enforcement/requests/{other}/hand_over", **said).status_code == 303


def test_erasing_somebody_takes_their_lines_and_leaves_the_others(town, chief):
    body = (
        ROTA + '# wang is ill, tel 138\n[[swaps]]\nday = 2026-03-03\nofficer = "wang"\nby = "li"\n'
    )
    kept(chief, body=body)
    kept(chief, body=body, since="2026-03-09")
    sent(chief, body)
    assert any((town.desk.office.home / "rotas").iterdir())
    town.desk.office.ledger.vault.tokens(["wang"])
    town.node.erasure.erase("wang")
    for path in (PLACE, "/enforcement/map?grid=G1", f"{PLACE}?day=2026-03-09"):
        page = chief.get(path)
        assert page.status_code == 200
        assert "18:00" in page.text
    rotas = town.desk.requests.rotas
    assert {one.officer for one in rotas.duties(dt.date(2026, 3, 2), dt.date(2026, 3, 20))} == {
        "li"
    }
    assert b"wang" not in rotas.text(dt.date(2026, 3, 9))
    assert not any((town.desk.office.home / "rotas").iterdir()), "and what waited is gone"
    kept(chief)  # and can come in anew
    assert {one.officer for one in rotas.duties(dt.date(2026, 3, 3), dt.date(2026, 3, 8))} == {
        "li", "wang"
    }  # fmt: skip
    town.node.erasure.erase("S1")  # even where nothing is left of what squads need
    assert chief.get(PLACE).status_code == 200


def test_what_waits_goes_after_an_hour(town, chief):
    sent(chief)
    folder = town.desk.office.home / "rotas"
    (path,) = folder.iterdir()
    town.desk.tick()
    assert [*folder.iterdir()] == [path]
    os.utime(path, (0, 0))
    assert chief.post(f"{PLACE}/keep", upload=path.name, since="2026-03-02").status_code == 422
    town.desk.tick()
    assert [*folder.iterdir()] == []


def test_another_noun_of_that_name_is_no_rota(town, chief):
    kept(chief)
    town.desk.registers.officers([{"id": "rota", "squad": "S1"}], "x")
    assert chief.get(PLACE).status_code == 200


def test_a_table_that_is_too_large_is_refused_whole(town, chief):
    line = "li,2026-03-04 08:00,2026-03-04 18:00\n"
    page = sent(chief, "officer,begins,ends\n" + line * 40_000, "r.csv")
    assert page.status_code == 422
    assert "bytes" in page.text


def test_many_may_send_at_once(tmp_path):
    waiting = PendingFiles(tmp_path / "rotas")

    def run(n):
        return [waiting.keep(f"{n} {k}".encode()) for k in range(60)]

    with ThreadPoolExecutor(4) as pool:
        found = [name for some in pool.map(run, range(4)) for name in some]
    assert len(set(found)) == 240
    assert len([*(tmp_path / "rotas").iterdir()]) == 5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_hold_no_key_where_a_word_should_stand(town, chief, language):
    kept(chief)
    held(town)
    who = Console(town, "chief", language)
    for page in (who.get(PLACE), who.get(f"{PLACE}?day=2026-03-09"), sent(who)):
        assert page.status_code == 200
        assert not re.findall(r">[^<]*\b(?:rota|rota_\w+|weekday)\.\w+", page.text)


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_any_address_of_a_week_is_answered(town, chief, day):
    kept(chief)
    assert chief.get(f"{PLACE}?day={day}").status_code == 200


def test_a_week_is_laid_out_in_minutes():
    first = dt.date(2026, 3, 2)
    rota = read(ROTA.encode())
    laid = duties(rota, first - dt.timedelta(days=3), first + dt.timedelta(days=6))
    shown = drawing.week(first, [("S1", "li"), ("S1", "new")], laid, (), laid[0].begins)
    (squad,) = shown.squads
    lanes = {one.officer: one for one in squad.lanes}
    assert lanes["new"].bars == ()
    assert [bar.x for bar in lanes["li"].bars] == [480 + 1440 * n for n in (0, 2, 3, 4)]
    assert lanes["li"].minutes == 40 * 60
    # the night from Friday to Saturday lies in it, that from Friday before does not
    assert lanes["wang"].minutes == 5 * 14 * 60
    assert shown.now is None


def test_a_certificate_is_renewed_on_the_page_of_supervision(town, chief):
    place = "/enforcement/officers/wang/certify"
    said = {"certificate": "B-7", "until": "2031-01-01"}
    assert chief.post(place, **said).status_code == 303
    with town.desk.office.reading() as connection:
        found = town.desk.office.officers(connection, ["wang"])["wang"]
    assert (found.certificate, found.until) == ("B-7", dt.date(2031, 1, 1))
    assert found.squad == "S1"
    assert chief.post(place, **(said | {"until": "2026-03-01"})).status_code == 422
    assert chief.post(place, **(said | {"certificate": " "})).status_code == 422
    assert chief.post("/enforcement/officers/x/certify", **said).status_code == 404
    assert Console(town, "li").post(place, **said).status_code == 403
