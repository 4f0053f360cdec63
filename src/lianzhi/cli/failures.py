"""What ends a command with a reason instead of a traceback."""

import errno

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

_ROOM = "make room on the disk, and start again"
_WRITABLE = "make it writable for the user that runs this, and start again"
_DESCRIPTORS = "allow more file descriptors: `ulimit -n`, or LimitNOFILE of systemd"
_MENDS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: _WRITABLE,
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.EMFILE: _DESCRIPTORS,
    errno.ENFILE: _DESCRIPTORS,
}


def reason(error: Exception) -> str | None:
    """What is wrong, and what to do; None: an error that nobody foresaw."""
    if isinstance(error, _UNUSABLE_FILES | DatabaseUrlError | DatabaseRefusedError):
        return str(error)
    if isinstance(error, OSError):
        return os_reason(error) if error.errno in _MENDS else None
    if not isinstance(error, SQLAlchemyError):
        return None
    if wrong := outage(error):
        detail = " ".join(str(getattr(error, "orig", error)).split())
        return f"{wrong}: {detail}; try again when it is mended"
    if isinstance(error, DBAPIError) and error.statement is None:
        why = str(error.orig).strip()
        return f"database: {why}; mend LIANZHI_DATABASE_URL, or `database` in config.toml"
    return None


def os_reason(error: OSError) -> str:
    """What is wrong with a file, and what to do where that is known."""
    mend = _MENDS.get(error.errno or 0)
    if mend is None:
        return str(error)
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{(error.strerror or str(error)).lower()}; {mend}"
