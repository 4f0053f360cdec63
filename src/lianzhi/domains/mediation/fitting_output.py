"""What fitted weights are written as: a dated policy file."""

import datetime as dt

from lianzhi.domains.mediation.fitting import Fitted


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
