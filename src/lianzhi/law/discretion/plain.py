"""Cells in clerical notation, with full-width signs and Chinese punctuation, converted to S-FEEL.

`≥１０`, `５～１０`, `“无”、“轻微”`, `2026年1月1日`, `是` mean `>= 10`, `[5..10]`, `"无","轻微"`,
`2026-01-01`, `true`. Quoted text is unchanged. `1,000` may be one number or two, and is refused.
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
#: A cell that matches any value.
ANY = ("-", "—", "——", "–")


def test(text: str, kind: str) -> str:
    """A test in the notation of S-FEEL, except that words and days need no quotes.

    Raises ValueError for ambiguous text.
    """
    parts, at = [], 0
    for quoted in _QUOTED.finditer(text):
        parts += [_bare(text[at : quoted.start()], kind), _requoted(quoted[0])]
        at = quoted.end()
    return "".join([*parts, _bare(text[at:], kind)])


def money(text: str) -> str:
    """A sum in yuan as digits: `５，０００元` is 5000; other text unchanged, half-width."""
    amount = half(text).strip().removesuffix("元").strip()
    return amount.replace(",", "") if _SUM.fullmatch(amount) else amount


def _requoted(text: str) -> str:
    if text[0] == '"':
        return text
    return '"' + text[1:-1].replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bare(text: str, kind: str) -> str:
    text_ = half(text)
    for sign, plain in _SIGNS.items():
        text_ = text_.replace(sign, plain)
    if kind in ("number", "integer") and (match := _THOUSANDS.search(text_)):
        joined = match[0].replace(",", "")
        raise ValueError(f"{match[0]!r} may be one number or two; write {joined}")
    text_ = _EQUALS.sub("", text_)
    if kind in ("number", "integer", "date"):
        text_ = _RANGE.sub(r"[\1..\2]", text_)
    if kind == "date":
        text_ = re.sub(PATTERN, lambda match: read_day(match[0]).isoformat(), text_)
    if kind == "boolean":
        text_ = _TRUTH.get(text_.strip(), text_)
    return text_
