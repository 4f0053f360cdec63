"""Recurring causes and notes: verdicts, effects beside a control, and what selection does."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pytest
from dispute_house import opened, received
from hypothesis import given
from hypothesis import strategies as st

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.mediation.learning.effect import effect
from lianzhi.domains.mediation.nouns.note import Note
from lianzhi.domains.mediation.refusals import RefusedError, explain
from lianzhi.domains.mediation.rules import Rules
from lianzhi.stats.recurring import Handled, Seen, recurring

TODAY = dt.date(2026, 3, 2)
_, POLICY = Rules().prevention(TODAY)
LIMITS = POLICY.least, POLICY.false_discovery
WINDOW = dt.timedelta(POLICY.window)
SINCE = TODAY - WINDOW
OFFICES = ("A", "B", "C", "D")


def disputes(cause, office, number, day=SINCE, party="") -> Iterator[Seen]:
    for n in range(number):
        yield Seen("civil", cause, office, party or f"{cause}{office}{day}{n}", day)


def cases(number, day=SINCE) -> list[Handled]:
    return [Handled("civil", office, day) for office in OFFICES for _ in range(number)]


def verdicts(seen, handled):
    found = recurring(seen, handled, *LIMITS, SINCE, TODAY)
    return {(each.cause, each.office): each for each in found}


def even(number=4):
    return [s for office in OFFICES for cause in "xyz" for s in disputes(cause, office, number)]


def test_a_cause_that_stands_out_recurs_and_the_others_do_not():
    found = verdicts([*even(6), *disputes("x", "A", 30, SINCE + dt.timedelta(1))], cases(200))
    cell = found["x", "A"]
    assert (cell.parties, cell.cases, cell.verdict) == (36, 200, "recurring")
    assert cell.rate.lo < 36 / 200 < cell.rate.hi
    assert cell.ratio.lo > 1
    assert {each.verdict for key, each in found.items() if key != ("x", "A")} == {"alike"}


def test_few_are_no_verdict_and_without_cases_nothing_is_compared():
    assert verdicts(disputes("x", "A", 4), cases(50))["x", "A"].verdict == "few"
    assert verdicts(disputes("x", "A", 40), [])["x", "A"].verdict == "no_base"


def test_one_party_that_disputes_often_is_no_recurring_cause():
    found = verdicts([*even(), *disputes("x", "A", 60, party="甲")], cases(200))["x", "A"]
    assert (found.parties, found.disputes, found.verdict) == (5, 64, "alike")


@given(st.permutations([*even(3), *disputes("x", "A", 20)]))
def test_the_order_of_disputes_does_not_matter(seen):
    assert recurring(seen, cases(60), *LIMITS, SINCE, TODAY) == recurring(
        sorted(seen), cases(60), *LIMITS, SINCE, TODAY
    )


NOTE = Note(
    id="N1", kind="prevention", field="civil", cause="x", offices=("A",), by="lead",
    start=TODAY, chosen_since=SINCE, chosen_until=TODAY,
)  # fmt: skip
BEFORE, CHOSEN, AFTER = SINCE - WINDOW, SINCE, TODAY
LATER = TODAY + WINDOW


def history(before, after, chosen=0, others=(60, 60), cause="x", office="B"):
    return [
        *disputes("x", "A", before, BEFORE), *disputes("x", "A", chosen, CHOSEN),
        *disputes("x", "A", after, AFTER), *disputes(cause, office, others[0], BEFORE),
        *disputes(cause, office, others[1], AFTER),
    ]  # fmt: skip


def test_a_halving_is_found_and_said_against_the_control():
    found = effect(NOTE, history(60, 20), [], POLICY, LATER)
    assert (found.verdict, found.control, found.unit) == ("fell", "elsewhere", "days")
    assert found.ratio.value == pytest.approx(1 / 3)
    assert found.ratio.hi < 1


def test_what_fell_everywhere_is_no_effect():
    found = effect(NOTE, history(60, 20, others=(240, 80)), [], POLICY, LATER)
    assert found.addressed.hi < 1
    assert found.verdict == "alike"


def test_the_period_of_the_choice_is_shown_and_never_judged():
    plain = effect(NOTE, history(20, 20), [], POLICY, LATER)
    high = effect(NOTE, history(20, 20, chosen=90), [], POLICY, LATER)
    assert high.ratio == plain.ratio
    assert [span.addressed.events for span in high.spans] == [20, 90, 20]


def test_cases_are_the_base_where_they_are_known_of_all():
    handled = [*cases(100, BEFORE), *cases(100, CHOSEN), *cases(50, AFTER)]
    found = effect(NOTE, history(40, 40), handled, POLICY, LATER)
    assert found.unit == "cases"
    assert found.addressed.value == pytest.approx(2.0)
    assert [span.addressed.exposure for span in found.spans] == [100, 100, 50]
    assert [span.control.exposure for span in found.spans] == [300, 300, 150]


def test_a_note_to_the_whole_field_is_compared_with_other_causes():
    whole = Note(
        id="N2", kind="explanation", field="civil", cause="x", by="lead", start=TODAY,
        chosen_since=SINCE, chosen_until=TODAY,
    )  # fmt: skip
    found = effect(whole, history(60, 20, cause="y"), cases(9), POLICY, LATER)
    assert (found.control, found.verdict) == ("other_causes", "fell")
    assert found.spans[0].control.events == 60


def test_a_young_note_is_not_judged():
    found = effect(NOTE, history(60, 0), [], POLICY, TODAY + dt.timedelta(POLICY.follow_up - 1))
    assert found.verdict == "early"


def outcomes(change, tries, mean, seed):
    """Verdicts on a note about the highest of 16 causes: as measured, and against the very period
    from which it was chosen."""
    dice, fell, naive = np.random.default_rng(seed), 0, 0
    for _ in range(tries):
        rates = dice.gamma(4, mean / 4, 16)
        before, chosen = dice.poisson(rates), dice.poisson(rates)
        worst = int(np.argmax(chosen))
        rates[worst] *= change
        after = dice.poisson(rates)

        def seen(first, worst=worst, after=after):
            others = int(first.sum() - first[worst]), int(after.sum() - after[worst])
            return history(int(first[worst]), int(after[worst]), others=others)

        fell += effect(NOTE, seen(before), [], POLICY, LATER).verdict == "fell"
        naive += effect(NOTE, seen(chosen), [], POLICY, LATER).verdict == "fell"
    return fell / tries, naive / tries


@pytest.mark.slow
def test_without_effect_few_are_said_to_have_fallen_though_the_highest_was_chosen():
    fell, naive = outcomes(1.0, 400, 15, 3)
    assert fell <= 0.05
    assert naive > fell  # regression to the mean, which the period ahead of the choice has not


@pytest.mark.slow
def test_a_halving_of_about_35_parties_is_found_more_often_than_not():
    fell, _ = outcomes(0.5, 200, 20, 4)
    assert fell > 0.5


@pytest.fixture
def node(databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


FORM = {
    "kind": "prevention", "field": "customs_tax", "cause": "classification", "offices": "HZ",
    "start": "2026-03-03", "words": "申报前请核对归类依据。",
}  # fmt: skip


def test_a_note_is_written_shown_with_its_effect_and_withdrawn(node, desk):
    for n in range(6):
        received(desk, party=f"企业{n}")
    node.time.now += 86_400_000  # a day counts once it is over
    console = Console(node, "lead", "en")
    page = console.get("/mediation/notes").text.split("<main")[1]
    assert "No cases are known to compare with" in page
    sent = console.post("/mediation/notes", **FORM, enterprises="企业1;企业2")
    assert sent.status_code == 303, sent.text
    address = sent.headers["location"].partition("?")[0]
    page = console.get(address).text.split("<main")[1]
    for text in ("申报前请核对归类依据。", "企业1", "Too early to judge", "regression to the mean"):
        assert text in page
    assert "Not distinguishable" not in page
    assert "Not sent yet" in page
    with pytest.raises(RefusedError):
        desk.learning.send(address.rpartition("/")[2], "lead", way="dove", day=None)
    assert console.post(f"{address}/send", way="post", day="2026-03-01").status_code == 422
    assert console.post(f"{address}/send", way="post").status_code == 303
    assert "by post" in console.get(address).text
    node.time.now += 90 * 86_400_000
    console = Console(node, "lead", "en")
    assert "Nothing can be said" in console.get(address).text
    node.erasure.erase("企业1")
    assert "企业1" not in console.get(address).text
    assert console.post(f"{address}/withdraw", words=" ").status_code == 422
    assert console.post(f"{address}/withdraw", words="Superseded").status_code == 303
    assert "Superseded" in console.get(address).text
    identity = address.rpartition("/")[2]
    with pytest.raises(IllegalStepError) as caught:
        desk.learning.withdraw(identity, "lead", words="again")
    assert explain(caught.value, "zh")["status"] == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", "2026-01-01"), ("start", "2028-01-01"), ("words", "  "), ("kind", "advice"),
        ("cause", "luck"), ("offices", "x" * 65), ("offices", ";".join(map(str, range(201)))),
    ],
)  # fmt: skip
def test_a_wrong_note_is_refused_and_not_recorded(node, desk, field, value):
    given = {**FORM, "enterprises": "", field: value}
    given["start"] = dt.date.fromisoformat(given["start"])
    with pytest.raises(RefusedError) as caught:
        desk.learning.write("lead", **given)
    assert caught.value.field == field
    for language in ("zh", "en"):
        assert "refused." not in explain(caught.value, language)["detail"]
    assert desk.learning.notes() == []


def test_who_may_read_and_write_notes_and_figures(node, desk):
    for path in ("/mediation/notes", "/mediation/figures", "/mediation/figures/settled"):
        assert Console(node, "reader").get(path).status_code == 403
        assert Console(node, "rec").get(path).status_code == 200
    assert Console(node, "rec").post("/mediation/notes", **FORM).status_code == 403
    lead = Console(node, "lead")
    assert lead.get("/mediation/notes/none").status_code == 404
    assert lead.get("/mediation/figures/none").status_code == 404
    assert lead.get("/mediation/figures?period=never").status_code == 404
