"""Audits on the record: a file is audited here, and what came of it is filed with its report.

A gap that is confirmed or suspected becomes a finding of the chain and opens a case, which a person
judges; nothing is decided by an audit.
"""

import datetime as dt
import hashlib
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import msgspec

from lianzhi.chain.finding import Finding, Reason, finding_id
from lianzhi.domains.algorithms.desk.office import Office, draft
from lianzhi.domains.algorithms.desk.recorded import (
    Request,
    data_days,
    digest,
    figures,
    file_digest,
    run,
    usual_margin,
)
from lianzhi.domains.algorithms.nouns.algorithm import Algorithm
from lianzhi.domains.algorithms.nouns.audit import KINDS, Audit, Kind
from lianzhi.domains.algorithms.queries import tables
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.acts import Upload
from lianzhi.office.files import MOST_BYTES
from lianzhi.office.object_findings import record_object_finding
from lianzhi.office.ports import Batch
from lianzhi.stats.verdict import Verdict
from lianzhi.tabular.column_map import MapError

LANGUAGES = ("zh", "en")
#: Verdicts that a person has to look at.
_GAPS = (Verdict.CONFIRMED, Verdict.SUSPECTED)
#: Endings of files that may be uploaded; a database is read where it lies, by the command.
_UPLOADED = (".csv", ".tsv", ".parquet")
_MOST_FIGURES = 2000


class Filed(NamedTuple):
    """An audit on the record."""

    id: str
    is_new: bool
    """False: the same file was audited like this before."""


