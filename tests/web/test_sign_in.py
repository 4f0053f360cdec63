"""Sign-in: locks that outlive a restart, idle sessions, one's own password."""

import msgspec
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.store import accounts, sign_in
from lianzhi.store.accounts_tables import sign_in_failure
from lianzhi.web.app import create_app
from lianzhi.web.core import sessions

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WRONG = "not the password"


@pytest.fixture
def alice(node):
    return accounts.add_user(node.ledger, "alice", PASSWORD, ["reviewer"], node.clock, "test")


@pytest.fixture
def attempt(node):
    def attempt(name="alice", password=WRONG, **more):
        return accounts.authenticate(node.ledger, name, password, node.clock, **more)

    return attempt


def lock_of(node, name="alice"):
    until = accounts.locked_until(node.ledger, name, node.clock)
    return None if until is None else until - node.clock


def kinds(node):
    return [entry.kind for entry in node.ledger.entries()]


def test_ten_failures_in_a_row_lock_a_name_twice_as_long_each_time_up_to_a_day(
    node, alice, attempt
):
    for _ in range(9):
        attempt()
    assert lock_of(node) is None
    seen = []
    for _ in range(9):
        assert attempt() is None
        seen.append(lock_of(node))
        assert attempt(password=PASSWORD) is None, "locked, whatever the password"
        node.clock += seen[-1]
    assert seen == [15 * MINUTE * 2**n for n in range(7)] + [DAY, DAY]
    assert attempt(password=PASSWORD) is not None
    assert lock_of(node) is None
    assert kinds(node).count("user.locked") == 9
    said = node.ledger.payload(kinds(node).index("user.locked"))
    assert said["user"] == "alice"
    assert WRONG not in str(said)
    for _ in range(9):
        attempt()
    assert lock_of(node) is None, "a success has cleared the count"


def test_failures_survive_a_restart(node, alice, settings):
    for number in range(10):
        # a new application each time, as after a restart: what it keeps in memory is gone
        with TestClient(create_app(node, settings), follow_redirects=False) as client:
            status = client.post("/login", data=login_form(client, "alice", WRONG)).status_code
            assert status == 401, number
    with TestClient(create_app(node, settings), follow_redirects=False) as client:
        answer = client.post("/login", data=login_form(client, "alice", PASSWORD))
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) == 15 * 60
        assert "15" in answer.text


def test_a_lock_says_nothing_about_who_exists(node, alice, settings):
    def answers(name):
        found = []
        for _ in range(11):
            with TestClient(create_app(node, settings), follow_redirects=False) as client:
                answer = client.post("/login", data=login_form(client, name, WRONG))
                page = [x for x in answer.text.splitlines() if "csrf" not in x.lower()]
                found.append((answer.status_code, page))
        return found

    assert answers("alice") == answers("nobody")
    with node.engine.connect() as connection:
        rows = connection.execute(select(sign_in_failure)).all()
    assert len(rows) == 2
    assert "nobody" not in str(rows), "what is typed as a name may be a password"


def test_a_stranger_who_guesses_does_not_lock_a_known_browser_out(node, alice, app, settings):
    with TestClient(app, follow_redirects=False) as home:
        assert home.post("/login", data=login_form(home, "alice", PASSWORD)).status_code == 303
        home.post("/logout", data={"csrf": csrf_of(home)})
        for _ in range(12):
            accounts.authenticate(node.ledger, "alice", WRONG, node.clock)
        with TestClient(app, follow_redirects=False) as elsewhere:
            data = login_form(elsewhere, "alice", PASSWORD)
            assert elsewhere.post("/login", data=data).status_code == 429
        other = home.post("/login", data=login_form(home, "bob", PASSWORD))
        assert other.status_code == 401, "known as alice alone"
        assert home.post("/login", data=login_form(home, "alice", PASSWORD)).status_code == 303
        cookie = next(c for c in home.cookies.jar if c.name == sessions.BROWSER)
        assert cookie.path == "/login"
        assert cookie.has_nonstandard_attr("HttpOnly")
    forged = TestClient(create_app(node, msgspec.structs.replace(settings, secret=b"x" * 32)))
    forged.cookies.set(sessions.BROWSER, cookie.value, path="/login")
    for _ in range(12):
        accounts.authenticate(node.ledger, "alice", WRONG, node.clock)
    assert forged.post("/login", data=login_form(forged, "alice", PASSWORD)).status_code == 429


