import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from supervised import FILE, changed, on
from supervision_web import opened

from consoles import Console
from lianzhi.domains.enforcement.desk import watch
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.supervision.monitors import report
from lianzhi.domains.enforcement.supervision.sample import File, pick
from lianzhi.record.checkpoint import Checkpoint
from waiting import eventually

PLACE = "/enforcement/supervision"


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path) as node:
        node.desks["enforcement"].watch.now()
        yield node


@pytest.fixture
def desk(node):
    return node.desks["enforcement"]


# -- what is asked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"), [("sup", 200), ("chief", 200), ("aud", 200), ("li", 403), ("reader", 403)]
)
def test_who_may_look(node, name, status):
    assert Console(node, name).get(PLACE).status_code == status
    assert Console(node, name).get(f"{PLACE}/monitors/served_late").status_code == status


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_tells_what_the_monitors_ask_and_leads_to_the_files(node, language):
    console = Console(node, "sup", language)
    page = console.get(PLACE).text
    assert {"zh": "送达超期", "en": "Served late"}[language] in page
    assert f'href="{PLACE}/monitors/served_late"' in page
    listed = console.get(f"{PLACE}/monitors/served_late").text
    assert 'href="/enforcement/penalties/P2"' in listed
    assert "2026-03-26" in listed  # until when it should have been served
    assert "supervision." not in page.replace("enforcement/supervision", "")


@pytest.mark.parametrize(("language", "why"), [("zh", "次检查，至少需要"), ("en", "it takes")])
def test_why_something_was_not_judged_is_told_in_the_readers_language(node, language, why):
    console = Console(node, "sup", language)
    for path in (PLACE, f"{PLACE}/monitors/strictness"):
        page = console.get(path).text
        assert why in page
        assert "inspections of known enterprises" not in page


def test_certificates_that_end_soon_are_told(node):
    page = Console(node, "sup", "en").get(PLACE).text
    assert "ends in 10 days" in page
    assert "mei" in page


def test_an_observer_who_served_as_officer_is_told(tmp_path):
    with opened(tmp_path) as node:
        node.desks["enforcement"].watch.now()
        page = Console(node, "sup").get(f"{PLACE}/monitors/visit_observer").text
        assert 'href="/enforcement/inspections/I2"' in page
        assert 'href="/enforcement/inspections/I3"' in page
        page = Console(node, "sup").get(f"{PLACE}/monitors/visit_certificate").text
        assert "/enforcement/inspections/" not in page  # having none is another question


def test_an_unknown_monitor_is_not_there(node):
    assert Console(node, "sup").get(f"{PLACE}/monitors/bribery").status_code == 404


def test_looking_does_not_make_it_compute_again(node, desk):
    console = Console(node, "sup")
    console.get(PLACE)
    first = desk.watch.now()
    node.time.now += 60 * 60_000  # the policy's freshness is long over
    console.get(f"{PLACE}/monitors/served_late")  # a look, which is on the record
    assert desk.watch.now() is first


def test_a_step_makes_it_compute_again_once_it_is_not_fresh(node, desk):
    first = desk.watch.now()
    said = {"facts": "逾期送达", "basis": "《行政执法监督条例》"}
    desk.letters.send("supervision_opinion", "supervision", "S1", "P2", "为何？", "sup", **said)
    assert desk.watch.now() is first
    assert desk.watch.now(recompute=True) is not first
    again = desk.watch.now()
    desk.registers.certify("mei", "new", on("12-31"), "chief")
    node.time.now += 60 * 60_000
    assert desk.watch.now() is not again


@contextmanager
def held(monkeypatch):
    """While it lasts, the monitors wait for `go`; `runs` tells how often they began."""
    held = SimpleNamespace(go=threading.Event(), runs=0)

    def slow(look):
        held.runs += 1
        assert held.go.wait(20)
        return report(look)

    with monkeypatch.context() as patched:
        patched.setattr(watch, "report", slow)
        try:
            yield held
        finally:
            held.go.set()


