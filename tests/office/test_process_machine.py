"""Whatever people try in whatever order: no measure without a decision, no decision without
reasons and ground, no strike after an overturn, nobody but the answerable, nothing unsaid."""

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from databases import MEMORY, with_tables
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import KINDS, MODES, ON_ITEMS, RUNNING, Order
from lianzhi.office.actor import Actor
from lianzhi.office.automation import rules_of
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.process_tables import appeal, decision, measure, report, strike
from lianzhi.store.views_tables import case as case_table
from process_house import HOUR, LI, START, WANG, ZHAO, ProcessHouse

ACTORS = st.sampled_from([LI, WANG, ZHAO, Actor("key", person=False, may_severe=True)])
PEOPLE = ("inciter", "loud", "f1", "f2", "f3", "friend", "victim", "nobody")
WORDS = st.sampled_from(["He did it."] * 6 + ["", "  "])
PICK = st.integers(0, 10**6)


class Proceedings(RuleBasedStateMachine):
    """People and rules at work on a few cases, with and against the rules."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(dir=MEMORY)
        home = Path(self._folder.name)
        self.engine = with_tables(f"sqlite:///{home / 'lianzhi.db'}")
        self.house = ProcessHouse(self.engine, home)
        self.now = START
        self.cases: list[str] = []

    @initialize()
    def begin(self) -> None:
        self.house.ledger.vault.tokens(PEOPLE)
        self.more()

    def teardown(self) -> None:
        for table in (decision, measure, appeal):
            for row in self.house.rows(table):
                event(f"{table.name} {row['status']}")
        assert audit_tables(self.engine).ok
        self.engine.dispose()
        self._folder.cleanup()

    @precondition(lambda self: len(self.cases) < 3)
    @rule()
    def more(self) -> None:
        self.now += HOUR
        about = f"v{len(self.cases)}" if self.cases else "victim"
        first = 100 * len(self.cases)
        self.cases.append(self.house.pile_on(about=about, at=self.now, first=first))

    @rule(hours=st.sampled_from([1, 30, 24 * 200]))
    def wait(self, hours: int) -> None:
        self.now += hours * HOUR
        self.house.measures.lapse(self.now)

    @rule(
        pick=PICK,
        key=st.sampled_from(KINDS),
        hours=st.sampled_from([0, 24, 24, 72, 99999]),
        who=st.one_of(
            st.lists(st.sampled_from(PEOPLE[:5]), min_size=1, max_size=4, unique=True),
            st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True),
        ),
        mode=st.sampled_from(MODES),
        by=ACTORS,
        words=WORDS,
        ground=st.sampled_from(["harassment", "incitement"] * 3 + ["none"]),
    )
    def decide(self, pick: int, words: str, ground: str, by: Actor, **what: Any) -> None:
        key, who = what["key"], self.house.tokens(*what["who"])
        items = tuple(f"f{START + HOUR}victim/{n}" for n in range(len(who)))
        items = items if key in ON_ITEMS else ()
        order = Order(
            key=key,
            hours=what["hours"],
            subjects=() if items else who,
            items=items,
            mode=what["mode"],
            authority="the police" if key == "transfer" else "",
        )
        asking = DecisionRequest(orders=(order,), facts=words, ground=ground)
        self._try(lambda: self.house.decisions.decide(self._case(pick), asking, by, self.now))

    @rule(
        pick=PICK,
        key=st.sampled_from(["mute", "limit", "freeze"]),
        who=st.lists(st.sampled_from(PEOPLE[:5]), min_size=1, max_size=4, unique=True),
        by=st.sampled_from([LI, WANG, ZHAO]),
        hours=st.sampled_from([24, 72]),
        mode=st.sampled_from(["queued", "queued", "manual"]),
    )
    def decide_well(self, pick: int, who: list[str], by: Actor, **what: Any) -> None:
        order = Order(subjects=self.house.tokens(*who), **what)
        asking = DecisionRequest(orders=(order,), facts="He did it.", ground="harassment")
        self._try(lambda: self.house.decisions.decide(self._case(pick), asking, by, self.now))

    @rule(pick=PICK, who=st.sampled_from(PEOPLE[:5]))
    def contest_and_win(self, pick: int, who: str) -> None:
        identity = self._one(decision, pick)
        if identity:
            self._try(lambda: self.house.redress.file(identity, "affected", who, "no", self.now))
        waiting = self.house.rows(appeal, status="waiting")
        for row in waiting[:1]:
            for by in (LI, WANG, ZHAO):
                self._try(
                    lambda by=by, row=row: self.house.redress.answer(
                        row["id"], "overturned", (), "yes", by, self.now
                    )
                )

    @rule(pick=PICK, by=ACTORS, words=WORDS, agree=st.booleans())
    def second(self, pick: int, by: Actor, words: str, agree: bool) -> None:
        identity = self._one(decision, pick)
        if identity and agree:
            self._try(lambda: self.house.decisions.confirm(identity, by, self.now))
        elif identity:
            self._try(lambda: self.house.decisions.refuse(identity, words, by, self.now))

    @rule(pick=PICK, by=ACTORS, words=WORDS, whole=st.booleans())
    def reverse(self, pick: int, by: Actor, words: str, whole: bool) -> None:
        identity, one = self._one(decision, pick), self._one(measure, pick)
        named = () if whole or one is None else (one,)
        if identity:
            self._try(lambda: self.house.decisions.reverse(identity, named, words, by, self.now))

    @rule(
        pick=PICK,
        who=st.sampled_from(PEOPLE),
        words=WORDS,
        party=st.sampled_from(["affected", "affected", "reporter", "harmed"]),
    )
    def appeal(self, pick: int, who: str, words: str, party: Any) -> None:
        identity = self._one(decision, pick)
        if identity:
            self._try(lambda: self.house.redress.file(identity, party, who, words, self.now))

    @rule(
        pick=PICK,
        by=ACTORS,
        words=WORDS,
        outcome=st.sampled_from(["upheld", "overturned", "overturned", "partly_overturned"]),
    )
    def answer(self, pick: int, by: Actor, words: str, outcome: Any) -> None:
        identity, one = self._one(appeal, pick), self._one(measure, pick)
        named = (one,) if one else ()
        if identity:
            self._try(
                lambda: self.house.redress.answer(identity, outcome, named, words, by, self.now)
            )

    @rule(pick=PICK, by=ACTORS, words=WORDS)
    def lift(self, pick: int, by: Actor, words: str) -> None:
        identity = self._one(measure, pick)
        if identity:
            self._try(lambda: self.house.measures.lift(identity, words, by, self.now))

    @rule(pick=PICK, who=st.sampled_from(PEOPLE), words=WORDS)
    def complain(self, pick: int, who: str, words: str) -> None:
        said = Complaint(category="insult", channel="web", reporter=who, words=words)
        identity = self.house.complaints.receive(said, "web", self.now)
        self._try(lambda: self.house.complaints.join(identity, self._case(pick), "li", self.now))

    @rule(pick=PICK, by=ACTORS, words=WORDS, outcome=st.sampled_from(["settled", "false_positive"]))
    def close(self, pick: int, by: Actor, words: str, outcome: Any) -> None:
        case = self._case(pick)
        self._try(lambda: self.house.casework.close_case(case, outcome, words, by, self.now))

    @rule(pick=PICK, words=WORDS)
    def reopen(self, pick: int, words: str) -> None:
        case = self._case(pick)
        self._try(lambda: self.house.casework.reopen_case(case, words, LI, self.now))

    @rule(pick=PICK, rebound=st.booleans())
    def revisit(self, pick: int, rebound: bool) -> None:
        self._try(lambda: self.house.casework.revisit(self._case(pick), rebound, "", LI, self.now))

    @rule(pick=PICK, mode=st.sampled_from(MODES), words=WORDS)
    def switch(self, pick: int, mode: Any, words: str) -> None:
        names = sorted(rules_of(self.house.policy))
        name = names[pick % len(names)]
        self._try(lambda: self.house.automation.switch(name, mode, words, WANG, self.now))

    @rule(pick=PICK)
    def automate(self, pick: int) -> None:
        with self.house.ledger.batch() as batch:
            try:
                since = self.now - HOUR
                self.house.automation.act(batch, self._case(pick), self.now, since, self.now)
            except IllegalStepError as error:  # pragma: no cover
                pytest.fail(f"a rule must keep back what it may not do: {error}")

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def nothing_unlawful_stands(self) -> None:
        decisions = {row["id"]: row for row in self.house.rows(decision)}
        measures = {row["id"]: row for row in self.house.rows(measure)}
        shut_out = set(self.house.tokens("friend", "nobody")) if self.cases else set()
        vault = self.house.ledger.vault
        about = {row["about"] for row in self.house.rows(case_table)}
        for row in decisions.values():
            facts = vault.text(row["index"], "facts")
            assert facts
            assert facts.strip()
            assert row["ground_key"] in {"harassment", "incitement"}
            assert row["status"] != "effective" or row["persons"] == 1 or row["confirmed_by"]
            assert row["confirmed_by"] != row["by"]
        for row in measures.values():
            assert row["subject"] not in shut_out | about
            if row["status"] == "suppressed":
                continue
            made = decisions[row["decision"]]
            assert made["status"] not in ("awaiting", "refused")
            assert made["status"] != "reversed" or row["status"] not in RUNNING
            assert (
                row["status"] not in RUNNING
                or row["ends_at"] is None
                or row["ends_at"] > self.now
                or row["ordered_at"] >= self.now - HOUR
            )
        for one in self.house.rows(strike):
            owner = measures[one["id"]]
            assert owner["status"] not in ("shadowed", "suppressed")
            assert decisions[one["decision"]]["status"] != "reversed" or one["removed_at"]
        self.everybody_is_told(measures)

    def everybody_is_told(self, measures: dict[str, Any]) -> None:
        said = [(one, sequence) for one, sequence, _ in self.house.box.measures]
        assert len(said) == len(set(said))
        for identity, row in measures.items():
            queued = row["mode"] == "queued" and row["status"] not in ("shadowed", "suppressed")
            assert ((identity, 1) in said) == queued
            ended = row["status"] in ("lapsed", "lifted")
            assert ((identity, 2) in said) == (queued and ended)
        answered = [row for row in self.house.rows(report) if row["status"] == "answered"]
        assert len(self.house.box.told("report_outcome")) >= len(answered)

    def _try(self, what: Any) -> None:
        size, told = self.house.ledger.size, len(self.house.box.measures)
        try:
            what()
        except IllegalStepError:
            assert self.house.ledger.size == size
            assert len(self.house.box.measures) == told

    def _case(self, pick: int) -> str:
        return self.cases[pick % len(self.cases)]

    def _one(self, table: Any, pick: int) -> str | None:
        rows = self.house.rows(table)
        return random.Random(pick).choice(rows)["id"] if rows else None


TestProceedings = pytest.mark.slow(Proceedings.TestCase)
TestProceedings.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
