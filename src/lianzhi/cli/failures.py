"""What ends a command with a reason instead of a traceback."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lianzhi.config import ConfigError
from lianzhi.store.db import DatabaseRefusedError, DatabaseUrlError, outage
from lianzhi.text.lexicon.lexicons import LexiconError


def reason(error: Exception) -> str | None:
    """What is wrong, and what to do; None: an error that nobody foresaw."""
    if isinstance(error, ConfigError | LexiconError | DatabaseUrlError | DatabaseRefusedError):
        return str(error)
    if not isinstance(error, SQLAlchemyError):
        return None
    if wrong := outage(error):
        return f"{wrong}: {getattr(error, 'orig', error)}; try again when it is mended"
    if isinstance(error, DBAPIError) and error.statement is None:
        why = str(error.orig).strip()
        return f"database: {why}; mend LIANZHI_DATABASE_URL, or `database` in config.toml"
    return None