@pytest.mark.parametrize("page", ["", "/monitors/served_late", "/files/penalty/P2"])
def test_a_page_does_not_wait_for_the_monitors(tmp_path, monkeypatch, page):
    with opened(tmp_path) as node, held(monkeypatch) as monitors:
        console, desk = Console(node, "sup", "en"), node.desks["enforcement"]
        for _ in range(3):
            answer = console.get(PLACE + page)
            assert answer.status_code == 200
            assert "The questions are being computed" in answer.text
            assert f'hx-get="{PLACE}/computing"' in answer.text
        assert "HX-Refresh" not in console.get(f"{PLACE}/computing").headers
        monitors.go.set()
        assert eventually(lambda: not desk.watch.last().computing)
        assert console.get(f"{PLACE}/computing").headers["HX-Refresh"] == "true"
        text = console.get(PLACE + page).text
        assert "being computed" not in text
        assert "Served late" in text or "2026-03-26" in text
        assert monitors.runs == 1


def test_the_last_result_stays_while_it_is_computed_anew(node, desk, monkeypatch):
    console, first = Console(node, "sup", "en"), desk.watch.now()
    desk.registers.certify("mei", "new", on("12-31"), "chief")
    with held(monkeypatch) as monitors:
        assert "being computed anew" not in console.get(PLACE).text  # it is fresh enough
        node.time.now += 60 * 60_000
        console = Console(node, "sup", "en")
        for _ in range(3):
            page = console.get(PLACE).text
            assert "being computed anew" in page
            assert "Served late" in page
        assert desk.watch.last().watched is first
        monitors.go.set()
        assert eventually(lambda: not desk.watch.last().computing)
        assert desk.watch.last().watched.at == node.time.now
        assert "being computed anew" not in console.get(PLACE).text
        assert monitors.runs == 1