def test_a_shared_browser_is_known_for_the_last_eight_who_signed_in(node, app):
    names = [f"shift{n}" for n in range(sessions.KNOWN_USERS + 1)]
    for name in names:
        accounts.add_user(node.ledger, name, PASSWORD, ["reviewer"], node.clock, "test")
    with TestClient(app, follow_redirects=False) as shared:
        for name in [*names, names[-1]]:
            assert shared.post("/login", data=login_form(shared, name, PASSWORD)).status_code == 303
            shared.post("/logout", data={"csrf": csrf_of(shared)})
        for name in names:
            for _ in range(12):
                accounts.authenticate(node.ledger, name, WRONG, node.clock)
        answers = {}
        for name in names:
            answers[name] = shared.post("/login", data=login_form(shared, name, PASSWORD))
            shared.post("/logout", data={"csrf": csrf_of(shared)})
    statuses = [answer.status_code for answer in answers.values()]
    assert statuses == [429, *[303] * sessions.KNOWN_USERS]


def test_a_known_browser_is_let_in_where_others_behind_the_address_fail(node, alice, app):
    with TestClient(app, follow_redirects=False) as home, TestClient(app) as neighbour:
        assert home.post("/login", data=login_form(home, "alice", PASSWORD)).status_code == 303
        home.post("/logout", data={"csrf": csrf_of(home)})
        statuses = [
            neighbour.post("/login", data=login_form(neighbour, f"nobody{n}", WRONG)).status_code
            for n in range(21)
        ]
        assert statuses[-1] == 429, "the address has to wait"
        assert home.post("/login", data=login_form(home, "alice", PASSWORD)).status_code == 303
        again = neighbour.post("/login", data=login_form(neighbour, "alice", PASSWORD))
        assert again.status_code == 429, "a browser that nobody has signed in from still waits"


def test_guessing_in_a_known_browser_is_slowed_down(node, alice, app):
    with TestClient(app, follow_redirects=False) as home:
        home.post("/login", data=login_form(home, "alice", PASSWORD))
        home.post("/logout", data={"csrf": csrf_of(home)})
        for _ in range(5):
            assert home.post("/login", data=login_form(home, "alice", WRONG)).status_code == 401
        assert home.post("/login", data=login_form(home, "alice", PASSWORD)).status_code == 429


def test_a_success_takes_a_persons_failures_off_the_address():
    tries = sessions.SignIns()
    for n in range(30):
        assert tries.wait(f"person{n}", "school", n, known=False) == 0
        tries.failed(f"person{n}", "school", n, known=False)
        tries.succeeded(f"person{n}", "school")
    for n in range(20):
        tries.failed("nobody", "school", 30 + n, known=False)
        tries.succeeded("somebody", "school")
    assert tries.wait("other", "school", 49, known=False) > 0, "others' failures stay"


def test_unlocking(node, alice, attempt):
    for _ in range(10):
        attempt()
    assert accounts.locks(node.ledger, ["alice", "bob"], node.clock).keys() == {"alice"}
    accounts.unlock(node.ledger, "Alice", node.clock, "root")
    assert attempt(password=PASSWORD) is not None
    said = node.ledger.payload(node.ledger.size - 1)
    assert said == {"user": "alice", "by": "root", "change": "unlocked"}


