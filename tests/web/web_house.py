"""A node in memory, with a real database and record behind it, for tests of the application."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from databases import with_tables
from lianzhi.documents.notice import Sender
from lianzhi.domains import registry
from lianzhi.domains.astroturf.memory.group_memory import GroupMemory
from lianzhi.domains.domain import Means
from lianzhi.domains.monitor import Bucket
from lianzhi.domains.policies import Policies
from lianzhi.flow.log import Head
from lianzhi.flow.quarantine import Quarantined, Rejected
from lianzhi.jobs.counts import Counts
from lianzhi.jobs.figures import Figures, Lag
from lianzhi.jobs.forms import Pulse, Receipt
from lianzhi.jobs.proceedings import open_proceedings
from lianzhi.jobs.trial import Sample, Trial
from lianzhi.office.campaigns import Campaigns
from lianzhi.office.casework import Casework
from lianzhi.office.conclusions import Conclusions
from lianzhi.office.guard import Guard
from lianzhi.office.lexicons import Lexicons
from lianzhi.office.ports import Sample as Events
from lianzhi.office.protections import Protections
from lianzhi.office.reports import Reports
from lianzhi.office.signals import Signals
from lianzhi.office.wordings import Wording
from lianzhi.record.checkpoint import Signer
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import Ledger
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.read_model import projections
from lianzhi.store.vault import Vault

NOW = 1_795_608_300_000
HOUR = 3_600_000
PASSWORD = "correct horse battery"


class FakeQuarantine:
    """Refused rows in a list."""

    def __init__(self) -> None:
        self.held: list[Quarantined] = []

    def hold(self, origin: str, rows: list[Rejected]) -> None:
        self.held += [Quarantined(at=NOW, origin=origin, row=row) for row in rows]

    def list(self, limit: int = 100, newest_first: bool = True) -> list[Quarantined]:
        return self.held[::-1][:limit]

    def count(self) -> int:
        return len(self.held)


class Box:
    """A post that keeps what it is given."""

    reachable = True
    sender = Sender("Example", "help@example.org")

    def __init__(self) -> None:
        self.measures: list[tuple[str, int]] = []
        self.notices: list[tuple[str, str]] = []

    def measure(self, batch, said, sequence: int, at: int) -> None:
        self.measures.append((said["measure"], sequence))

    def notify(self, batch, kind: str, person: str, ref: str, params, texts, at: int) -> None:
        self.notices.append((kind, person))


def _no_events(*asked: object) -> Events:
    return Events([], None)


class EmptyLog:
    """An event log without events."""

    durable = Head(0, b"")

    def lines(self, positions: Sequence[int]) -> dict[int, tuple[bytes, bytes]]:
        return {}


class FakeIntake:
    """Counts lines, and judges none."""

    def __init__(self, quarantine: FakeQuarantine) -> None:
        self.quarantine = quarantine
        self.batches: list[tuple[bytes, str]] = []
        self.on_submit: Callable[[], None] = lambda: None

    def submit(
        self, body: bytes, origin: str, first_line: int = 1, *, strict: bool = False
    ) -> Receipt:
        self.on_submit()
        self.batches.append((body, origin))
        lines = body.splitlines()
        bad = [
            Rejected(line=number, reason="broken_json", detail="no JSON; mend it", raw=line)
            for number, line in enumerate(lines, 1)
            if not line.startswith(b"{")
        ]
        self.quarantine.hold(origin, bad)
        return Receipt(
            accepted=len(lines) - len(bad),
            duplicates=0,
            quarantined=len(bad),
            late=0,
            reasons=tuple((row.line, row.reason, row.detail) for row in bad[:100]),
        )


class FakeJudge:
    """Judges nothing, and nothing keeps it from that."""

    trouble: str | None = None


class FakeFigures:
    """A node that has done nothing, whose database is away."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    def read(self) -> Figures:
        lag = Lag(0, 0, None, None, 1.0)
        return Figures(self.counts, lag, None, 0.0, 0, 0, 0, None)


class FakeLive:
    """Nothing is going on."""

    def pulse(self) -> Pulse:
        return Pulse(watermark=0, accepted=0, judged=0, targets=0, seconds=(), forming=())

    def timeline(self, account: str, since: int, until: int, width: int) -> list[Bucket]:
        return []

    def expected_per_hour(self, account: str) -> float | None:
        return None

    def try_out(self, wording: Wording, since: int = 0, identity: str = "") -> Trial:
        text = f"又是{wording.term}"
        sample = Sample(7, NOW, text, 1, ((2, len(text)),), flagged=False, would=True)
        return Trial(10, NOW, 1, 1, 1, (sample,))


class FakeNode:
    """Judges nothing; everything about the record is real."""

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
        reporting = policies.reporting()
        self.proceedings = open_proceedings(home, self.ledger, policies.case, self.post, reporting)
        office = self.proceedings.office
        self.clock = NOW
        self.lexicons = Lexicons(self.ledger, QUERIES.lexicons, None, self.now)
        self.signals = Signals(office, home)
        self.campaigns = Campaigns(office, self.now, home)
        self.domains = registry.opened(("bullying",))
        means = Means(self.ledger, home, self.now, office, _no_events, opened=False)
        self.desks: dict[str, object] = {"astroturf": GroupMemory(means)}
        self.quarantine = FakeQuarantine()
        self.intake, self.judge, self.live = FakeIntake(self.quarantine), FakeJudge(), FakeLive()
        self.counts = Counts()
        self.figures = FakeFigures(self.counts)
        self.guard = Guard(lambda actor, target: True)
        self.casework, self.protections = Casework(office), Protections(office, self.guard)
        self.conclusions = Conclusions(
            office, EmptyLog(), lambda *asked: [], lambda found, events: [*found], reporting.kind
        )
        self.reports = Reports(
            self.proceedings, lambda report, line: self.intake.submit(line, "reports")
        )

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


def pile_on(number: int, at: int, case: str = "c0ffee", about: str = "p_victim") -> list[Draft]:
    """A finding, and the case that it opens, as the record takes them."""
    said = {
        "id": f"f{number}",
        "kind": "bullying.pile_on",
        "stage": "warn",
        "about": about,
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
        "roles": ["inciter"],
    }
    return [
        Draft(kind="finding.made", ref=said["id"], at=at, payload=said),
        Draft(kind="case.opened", ref=case, at=at, payload=opening),
    ]