class Audits:
    """Audits files and files the audits. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._reports = office.home / "algorithms" / "reports"

    def upload(
        self, algorithm: str, kind: str, file: Upload, columns: Upload, time: str, by: str,
        *, margin: float | None = None, rectification: str = "",
    ) -> str:  # fmt: skip
        """File an audit of files that were sent; returns its id. Raises Refusal."""
        ending = Path(file.name).suffix.lower()
        if ending not in _UPLOADED:
            raise RefusedError(
                "audit_ending", f"file is {file.name!r:.80}",
                name=file.name[:80], endings=", ".join(_UPLOADED),
            )  # fmt: skip
        if len(file.body) > MOST_BYTES:  # what is read of it ends there
            raise RefusedError("audit_size", f"{file.name}: too large", most=MOST_BYTES >> 20)
        with tempfile.TemporaryDirectory(dir=self._office.home) as place:
            path, map_path = Path(place) / f"data{ending}", Path(place) / "map.yaml"
            path.write_bytes(file.body)
            map_path.write_bytes(columns.body)
            return self.file(
                algorithm, kind, path, map_path, time, by,
                name=file.name, margin=margin, rectification=rectification,
            ).id  # fmt: skip

    def file(
        self, algorithm: str, kind: str, path: Path, map_path: Path, time: str, by: str,
        *, name: str = "", margin: float | None = None, rectification: str = "",
    ) -> Filed:  # fmt: skip
        """Audit a file and put the audit on the record, with the finding that follows.

        `time` names a column of days, from which the period of the data is read. KeyError: there is
        no such algorithm. Raises RefusedError for a file or a map that cannot be used.
        """
        office = self._office
        if kind not in KINDS:
            raise RefusedError("audit_kind", f"kind is {kind!r:.40}", kinds=", ".join(KINDS))
        with office.reading() as connection:
            known = tables.algorithm.load(connection, algorithm)
        version, policy = office.policy()
        used = usual_margin(kind, policy) if margin is None else margin
        hashes = (file_digest(path), file_digest(map_path))
        identity = _audit_id(algorithm, kind, *hashes, version, f"{used!r}", rectification)
        with office.reading() as connection:
            if tables.audit.get(connection, identity) is not None:
                return Filed(identity, is_new=False)
        self._reports.mkdir(mode=0o700, parents=True, exist_ok=True)
        out = self._reports / f".{secrets.token_hex(8)}"
        try:
            request = Request(path, map_path, name or path.name, version, policy, used, out)
            audit = _audited(request, identity, algorithm, kind, hashes, time)
            audit = msgspec.structs.replace(audit, rectification=rectification, by=by)
            if not (self._reports / identity).exists():
                out.rename(self._reports / identity)
            self._put(audit, known)
        except MapError as error:
            raise RefusedError(
                "audit_map", str(error), field=error.field, value=str(error.value)[:80],
                mend=error.mend,
            ) from None  # fmt: skip
        finally:
            shutil.rmtree(out, ignore_errors=True)
        return Filed(identity, is_new=True)

    def report(self, identity: str, language: str) -> bytes:
        """The report of an audit as HTML, which is what the record says. KeyError: none here."""
        with self._office.reading() as connection:
            audit = tables.audit.load(connection, identity)
        path = self._reports / audit.id / f"report.{language}.html"
        if language not in audit.report or not path.is_file():
            raise KeyError(identity)
        body = path.read_bytes()
        if digest(body) != audit.report[language]:
            raise RefusedError("audit_report", f"{identity}: the report was changed since")
        return body

    def _put(self, audit: Audit, algorithm: Algorithm) -> None:
        office, at = self._office, self._office.now()
        fields = msgspec.to_builtins(audit)
        for name in ("id", "case", "at", "status", "index"):
            fields.pop(name, None)
        with office.ledger.batch() as batch:
            if tables.audit.get(batch.connection, audit.id) is not None:
                return
            batch.append([draft("audit.filed", audit.id, at, {"audit": audit.id, **fields})])
            if not audit.rectification and audit.verdict in _GAPS:
                self._open_case(batch, audit, algorithm)

    def _open_case(self, batch: Batch, audit: Audit, algorithm: Algorithm) -> None:
        """Record the finding of an audit; a later one of the kind joins its case."""
        office, at = self._office, self._office.now()
        kind = f"algorithms.{audit.kind}"
        gaps = audit.with_verdict(*_GAPS)
        finding = Finding(
            id=finding_id(f"{kind}/{audit.id}", algorithm.title, at, "warn", at),
            kind=kind,
            stage="warn",
            about=algorithm.title,
            at=at,
            since=at,
            score=float(len(gaps)),
            reasons=(Reason("algorithms.gaps", float(len(gaps)), float(len(gaps)), 0.0, "gaps"),),
            counts={"gaps": len(gaps), "people": audit.people},
            rule=f"{kind}@{audit.policy}",
        )
        case = record_object_finding(office.chain, batch, finding)
        if case is None:
            return
        known = tables.rectification.get(batch.connection, case)
        step = "opened" if known is None else "joined"
        link = {"rectification": case, "audit": audit.id}
        if known is None:
            link |= {"algorithm": audit.algorithm, "kind": audit.kind}
        batch.append(
            [
                draft("audit.linked", audit.id, at, {"audit": audit.id, "case": case}),
                draft(f"rectification.{step}", case, at, link),
            ]
        )


def _audit_id(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()


def _audited(
    request: Request, identity: str, algorithm: str, kind: Kind, hashes: tuple[str, str], time: str
) -> Audit:
    first: dt.date | None = None
    last: dt.date | None = None
    if time.strip():
        first, last = data_days(request.path, time.strip())
    fields = run(kind, request)
    judged = figures(fields)
    if len(judged) > _MOST_FIGURES:
        raise MapError("attributes", len(judged), f"compare at most {_MOST_FIGURES} gaps")
    return Audit(
        id=identity,
        algorithm=algorithm,
        kind=kind,
        file=hashes[0],
        map=hashes[1],
        name=request.source[:200],
        first=first,
        last=last,
        policy=request.version,
        margin=request.margin,
        people=fields["people"],
        verdict=Verdict(fields["verdict"]),
        figures=judged,
        report={
            language: file_digest(request.out / f"report.{language}.html") for language in LANGUAGES
        },
    )
