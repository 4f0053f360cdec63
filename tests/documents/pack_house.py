"""Packs for tests: a node that has lived through a pile-on, and ways to bend what it exports."""

import io
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.config import Config
from lianzhi.documents import forms
from lianzhi.documents.forms import Facts, Language
from lianzhi.documents.pack import member
from lianzhi.documents.verify import Verdict, verify
from lianzhi.jobs import evidence
from lianzhi.jobs.evidence import Exported
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.record.checkpoint import Signer, Verifier
from lianzhi.store import views
from streams import NOW, START, body, calm, crowd, event, merged

ODD = "<script>alert(1)</script> \u202e滚出去\x07 🤡 喆 ' OR 1=1 #eval(1) *粗* $x$ @a \\"
MINUTE = 60_000


def lived(home: Path) -> Node:
    """Half of the pile-on lies in a sealed segment, the rest in open frames."""
    node = Node(home, Config(lateness_seconds=1.0, deployment="某平台 <b>"), clock=lambda: NOW)
    odd = [
        event(f"odd-{n}", START + 61_000 + n * 100, f"<i>odd{n}</i>", "victim", text=ODD)
        for n in range(3)
    ]
    events = merged(calm(120), crowd("victim", 50), odd)
    half = len(events) * 2 // 3
    node.intake.submit(body(events[:half]), "test")
    node.store.log.turn()
    node.segments.seal()
    node.intake.submit(body(events[half:]), "test")
    node.intake.finish()
    case = case_of(node)
    node.casework.assign_case(case, "li", "li", NOW)
    node.casework.note_case(case, "电话联系过当事人。\n第二行", "li", NOW)
    node.casework.close_case(case, "settled", "it is over", Actor("li"), NOW)
    return node


def case_of(node: Node, account: str = "victim") -> str:
    """The case about an account."""
    return views.cases(node.engine, query=account).rows[0].id


def exported(node: Node, case: str, lang: Language = "zh", at: int = NOW) -> tuple[bytes, Exported]:
    """A pack as bytes, and what the export said."""
    out = io.BytesIO()
    facts = Facts(
        case=case,
        lang=lang,
        made_at=at,
        by="reviewer",
        deployment="某平台 <b>",
        utc_offset_minutes=480,
    )
    done = evidence.export(node.ledger, node.home / "events", facts, out)
    return out.getvalue(), done


def files_of(pack: bytes) -> dict[str, bytes]:
    """What each member holds."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP file of these members, stored as packs store them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(member(name), data)
    return out.getvalue()


def resigned(files: dict[str, bytes], signer: Signer, **changes: Any) -> bytes:
    """The same with a manifest that fits the files, as somebody with a key would make it."""
    manifest = forms.read_manifest(files[forms.MANIFEST])
    listed = tuple(
        forms.FileDigest(name=name, bytes=len(files[name]), sha256=sha256(files[name]).hexdigest())
        for name in forms.LISTED
    )
    manifest = msgspec.structs.replace(manifest, files=listed, **changes)
    data = forms.manifest_bytes(manifest)
    note = signer.note(forms.statement(data)).encode()
    return zipped({**files, forms.MANIFEST: data, forms.SIGNATURE: note})


def lines_of(files: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    """Values of the lines of a file."""
    return [msgspec.json.decode(line) for line in files[name].splitlines()]


def with_lines(files: dict[str, bytes], name: str, lines: list[dict[str, Any]]) -> dict[str, bytes]:
    """The files with other lines in one of them."""
    data = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    return {**files, name: data}


def checked(pack: bytes, key: Verifier | None = None) -> Verdict:
    """The verdict over a pack."""
    return verify(io.BytesIO(pack), key)


def faults(pack: bytes, key: Verifier | None = None) -> dict[str, str]:
    """The first fault of each part that has one."""
    verdict = checked(pack, key)
    found = {part.name: part.detail for part in verdict.parts if not part.ok}
    assert verdict.ok == (not found)
    return found
