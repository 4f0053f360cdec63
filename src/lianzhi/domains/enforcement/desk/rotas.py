"""Rotas: who is on duty, from the files that the bureau keeps."""

import datetime as dt
from pathlib import Path

from lianzhi.domains.enforcement.dispatch import rota
from lianzhi.domains.enforcement.dispatch.moments import day_of
from lianzhi.domains.enforcement.dispatch.rota import Duty, Rota


class Rotas:
    """Rotas `YYYY-MM-DD.toml` of a folder, each in force from the day in its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[Path, int, Rota] | None = None

    def on(self, day: dt.date) -> Rota | None:
        """The rota of a day; None where none is kept. Raises RotaError for one that is none."""
        files = [path for path in sorted(self._folder.glob("*.toml")) if path.stem <= f"{day}"]
        if not files:
            return None
        path, changed = files[-1], files[-1].stat().st_mtime_ns
        if self._read is None or self._read[:2] != (path, changed):
            with path.open("rb") as file:
                self._read = path, changed, rota.read(file.read(rota.MOST_BYTES + 1))
        return self._read[2]

    def on_duty(self, at: int, squad: str) -> tuple[Duty, ...]:
        """Who of a squad is on duty at a moment (ms)."""
        kept = self.on(day_of(at))
        return () if kept is None else rota.on_duty(kept, at, squad)
