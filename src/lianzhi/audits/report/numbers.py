"""Figures as reports and terminals print them."""

from math import isnan

from lianzhi.stats.intervals import Interval


def points(share: float, places: int = 1) -> str:
    """Hundredths, with a minus as long as a plus: `−3.1` of -0.031."""
    text = f"{100 * share:.{places}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def with_limits(share: float, limits: Interval, places: int = 1) -> str:
    """A figure with its interval, in hundredths: `−3.1 (−5.0 – −1.2)`."""
    ends = " – ".join(points(end, places) for end in limits)
    return f"{points(share, places)} ({ends})"


def p_text(p: float | None) -> str:
    """`0.032`, `<0.0001`; empty for none."""
    if p is None:
        return ""
    return "<0.0001" if p < 1e-4 else f"{p:.2g}"


def per_cent(share: float) -> str:
    """`32.1 %`; a dash for a share of nobody."""
    return "–" if isnan(share) else f"{100 * share:.1f} %"
