"""Transfer pack: what is handed to another authority: letter, evidence pack, and how to read them.

The evidence pack stays as it was made, so that whatever verifies one verifies this member. The same
letter and pack give the same bytes.
"""

import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from typing import BinaryIO

from lianzhi.documents import render
from lianzhi.documents.forms import README, FileSaid
from lianzhi.documents.letter import Letter, page_of
from lianzhi.documents.pack import member

LETTER, PRINT, EVIDENCE = "letter.html", "letter.pdf", "evidence.zip"
#: All files of a transfer pack, in the order in which they are written.
FILES = (PRINT, LETTER, README, EVIDENCE)
_CHUNK = 1 << 20


def write(
    out: BinaryIO,
    evidence: BinaryIO,
    pack: FileSaid,
    letter: Callable[[tuple[FileSaid, ...]], Letter],
) -> None:
    """Write a transfer pack; `letter` makes the letter that lists these attachments.

    `evidence` is read from where it stands; `pack` says its size and digest.
    """
    readme = render.readme("transfer")
    said = FileSaid(name=README, bytes=len(readme), sha256=sha256(readme).hexdigest())
    told = letter((pack, said))
    page, made_at = page_of(told), told.facts.made_at
    with zipfile.ZipFile(out, "w", allowZip64=True) as archive:
        archive.writestr(member(PRINT), render.pdf(page, made_at, "letter"))
        archive.writestr(member(LETTER), render.html(page, "letter"))
        archive.writestr(member(README), readme)
        info = member(EVIDENCE, zipfile.ZIP_STORED)  # it is compressed already
        info.file_size = pack.bytes
        with archive.open(info, "w") as opened:
            shutil.copyfileobj(evidence, opened, _CHUNK)
