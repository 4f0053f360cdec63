"""The live side of the domain: its two detectors, traffic, baselines, and who is a stranger."""

from collections.abc import Sequence

from lianzhi.chain.event import Event
from lianzhi.chain.policy import Dated
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.detection.reading import read
from lianzhi.domains.bullying.detection.reports import ReportFlood
from lianzhi.domains.bullying.detection.state import State
from lianzhi.domains.bullying.detection.windows import expected_strangers
from lianzhi.domains.bullying.policy import Policy, load
from lianzhi.domains.bullying.roster_file import open_roster
from lianzhi.domains.bullying.timeline import buckets
from lianzhi.domains.bullying.traffic import Traffic
from lianzhi.domains.monitor import Bucket, Forming, Message, Monitor, Second, Site
from lianzhi.flow.contacts import pair_hashes
from lianzhi.flow.runner import Runner
from lianzhi.text import Lexicon

DAY_HOURS = 24


class BullyingMonitor(Monitor):
    """Early warning of pile-ons and report floods; see `Monitor`."""

    def __init__(self, site: Site) -> None:
        """Raises PolicyError for an unusable policy, SettingsError for an unusable roster."""
        self._policy: Dated[Policy] = load(site.policy)
        self._lexicon = site.lexicon
        self._traffic = Traffic()
        self._pile_on = PileOn(self._policy, open_roster(site), self._traffic, site.lexicon)
        super().__init__([self._pile_on, ReportFlood(self._policy)])

    def tracked(self, runner: Runner) -> int:
        """People with a baseline."""
        return len(self._state(runner).people)

    def traffic(self) -> tuple[Second, ...]:
        """Messages at people, by second."""
        return self._traffic.seconds()

    def forming(self, runner: Runner) -> tuple[Forming, ...]:
        """People at whom the detector looked lately, highest scores first."""
        return self._traffic.forming(self._state(runner), runner.watermark, self._pile_on)

    def expected_per_hour(self, runner: Runner, account: str) -> float | None:
        """The person's own baseline of strangers an hour; None when unknown."""
        person = self._state(runner).people.get(account)
        if person is None:
            return None
        strangers, days = expected_strangers(person, self._pile_on.policy_at(person.last))
        return strangers / days / DAY_HOURS

    def timeline(
        self,
        runner: Runner,
        account: str,
        messages: Sequence[Message],
        span: tuple[int, int],
        width: int,
    ) -> list[Bucket]:
        """Arrivals, strangers and harmful messages by interval. ValueError: too many intervals."""
        contacts, policy = self._state(runner).contacts, self._pile_on.policy_at(span[1])
        return buckets(messages, account, contacts, policy, span, width, self._lexicon())

    def is_stranger(self, runner: Runner, actor: str, target: str) -> bool:
        """Wrote nothing harmless on an earlier day of the last 90, and is not followed."""
        return not self._state(runner).contacts.known(pair_hashes([(actor, target)])).any()

    def flags(self, events: Sequence[Event], at: int, lexicon: Lexicon) -> list[bool]:
        """Which messages count as harmful by the policy in force at `at`."""
        return read(events, self._policy.at(at)[1], lexicon).harmful

    def forget(self, account: str) -> None:
        """Drop an erased person from the live picture."""
        self._traffic.forget(account)

    def _state(self, runner: Runner) -> State:
        state: State = runner.states[PileOn.name]
        return state
