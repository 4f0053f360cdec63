"""Maps: a new map of the grids, looked at before it takes the place of the present one."""

from lianzhi.dispatch.grids.geojson import MOST_BYTES, GridError, Survey, read
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.office.pending_files import PendingFiles


class Maps:
    """Checks and draws maps of the grids."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.pending = PendingFiles(office.home / "maps")

    def examine(self, data: bytes) -> tuple[str, Survey]:
        """Read a map; where it has no fault it waits under the name that is returned.

        The name is empty where there are faults. Raises RefusedError where it is no map at all.
        """
        try:
            survey = read(data[: MOST_BYTES + 1])
        except GridError as error:
            raise RefusedError("map", str(error), says=str(error)) from None
        return ("" if survey.problems else self.pending.keep(data)), survey

    def draw(self, name: str, by: str) -> None:
        """Draw a map that waits. Raises RefusedError where none does."""
        try:
            data = self.pending.get(name)
        except KeyError:
            raise RefusedError("map_gone", "no such map waits; send it again") from None
        payload = {"geojson": data.decode("utf-8-sig"), "by": by}
        with self._office.batch() as batch:
            batch.append([draft("map.drawn", "grids", self._office.now(), payload)])
        self.pending.drop(name)
