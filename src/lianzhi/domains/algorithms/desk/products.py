"""Products by reach, and the share of coordinated accounts in their traffic."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from lianzhi.chain.life import next_status
from lianzhi.domains.algorithms.desk.office import Office, draft, reason
from lianzhi.domains.algorithms.desk.recorded import file_digest
from lianzhi.domains.algorithms.nouns.product import STEPS, Product, product_id
from lianzhi.domains.algorithms.queries import tables
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.domains.domain import lazily
from lianzhi.office.acts import Upload
from lianzhi.office.files import MOST_BYTES
from lianzhi.office.ports import Batch
from lianzhi.tabular.column_map import MapError

#: Imported when a file is read: pages need not wait for DuckDB and SciPy.
_traffic_of = lazily("lianzhi.audits.ranking.run:traffic_of_files")
_ENDINGS = (".csv", ".tsv", ".parquet")


class Products:
    """See module. Raises KeyError for an unknown product; a refused step changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def register(
        self, by: str, *, provider: str, name: str, launched: dt.date | None, users: int,
        day: dt.date | None, words: str,
    ) -> str:  # fmt: skip
        """Register a product with its reach on a day; returns its id. `words`: the source of the
        figure. Raises RefusedError where it is registered."""
        fields = {"provider": provider.strip(), "name": name.strip()}
        for field, given in fields.items():
            if not given:
                raise RefusedError("algorithm_empty", f"{field} is empty", field=field)
        identity, when = product_id(**fields), self._office.dated(day)
        payload = {
            "product": identity,
            "by": by,
            **fields,
            "launched": self._office.dated(launched),
        }
        with self._office.ledger.batch() as batch:
            if tables.product.get(batch.connection, identity) is not None:
                raise RefusedError("algorithm_known", f"{name} is registered", name=name)
            batch.append([draft("product.registered", identity, self._office.now(), payload)])
            self._measure(batch, identity, by, users, when, reason(words))
        return identity

    def measure(
        self, identity: str, by: str, *, users: int, day: dt.date | None, words: str
    ) -> None:
        """Note how many people used it in a month, and where the figure comes from."""
        when = self._office.dated(day)
        with self._office.ledger.batch() as batch:
            _load(batch, identity, "measured")
            self._measure(batch, identity, by, users, when, reason(words))

    def end(self, identity: str, by: str, *, words: str) -> None:
        """The product is no longer offered."""
        with self._office.ledger.batch() as batch:
            _load(batch, identity, "ended")
            payload = {"product": identity, "by": by}
            texts = {"words": reason(words)}
            batch.append([draft("product.ended", identity, self._office.now(), payload, texts)])

    def file_traffic(
        self, identity: str, by: str, *, file: Upload, columns: Upload, accounts: Upload, words: str
    ) -> None:
        """Work out the share of coordinated accounts in a file of actions, before and after the
        adjustment that the map names, and file it. `words`: what was adjusted.

        `accounts`: an id a line, or findings of `lianzhi watch --findings`. Raises RefusedError.
        """
        if not file.name.lower().endswith(_ENDINGS):
            raise RefusedError("audit_ending", f"file is {file.name!r:.80}", name=file.name[:80],
                               endings=", ".join(_ENDINGS))  # fmt: skip
        if len(file.body) > MOST_BYTES:
            raise RefusedError("audit_size", f"{file.name}: too large", most=MOST_BYTES >> 20)
        office = self._office
        level = office.policy()[1].ranking.level
        try:
            with tempfile.TemporaryDirectory(dir=office.home) as folder:
                place = Path(folder)
                paths = [place / f"data{Path(file.name).suffix.lower()}", place / "map.yaml",
                         place / "accounts.txt"]  # fmt: skip
                for path, upload in zip(paths, (file, columns, accounts), strict=True):
                    path.write_bytes(upload.body)
                shares, marked = _traffic_of(*paths, level)
                digest = file_digest(paths[0])
        except MapError as error:
            raise RefusedError(
                "audit_map", str(error), field=error.field, value=str(error.value)[:80],
                mend=error.mend,
            ) from None  # fmt: skip
        if shares is None:
            raise RefusedError("product_traffic", "one side has no actions")
        payload: dict[str, Any] = {
            "product": identity, "by": by, "before": shares.before.value,
            "after": shares.after.value, "change": shares.change, "lo": shares.limits.lo,
            "hi": shares.limits.hi, "level": level, "accounts": marked, "file": digest,
            "day": office.today(),
        }  # fmt: skip
        with office.ledger.batch() as batch:
            _load(batch, identity, "traffic_filed")
            texts = {"words": reason(words)}
            batch.append([draft("product.traffic_filed", identity, office.now(), payload, texts)])

    def _measure(
        self, batch: Batch, identity: str, by: str, users: int, day: dt.date, source: str
    ) -> None:
        if not 0 <= users <= 10**10:
            raise RefusedError("product_users", f"users is {users}", users=users)
        payload = {"product": identity, "by": by, "day": day, "users": users}
        texts = {"words": source}
        batch.append([draft("product.measured", identity, self._office.now(), payload, texts)])


def _load(batch: Batch, identity: str, step: str) -> Product:
    product = tables.product.load(batch.connection, identity)
    next_status(STEPS, f"product.{step}", product.status)
    return product
