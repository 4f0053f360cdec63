"""What is in force: every file of policy and law that a node reads, by name and SHA-256.

A node puts them on the record at a start where they are not as the newest such entry says. So the
law tables, rules' texts and policies under which a step was taken can be told apart and proved
later, byte by byte, those of a deployment's own folders included.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from sqlalchemy import select

from lianzhi.domains.registry import DOMAINS
from lianzhi.record.entry import Draft, decode
from lianzhi.store.ledger import Ledger
from lianzhi.store.tables import entry, payload

log = logging.getLogger(__name__)

KIND = "policy.loaded"
#: Rooms with data that decides: the law engines, the chain, requests by place, what is answered.
_ROOMS = ("chain", "dispatch", "law", "web/api")
_SUFFIXES = frozenset({".toml", ".csv", ".dmn"})
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Folders of a deployment in which people's files lie, not policy.
_NOT_POLICY = frozenset({"uploads"})
#: More files of a folder than these are not looked at, and the log says so.
_MOST_FILES = 5_000


def loaded(home: Path, own: Path | None) -> dict[str, str]:
    """SHA-256 of each file of policy and law, shipped and of the deployment, by name.

    A name begins with the room or domain whose file it is; those of the deployment begin with
    `own`. `own` is the deployment's folder of policy, where it has one.
    """
    named = dict(_shipped())
    for domain in DOMAINS:
        named |= _under(f"own/{domain}", home / domain)
    if own is not None:
        named |= _under("own/policy", own)
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in sorted(named.items())}


def record(ledger: Ledger, named: Mapping[str, str], at: int) -> None:
    """Append an entry with the digests and the names that changed, unless they are as before."""
    with ledger.batch() as batch:
        join = entry.join(payload, payload.c.index == entry.c.index)
        query = select(payload.c.body).select_from(join).where(entry.c.kind == KIND)
        body = batch.connection.scalar(query.order_by(entry.c.index.desc()).limit(1))
        before: dict[str, str] = {} if body is None else decode(body)["sha256"]
        if before == named:
            return
        names = sorted(before.keys() | named.keys())
        changed = [name for name in names if before.get(name) != named.get(name)]
        payload_ = {"sha256": dict(named), "changed": changed if before else []}
        batch.append([Draft(KIND, "policy", at, payload_)])


def _shipped() -> Iterator[tuple[str, Path]]:
    for room in _ROOMS:
        yield from _under(room, Path(str(files("lianzhi"))) / room).items()
    for name, domain in DOMAINS.items():
        if domain.package:
            for file, path in _under(name, Path(str(files(domain.package)))).items():
                if "/policy/" in file or _DATED.search(path.stem):
                    yield file, path


def _under(name: str, folder: Path) -> dict[str, Path]:
    """Files of data under a folder, by name; none where there is no folder."""
    paths = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    policy = sorted(path for path in paths if _NOT_POLICY.isdisjoint(path.parts))
    if len(policy) > _MOST_FILES:
        log.warning(
            "%s has %d files of policy; only %d are on the record",
            folder,
            len(policy),
            _MOST_FILES,
        )
    relative = ((path.relative_to(folder).as_posix(), path) for path in policy[:_MOST_FILES])
    return {f"{name}/{file}": path for file, path in relative}
