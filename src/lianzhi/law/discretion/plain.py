"""Cells as a clerk types them, with full-width signs and Chinese punctuation, made into S-FEEL.

`≥１０`, `５～１０`, `“无”、“轻微”`, `2026年1月1日`, `是` say `>= 10`, `[5..10]`, `"无","轻微"`,
`2026-01-01`, `true`. What stands in quotes is left alone. `1,000` may be one number or two, and is
refused.
"""

import re

from lianzhi.law.days import PATTERN, read_day
from lianzhi.law.halfwidth import half

_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", '"': '"', "＂": "＂"}
_QUOTED = re.compile(
    r'"(?:[^"\\]|\\.)*"|' + "|".join(f"{a}[^{b}]*{b}" for a, b in _QUOTES.items() if a != '"')
)
_SIGNS = {"、": ",", ";": ",", "≤": "<=", "≥": ">=", "≦": "<=", "≧": ">=", "。": "."}
_VALUE = rf"(?:{PATTERN}|-?\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"({_VALUE})\s*(?:~|—+|–|至|到)\s*({_VALUE})")
_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3},0\d\d(?!\d)")
_SUM = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_EQUALS = re.compile(r"(?<![<>!=])=(?=\s*[-\w])")
_TRUTH = {"是": "true", "否": "false"}
#: A cell that says: any value.
ANY = ("-", "—", "——", "–")


def test(text: str, kind: str) -> str:
    """A test in the notation of S-FEEL, but that words and days need no quotes.

    Raises ValueError for what may be read in two ways.
    """
    parts, at = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [_bare(text[at : quoted.start()], kind), _requoted(quoted[0])]
        at = quoted.end()
    return "".join([*parts, _bare(text[at:], kind)])


def money(text: str) -> str:
    """A sum in yuan as digits: `５，０００元` is 5000; anything else as it is, half-width."""
    said = half(text).strip().removesuffix("元").strip()
    return said.replace(",", "") if _SUM.fullmatch(said) else said


def _requoted(text: str) -> str:
    if text[0] == '"':
        return text
    return '"' + text[1:-1].replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bare(text: str, kind: str) -> str:
    said = half(text)
    for sign, plain in _SIGNS.items():
        said = said.replace(sign, plain)
    if kind in ("number", "integer") and (found := _THOUSANDS.search(said)):
        joined = found[0].replace(",", "")
        raise ValueError(f"{found[0]!r} may be one number or two; write {joined}")
    said = _EQUALS.sub("", said)
    if kind in ("number", "integer", "date"):
        said = _RANGE.sub(r"[\1..\2]", said)
    if kind == "date":
        said = re.sub(PATTERN, lambda found: read_day(found[0]).isoformat(), said)
    if kind == "boolean":
        said = _TRUTH.get(said.strip(), said)
    return said
