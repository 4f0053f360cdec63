"""Maps: a new map of the grids, looked at before it takes the place of the present one.

What was sent waits in a file under its SHA-256 until somebody says that it shall be drawn, so that
what is drawn is what was shown.
"""

import hashlib
from pathlib import Path

from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.dispatch.geojson import MOST_BYTES, GridError, Survey, read

#: Maps that wait; the oldest goes first.
_WAITING = 5


class Maps:
    """See module."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._folder: Path = office.home / "maps"

    def examine(self, data: bytes) -> tuple[str, Survey]:
        """Read a map; where it has no fault it waits under the digest that is returned.

        The digest is empty where there are faults. Raises RefusedError where it is no map at all.
        """
        try:
            survey = read(data[: MOST_BYTES + 1])
        except GridError as error:
            raise RefusedError("map", str(error), says=str(error)) from None
        if survey.problems:
            return "", survey
        digest = hashlib.sha256(data).hexdigest()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._folder / digest).write_bytes(data)
        waiting = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        for path in waiting[:-_WAITING]:
            path.unlink(missing_ok=True)
        return digest, survey

    def draw(self, digest: str, by: str) -> None:
        """Draw a map that waits. Raises RefusedError where none does, or it is not what it was."""
        path = self._folder / (digest if len(digest) == 64 and digest.isalnum() else "none")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            data = b""
        if hashlib.sha256(data).hexdigest() != digest:
            raise RefusedError("map_gone", "no such map waits; send it again")
        said = {"geojson": data.decode("utf-8-sig"), "by": by}
        with self._office.batch() as batch:
            batch.append([draft("map.drawn", "grids", self._office.now(), said)])
        path.unlink(missing_ok=True)
