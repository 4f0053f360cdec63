"""Figures as sentences: what a change or a share says, and what it does not.

For pages, terminals and papers of every domain. `catalogue` has the words of `lianzhi.kit`.
"""

from collections.abc import Sequence
from functools import reduce
from math import inf

from babel.support import Translations

from lianzhi.stats.intervals import clopper_pearson
from lianzhi.stats.rate_change import RateChange
from lianzhi.stats.rate_ratio import RateRatio


def change_sentence(change: RateChange, catalogue: Translations) -> str:
    """Growth in per cent, the interval of the ratio, and whether it differs from no change.

    Says so where effort is not known: more effort finds more as well.
    """
    gettext = catalogue.gettext
    counts = {"before": f"{change.before:,}", "after": f"{change.after:,}"}
    if change.before:
        text = gettext("figure_sentence.growth") % {**counts, "growth": growth(change.ratio)}
    else:
        text = gettext("figure_sentence.no_base") % counts
    parts = [text, limits_sentence(change.ratio, change.level, catalogue)]
    if change.effort is None or change.per_effort is None:
        parts.append(gettext("figure_sentence.no_effort"))
    else:
        before, after = change.effort
        named = {"before": f"{before:,g}", "after": f"{after:,g}"}
        named["growth"] = signed_per_cent(after / before - 1)
        parts.append(gettext("figure_sentence.effort") % named)
        if change.before:
            parts.append(
                gettext("figure_sentence.per_effort") % {"growth": growth(change.per_effort)}
            )
        parts.append(limits_sentence(change.per_effort, change.level, catalogue))
    return joined(parts, catalogue)


def share_sentence(hits: int, n: int, catalogue: Translations, level: float = 0.95) -> str:
    """A share with its exact interval (Clopper-Pearson); of 0 hits, that there may be some.

    Raises ValueError for more hits than `n`, and for an `n` of 0.
    """
    if n < 1:
        raise ValueError(f"n is {n}; give 1 or more")
    lo, hi = clopper_pearson(hits, n, level)
    figures = {"hits": f"{hits:,}", "n": f"{n:,}", "level": f"{100 * level:g}"}
    figures |= {"share": per_cent(hits / n), "lo": per_cent(lo), "hi": per_cent(hi)}
    key = "figure_sentence.none_seen" if hits == 0 else "figure_sentence.share"
    return catalogue.gettext(key) % figures


def joined(sentences: Sequence[str], catalogue: Translations) -> str:
    """Sentences one after another, as the language sets them: Chinese without a blank."""
    pair = catalogue.gettext("figure_sentence.pair")
    return reduce(lambda first, next_: pair % {"first": first, "next": next_}, sentences)


def growth(ratio: RateRatio) -> str:
    """`+114 %` of a ratio that is finite."""
    return signed_per_cent(ratio.value - 1)


def signed_per_cent(share: float) -> str:
    """`+114 %`, `−5 %`, `0 %`."""
    whole = round(100 * share)
    sign = "+" if whole > 0 else "−" if whole < 0 else ""
    return f"{sign}{abs(whole):,} %"


def per_cent(share: float) -> str:
    """A share from 0 to 1 in per cent, to two significant digits at least: `0.46 %`, `12.3 %`."""
    value = 100 * share
    places = 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:.{places}f}".rstrip("0").rstrip(".") + " %" if value else "0 %"


def times(value: float) -> str:
    """A ratio to about three digits: `0.82`, `42.1`, `1,200`; `∞` without end."""
    if value == inf:
        return "∞"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def limits_sentence(ratio: RateRatio, level: float, catalogue: Translations) -> str:
    """The interval of a ratio, and its side of 1."""
    side = "more" if ratio.lo > 1 else "less" if ratio.hi < 1 else "alike"
    figures = {"lo": times(ratio.lo), "hi": times(ratio.hi), "level": f"{100 * level:g}"}
    return catalogue.gettext(f"figure_sentence.{side}") % figures
