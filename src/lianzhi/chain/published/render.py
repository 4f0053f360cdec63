"""Renders results of checks in Chinese and English."""

import msgspec

from lianzhi.chain.published.catalogue import catalogue
from lianzhi.chain.published.figures import Cited, Need, Result

#: Figures that are named, of many.
_NAMED = 6


class ResultText(msgspec.Struct, frozen=True):
    """A result rendered for a reader."""

    severity: str
    text: str
    needs: tuple[str, ...] = ()
    """What figures would have to be, and which printed ones would fit."""
    explains: tuple[str, ...] = ()
    """What may innocently explain it."""


def phrase(key: str, language: str, **named: object) -> str:
    """A phrase of the surface around results."""
    return catalogue().phrases[key].say(language).format(**named)


def severity(key: str, language: str) -> str:
    """What a severity is called."""
    return catalogue().severities[key].say(language)


def name(figure: Cited, language: str) -> str:
    """What a figure is called: ours in the language, another's as printed."""
    return figure.zh if language == "zh" else figure.en


def describe(result: Result, language: str) -> ResultText:
    """The result in `zh` or `en`. Raises ValueError for another language."""
    text = catalogue().results[result.key].say(language)
    several = len({figure.period for figure in result.figures}) > 1
    labels = [
        _dated(figure, language) if several else name(figure, language) for figure in result.figures
    ]
    return ResultText(
        severity=severity(result.severity, language),
        text=text.format(*labels, rest=_joined(labels[1:], language), **result.named),
        needs=(
            *(_need(need, language) for need in result.needs),
            *(
                phrase(
                    "fit", language, part=name(fit.part, language), whole=name(fit.whole, language)
                )
                for fit in result.fits
            ),
        ),
        explains=tuple(words.say(language) for words in result.explanations),
    )


def _dated(figure: Cited, language: str) -> str:
    if not figure.period:
        return name(figure, language)
    return phrase("dated", language, name=name(figure, language), period=figure.period)


def _joined(labels: list[str], language: str) -> str:
    shown = labels[:_NAMED]
    if len(labels) > _NAMED:
        shown.append(phrase("others", language, n=len(labels) - _NAMED))
    return phrase("joined", language).join(shown)


def _need(need: Need, language: str) -> str:
    text = catalogue().needs[need.key].say(language)
    return text.format(figure=name(need.figure, language), range=_range(need, language))


def _range(need: Need, language: str) -> str:
    if need.none or need.lo is None:
        key = "none"
    elif need.hi is None:
        key = "least"
    else:
        key = "one" if need.lo == need.hi else "between"
    lo, hi = (f"{end:,}" if end is not None else "" for end in (need.lo, need.hi))
    return catalogue().ranges[key].say(language).format(lo=lo, hi=hi)
