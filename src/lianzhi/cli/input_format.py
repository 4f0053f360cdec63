"""What a file of events is, where it is no UTF-8 NDJSON: told before anything of it is read."""

import codecs
import unicodedata

GZIP_MAGIC = b"\x1f\x8b"
#: Bytes that are looked at.
HEAD_BYTES = 64 * 1024
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = (",", ";", "\t")


def complaint(head: bytes) -> str | None:
    """What is wrong with the beginning of a file, and what to do; None: it may be NDJSON."""
    if head.startswith(_UTF_16) or _has_nul_columns(head):
        return "this is UTF-16; write it as UTF-8, for instance with `iconv -f UTF-16 -t UTF-8`"
    text = _utf8(head)
    if text is None:
        if _is_gb18030(head):
            return "this is GBK or GB 18030; write it as UTF-8: `iconv -f GB18030 -t UTF-8`"
        return None  # single rows may be broken: they go to quarantine
    return _not_objects(text.removeprefix("\ufeff").lstrip())


def _not_objects(text: str) -> str | None:
    first = text.split("\n", 1)[0].strip()
    if first.startswith("["):
        return "this is one JSON array; write one object a line: `jq -c .[]`"
    if first and first[0] not in "{[" and any(first.count(mark) >= 2 for mark in _SEPARATORS):
        return "this looks like CSV; write one JSON object a line, with the names of event fields"
    return None


def _utf8(head: bytes) -> str | None:
    """The text, without a character that the end of the head may cut; None: it is no UTF-8."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None


def _is_gb18030(head: bytes) -> bool:
    """Whether it reads as Chinese in GB 18030: most of what is not ASCII is a Han character."""
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(head)
    except UnicodeDecodeError:
        return False
    others = [char for char in text if ord(char) > 127]
    han = sum(unicodedata.name(char, "").startswith("CJK") for char in others)
    return bool(others) and han >= 0.8 * len(others)


def _has_nul_columns(head: bytes) -> bool:
    """Whether every second byte of ASCII-like text is NUL: UTF-16 without a mark."""
    sample = head[:400]
    return len(sample) >= 8 and max(sample[::2].count(0), sample[1::2].count(0)) > 0.4 * len(
        sample[::2]
    )
