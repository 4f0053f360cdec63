"""Transfer pack for another authority: letter, evidence pack, and instructions.

The evidence pack is included unchanged, so that it verifies by itself. The same letter and pack
give the same bytes.
"""

import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from typing import BinaryIO

from lianzhi.documents import render
from lianzhi.documents.forms import README, FileDigest
from lianzhi.documents.letter import Letter, page_of
from lianzhi.documents.pack import member

LETTER, PRINT, EVIDENCE = "letter.html", "letter.pdf", "evidence.zip"
#: All files of a transfer pack, in the order in which they are written.
FILES = (PRINT, LETTER, README, EVIDENCE)
_CHUNK = 1 << 20


def write(
    out: BinaryIO,
    evidence: BinaryIO,
    pack: FileDigest,
    letter: Callable[[tuple[FileDigest, ...]], Letter],
) -> None:
    """Write a transfer pack; `letter` makes the letter that lists these attachments.

    `evidence` is read from its current position; `pack` has its size and digest.
    """
    readme = render.readme("transfer")
    readme_file = FileDigest(name=README, bytes=len(readme), sha256=sha256(readme).hexdigest())
    letter_ = letter((pack, readme_file))
    page, made_at = page_of(letter_), letter_.facts.made_at
    with zipfile.ZipFile(out, "w", allowZip64=True) as archive:
        archive.writestr(member(PRINT), render.pdf(page, made_at, "letter"))
        archive.writestr(member(LETTER), render.html(page, "letter"))
        archive.writestr(member(README), readme)
        info = member(EVIDENCE, zipfile.ZIP_STORED)  # already compressed
        info.file_size = pack.bytes
        with archive.open(info, "w") as opened:
            shutil.copyfileobj(evidence, opened, _CHUNK)
