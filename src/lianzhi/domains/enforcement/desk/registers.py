"""Registers: enterprises, officers and the map of the grids, as the bureau keeps them."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.record.entry import Draft, Text


class Registers:
    """Registers enterprises, officers, observers and the map."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def enterprises(self, rows: Iterable[dict[str, Any]], by: str) -> int:
        """Register enterprises, or say anew how they stand; returns how many.

        Each row has `id`, `name`, `industry` and maybe `name_en`, `grid`, `lon`, `lat`, `staff`,
        `opened`; for papers `code` (统一社会信用代码), `address` and `head`.
        """
        known = list(rows)
        with self._office.batch() as batch:
            tokens = batch.tokens([row["id"] for row in known])
            batch.append(list(self.of_enterprises(known, tokens, by, self._office.now())))
        return len(known)

    def of_enterprises(
        self, rows: Iterable[dict[str, Any]], tokens: Mapping[str, str], by: str, at: int
    ) -> Iterator[Draft]:
        """The entries of registering these."""
        for row in rows:
            token = tokens[row["id"]]
            payload = {
                "enterprise": token,
                "industry": row["industry"],
                "grid": row.get("grid") or "",
                "staff": row.get("staff"),
                "opened": row.get("opened"),
                "by": by,
            }
            texts: dict[str, Text] = {"name": (row["name"], (token,))}
            for more in ("name_en", "code", "address", "head"):
                if row.get(more):
                    texts[more] = (row[more], (token,))
            if row.get("lon") is not None:
                texts["place"] = (f"{row['lon']},{row['lat']}", (token,))
            yield draft("enterprise.registered", token, at, payload, texts)

    def officers(self, rows: Iterable[dict[str, Any]], by: str) -> int:
        """Register officers with their certificates; returns how many."""
        drafts = list(self.of_officers(rows, by, self._office.now()))
        with self._office.batch() as batch:
            batch.append(drafts)
        return len(drafts)

    def of_officers(self, rows: Iterable[dict[str, Any]], by: str, at: int) -> Iterator[Draft]:
        """The entries of registering these."""
        for row in rows:
            payload = {
                "officer": row["id"],
                "name": row.get("name") or row["id"],
                "squad": row.get("squad") or "",
                "department": row.get("department") or "",
                "certificate": row.get("certificate") or "",
                "until": row.get("certificate_until"),
                "by": by,
            }
            yield draft("officer.registered", row["id"], at, payload)

    def of_observers(
        self, rows: Iterable[dict[str, Any]], tokens: Mapping[str, str], by: str, at: int
    ) -> Iterator[Draft]:
        """The entries of registering observers; their names can be erased."""
        for row in rows:
            payload = {
                "officer": row["id"],
                "observer": row["kind"],
                "languages": list(row["languages"]),
                "by": by,
            }
            texts: dict[str, Text] = {"name": (row["name"], (tokens[row["id"]],))}
            yield draft("officer.registered", row["id"], at, payload, texts)

    def certify(self, officer: str, certificate: str, until: dt.date, by: str) -> None:
        """Renew an officer's certificate. KeyError: there is no such officer.

        Raises RefusedError for one without a number, or that is over already.
        """
        if not certificate.strip():
            raise RefusedError("certificate", "certificate is empty: give its number")
        if until < (today := self._office.today()):
            raise RefusedError("certificate_day", f"until is {until}, today is {today}", day=until)
        with self._office.reading() as connection:
            registered = self._office.officers(connection, [officer])[officer]
        row = {"id": officer, "name": registered.name, "squad": registered.squad}
        row |= {"department": registered.department, "certificate": certificate}
        self.officers([row | {"certificate_until": until}], by)

    def grids(self, geojson: str, by: str) -> None:
        """Draw the map anew; it was read and found sound before."""
        payload = {"geojson": geojson, "by": by}
        with self._office.batch() as batch:
            batch.append([draft("map.drawn", "grids", self._office.now(), payload)])
