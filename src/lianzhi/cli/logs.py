"""Logs of a process that serves: to standard error, as text or as JSON, with ids of requests."""

import datetime as dt
import json
import logging
import sys

from lianzhi.config import LogFormat
from lianzhi.web.core.request_id import REQUEST_ID

TEXT = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"


def log_to_stderr(level: int, log_format: LogFormat = "text") -> None:
    """Log one line per request with its route, and errors; never a query, body or key.

    As text, a request's id stands before the message, `-` where there is none; with `json`, each
    record is one line with the members of `JsonFormatter`.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_add_request_id)
    handler.setFormatter(JsonFormatter() if log_format == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """A record as a JSON object in ASCII, without a line break.

    `time` (RFC 3339, UTC), `level`, `logger`, `message`; `request_id` in a request; `exception`
    with the traceback of an error.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        time = dt.datetime.fromtimestamp(record.created, dt.UTC)
        members = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            members["request_id"] = request_id
        if record.exc_info:
            members["exception"] = self.formatException(record.exc_info)
        return json.dumps(members)


def _add_request_id(record: logging.LogRecord) -> bool:
    record.request_id = REQUEST_ID.get() or "-"
    return True
