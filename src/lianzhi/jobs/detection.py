"""Detection of a node: the lexicons in force, the opened domains' monitors, what they show."""

from typing import NamedTuple

from lianzhi.config import ConfigError
from lianzhi.domains.monitor import Monitor, Site
from lianzhi.domains.settings import SettingsError
from lianzhi.flow.runner import Runner
from lianzhi.jobs.live import Live
from lianzhi.jobs.setup import Setup
from lianzhi.jobs.storage import Storage
from lianzhi.office.lexicons import Lexicons
from lianzhi.office.marking import person_marker
from lianzhi.office.ports import Marker
from lianzhi.store.office_queries import QUERIES


class Detection(NamedTuple):
    """What detects; the judge feeds the runner."""

    lexicons: Lexicons
    monitors: tuple[Monitor, ...]
    runner: Runner
    live: Live
    mark: Marker


def open_detection(setup: Setup, storage: Storage) -> Detection:
    """Raises LexiconError, PolicyError and ConfigError, naming field, value and mend."""
    folder = setup.home / setup.config.lexicon if setup.config.lexicon else None
    lexicons = Lexicons(storage.ledger, QUERIES.lexicons, folder, setup.now)
    monitors = _monitors(setup, lexicons)
    runner = Runner([detector for monitor in monitors for detector in monitor.detectors])
    live = Live(monitors, storage.events, lexicons, setup.now, runner)
    mark = person_marker(setup.policies.case, lambda: lexicons.lexicon)
    return Detection(lexicons, monitors, runner, live, mark)


def _monitors(setup: Setup, lexicons: Lexicons) -> tuple[Monitor, ...]:
    """Monitors of the domains that are opened and have one."""
    try:
        return tuple(
            domain.monitor(
                Site(
                    setup.home,
                    setup.policies.folder(domain.name),
                    setup.settings(domain),
                    lambda: lexicons.lexicon,
                )
            )
            for domain in setup.domains
            if domain.monitor is not None
        )
    except SettingsError as error:
        raise ConfigError(str(error)) from None
