"""The verdict on a campaign as sentences, for page and terminal."""

from babel.support import Translations

from lianzhi.stats.campaign.change import Change
from lianzhi.stats.campaign.verdict import Judgement


def sentences(judgement: Judgement, catalogue: Translations, level: float) -> list[str]:
    """Verdicts, figures and reasons, a sentence each, in the catalogue's language."""

    def phrase(key: str, **named: str) -> str:
        return str(catalogue.gettext(key)) % named

    lines = [
        phrase(f"judged.detected.{judgement.detected}"),
        phrase(f"judged.harm.{judgement.harm}"),
    ]
    if judgement.change is not None:
        figures = _figures(judgement.change)
        lines += [phrase("judged.change", level=f"{level:.0%}", **figures)]
        lines += [phrase("judged.detectable", fall=f"{judgement.change.detectable_fall:.0%}")]
    if (ratio := judgement.prevalence) is not None:
        figures = {"change": _percent(ratio.value), "lo": _percent(ratio.lo)}
        figures["hi"] = _percent(ratio.hi)
        lines.append(phrase("judged.prevalence", level=f"{level:.0%}", **figures))
    return lines + [phrase(f"judged.reason.{reason}") for reason in judgement.reasons]


def _figures(change: Change) -> dict[str, str]:
    return {
        "change": _percent(change.value),
        "lo": _percent(change.lo),
        "hi": _percent(change.hi),
    }


def _percent(ratio: float) -> str:
    """A ratio as a signed change: -40 %, +12 %."""
    change = round((ratio - 1) * 100, 1) if ratio < 1e6 else ratio
    return f"{change:+.0f} %" if abs(change) >= 10 else f"{change:+.1f} %"