def test_what_computing_failed_with_is_told_to_who_asks_next(desk, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(watch, "report", lambda look: 1 / 0)
        desk.registers.certify("mei", "new", on("12-31"), "chief")
        desk.watch.last(recompute=True)
        with pytest.raises(ZeroDivisionError):
            assert eventually(lambda: not desk.watch.last().computing)
    assert desk.watch.last().watched is not None


def test_only_supervisors_may_run_it_now(node):
    assert Console(node, "chief").post(f"{PLACE}/anew").status_code == 403
    assert Console(node, "sup").post(f"{PLACE}/anew").status_code == 303


# -- samples -----------------------------------------------------------------------------------


def test_a_sample_can_be_drawn_again_by_anybody(node, desk):
    console = Console(node, "sup")
    made = console.post(f"{PLACE}/samples", kind="penalty", quarter="2026-Q1")
    assert made.headers["location"] == f"{PLACE}/samples/penalty/2026-Q1?done=draw"
    found = desk.reviews.drawn("penalty", "2026-Q1")
    known = [File(name, "fire") for name in ("P1", "P2", *(f"X{k}" for k in range(3, 9)))]
    assert found.files == len(known)
    assert (
        pick(known, bytes.fromhex(found.seed), desk.reviews.sheet("penalty").sample) == found.picked
    )
    page = console.get(f"{PLACE}/samples/penalty/2026-Q1").text
    assert found.seed in page
    assert all(f"{PLACE}/files/penalty/{one}" in page for one in found.picked)


def test_the_seed_is_the_root_that_follows_the_wish(node, desk):
    found = desk.reviews.draw("permit", "2026-Q1", "sup")
    entries = list(node.ledger.entries())
    wish = next(one.index for one in entries if one.kind == "enforcement.sample.planned")
    assert found.size == wish + 1
    text = Checkpoint(node.ledger.signer.name, found.size, bytes.fromhex(found.seed)).text()
    with node.ledger.engine.connect() as connection:
        from sqlalchemy import select

        from lianzhi.store.tables import checkpoint

        notes = connection.scalars(select(checkpoint.c.note)).all()
    assert any(text.split("\n")[1:] == note.split("\n")[1:4] for note in notes)


@pytest.mark.parametrize(
    ("kind", "quarter", "rule"),
    [("penalty", "2026-Q3", "quarter_open"), ("penalty", "2026-13", "quarter")],
)
def test_a_quarter_that_is_not_over_is_not_drawn(node, desk, kind, quarter, rule):
    with pytest.raises(RefusedError) as caught:
        desk.reviews.draw(kind, quarter, "sup")
    assert caught.value.rule == rule
    assert (
        Console(node, "sup").post(f"{PLACE}/samples", kind=kind, quarter=quarter).status_code == 422
    )


def test_a_second_try_is_refused(desk):
    desk.reviews.draw("penalty", "2026-Q1", "sup")
    with pytest.raises(RefusedError) as caught:
        desk.reviews.draw("penalty", "2026-Q1", "sup2")
    assert caught.value.rule == "sample_drawn"


def test_who_does_not_supervise_draws_nothing(node):
    for name in ("chief", "aud", "li"):
        answer = Console(node, name).post(f"{PLACE}/samples", kind="penalty", quarter="2026-Q1")
        assert answer.status_code == 403


# -- reviews -----------------------------------------------------------------------------------


def by_hand(desk, kind, file):
    lines = desk.reviews.shown(kind, desk.reviews.file(kind, file))
    return {f"lost.{one.criterion.key}": "0" for one in lines if one.lost is None}


def test_a_penalty_file_is_marked_by_the_sheet(node, desk):
    console = Console(node, "sup")
    page = console.get(f"{PLACE}/files/penalty/P2").text
    assert "应于 2026-03-26 前送达" in page
    fields = by_hand(desk, "penalty", "P2") | {"lost.facts": "4"}
    made = console.post(
        f"{PLACE}/files/penalty/P2/file_review", words="询问笔录缺一处签名", **fields
    )
    assert made.status_code == 303
    assert desk.reviews.file("penalty", "P2").marks == 100 - 5 - 4  # served late, and by hand
    page = console.get(f"{PLACE}/files/penalty/P2").text
    assert "询问笔录缺一处签名" in page
    assert "91" in page


def test_what_the_file_shows_cannot_be_waved_through(node, desk):
    fields = by_hand(desk, "penalty", "P2") | {"lost.service": "0"}
    Console(node, "sup").post(f"{PLACE}/files/penalty/P2/file_review", words="x", **fields)
    assert desk.reviews.file("penalty", "P2").marks == 95


def test_a_permit_file_is_marked_too(node, desk):
    fields = by_hand(desk, "permit", "L1") | {"lost.examined": "5"}
    console = Console(node, "sup")
    assert (
        console.post(
            f"{PLACE}/files/permit/L1/file_review", words="审查意见过简", **fields
        ).status_code
        == 303
    )
    assert desk.reviews.file("permit", "L1").marks == 95
    assert node.ledger.rebuild() > 0
    assert desk.reviews.file("permit", "L1").marks == 95
    desk.reviews.draw("permit", "2026-Q1", "sup")
    assert "95.0" in console.get(f"{PLACE}/samples/permit/2026-Q1").text


def test_who_had_a_hand_in_it_does_not_review_it(tmp_path):
    own = changed(FILE, id="P9", decided_by="sup")
    with opened(tmp_path, penalties=(own,)) as node:
        desk = node.desks["enforcement"]
        desk.watch.now()
        console = Console(node, "sup")
        page = console.get(f"{PLACE}/files/penalty/P9").text
        assert "你经办过这一卷" in page
        assert 'name="words"' not in page
        fields = by_hand(desk, "penalty", "P9")
        assert (
            console.post(f"{PLACE}/files/penalty/P9/file_review", words="x", **fields).status_code
            == 422
        )
        other = Console(node, "sup2").post(
            f"{PLACE}/files/penalty/P9/file_review", words="x", **fields
        )
        assert other.status_code == 303


@pytest.mark.parametrize(
    "fields",
    [{"words": ""}, {"words": "x", "lost.facts": "13"}, {"words": "x", "lost.facts": "-1"}],
)
def test_a_review_that_says_nothing_or_too_much_is_refused(node, desk, fields):
    given = by_hand(desk, "penalty", "P1") | fields
    assert (
        Console(node, "sup").post(f"{PLACE}/files/penalty/P1/file_review", **given).status_code
        == 422
    )
    assert desk.reviews.file("penalty", "P1").marks is None


def test_others_read_the_sheet_and_fill_nothing_in(node):
    page = Console(node, "chief").get(f"{PLACE}/files/penalty/P1").text
    assert 'name="words"' not in page
    answer = Console(node, "chief").post(f"{PLACE}/files/penalty/P1/file_review", words="x")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["files/penalty/nobody", "files/gift/P1", "samples/penalty/2020-Q1"]
)
def test_what_is_not_there(node, path):
    assert Console(node, "sup").get(f"{PLACE}/{path}").status_code == 404
