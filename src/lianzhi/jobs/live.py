"""Live state of a node, from its domains' monitors."""

from collections.abc import Callable, Iterable, Sequence

from lianzhi.chain.event import Event
from lianzhi.domains.monitor import Bucket, Monitor
from lianzhi.flow.runner import Runner
from lianzhi.jobs.forms import Pulse
from lianzhi.jobs.trial import Trial, try_out
from lianzhi.office.lexicons import Lexicons
from lianzhi.office.wordings import Wording
from lianzhi.store import query
from lianzhi.store.events import EventStore
from lianzhi.text import Lexicon

#: People that the picture of what is forming shows.
PEOPLE = 20


class Live:
    """See module. Thread-safe: monitors read the detectors' states and change none."""

    def __init__(
        self,
        monitors: Iterable[Monitor],
        store: EventStore,
        lexicons: Lexicons,
        now: Callable[[], int],
        runner: Runner,
    ) -> None:
        self._monitors, self._store, self._lexicons = tuple(monitors), store, lexicons
        self._now, self._runner = now, runner

    def pulse(self) -> Pulse:
        """The live picture: traffic, and whom something may be forming around."""
        forming = [each for monitor in self._monitors for each in monitor.forming(self._runner)]
        forming.sort(key=lambda each: -each.score)
        traffic = (monitor.traffic() for monitor in self._monitors)
        return Pulse(
            watermark=self._runner.watermark,
            accepted=self._store.log.next,
            judged=self._runner.judged,
            targets=sum(monitor.tracked(self._runner) for monitor in self._monitors),
            seconds=next(filter(None, traffic), ()),
            forming=tuple(forming[:PEOPLE]),
        )

    def timeline(self, account: str, since: int, until: int, width: int) -> list[Bucket]:
        """Messages at a person by interval of `width` ms in [since, until), from the event log.

        Empty where no domain counts them. Raises ValueError for too many intervals.
        """
        if not self._monitors:
            return []
        messages = query.at_person(self._store, account, since, until)
        for monitor in self._monitors:
            series = monitor.timeline(self._runner, account, messages, (since, until), width)
            if series is not None:
                return series
        return []

    def expected_per_hour(self, account: str) -> float | None:
        """A person's own baseline of strangers an hour; None when unknown."""
        known = (monitor.expected_per_hour(self._runner, account) for monitor in self._monitors)
        return next((each for each in known if each is not None), None)

    def is_stranger(self, actor: str, target: str) -> bool:
        """Whether two accounts have nothing to do with each other, as far as a domain knows.

        True where no domain knows: a protection against strangers then shuts out friends too.
        """
        known = (monitor.is_stranger(self._runner, actor, target) for monitor in self._monitors)
        return next((each for each in known if each is not None), True)

    def try_out(self, wording: Wording, since: int = 0, identity: str = "") -> Trial:
        """What a term would do: a new one, or the one of this id, tried on stored comments.

        Raises LexiconError.
        """
        at = self._now()

        def flags(events: Sequence[Event], lexicon: Lexicon) -> list[bool]:
            known = (monitor.flags(events, at, lexicon) for monitor in self._monitors)
            return next((each for each in known if each is not None), [False] * len(events))

        return try_out(self._store, self._lexicons, flags, wording, at, since, identity)
