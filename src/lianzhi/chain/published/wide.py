"""Wide tables: one column a period, or periods in a column and one column a figure.

    指标,2021年一季度,2021年二季度          统计期,受理,办结
    受理,20,30                              2021,100,90

What the columns of other wide tables stand for, such as departments, cannot be told: refused.
"""

from collections.abc import Iterable, Iterator, Mapping

from lianzhi.chain.published.figure_rows import COLUMNS
from lianzhi.chain.published.periods import period
from lianzhi.chain.published.vocabulary import Vocabulary

_FIGURE, _VALUE = {"figure", "label"}, {"value", "rate"}


class WideError(ValueError):
    """The columns are neither those of a list nor of a wide table; the message says the mend."""


def columns(names: Iterable[str], vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """What the columns that hold values stand for, `period` or `figure`, and which they are.

    Empty for a list, which has a column of values. Raises WideError.
    """
    known = [name for name in names if name]
    others = [name for name in known if name not in COLUMNS]
    timed = [name for name in others if is_period(name)]
    if _VALUE & set(known):
        if timed and _FIGURE & set(known):
            raise WideError(
                f"columns of single periods ({', '.join(timed)[:80]}) beside value or rate; give "
                "either: figure, period, value, or figure and one column a period"
            )
        return "", []
    if _FIGURE & set(known):
        return ("period", timed) if timed else ("", [])
    nouns = [name for name in others if vocabulary.find(name) is not None]
    return ("figure", nouns) if "period" in known and nouns else ("", [])


def is_period(text: str) -> bool:
    """Whether a header names a period; of a year or not: 2021, 2021-Q2, 一季度, 3月."""
    name = text.strip()
    return bool(name) and (
        period(name).days is not None
        or (not name.isdigit() and period(f"2000年{name}").days is not None)
    )


def unfolded(row: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[Mapping[str, str]]:
    """The rows of a list that a row stands for: itself, or one a column. Raises WideError."""
    meaning, names = columns(row, vocabulary)
    if not meaning:
        yield row
        return
    rest = {name: text for name, text in row.items() if name not in names}
    for name in names:
        if row[name].strip():
            yield {**rest, meaning: name, "value": row[name]}
