"""Advice on events that came late: how many, how late, and what to do about it."""

DAY_MS = 86_400_000


def late_advice(late: int, behind_ms: int) -> str:
    """What became of `late` events, the oldest `behind_ms` behind what is judged, and the mend."""
    age = f"{behind_ms / DAY_MS:.1f} days" if behind_ms >= DAY_MS else f"{behind_ms / 1000:,.0f} s"
    summary = (
        f"{late:,} came late, by up to {age}: they are kept but not judged, as they lie before "
        "what was judged already; "
    )
    if behind_ms >= DAY_MS:
        return summary + (
            "a file of the past is judged by `lianzhi watch FILE --home NEW`, in a home of its "
            "own, sorted by time"
        )
    return (
        summary + "send events in order of time, or raise `lateness_seconds` (`watch`: --lateness)"
    )
