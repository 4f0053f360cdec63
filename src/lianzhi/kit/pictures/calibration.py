"""A picture of calibration: observed share by predicted share."""

from collections.abc import Sequence
from html import escape

from lianzhi.stats.calibration import Tenth

#: Width of the picture, and its margin.
_SIZE, _MARGIN = 320, 40


def calibration_picture(tenths: Sequence[Tenth], label: str, predicted: str, observed: str) -> str:
    """SVG: observed share by predicted share, a dot with its interval for each tenth; on the
    diagonal both are the same."""
    span = _SIZE - 2 * _MARGIN

    def across(share: float) -> float:
        return round(_MARGIN + span * share, 1)

    def up(share: float) -> float:
        return round(_SIZE - _MARGIN - span * share, 1)

    dots = "".join(
        f'<line x1="{across(t.predicted)}" x2="{across(t.predicted)}" y1="{up(t.interval.lo)}"'
        f' y2="{up(t.interval.hi)}" stroke="currentColor"/>'
        f'<circle cx="{across(t.predicted)}" cy="{up(t.happened / t.cases)}" r="3.5"'
        ' fill="currentColor"/>'
        for t in tenths
    )
    ticks = "".join(
        f'<text x="{across(share)}" y="{_SIZE - _MARGIN + 16}" text-anchor="middle">{share:.0%}'
        f'</text><text x="{_MARGIN - 6}" y="{up(share) + 4}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.5, 1.0)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" font-size="11"'
        f' font-family="sans-serif" role="img" aria-label="{escape(label)}">'
        f'<line x1="{across(0)}" x2="{across(1)}" y1="{up(0)}" y2="{up(1)}" stroke="#888"'
        f' stroke-dasharray="4 3"/>{dots}<g fill="currentColor">{ticks}'
        f'<text x="{_SIZE / 2}" y="{_SIZE - 6}" text-anchor="middle">'
        f"{escape(predicted)}</text>"
        f'<text x="{_MARGIN}" y="16">{escape(observed)}</text></g></svg>\n'
    )
