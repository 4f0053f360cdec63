"""Names of files that people send: what is kept of them, and under which a file is handed out."""

import unicodedata
from pathlib import PurePosixPath

#: Characters of a name that are kept.
MOST_CHARACTERS = 200
#: Endings that fit a media type; the first is given where a name has none of them.
_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "application/zip": (".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods"),
    "text/plain": (".txt",),
}


def plain_name(sent: str) -> str:
    """A name as it is kept and shown: the last part of a path, on one line, at most 200 characters.

    Control, bidirectional and invisible characters and halves of surrogates are left out, with
    which a name could look like another one. What is too long loses its middle, not its ending.
    """
    name = sent.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in name if unicodedata.category(sign) not in _UNSHOWN)
    plain = " ".join(shown.split()).strip(". ") or "file"
    if len(plain) <= MOST_CHARACTERS:
        return plain
    ending = PurePosixPath(plain).suffix[:10]
    return f"{plain[: MOST_CHARACTERS - len(ending) - 1]}…{ending}"


#: Control, format (bidi marks among them), surrogate, private and unassigned characters, and
#: separators of lines.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def served_name(identity: str, media: str, kept: str) -> str:
    """ASCII name under which a file is handed out: its id, and an ending that fits its content.

    The name that it was kept under decides only between endings of one media type.
    """
    endings = _ENDINGS.get(media, (".bin",))
    given = PurePosixPath(kept).suffix.lower()
    return f"{identity}{given if given in endings else endings[0]}"
