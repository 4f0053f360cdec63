"""Sentences about causes and the effect of notes: what figures say, and what they do not."""

from math import isnan

from lianzhi.domains.mediation.learning.effect import Effect
from lianzhi.domains.mediation.words import words
from lianzhi.kit.figure_sentences import per_cent, times
from lianzhi.stats.rate_ratio import RateRatio
from lianzhi.stats.recurring import Cause


def cause_sentence(cause: Cause, language: str) -> str:
    """The verdict on a cause, with how many times as often it comes up as others."""
    figures = {"n": f"{cause.parties}"}
    if cause.ratio is not None:
        figures |= _limits(cause.ratio)
    return words(language).gettext(f"note_cause.{cause.verdict}") % figures


def rate_text(count: int, exposure: float, limits: tuple[float, float], unit: str) -> str:
    """A rate with its interval: parties per 100 cases, or per 30 days."""
    scale = 1.0 if unit == "cases" else 30.0
    if unit == "cases":
        lo, hi = (per_cent(limit) for limit in limits)
        return f"{per_cent(count / exposure)} ({lo}–{hi})"
    lo, hi = (times(limit * scale) for limit in limits)
    return f"{times(count / exposure * scale)} ({lo}–{hi})"


def effect_sentences(effect: Effect, language: str) -> tuple[str, ...]:
    """How the addressed changed, how the others did, and what both together say."""
    gettext = words(language).gettext
    return (
        gettext("note_effect.addressed") % _limits(effect.addressed),
        gettext(f"note_effect.{effect.control}") % _limits(effect.others),
        gettext(f"note_effect.{effect.verdict}") % _limits(effect.ratio),
    )


def _limits(ratio: RateRatio) -> dict[str, str]:
    value = "–" if isnan(ratio.value) else times(ratio.value)
    return {"ratio": value, "lo": times(ratio.lo), "hi": times(ratio.hi)}
