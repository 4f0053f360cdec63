"""What fitted weights are written as: a dated policy file, and a picture of their calibration."""

import datetime as dt
from collections.abc import Callable

from lianzhi.domains.mediation.fitting import Fitted

#: Width of the picture, and its margin.
_SIZE, _MARGIN = 320, 40


def policy_text(fitted: Fitted, day: dt.date) -> str:
    """The policy as TOML that `policy/warning` is read from."""
    area, gain = fitted.fitted.area, fitted.gain
    policy = fitted.policy
    lines = [
        f"# Weights of early warnings from {day}, fitted to {fitted.earlier} past cases.",
        f"# On {fitted.later} later cases: area under the ROC curve {area.value:.3f}"
        f" ({area.lo:.3f} to {area.hi:.3f}),",
        f"# {gain.value:.3f} ({gain.lo:.3f} to {gain.hi:.3f}) more than by the weights before.",
        "",
        f"least_like_cases = {policy.least_like_cases}",
        "",
        "[levels]",
        f"watch = {policy.levels.watch}",
        f"act = {policy.levels.act}",
    ]
    for weight in policy.points:
        lines += ["", "[[points]]", f'key = "{weight.key}"', f"least = {weight.least}"]
        lines += [f"weight = {weight.weight}"]
        lines += [f"each = {weight.each}"] if weight.each else []
        lines += [f"most = {weight.most}"] if weight.most is not None else []
    return "\n".join((*lines, ""))


def calibration_picture(fitted: Fitted, gettext: Callable[[str], str]) -> str:
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
        f'<circle cx="{across(t.predicted)}" cy="{up(t.disputed / t.cases)}" r="3.5"'
        ' fill="currentColor"/>'
        for t in fitted.fitted.tenths
        if t.cases
    )
    ticks = "".join(
        f'<text x="{across(share)}" y="{_SIZE - _MARGIN + 16}" text-anchor="middle">{share:.0%}'
        f'</text><text x="{_MARGIN - 6}" y="{up(share) + 4}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.5, 1.0)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" font-size="11"'
        f' font-family="sans-serif" role="img" aria-label="{gettext("warning_fit.picture")}">'
        f'<line x1="{across(0)}" x2="{across(1)}" y1="{up(0)}" y2="{up(1)}" stroke="#888"'
        f' stroke-dasharray="4 3"/>{dots}<g fill="currentColor">{ticks}'
        f'<text x="{_SIZE / 2}" y="{_SIZE - 6}" text-anchor="middle">'
        f"{gettext('warning_fit.predicted')}</text>"
        f'<text x="{_MARGIN}" y="16">{gettext("warning_fit.observed")}</text></g></svg>\n'
    )
