"""Identifiers 个人标识: numbers and addresses by which a person can be found, in any spelling.

Digits may be Chinese or wide, with signs between. What has a checksum is held to it: identity
numbers (GB 11643), bank cards (Luhn). Numbers of orders, parcels and hotlines are none. Whose an
identifier is, and why it is there, is for `grammar/frames.py` to weigh.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import SEPARATOR, Batch, Index
from lianzhi.text.fold.folding import fold

#: Kinds of identifiers.
IDENTIFIERS = (
    "mobile",  # 手机号
    "landline",  # 座机
    "id_card",  # 身份证号
    "bank_card",  # 银行卡号
    "plate",  # 车牌号
    "email",  # 邮箱
    "qq",
    "wechat",  # 微信号
    "address",  # 住址，到门牌号
    "class",  # 学校班级
    "person",  # 说明是姓名的姓名
)
#: The fewest digits of a number.
_FEWEST_DIGITS = 5
#: The most places from one digit of a number to the next.
_STEP = 3
#: The fewest letters, digits, dashes and low lines of an account.
_ACCOUNT = 6
#: Characters before a number in which an introduction may stand.
_BEFORE = 8
#: What a code point may be in an identifier: a digit, a Chinese digit, a word for a door, the sign
#: of e-mail, the beginning of a plate.
ASCII, HAN, DOOR, AT, PLATE = 1, 2, 3, 4, 5
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10x98765432"


class Identifier(NamedTuple):
    """One identifier: code points [start, end) of the original text."""

    start: int
    end: int
    kind: str
    confirmed: bool
    """Whether a checksum confirms it."""


@dataclass(frozen=True, slots=True)
class _Signs:
    digit_of: dict[str, str]
    number: re.Pattern[str]
    """A run of digits with signs between them or not."""
    counted: re.Pattern[str]
    introduced: dict[str, re.Pattern[str]]
    wechat: re.Pattern[str]
    others: tuple[tuple[str, str, re.Pattern[str], str], ...]
    """Kind, characters of which a text must have one (empty: any), a cheap expression that it must
    match, and the expression of the identifier."""
    areas: frozenset[str]
    issuers: tuple[str, ...]
    hint: NDArray[np.uint8]
    """For each code point what it may be in an identifier, `ASCII` to `PLATE`; 0 for nothing."""


def identifiers(text: str) -> list[Identifier]:
    """Return the identifiers of a text, in order. Any string will do."""
    folded = fold(text)
    return [
        Identifier(
            *folded.span(identifier.start, identifier.end), identifier.kind, identifier.confirmed
        )
        for identifier in in_folded(folded.text)
    ]


def may_hold(batch: Batch) -> Index:
    """Return which texts of a batch may hold an identifier; few of them hold none.

    Not covered: doors in tens (三十号), classes, names, and accounts without a digit.
    """
    if fast := compiled.twin("grammar._identifiers"):
        hint = _signs().hint
        those: Index = fast.may_hold(*batch, hint, _FEWEST_DIGITS, _STEP, _ACCOUNT)
        return those
    codes, marks = batch.codes, _signs().hint[batch.codes]
    digit = (marks == ASCII) | (marks == HAN)
    letter = (codes >= ord("a")) & (codes <= ord("z"))
    signs = marks == AT
    signs[1:] |= letter[1:] & (marks[:-1] == PLATE) | (marks[1:] == DOOR) & digit[:-1]
    place = np.flatnonzero(digit)
    new = np.diff(place, prepend=-_STEP) > _STEP
    new |= np.diff(np.searchsorted(batch.starts, place), prepend=0) > 0
    signs[place[new][np.bincount(np.cumsum(new) - 1) >= _FEWEST_DIGITS]] = True
    place = np.flatnonzero(letter | (marks == ASCII) | (codes == ord("-")) | (codes == ord("_")))
    new = np.diff(place, prepend=-1) > 1
    run = np.cumsum(new) - 1
    numbered = np.bincount(run, marks[place] == ASCII) > 0
    signs[place[new][numbered & (np.bincount(run) >= _ACCOUNT)]] = True
    texts_: Index = np.unique(np.searchsorted(batch.starts, np.flatnonzero(signs), "right") - 1)
    return texts_


def in_folded(text: str) -> list[Identifier]:
    """Return the identifiers of a folded text; of two that overlap the surer."""
    identifiers: list[Identifier] = []
    for identifier in _all(text):
        if all(
            identifier.end <= other.start or other.end <= identifier.start for other in identifiers
        ):
            identifiers.append(identifier)
    return sorted(identifiers)


def _all(text: str) -> Iterator[Identifier]:
    signs = _signs()
    for run in signs.number.finditer(text):
        yield from _number(text, run)
    for match in signs.wechat.finditer(text):
        yield Identifier(*match.span(1), "wechat", False)
    for kind, chars, hint, pattern in signs.others:
        if (not chars or any(map(text.__contains__, chars))) and hint.search(text):
            for match in _compiled(pattern).finditer(text):
                yield Identifier(*match.span(1), kind, False)


_compiled = cache(re.compile)


def _number(text: str, run: re.Match[str]) -> Iterator[Identifier]:
    """Yield the identifier that a run of digits is, if any."""
    signs, (start, end) = _signs(), run.span()
    digits = "".join(signs.digit_of.get(char, "") for char in run[0])
    before = text[max(0, start - _BEFORE) : start]
    if (
        before[-1:].isascii()
        and before[-1:].isalpha()
        and not signs.introduced["any"].search(before)
    ):
        return
    last = text[end : end + 1]
    if len(digits) == 17 and last in ("x", "叉"):
        digits, end = digits + "x", end + 1
    elif last.isascii() and last.isalpha():
        return
    introduced = {kind for kind, words in signs.introduced.items() if words.search(before)}
    if signs.counted.search(before) and not introduced - {"any", "telephone"}:
        return
    if is_id_card(digits):
        yield Identifier(start, end, "id_card", True)
    elif "id_card" in introduced and len(digits) == 18:
        yield Identifier(start, end, "id_card", False)
    elif re.fullmatch(r"(?:0{0,2}86)?1[3-9]\d{9}", digits):
        yield Identifier(start, end, "mobile", False)
    elif is_bank_card(digits) and ("bank_card" in introduced or digits.startswith(signs.issuers)):
        yield Identifier(start, end, "bank_card", True)
    elif "bank_card" in introduced and 16 <= len(digits) <= 19:
        yield Identifier(start, end, "bank_card", False)
    elif re.fullmatch(r"0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}", digits) and (
        "telephone" in introduced or not run[0].isdigit()
    ):
        yield Identifier(start, end, "landline", False)
    elif "qq" in introduced and len(digits) <= 11 and digits[0] != "0":
        yield Identifier(start, end, "qq", False)
    elif "telephone" in introduced and re.fullmatch(r"[2-8]\d{6,7}", digits):
        yield Identifier(start, end, "landline", False)


def is_id_card(digits: str) -> bool:
    """Return whether 18 characters are an identity number by date of birth and check (GB 11643)."""
    if not re.fullmatch(r"\d{17}[\dx]", digits):
        return False
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return digits[17] == _CHECKS[total % 11]


def is_bank_card(digits: str) -> bool:
    """Return whether digits may be a bank card's number, by length and Luhn's check."""
    if not re.fullmatch(r"\d{16,19}", digits):
        return False
    doubled = (
        int(digit) * 2 - 9 * (digit > "4") if place % 2 else int(digit)
        for place, digit in enumerate(reversed(digits))
    )
    return sum(doubled) % 10 == 0


def _words(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _signs() -> _Signs:
    data = tomllib.loads((files(__package__) / "identifiers.toml").read_text("utf-8"))
    digit_of = {char: str(n) for n, chars in enumerate(data["digits"]) for char in chars}
    digit, between = f"[{''.join(digit_of)}]", f"[{re.escape(data['between'])}]"
    introduced = {
        kind: re.compile(rf"(?:{_words(words)})(?:号码|号)?[是为:;, (\"“]{{0,3}}$")
        for kind, words in data["introduced"].items()
    }
    introduced["any"] = re.compile("|".join(pattern.pattern for pattern in introduced.values()))
    account = r"[a-z][-_a-z0-9]{5,19}|\d{6,11}"
    wechat = _words(data["introduced"]["wechat"])
    hint = np.zeros(SEPARATOR + 1, np.uint8)
    hint[[ord(char) for char in digit_of]] = HAN
    hint[ord("0") : ord("9") + 1] = ASCII
    hint[[ord(char) for char in "号栋幢室户弄班组单"]] = DOOR
    hint[ord("@")] = AT
    hint[[ord(char) for char in data["plate"]]] = PLATE
    return _Signs(
        digit_of=digit_of,
        number=re.compile(
            rf"{digit}(?:{between}{{0,{_STEP - 1}}}{digit}){{{_FEWEST_DIGITS - 1},}}"
        ),
        counted=re.compile(rf"(?:{_words(data['counted'])})[^\d]{{0,4}}$"),
        introduced=introduced,
        wechat=re.compile(
            rf"(?:{wechat})(?:号码|号)?[是为: ]{{0,3}}((?<![a-z0-9])(?:{account}))(?![a-z0-9])"
        ),
        others=tuple(
            (kind, chars, re.compile(hint), rest) for kind, chars, hint, rest in _others(data)
        ),
        areas=frozenset(data["areas"]),
        issuers=tuple(data["issuers"]),
        hint=hint,
    )


def _others(data: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield `_Signs.others`; the identifier is the first group of the expression."""
    plate, ending, surnames = data["plate"], data["plate_end"], data["surnames"]
    place, named = data["address"], _words(data["introduced"]["person"])
    streets, estates, villages, schools = (
        f"(?:{_words(place[kind])})" for kind in ("streets", "estates", "villages", "schools")
    )
    n, han = "[0-9一二三四五六七八九十百零]{1,5}", "[\u4e00-\u9fff]"
    doors = f"(?:[^,。!?\\n]{{0,3}}?{n}(?:{_words(place['doors'])}|号)){{0,3}}(?:{n}(?:室|户)?)?"
    door, block = f"{n}(?:栋|幢|座|号楼|号|单元)", f"{n}(?:栋|幢|座|号楼)"
    go, group = "(?:[他她我你]?们?家?就?(?:住在|住|在|是|去|到))?", f"{n}[) ]?班"
    year = r"(?:[高初大][一二三四]|[一二三四五六]年级|[0-9一二三四五六七八九]{2,4}[级届])?"
    account, host = "[a-z0-9._%+-]{1,40}", r"[a-z0-9-]{1,40}(?:\.[a-z]{2,8}){1,3}"
    code = f"[a-hj-np-z0-9]{{4,5}}(?:[a-hj-np-z0-9]|[{ending}])"
    yield "email", "@", "", f"(?<![a-z0-9._%+-])({account}@{host})"
    yield (
        "plate",
        "",
        f"[{plate}][a-z]",
        (rf"([{plate}][a-hj-np-z][·. -]?(?=[a-z]{{0,3}}\d){code})(?![a-z0-9])"),
    )
    yield "address", "号", f"{n}号", f"{go}({han}{{1,6}}{streets}{n}号{doors})"
    yield "address", "栋幢座号单", door, f"{go}({han}{{1,8}}{estates}{han}{{0,3}}?{door}{doors})"
    yield (
        "address",
        "栋幢座号单",
        door,
        f"({block}(?:{n}单元)?(?:[0-9a-z]{{1,4}}|{n})?(?:室|户|楼)?)(?!别墅)",
    )
    yield "address", "单", "单元", f"({n}单元(?:[0-9a-z]{{1,4}}|{n})(?:室|户|楼)?)"
    yield "address", "组", f"{n}组", f"{go}({han}{{1,6}}{villages}{n}组(?:{n}号)?)"
    yield (
        "class",
        "班",
        group,
        f"{go}({han}{{0,6}}{schools}{han}{{0,2}}?{year}{han}{{0,3}}?[( ]?{group})",
    )
    yield "class", "班", group, f"((?:[高初][一二三]|[一二三四五六七八九]年级)[( ]?{group})"
    yield "person", "名叫", "", f"(?:{named})[是为:做 ]{{0,2}}([{surnames}][\u4e00-\u9fff*]{{1,2}})"
    yield "person", "某", "", f"([{surnames}]某{han}?)"
