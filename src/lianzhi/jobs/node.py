"""Node: a running deployment. Opens LIANZHI_HOME, accepts events, judges them, keeps the record.

Events are answered for when they are durable; a thread of its own judges them in log order, behind
a bounded queue, so that a slow detector slows the intake and memory does not grow. Findings go to
the record in one batch with whatever follows from them. After a crash the log is read again from
the last snapshot: findings have deterministic ids, and those on the record are not recorded twice.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from lianzhi.chain.finding import Finding
from lianzhi.config import Config
from lianzhi.domains.configuration import load
from lianzhi.jobs.detection import open_detection
from lianzhi.jobs.erasure import PersonErasure
from lianzhi.jobs.home import hold
from lianzhi.jobs.judging import open_judging
from lianzhi.jobs.services import open_services
from lianzhi.jobs.setup import read_setup
from lianzhi.jobs.storage import open_storage
from lianzhi.jobs.timed import start_timed
from lianzhi.jobs.wall_clock import wall_clock


class Node:
    """See module. Use as a context manager, or call `close`. Its services are attributes:

    `intake` takes events, `live` shows what is going on, `guard` answers whether an interaction
    passes, `reports`, `conclusions`, `casework`, `campaigns`, `protections`, `proceedings` and
    `signals` are what people do, `desks` what they do in a domain, `lexicons` how texts are read,
    `post` what goes out, `erasure` erases a person; `counts` and `figures` tell what it does
    and how it is.
    """

    def __init__(
        self,
        home: Path,
        config: Config | None = None,
        clock: Callable[[], int] = wall_clock,
        on_finding: Callable[[Finding], None] | None = None,
    ) -> None:
        """`config`: the one in the home, unless another is given."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home, self.now = home, clock
        with ExitStack() as opened:
            hold(home, opened)
            self._open(config or load(home), on_finding, opened)
            self._opened = opened.pop_all()

    def _open(
        self,
        config: Config,
        on_finding: Callable[[Finding], None] | None,
        opened: ExitStack,
    ) -> None:
        """Open what lies under the home; what is to be closed goes on the stack, the last first."""
        setup = read_setup(self.home, config, self.now)
        self.config, self.domains = setup.config, setup.domains
        storage = open_storage(setup, opened)
        self.engine, self.owner, self.ledger, self.store, self.quarantine = storage
        detection = open_detection(setup, storage)
        self.lexicons, self.live = detection.lexicons, detection.live
        services = open_services(setup, storage, detection)
        self.post, self.guard, self.proceedings = (
            services.post,
            services.guard,
            services.proceedings,
        )
        self.signals, self.desks = services.signals, services.desks
        self.campaigns = services.campaigns
        self.casework, self.protections = services.casework, services.protections
        self.conclusions = services.conclusions
        judging = open_judging(setup, storage, detection, services, on_finding, opened)
        self.segments, self.judge = judging.segments, judging.judge
        self.intake, self.reports, self.clock = judging.intake, judging.reports, judging.clock
        self.counts, self.figures = judging.counts, judging.figures
        self.erasure = PersonErasure(setup, storage, detection, services, judging)
        start_timed(setup, storage, detection, services, judging, opened)
        self.post.start()
        opened.callback(self.post.close)

    def close(self) -> None:
        """Judge what was accepted, save the state and let go of LIANZHI_HOME."""
        self._opened.close()

    def __enter__(self) -> "Node":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
