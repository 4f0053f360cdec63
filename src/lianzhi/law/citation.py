"""Citation of an article in a document: 《行政处罚法》第七十二条第一款第一项."""

import msgspec

from lianzhi.law.words import Words

_DIGITS = "零一二三四五六七八九"


class Citation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An article of a statute; paragraph 款 or item 项 is 0 where absent or all of it is meant."""

    statute: Words
    article: int
    paragraph: int = 0
    item: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.article <= 1260 or min(self.paragraph, self.item) < 0:  # 民法典 has 1260
            raise ValueError(
                f"citation is article {self.article}, paragraph {self.paragraph}, item "
                f"{self.item}; give an article from 1 on, and 0 for what it lacks"
            )

    def say(self, language: str) -> str:
        """The citation in `zh` or `en`. Raises ValueError for another language."""
        statute = self.statute.say(language)
        if language == "zh":
            below = ((self.article, "条"), (self.paragraph, "款"), (self.item, "项"))
            return f"《{statute}》" + "".join(f"第{chinese(n)}{name}" for n, name in below if n)
        paragraph = f"({self.paragraph})" if self.paragraph else ""
        item = f", item {self.item}," if self.item else ""
        return f"Article {self.article}{paragraph}{item} of the {statute}"


def chinese(number: int) -> str:
    """1 to 9,999 as articles are counted: 十五, 一百零三, 一千二百六十."""
    if not 1 <= number <= 9_999:
        raise ValueError(f"number is {number}; give 1 to 9,999")
    numeral, gap = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            numeral += ("零" if gap else "") + _DIGITS[digit] + name
        gap = bool(numeral) and not digit
    return numeral.removeprefix("一") if 10 <= number < 20 else numeral
