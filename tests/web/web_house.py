"""A node in memory, with a real database and record behind it, for tests of the application."""

import secrets
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from databases import with_tables
from lianzhi.chain.case import Outcome
from lianzhi.chain.event import Event
from lianzhi.chain.protection import PASS, Terms, Verdict, check
from lianzhi.documents.notice import Sender
from lianzhi.domains import registry
from lianzhi.domains.astroturf.memory.group_memory import GroupMemory
from lianzhi.domains.domain import Means
from lianzhi.domains.policies import Policies
from lianzhi.flow.quarantine import Held, Rejected
from lianzhi.jobs.lexicons import Lexicons, Wording
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.jobs.trial import Sample, Trial
from lianzhi.office.complaints import Complaint
from lianzhi.office.conclusions import Conclusion
from lianzhi.office.ports import Once
from lianzhi.office.ports import Sample as Events
from lianzhi.office.signals import Signals
from lianzhi.office.views import Act
from lianzhi.record.checkpoint import Signer
from lianzhi.record.entry import Draft
from lianzhi.store import views
from lianzhi.store.ledger import Ledger
from lianzhi.store.read_model import projections
from lianzhi.store.vault import Vault
from lianzhi.web.core.ports import Bucket, Pulse, Receipt

NOW = 1_795_608_300_000
HOUR = 3_600_000
PASSWORD = "correct horse battery"


class FakeQuarantine:
    """Refused rows in a list."""

    def __init__(self) -> None:
        self.held: list[Held] = []

    def hold(self, origin: str, rows: list[Rejected]) -> None:
        self.held += [Held(at=NOW, origin=origin, row=row) for row in rows]

    def list(self, limit: int = 100, newest_first: bool = True) -> list[Held]:
        return self.held[::-1][:limit]

    def count(self) -> int:
        return len(self.held)


class Box:
    """A post that keeps what it is given."""

    reachable = True

    def __init__(self) -> None:
        self.measures: list[tuple[str, int]] = []
        self.notices: list[tuple[str, str]] = []

    def measure(self, batch, said, sequence: int, at: int) -> None:
        self.measures.append((said["measure"], sequence))

    def notify(self, batch, kind: str, person: str, ref: str, params, texts, at: int) -> None:
        self.notices.append((kind, person))


def _no_events(*asked: object) -> Events:
    return Events([], None)


