"""Platforms exchange signals over HTTP: what arrives, what is refused, what is taken back."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from signal_house import DAY, Clock, Platform, wait
from starlette.testclient import TestClient

from lianzhi.chain import signal_stix
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.chain.signal import Hash, Opined, Sighted, digest
from lianzhi.jobs.signals.fetching import fetch
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store.accounts import add_user
from lianzhi.store.audit import audit
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.process_tables import measure
from lianzhi.store.views_tables import case as case_table

Make = Callable[..., list[Platform]]
WANG = Actor("wang", may_severe=True)
PASSWORD = "correct horse battery"


def sighted(by: str, clock: Clock, hashes: tuple[Hash, ...], **more: Any) -> Sighted:
    now = clock()
    said = {
        "signal": "00000000-0000-4000-8000-000000000001",
        "kind": "account",
        "category": "fake_ratings",
        "confidence": 50,
        "since": now - DAY,
        "until": now,
        "said_at": now,
        "expires_at": now + DAY,
    }
    return Sighted(by=by, hashes=hashes, **{**said, **more})


def bundle(*said: Any) -> dict[str, Any]:
    return {"bundle": signal_stix.bundle(said)}


def key_of(platform: Platform) -> Any:
    return platform.node.signals.federation().hash_keys[0]


def reviews(platform: Platform) -> list[dict[str, Any]]:
    return platform.house.rows(case_table, kind="signal.received")


def test_a_signal_opens_a_review_and_an_appeal_that_is_won_withdraws_it(
    platforms: Make, clock: Clock
) -> None:
    alpha, beta, gamma = platforms("alpha", "beta", "gamma")
    beta.house.pile_on(about="somebody")  # there "inciter" is known as well; gamma knows nobody
    gamma.down()
    case, decision = alpha.decided("inciter")
    signal = alpha.share(case, "inciter")

    wait(lambda: reviews(beta))
    (review,) = reviews(beta)
    assert (review["status"], review["about"]) == ("open", beta.house.token("inciter"))
    assert beta.signal(signal).reviews == (review["id"],)
    assert beta.house.rows(measure) == []
    kinds = beta.house.kinds()
    assert "measure.proposed" not in kinds[kinds.index("signal.received") :]
    assert "protection.offered" not in kinds[kinds.index("signal.received") :]
    order = Order(key="mute", hours=1, subjects=beta.house.tokens("inciter"), to="inciter")
    asking = DecisionRequest(orders=(order,), facts="Others say so.", ground="harassment")
    with pytest.raises(IllegalStepError):  # what another platform thinks is no ground
        beta.node.proceedings.decisions.decide(review["id"], asking, WANG, clock())

    gamma.up()  # it was down: it gets it later, and opens nothing, for it knows nobody
    wait(lambda: gamma.status(signal) == "standing")
    assert reviews(gamma) == []

    gamma.node.signals.opine(signal, "dispute", "zhao", clock())
    beta.node.signals.opine(signal, "confirm", "zhao", clock())
    wait(lambda: len(alpha.signal(signal).opinions) == 2)
    assert alpha.signal(signal).views("dispute") == ("gamma",)
    wait(lambda: beta.signal(signal).views("dispute") == ("gamma",))

    gamma.down()
    redress = alpha.node.proceedings.redress
    filed = redress.file(decision, "affected", "inciter", "It was not me.", clock())
    redress.answer(filed, "overturned", (), "It was another.", WANG, clock())
    assert alpha.signal(signal).why == "appeal"
    wait(lambda: beta.status(signal) == "withdrawn")
    assert "signal.recalled" in beta.house.kinds()
    gamma.up()
    wait(lambda: gamma.status(signal) == "withdrawn")
    wait(lambda: not alpha.dead_or_waiting())
    assert set(alpha.signal(signal).delivered) == {"beta", "gamma"}
    for one in (alpha, beta, gamma):
        assert audit_tables(one.node.engine).faults == ()
        before = one.signal(signal)
        one.node.ledger.rebuild()
        assert one.signal(signal) == before

    said = b"".join(bytes(one.wire.bytes) for one in (alpha, beta, gamma))
    assert digest(b"2026a" * 8, "account", "inciter").encode() in said
    for clear in ("inciter", "It was not me", "victim", case, decision, "zhao", "p_"):
        assert clear.encode() not in said, clear


def test_only_what_is_genuine_fresh_and_for_us_is_taken(platforms: Make, clock: Clock) -> None:
    alpha, beta = platforms("alpha", "beta")
    one = sighted("alpha", clock, (key_of(alpha).hash("account", "u7"),))
    stranger = Platform("delta", alpha.home.with_name("delta"), clock)
    wrong = stranger.secrets(beta)

    def status(data: dict[str, Any], **more: Any) -> int:
        return alpha.post(beta, data, **more)[0]

    assert status(bundle(one), secrets=wrong) == 401
    assert (
        status(bundle(one), spoil=lambda body: body.replace(b"fake_ratings", b"paid_reviews"))
        == 401
    )
    assert status(bundle(one), at=clock() - 301_000) == 401
    assert status(bundle(one), at=clock() + 302_000) == 401
    assert status({**bundle(one), "to": "gamma"}) == 401
    assert (
        status({**bundle(one), "from": "beta", "to": "alpha"}) == 401
    )  # played back to its sender
    assert status({**bundle(one), "from": "gamma"}) == 401
    assert beta.signal(one.signal) is None

    assert status(bundle(sighted("gamma", clock, one.hashes))) == 422  # speaks for another
    assert status(bundle(sighted("alpha", clock, (Hash("1999z", "0" * 64),)))) == 422
    before = clock() - DAY
    over = sighted("alpha", clock, one.hashes, said_at=before, since=before, until=before,
                   expires_at=clock() - 1)  # fmt: skip
    assert status(bundle(over)) == 422
    ahead = sighted("alpha", clock, one.hashes, said_at=clock() + DAY, expires_at=clock() + 2 * DAY)
    assert status(bundle(ahead)) == 422
    assert status({"bundle": 7}) == 422
    assert status({}) == 422
    early = Opined(signal=one.signal, by="alpha", view="confirm", made_at=clock(), said_at=clock())
    assert status(bundle(early)) == 409
    assert beta.signal(one.signal) is None

    assert alpha.post(beta, bundle(one), identity="m2") == (200, {"taken": 1, "known": 0})
    assert alpha.post(beta, bundle(one), identity="m2") == (200, {"taken": 0, "known": 1})
    assert alpha.post(beta, bundle(one), identity="m3") == (200, {"taken": 0, "known": 1})
    other = sighted("alpha", clock, one.hashes, signal="00000000-0000-4000-8000-000000000009")
    assert alpha.post(beta, bundle(other), identity="m2")[1]["taken"] == 0  # an id counts once
    assert beta.house.kinds().count("signal.received") == 1

    mine = beta.signal(one.signal)
    theft = Opined(
        signal=one.signal, by="alpha", view="withdraw", made_at=one.said_at, said_at=clock()
    )
    assert status(bundle(theft), identity="m4") == 422  # as if it were another's
    assert beta.signal(one.signal) == mine


def test_an_opinion_that_is_played_back_changes_nothing(platforms: Make, clock: Clock) -> None:
    alpha, beta = platforms("alpha", "beta")
    case, _ = alpha.decided("inciter")
    signal = alpha.share(case, "inciter")
    wait(lambda: beta.status(signal) == "standing")
    now = clock()
    yes = Opined(signal=signal, by="beta", view="confirm", made_at=now, said_at=now)
    no = Opined(signal=signal, by="beta", view="dispute", made_at=now, said_at=now + 1)
    assert beta.post(alpha, bundle(yes), identity="a")[1]["taken"] == 1
    assert beta.post(alpha, bundle(no), identity="b")[1]["taken"] == 1
    for again in ("a", "c"):  # the same message, and the same words in a new one
        assert beta.post(alpha, bundle(yes), identity=again)[1]["taken"] == 0
    assert alpha.signal(signal).views("dispute") == ("beta",)
    own = Opined(signal=signal, by="beta", view="withdraw", made_at=now, said_at=now + 9, own=True)
    assert beta.post(alpha, bundle(own), identity="d")[0] == 422  # it is not beta's to withdraw
    assert alpha.status(signal) == "standing"


def test_keys_change_while_both_are_taken_and_the_old_one_ends(
    platforms: Make, clock: Clock
) -> None:
    alpha, beta = platforms("alpha", "beta")
    beta.house.pile_on(about="somebody")
    ends = clock() + DAY
    stamp = "2026-11-19T11:06:40Z"
    beta.federate([alpha], ["2026b", f"2026a {stamp}"])
    old = sighted("alpha", clock, (key_of(alpha).hash("account", "loud"),))
    assert alpha.post(beta, bundle(old))[0] == 200  # alpha has the old key only
    wait(lambda: len(reviews(beta)) == 1)

    alpha.federate([beta], ["2026b", "2026a"])
    case, _ = alpha.decided("inciter")
    both = alpha.share(case, "inciter")
    wait(lambda: len(reviews(beta)) == 2)
    assert beta.status(both) == "standing"

    clock.jumped += ends - clock() + 60_000
    late = sighted("alpha", clock, old.hashes, signal="00000000-0000-4000-8000-000000000002")
    status, told = alpha.post(beta, bundle(late), identity="late")
    assert status == 422
    assert "2026b" in told["detail"]
    f1 = alpha.house.tokens("f1")
    third, _ = alpha.decided("f1")
    assert f1
    new = alpha.share(third, "f1")
    wait(lambda: beta.status(new) == "standing")


def test_secrets_change_while_both_sign(platforms: Make, clock: Clock) -> None:
    alpha, beta = platforms("alpha", "beta")
    path = beta.home / "keys" / "signals.toml"
    (old,) = beta.secrets(alpha)
    fresh = Platform.secrets(Platform("x", beta.home / "x", clock), beta)[0]
    path.write_text(path.read_text().replace(json.dumps([old]), json.dumps([fresh, old])))
    one = sighted("alpha", clock, (key_of(alpha).hash("account", "u7"),))
    assert alpha.post(beta, bundle(one), identity="a")[0] == 200
    assert alpha.post(beta, bundle(one), identity="b", secrets=[fresh])[0] == 200
    path.write_text(path.read_text().replace(json.dumps([fresh, old]), json.dumps([fresh])))
    assert alpha.post(beta, bundle(one), identity="c")[0] == 401
    assert alpha.post(beta, bundle(one), identity="d", secrets=[fresh])[0] == 200


def test_who_was_away_for_long_fetches_what_was_said(platforms: Make, clock: Clock) -> None:
    alpha, beta = platforms("alpha", "beta")
    beta.down()
    case, _ = alpha.decided("inciter", "loud")
    kept, gone = alpha.share(case, "inciter"), alpha.share(case, "loud")
    alpha.node.signals.withdraw(gone, "li", clock())
    alpha.node.post.close()  # nothing is sent any more
    beta.up()
    assert fetch(beta.node.signals, "alpha", clock()).new == 1
    assert (beta.status(kept), beta.status(gone)) == ("standing", "")
    again = fetch(beta.node.signals, "alpha", clock())
    assert (again.new, again.known, again.refused) == (0, 0, ())
    alpha.node.signals.withdraw(kept, "li", clock())
    assert fetch(beta.node.signals, "alpha", clock()).new == 1
    assert beta.status(kept) == "withdrawn"
    assert b"inciter" not in alpha.wire.bytes
    assert alpha.node.ledger.size > 0


def test_content_is_shared_by_its_hash_and_found_where_it_is_in_evidence(
    platforms: Make, clock: Clock
) -> None:
    alpha, beta = platforms("alpha", "beta")
    beta.house.pile_on(about="somebody")
    case, _ = alpha.decided("inciter")
    (item,) = alpha.house.acts(case, "inciter")
    signal = alpha.share(case, item=item, category="paid_reviews")
    wait(lambda: len(reviews(beta)) == 6)  # everybody's text is the same there
    assert beta.signal(signal).kind == "content"


def test_nothing_is_shared_that_was_not_decided_and_nothing_stays_that_was_erased(
    platforms: Make, clock: Clock
) -> None:
    alpha, beta = platforms("alpha", "beta")
    beta.house.pile_on(about="somebody")

    def rule(step: Callable[..., Any], *args: Any, **more: Any) -> str:
        with pytest.raises(IllegalStepError) as error:
            step(*args, **more)
        return error.value.rule

    case, _ = alpha.decided("inciter")
    assert rule(alpha.share, case, "loud") == "decided_first"
    assert rule(alpha.share, case, "nobody") == "decided_first"
    signal = alpha.share(case, "inciter")
    assert rule(alpha.share, case, "inciter") == "shared_once"
    assert rule(alpha.node.signals.opine, signal, "confirm", "li", clock()) == "own_signal"
    wait(lambda: reviews(beta))
    assert rule(beta.node.signals.withdraw, signal, "li", clock()) == "own_signal"
    assert rule(beta.node.signals.opine, signal, "withdraw", "li", clock()) == "opinion_given"

    value = digest(b"2026a" * 8, "account", "inciter").encode()
    assert value in everything(beta)
    beta.node.erasure.erase("inciter")  # the hash names them to whoever has the key
    assert value not in everything(beta)
    assert value not in everything(alpha)
    alpha.node.erasure.erase("inciter")
    assert alpha.signal(signal).why == "erasure"
    wait(lambda: beta.status(signal) == "withdrawn")


def test_who_joins_hears_of_what_stands_and_a_broken_file_keeps_nobody_from_an_appeal(
    platforms: Make, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    alpha, beta, gamma = platforms("alpha", "beta", "gamma")
    alpha.federate([beta])
    case, decision = alpha.decided("inciter")
    signal = alpha.share(case, "inciter")
    wait(lambda: beta.status(signal) == "standing")
    alpha.federate([beta, gamma])
    assert gamma.status(signal) == ""
    clock.jumped += 601_000
    wait(lambda: gamma.status(signal) == "standing")

    path = alpha.home / "keys" / "signals.toml"
    whole = path.read_text()
    path.write_text("broken")
    assert beta.post(alpha, {"bundle": {}})[0] == 503
    redress = alpha.node.proceedings.redress
    filed = redress.file(decision, "affected", "inciter", "It was not me.", clock())
    redress.answer(filed, "overturned", (), "It was another.", WANG, clock())
    assert alpha.status(signal) == "withdrawn"
    assert "signals wait" in caplog.text
    path.write_text(whole)
    clock.jumped += 601_000
    wait(lambda: beta.status(signal) == gamma.status(signal) == "withdrawn")


def test_an_appeal_by_one_leaves_the_signal_about_another(platforms: Make, clock: Clock) -> None:
    (alpha,) = platforms("alpha")
    case, decision = alpha.decided("inciter", "loud")
    won, kept = alpha.share(case, "inciter"), alpha.share(case, "loud")
    redress = alpha.node.proceedings.redress
    filed = redress.file(decision, "affected", "inciter", "It was not me.", clock())
    redress.answer(filed, "overturned", (), "It was another.", WANG, clock())
    assert (alpha.status(won), alpha.status(kept)) == ("withdrawn", "standing")
    reverse = alpha.node.proceedings.decisions.reverse
    reverse(decision, (), "We were wrong.", WANG, clock())
    assert alpha.signal(kept).why == "reversal"


def test_hashes_go_when_a_signal_is_over(platforms: Make, clock: Clock) -> None:
    alpha, beta = platforms("alpha", "beta")
    one = sighted("alpha", clock, (key_of(alpha).hash("account", "u7"),))
    assert alpha.post(beta, bundle(one))[0] == 200
    assert one.hashes[0].value.encode() in everything(beta)
    clock.jumped += 2 * DAY

    def kept() -> Any:
        with beta.node.engine.connect() as connection:
            query = "SELECT count(*) FROM vault_text WHERE name = 'hashes'"
            return connection.exec_driver_sql(query).scalar()

    wait(lambda: not kept())
    witness = beta.home / "record" / "checkpoint"
    assert audit(beta.node.engine, beta.node.ledger.signer, witness).ok


def test_a_review_reads_as_what_it_is(platforms: Make) -> None:
    alpha, beta = platforms("alpha", "beta")
    beta.house.pile_on(about="somebody")
    case, _ = alpha.decided("inciter")
    alpha.share(case, "inciter")
    wait(lambda: reviews(beta))
    (review,) = reviews(beta)
    add_user(beta.node.ledger, "li", PASSWORD, ("reviewer",), beta.clock(), "test")
    client = TestClient(beta.app, base_url="http://localhost", headers={"accept-language": "en"})
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert token
    form = {"name": "li", "password": PASSWORD, "csrf": token[1], "next": "/"}
    assert client.post("/login", data=form).status_code == 200
    page = client.get(f"/cases/{review['id']}").text
    assert "Signal from another platform" in page
    assert "is neither evidence nor a ground" in page
    assert "Fits a signal from another platform" in page
    for path in ("/cases", "/warnings", f"/cases/{review['id']}/decide", "/signals", "/desk", "/"):
        assert client.get(path).status_code == 200, path
    sent = re.search(r'name="csrf" value="([^"]+)"', page)
    assert sent
    pack = client.post(f"/cases/{review['id']}/evidence", data={"csrf": sent[1]})
    assert pack.status_code == 200
    assert pack.content[:2] == b"PK"


def everything(platform: Platform) -> bytes:
    """All files of a platform."""
    return b"".join(path.read_bytes() for path in platform.home.rglob("*") if path.is_file())
