"""What is said of a campaign as sentences, for page and terminal."""

import datetime as dt
from math import isfinite

from babel.support import Translations

from lianzhi.stats.campaign.change import Change
from lianzhi.stats.campaign.displacement import Displacement
from lianzhi.stats.campaign.history import PeakPath
from lianzhi.stats.campaign.rebound import ReboundWatch
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
        lines += [phrase("judged.change", level=f"{level:.0%}", **_figures(judgement.change))]
        lines += [phrase("judged.detectable", fall=f"{judgement.change.detectable_fall:.0%}")]
    if (ratio := judgement.prevalence) is not None:
        figures = {"change": _percent(ratio.value), "lo": _percent(ratio.lo)}
        figures["hi"] = _percent(ratio.hi)
        lines.append(phrase("judged.prevalence", level=f"{level:.0%}", **figures))
    return lines + [phrase(f"judged.reason.{reason}") for reason in judgement.reasons]


def displacement_sentences(moved: Displacement, catalogue: Translations) -> list[str]:
    """Whether the harm moved to neighbours, how much, and to which."""
    if not moved.shown:
        blind = not moved.detectable_share <= 1
        key = "judged.moved.blind" if blind else "judged.moved.none"
        return [str(catalogue.gettext(key)) % {"detectable": f"{moved.detectable_share:.0%}"}]
    shares = {"share": moved.share, "lo": moved.lo, "hi": moved.hi}
    figures = {name: f"{each:.0%}" if isfinite(each) else "?" for name, each in shares.items()}
    text = str(catalogue.gettext("judged.moved.shown"))
    lines = [text % {"excess": f"{moved.excess:,.0f}", **figures}]
    if moved.named:
        names = str(catalogue.gettext("list.and")).join(_kind(n, catalogue) for n in moved.named)
        lines.append(str(catalogue.gettext("judged.moved.named")) % {"names": names})
    return lines


def _kind(name: str, catalogue: Translations) -> str:
    """A neighbour in words where it is a kind of finding; else as it is called."""
    key = f"kind.{name}"
    text = str(catalogue.gettext(key))
    return name if text == key else text


def peak_sentence(path: PeakPath, catalogue: Translations) -> str:
    """How earlier peaks as high went on by themselves."""
    last = {"mean": path.mean[-1], "lo": path.lo[-1], "hi": path.hi[-1]}
    named = {"peaks": str(len(path.peaks)), "weeks": str(len(path.mean))}
    shares = {name: f"{each:.0%}" for name, each in last.items()}
    return str(catalogue.gettext("judged.peaks")) % {**named, **shares}


def rebound_sentence(
    watched: ReboundWatch, first: dt.date, window: int, catalogue: Translations
) -> str:
    """Whether the harm came back; `first` is the day on which week 0 begins, `window` the weeks
    within which a return is looked for."""
    if watched.alarm is not None:
        week = first + dt.timedelta(weeks=watched.alarm)
        return str(catalogue.gettext("judged.rebound.alarm")) % {"week": str(week)}
    named = {"weeks": str(watched.weeks), "window": str(window), "power": f"{watched.power:.0%}"}
    return str(catalogue.gettext("judged.rebound.calm")) % named


def _figures(change: Change) -> dict[str, str]:
    return {
        "change": _percent(change.value),
        "lo": _percent(change.lo),
        "hi": _percent(change.hi),
    }


def _percent(ratio: float) -> str:
    """A ratio as a signed change: -40%, +12%."""
    if not isfinite(ratio):
        return "?"
    change = (ratio - 1) * 100
    return f"{change:+.0f}%" if abs(change) >= 10 else f"{change:+.1f}%"
