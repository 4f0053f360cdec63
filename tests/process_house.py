"""An office without a node: a record, the shipped policy, rules that can be cited, a post that
keeps what it is given, and a case of a pile-on to work on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from lianzhi.chain import docket, notice
from lianzhi.chain.decision import Ground
from lianzhi.chain.finding import Evidence, Finding
from lianzhi.domains.policies import Policies
from lianzhi.office.actor import Actor
from lianzhi.office.automation import Automation
from lianzhi.office.casework import Casework
from lianzhi.office.complaints import Complaints
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.guard import Guard
from lianzhi.office.measures import Measures
from lianzhi.office.office import Office
from lianzhi.office.protections import Protections
from lianzhi.office.redress import Redress
from lianzhi.record.ports import Evidence as Kept
from lianzhi.store import process_lookups
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.projections import Chain
from lianzhi.store.views_tables import case as case_table

HOUR, DAY = 3_600_000, 86_400_000
START = 1_795_000_000_000
LI, WANG, ZHAO = Actor("li"), Actor("wang", may_severe=True), Actor("zhao", may_severe=True)
RULES = {"harassment", "incitement", "threat"}


class Rulebook:
    """Cites three rules, from a day on."""

    since = START - 30 * DAY

    def cite(self, key: str, acted: int, at: int) -> Ground:
        if key not in RULES or acted < self.since:
            raise ValueError(f"rule {key} did not apply")
        return Ground(kind="rule", key=key, version="2026-11-01")

    def words(self, ground: Ground) -> dict[str, str]:
        return {"zh": ground.key, "en": ground.key}


class Box:
    """A post that keeps what it is given."""

    reachable = True

    def __init__(self) -> None:
        self.measures: list[tuple[str, int, dict[str, Any]]] = []
        self.notices: list[tuple[str, str, dict[str, Any]]] = []

    def measure(self, batch: Any, said: Mapping[str, Any], sequence: int, at: int) -> None:
        self.measures.append((said["measure"], sequence, dict(said)))

    def notify(
        self, batch: Any, kind: str, person: str, ref: str, params: Any, texts: Any, at: int
    ) -> None:
        notice.draft(kind, person, ref, params, texts, at)  # its form is held here already
        self.notices.append((kind, person, dict(params)))

    def told(self, kind: str) -> list[str]:
        return [person for one, person, _ in self.notices if one == kind]


class ProcessHouse:
    """See module. `roles` of the case: one inciter, one repeater, three followers, a defender."""

    def __init__(self, engine: Engine, home: Path, ledger: Ledger | None = None) -> None:
        self.engine = engine
        self.policy = Policies().case(1 << 50)
        self.ledger = ledger or open_ledger(engine, home, "test", [Chain()])
        self.box = Box()
        self.office = Office(self.ledger, lambda at: self.policy, Rulebook(), self.box, QUERIES)
        self.decisions = Decisions(self.office)
        self.measures = Measures(self.office)
        self.complaints = Complaints(self.office)
        self.redress = Redress(self.office, self.complaints)
        self.automation = Automation(self.office, self.decisions)
        self.casework = Casework(self.office)
        self.protections = Protections(self.office, Guard(lambda a, b: True))

    def find(
        self,
        roles: Mapping[str, str],
        about: str = "victim",
        at: int = START,
        stage: str = "act",
        kind: str = "bullying.pile_on",
        first: int = 0,
        silent: tuple[str, ...] = (),
        joins: str = "",
        since: int | None = None,
    ) -> str:
        """Put a finding on the record in which everybody named acted, but the silent, of whom
        nothing is kept; returns the id of the case that it opens, or `joins`."""
        with self.ledger.batch() as batch:
            tokens = batch.tokens([about, *roles])
            named = {tokens[name]: role for name, role in roles.items()}
            evidence = tuple(
                Evidence("src", f"e{first + n}", at, token, first + n, role)  # type: ignore[arg-type]
                for n, (token, role) in enumerate(named.items())
                if token not in {tokens[name] for name in silent}
            )
            found = Finding(
                id=f"f{at}{about}",
                kind=kind,
                stage=stage,  # type: ignore[arg-type]
                about=tokens[about],
                subjects=tuple(t for t, role in named.items() if role != "defender"),
                at=at,
                since=at - HOUR if since is None else since,
                score=16.0,
                evidence=evidence,
                roles=named,  # type: ignore[arg-type]
                counts={"actors": len(roles)},
                rule=f"{kind}@2026-11-01",
            )
            case = self.office.case(batch.connection, joins) if joins else None
            drafts = docket.receive(found, case, self.policy)
            batch.append(drafts)
            batch.keep_evidence(
                Kept(
                    ref=found.id,
                    seq=one.seq,
                    leaf="00",
                    salt=b"s" * 32,
                    raw=b'{"id":"e","source":"src","kind":"comment","text":"x"}',
                    actor=one.actor,
                    target=found.about,
                )
                for one in evidence
            )
        opened = any(one.kind == "case.opened" for one in drafts)
        return docket.case_id_of(found) if opened or not joins else joins

    def pile_on(self, **more: Any) -> str:
        return self.find(
            {
                "inciter": "inciter",
                "loud": "repeater",
                "f1": "follower",
                "f2": "follower",
                "f3": "follower",
                "friend": "defender",
            },
            **more,
        )

    def case_of(self, about: str) -> str:
        """The case about somebody."""
        (row,) = self.rows(case_table, about=self.token(about))
        return str(row["id"])

    def acts(self, case: str, account: str) -> list[str]:
        """The acts of an account in a case's evidence."""
        with self.engine.connect() as connection:
            return [*process_lookups.parts(connection, case).acts.get(self.token(account), {})]

    def token(self, account: str) -> str:
        return self.ledger.vault.known([account])[account]

    def tokens(self, *accounts: str) -> tuple[str, ...]:
        return tuple(self.token(one) for one in accounts)

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        query = table.select()
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.ledger.entries()]


def mute(*subjects: str, hours: int = 24, to: str = "follower", **more: Any) -> DecisionRequest:
    """A decision to mute these tokens."""
    from lianzhi.chain.measure import Order

    order = Order(key="mute", hours=hours, subjects=subjects, to=to, **more)
    return DecisionRequest(orders=(order,), facts="He wrote it three times.", ground="harassment")
