"""What ends a command with a reason instead of a traceback."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lianzhi.chain.policy import PolicyError
from lianzhi.config import ConfigError
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.law.basis import BasisError
from lianzhi.law.gates import GatesError
from lianzhi.law.holidays import HolidaysError
from lianzhi.law.periods import PeriodError
from lianzhi.law.surcharge_rules import SurchargeError
from lianzhi.store.db import DatabaseRefusedError, DatabaseUrlError, outage
from lianzhi.store.ledger import RecordError
from lianzhi.text.lexicon.lexicons import LexiconError
from lianzhi.web.core.settings import SettingsError

#: Files of a deployment that cannot be used: each message names file, field and mend.
_UNUSABLE_FILES = (
    ConfigError | LexiconError | PolicyError
    | BasisError | GatesError | HolidaysError | PeriodError | SurchargeError
)  # fmt: skip
#: What keeps a node from opening or running besides; each message says what to do.
REFUSALS = (
    ConfigError, LexiconError, PolicyError, DetectionStoppedError, HomeLockedError,
    LogDamagedError, RecordError, SettingsError,
)  # fmt: skip


def reason(error: Exception) -> str | None:
    """What is wrong, and what to do; None: an error that nobody foresaw."""
    if isinstance(error, _UNUSABLE_FILES | DatabaseUrlError | DatabaseRefusedError):
        return str(error)
    if not isinstance(error, SQLAlchemyError):
        return None
    if wrong := outage(error):
        return f"{wrong}: {getattr(error, 'orig', error)}; try again when it is mended"
    if isinstance(error, DBAPIError) and error.statement is None:
        why = str(error.orig).strip()
        return f"database: {why}; mend LIANZHI_DATABASE_URL, or `database` in config.toml"
    return None
