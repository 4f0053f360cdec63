"""Articles 条 of statutes: their number, and citations of articles that do not exist.

《消防法》第九百九十九条 is refused where the text in force is known to have 74 articles. Texts that
were not counted, such as local rules, are not checked.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from lianzhi.law.versions import Versions, check_days

_DIGITS = "零一二三四五六七八九"
_PLACES = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"(?:\d{1,5}|[〇零一二两三四五六七八九十百千]{1,9})"
_ARTICLE = re.compile(
    rf"第?\s*(?P<article>{_NUMBER})\s*条(?:之[一二三四五六七八九十]+)?"
    rf"(?:\s*第?\s*(?P<paragraph>{_NUMBER})\s*款)?(?:\s*第?\s*[(]?(?P<item>{_NUMBER})[)]?\s*项)?"
)
#: Separators between two articles of the same statute.
_BETWEEN = re.compile(r"[\s、,;和及与或至到~-]*")
_WHOLE = "中华人民共和国"


class Statute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a statute with its number of articles. Days are those of China and
    inclusive.
    """

    name: str
    """Short name in Chinese, as bases have it: 消防法."""
    version: dt.date
    """Day of adoption of this text."""
    articles: int
    """Number of articles; articles 之一 do not count."""
    effective_from: dt.date
    effective_until: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or self.articles < 1:
            raise ValueError(
                f"statute {self.name!r} has {self.articles} articles; give a name, and 1 or more"
            )
        check_days(self)

    @property
    def key(self) -> str:
        """The name, which all versions share."""
        return self.name


class Cited(NamedTuple):
    """A citation of an article in a text."""

    statute: str
    article: int
    place: str
    """With paragraph and item: `60(1)(3)`, as bases write it."""


class Statutes:
    """The counted statutes. Raises ValueError where versions of one overlap."""

    def __init__(self, statutes: Iterable[Statute] = ()) -> None:
        self._versions = Versions(statutes)
        names = sorted(self._versions, key=len, reverse=True)
        bare = "|".join(map(re.escape, names)) or r"(?!)"
        self._named = re.compile(
            rf"(?:《(?P<book>[^》]+)》|(?P<bare>{bare}))\s*(?:[(][^()]*[)])?\s*(?=第?\s*{_NUMBER}\s*条)"
        )

    def __iter__(self) -> Iterator[Statute]:
        return (version for name in self._versions for version in self._versions.versions(name))

    def at(self, name: str, day: dt.date | None) -> Statute | None:
        """The version in force on a day; without a day, the version whose end is not known."""
        if day is not None:
            return self._versions.get(name, day)
        versions = self._versions.versions(name)
        return next((each for each in versions if each.effective_until is None), None)

    def cited(self, text: str) -> Iterator[Cited]:
        """Citations in a text: of any statute in 《》, and of known ones also without."""
        text = unicodedata.normalize("NFKC", text)
        for named in self._named.finditer(text):
            book = named["bare"] or named["book"].split("(")[0].strip()
            at = named.end()
            while match := _ARTICLE.match(text, at):
                numbers = [_number(match[each]) for each in ("article", "paragraph", "item")]
                below = "".join(f"({number})" for number in numbers[1:] if number)
                yield Cited(book.removeprefix(_WHOLE), numbers[0], f"{numbers[0]}{below}")
                between = _BETWEEN.match(text, match.end())
                at = between.end() if between else match.end()

    def doubt(self, name: str, article: int, day: dt.date | None) -> str:
        """Why a statute has no such article on a day, with the remedy; empty where there is no
        doubt.
        """
        statute = self.at(name, day)
        if statute is None or 1 <= article <= statute.articles:
            return ""
        return (
            f"《{name}》 has no article {article}: its text of {statute.version} has "
            f"{statute.articles} articles; cite one of them"
        )

    def doubts(self, text: str, day: dt.date | None) -> Iterator[str]:
        """Messages about cited articles that their statutes do not have."""
        for citation in self.cited(text):
            if problem := self.doubt(citation.statute, citation.article, day):
                yield problem


def _number(text: str | None) -> int:
    """Digits or a Chinese number below 10,000; 0 for none."""
    if not text or text.isdigit():
        return int(text or 0)
    total = digit = 0
    for char in text.replace("〇", "零").replace("两", "二"):
        if char in _PLACES:
            total += (digit or 1) * _PLACES[char]
            digit = 0
        else:
            digit = 10 * digit + _DIGITS.index(char)
    return total + digit