class FakeNode:
    """Counts lines instead of judging them; everything about the record is real."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        self.engine: Engine = with_tables(url or f"sqlite:///{home / 'lianzhi.db'}")
        self.vault = Vault(self.engine)
        self.ledger = Ledger(
            self.engine,
            Signer("lianzhi.example/test", b"k" * 32),
            self.vault,
            projections(),
            witness=home / "checkpoint",
        )
        self.post = Box()
        policies = Policies()
        self.proceedings = open_proceedings(
            home, self.ledger, policies.case, self.post, policies.reporting()
        )
        self.clock = NOW
        self.lexicons = Lexicons(self.ledger, None, self.now)
        self.signals = Signals(self.proceedings.office, home)
        self.sender = Sender("Example", "help@example.org")
        self.domains = registry.opened(("bullying",))
        means = Means(
            self.ledger, home, self.now, self.proceedings.office, _no_events, opened=False
        )
        self.desks: dict[str, object] = {"astroturf": GroupMemory(means)}
        self.batches: list[tuple[bytes, str]] = []
        self.refused = FakeQuarantine()
        self.on_submit: Callable[[], None] = lambda: None
        self.terms: dict[str, Terms] = {}

    def submit(self, body: bytes, origin: str) -> Receipt:
        self.on_submit()
        self.batches.append((body, origin))
        lines = body.splitlines()
        bad = [
            Rejected(line=number, reason="broken_json", detail="no JSON; mend it", raw=line)
            for number, line in enumerate(lines, 1)
            if not line.startswith(b"{")
        ]
        self.refused.hold(origin, bad)
        return Receipt(
            accepted=len(lines) - len(bad),
            duplicates=0,
            quarantined=len(bad),
            late=0,
            reasons=tuple((row.line, row.reason, row.detail) for row in bad[:100]),
        )

    def trouble(self) -> str | None:
        return None

    def try_out(self, wording: Wording, since: int = 0, identity: str = "") -> Trial:
        text = f"又是{wording.term}"
        sample = Sample(7, NOW, text, 1, ((2, len(text)),), flagged=False, would=True)
        return Trial(10, NOW, 1, 1, 1, (sample,))

    def pulse(self) -> Pulse:
        return Pulse(watermark=0, accepted=0, judged=0, targets=0, seconds=(), forming=())

    def timeline(self, account: str, since: int, until: int, width: int) -> list[Bucket]:
        return []

    def expected_per_hour(self, account: str) -> float | None:
        return None

    def events(self, seqs: Sequence[int]) -> dict[int, Event]:
        return {}

    def check(
        self, channel: str, actor: str, target: str, at: int, actor_created: int | None
    ) -> Verdict:
        terms = self.terms.get(target)
        if terms is None:
            return PASS
        return check(terms, channel, at=at, stranger=True, actor_created=actor_created)

    def grant(self, account: str, terms: Terms, by: str, case: str | None, at: int) -> str:
        if case is not None and views.case(self.engine, case) is None:
            raise KeyError(case)
        protection = secrets.token_hex(8)
        with self.ledger.batch() as batch:
            person = batch.tokens([account])[account]
            said = {
                "protection": protection,
                "person": person,
                "by": by,
                "case": case,
                "terms": {
                    "channels": list(terms.channels),
                    "strangers": terms.strangers,
                    "younger_than_days": terms.younger_than_days,
                    "expires_at": terms.expires_at,
                },
            }
            batch.append([Draft(kind="protection.granted", ref=protection, at=at, payload=said)])
        self.terms[account] = terms
        return protection

    def lift(self, protection: str, by: str, at: int) -> None:
        row = views.protection_by_id(self.engine, protection)
        if row is None or row.ended_at is not None:
            raise KeyError(protection)
        said = {"protection": protection, "by": by, "case": row.case}
        self.ledger.append([Draft(kind="protection.lifted", ref=protection, at=at, payload=said)])
        self.terms.pop(row.account or "", None)

    def close_case(self, case: str, outcome: Outcome, reason: str, by: str, at: int) -> None:
        said = {"case": case, "outcome": outcome, "by": by}
        self.ledger.append([Draft(kind="case.closed", ref=case, at=at, payload=said)])

    def reopen_case(self, case: str, reason: str, by: str, at: int) -> None:
        said = {"case": case, "by": by}
        self.ledger.append([Draft(kind="case.reopened", ref=case, at=at, payload=said)])

    def note_case(self, case: str, text: str, by: str, at: int) -> None:
        said = {"case": case, "by": by}
        self.ledger.append([Draft(kind="case.noted", ref=case, at=at, payload=said)])

    def assign_case(self, case: str, user: str, by: str, at: int) -> None:
        said = {"case": case, "assignee": user, "by": by}
        self.ledger.append([Draft(kind="case.assigned", ref=case, at=at, payload=said)])

    def revisit_case(self, case: str, rebound: bool, words: str, by: str, at: int) -> None:
        said = {"case": case, "by": by, "rebound": rebound}
        self.ledger.append([Draft(kind="revisit.held", ref=case, at=at, payload=said)])

    def report(self, complaint: Complaint, by: str, once: Once | None = None) -> str:
        made, line = self.proceedings.report(complaint, by, self.now(), once)
        if line is not None:
            self.submit(line, "reports")
        return made

    def acts(self, about: str, actors: Collection[str]) -> list[Act]:
        return []

    def conclude(self, conclusion: Conclusion, by: str) -> str:
        raise KeyError(conclusion.report)

    def quarantine(self) -> FakeQuarantine:
        return self.refused

    def now(self) -> int:
        return self.clock


def login_form(
    client: TestClient, name: str, password: str, following: str = "/"
) -> dict[str, str]:
    """Get the login page, and fill in its form."""
    client.get("/login")
    return {"name": name, "password": password, "next": following, "csrf": csrf_of(client)}


def csrf_of(client: TestClient) -> str:
    """The token of the session, read from the cookie as the page's form carries it."""
    import base64
    import json

    value = client.cookies["lianzhi"].strip('"').split(".")[0]
    return str(json.loads(base64.b64decode(value))["csrf"])


def pile_on(number: int, at: int, case: str = "c0ffee") -> list[Draft]:
    """A finding, and the case that it opens, as the record takes them."""
    said = {
        "id": f"f{number}",
        "kind": "bullying.pile_on",
        "stage": "warn",
        "about": "p_victim",
        "subjects": ["p_a", "p_b"],
        "at": at,
        "since": at - HOUR,
        "score": 4.5,
        "roles": {"p_a": "inciter"},
        "evidence": [{"source": "s", "event": "e1", "at": at, "actor": "p_a", "seq": 7}],
        "reasons": [
            {"feature": "strangers", "points": 4.5, "value": 9, "expected": 1, "unit": "accounts"}
        ],
    }
    opening = {
        "case": case,
        "kind": said["kind"],
        "about": said["about"],
        "stage": "warn",
        "score": 4.5,
        "minor": False,
        "since": said["since"],
        "finding": said["id"],
    }
    return [
        Draft(kind="finding.made", ref=said["id"], at=at, payload=said),
        Draft(kind="case.opened", ref=case, at=at, payload=opening),
    ]
