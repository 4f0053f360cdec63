"""Wording of what changed with a lesson: rates per month, interval, what stays open."""

from collections.abc import Mapping

from babel.support import Translations

from lianzhi.domains.counsel.guidance.effect import Effect
from lianzhi.kit.figure_sentences import joined, limits_sentence, times
from lianzhi.stats.rate_ratio import RateRatio

_MONTH = 30.4375


def effect_sentences(effects: Mapping[str, Effect | None], catalogue: Translations) -> list[str]:
    """A text for each thing that was counted."""
    return [_effect_text(source, each, catalogue) for source, each in effects.items()]


def _effect_text(source: str, effect: Effect | None, catalogue: Translations) -> str:
    gettext = catalogue.gettext
    named = {"source": gettext(f"lesson_source.{source}")}
    if effect is None:
        return gettext("lesson.too_early") % named
    for side, count, days in (
        ("before", effect.before, effect.before_days),
        ("after", effect.after, effect.after_days),
    ):
        named |= {side: f"{count:,}", f"{side}_days": f"{days:,}"}
        named[f"{side}_month"] = f"{count / days * _MONTH:.1f}"
    parts = [
        gettext("lesson.effect") % named,
        limits_sentence(effect.ratio, effect.level, catalogue),
        gettext("lesson.others") % _limits(effect.others, effect.level),
        gettext(f"lesson_relative.{effect.verdict}")
        % {**_limits(effect.relative, effect.level), "ratio": times(effect.relative.value)},
        gettext("lesson.caveat"),
    ]
    return joined(parts, catalogue)


def _limits(ratio: RateRatio, level: float) -> dict[str, str]:
    return {"lo": times(ratio.lo), "hi": times(ratio.hi), "level": f"{100 * level:g}"}
