"""What a PDF or a Word file says, read from its bytes: by the rules of the formats, not by ours."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def in_word(made: bytes) -> str:
    """Text of the body in order, without white space."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    return squeezed("".join(body.itertext(f"{_W}t")))


def in_pdf(made: bytes) -> str:
    """Text of all pages in order, without white space and what is marked as an artifact."""
    objects = _objects(made)
    fonts = {
        number: _unicode(objects[int(found[1])])
        for number, body in objects.items()
        if (found := re.search(rb"/ToUnicode (\d+) 0 R", body)) is not None
    }
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    return squeezed("".join(_page(body, objects, fonts) for body in pages))


def squeezed(text: str) -> str:
    """Without white space: where lines break is the layout's business."""
    return "".join(text.split())


def _objects(made: bytes) -> dict[int, bytes]:
    found = {}
    for match in re.finditer(rb"(\d+) 0 obj\s(.*?)\nendobj", made, re.S):
        found[int(match[1])] = match[2]
    for body in list(found.values()):
        if b"/ObjStm" in body:
            inside = _stream(body)
            first = int(re.search(rb"/First (\d+)", body)[1])
            numbers = [int(one) for one in inside[:first].split()]
            places = list(zip(numbers[::2], numbers[1::2], strict=True))
            ends = [at for _, at in places[1:]] + [len(inside) - first]
            for (number, at), end in zip(places, ends, strict=True):
                found[number] = inside[first + at : first + end]
    return dict(sorted(found.items()))


def _stream(body: bytes) -> bytes:
    start = re.search(rb"stream\r?\n", body).end()
    raw = body[start : start + int(re.search(rb"/Length (\d+)", body)[1])]
    return zlib.decompress(raw) if b"/FlateDecode" in body else raw


def _unicode(body: bytes) -> dict[int, str]:
    table = _stream(body).decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for low, high, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int.from_bytes(bytes.fromhex(text), "big")
            for code in range(int(low, 16), int(high, 16) + 1):
                found[code] = chr(start + code - int(low, 16))
    return found


def _page(body: bytes, objects: dict[int, bytes], fonts: dict[int, dict[int, str]]) -> str:
    resources = body
    if (other := re.search(rb"/Resources (\d+) 0 R", body)) is not None:
        resources = objects[int(other[1])]
    if (other := re.search(rb"/Font (\d+) 0 R", resources)) is not None:
        resources = objects[int(other[1])]
    named = {name: int(to) for name, to in re.findall(rb"/(F?f?\w+) (\d+) 0 R", resources)}
    contents = re.search(rb"/Contents \[?\s*((?:\d+ 0 R\s*)+)", body)[1]
    drawn = b"\n".join(_stream(objects[int(n)]) for n in re.findall(rb"(\d+) 0 R", contents))
    return "".join(_said(drawn, named, fonts))


_TOKEN = re.compile(
    rb"/(?P<font>\w+) [\d.]+ Tf|/(?P<tag>\w+)\s*(?:/\w+|<<.*?>>)?\s*(?P<begin>BDC|BMC)"
    rb"|(?P<end>EMC)|(?P<literal>\()|<(?P<hex>[0-9A-Fa-f\s]+)>(?=[^>])",
    re.S,
)


def _said(drawn: bytes, named: dict[bytes, int], fonts: dict[int, dict[int, str]]) -> Iterator[str]:
    table: dict[int, str] = {}
    marked: list[bool] = []
    at = 0
    while (match := _TOKEN.search(drawn, at)) is not None:
        at = match.end()
        raw = b""
        if match["font"] in named:
            table = fonts.get(named[match["font"]], {})
        elif match["begin"]:
            marked.append(match["tag"] == b"Artifact")
        elif match["end"]:
            marked.pop()
        elif match["hex"]:
            raw = bytes.fromhex(match["hex"].decode())
        elif match["literal"]:
            start, at = at, _closed(drawn, at)
            raw = _raw(drawn[start : at - 1])
        if not any(marked):
            for place in range(0, len(raw) - 1, 2):
                yield table.get(int.from_bytes(raw[place : place + 2], "big"), "\ufffd")


def _closed(drawn: bytes, at: int) -> int:
    """Where a literal ends: parentheses in it are balanced or escaped."""
    depth = 1
    while depth:
        step = 2 if drawn[at : at + 1] == b"\\" else 1
        depth += {b"(": 1, b")": -1}.get(drawn[at : at + 1], 0)
        at += step
    return at


def _raw(literal: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(match: re.Match[bytes]) -> bytes:
        body = match[1]
        return bytes([int(body, 8) & 255]) if body.isdigit() else plain.get(body, body)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, literal, flags=re.S)