def test_old_failures_are_forgotten_and_do_not_pile_up(node, attempt):
    for number in range(5):
        attempt(f"name{number}")
    for _ in range(9):
        attempt("other")
    node.clock += DAY + 1
    attempt("other")
    assert lock_of(node, "other") is None, "a day later it is the first again"
    with node.engine.connect() as connection:
        assert len(connection.execute(select(sign_in_failure)).all()) == 1


@pytest.fixture
def signed(node, alice, client):
    client.post("/login", data=login_form(client, "alice", PASSWORD))
    return client


def test_an_idle_session_ends_and_a_used_one_goes_on_to_the_limit(node, signed, settings):
    for _ in range(settings.session_hours * 2 - 1):
        node.clock += 30 * MINUTE
        assert signed.get("/settings").status_code == 200
    node.clock += 30 * MINUTE
    assert signed.get("/settings").status_code == 303, "twelve hours, however busy"


def test_an_hour_without_doing_anything_signs_out(node, signed, settings):
    node.clock += settings.idle_minutes * MINUTE - 1
    assert signed.get("/settings").status_code == 200
    node.clock += settings.idle_minutes * MINUTE
    assert signed.get("/settings").status_code == 303


def test_a_page_that_polls_is_no_sign_of_life(node, signed):
    for _ in range(59):
        node.clock += MINUTE
        poll = {"HX-Request": "true", "HX-Trigger": "live"}
        assert signed.get("/live", headers=poll).status_code == 200
    node.clock += MINUTE
    assert signed.get("/live", headers=poll).status_code == 401


def test_a_copy_of_an_old_cookie_ends_when_it_would_have(node, signed):
    copy = signed.cookies["lianzhi"]
    for _ in range(3):
        node.clock += 30 * MINUTE
        assert signed.get("/settings").status_code == 200
    signed.cookies.clear()
    signed.cookies.set("lianzhi", copy)
    assert signed.get("/settings").status_code == 303


def change(client, old, new):
    data = {"old": old, "new": new, "csrf": csrf_of(client)}
    return client.post("/password", data=data)


def test_changing_ones_own_password(node, signed, app):
    with TestClient(app, follow_redirects=False) as other:
        other.post("/login", data=login_form(other, "alice", PASSWORD))
        new = "another battery staple"
        before = csrf_of(signed)
        assert change(signed, PASSWORD, new).headers["location"] == "/settings?done=password"
        assert csrf_of(signed) != before, "a new session"
        assert signed.get("/settings").status_code == 200
        assert other.get("/settings").status_code == 303
    assert accounts.authenticate(node.ledger, "alice", new, node.clock) is not None
    entry = kinds(node).index("user.changed")
    told = node.ledger.payload(entry)
    assert told.pop("mark")
    assert told == {"user": "alice", "by": "alice", "change": "password"}


@pytest.mark.parametrize(
    ("old", "new", "status", "said"),
    [
        (WRONG, "another battery staple", 401, "present password is wrong"),
        (PASSWORD, "short", 422, "too short"),
        (PASSWORD, "alice in wonderland", 422, "holds your name"),
        (PASSWORD, "Qwertyuiop123", 422, "first that a guesser tries"),
    ],
)
def test_a_bad_change_of_password_says_why(node, signed, old, new, status, said):
    signed.cookies.set("lang", "en")
    answer = change(signed, old, new)
    assert answer.status_code == status
    assert said in answer.text
    assert signed.get("/settings").status_code == 200
    assert accounts.authenticate(node.ledger, "alice", PASSWORD, node.clock) is not None


def test_guessing_the_old_password_from_an_open_session_is_slowed_down(signed):
    statuses = [change(signed, WRONG, "another battery staple").status_code for _ in range(7)]
    assert statuses[:5] == [401] * 5
    assert 429 in statuses[5:]


def test_locks_double_and_stop():
    assert [sign_in.lock_ms(n) for n in (0, 9, 10, 11, 16, 17, 99)] == [
        *(0, 0, 15 * MINUTE, 30 * MINUTE, 16 * HOUR, DAY, DAY)
    ]
