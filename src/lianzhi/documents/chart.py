"""Chart of the events of a case over time, as an SVG for page and print."""

import datetime as dt
from collections.abc import Sequence
from html import escape

import msgspec

from lianzhi.documents.format import DAY, HOUR, MINUTE, moment

WIDTHS = (
    *(MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY),
)
BARS, TICKS = 72, 7
_W, _H, _LEFT, _RIGHT, _BOTTOM, _ROW = 720, 210, 34, 10, 26, 14
_SIZE = 10.5
_INK, _QUIET, _LINE = "#1d2430", "#5b6675", "#d5dae1"
_OTHER, _HARMFUL = "#b4c0cf", "#35465c"
_MARKS = {"act": "#b3261e", "warn": "#9a5b00", "watch": "#5b6675"}
_DONE = "#1c6b57"


class Mark(msgspec.Struct, frozen=True):
    """A marked moment; `key` is a stage, `protected` or `closed`."""

    at: int
    key: str
    label: str


class Bins(msgspec.Struct, frozen=True):
    """Events counted in [since + n * width, since + (n + 1) * width)."""

    since: int
    width: int
    all: tuple[int, ...]
    harmful: tuple[int, ...]


def bins(times: Sequence[int], harmful: Sequence[int], marks: Sequence[int], offset: int) -> Bins:
    """Counts from shortly before the first event or mark to shortly after the last.

    Intervals begin at round times of the zone that is `offset` milliseconds ahead of UTC.
    """
    first, last = min((*times, *marks)), max((*times, *marks))
    margin = max(5 * MINUTE, (last - first) // 20)
    since, until = first - margin, last + margin
    width = next((w for w in WIDTHS if (until - since) / w <= BARS), WIDTHS[-1])
    since = (since + offset) // width * width - offset
    count = min(-(-(until - since) // width), 10 * BARS)
    every, bad = [0] * count, [0] * count
    for at, harm in zip(times, harmful, strict=True):
        place = min((at - since) // width, count - 1)
        every[place] += 1
        bad[place] += harm
    return Bins(since, width, tuple(every), tuple(bad))


def draw(bins: Bins, marks: Sequence[Mark], key: tuple[str, str], alt: str, zone: dt.tzinfo) -> str:
    """The chart as SVG. `key` names harmful and other events; `alt` is its text alternative."""
    rows = _rows(bins, marks)
    top = _SIZE * 1.8 + _ROW * (1 + max((row for _, row in rows), default=-1))
    floor, most = _H - _BOTTOM, max(1, *bins.all)
    step = (_W - _LEFT - _RIGHT) / len(bins.all)
    parts = [*_scale(most, top, floor), *_ticks(bins, step, floor, zone)]
    for n, (every, bad) in enumerate(zip(bins.all, bins.harmful, strict=True)):
        for count, fill in ((every, _OTHER), (bad, _HARMFUL)):
            if count:
                tall = (floor - top) * count / most
                parts.append(
                    f'<rect x="{_LEFT + n * step + step * 0.08:.2f}" y="{floor - tall:.2f}" '
                    f'width="{step * 0.84:.2f}" height="{tall:.2f}" fill="{fill}"/>'
                )
    for mark, (x, row) in zip(marks, rows, strict=True):
        color, y = _MARKS.get(mark.key, _DONE), _SIZE * 1.8 + _ROW * row
        anchor = "end" if x > _W * 0.72 else "start"
        parts.append(
            f'<path d="M{x:.2f} {y:.2f}V{floor}" stroke="{color}" stroke-width="1.2"/>'
            + _text(x + (-4 if anchor == "end" else 4), y + _SIZE, mark.label, color, anchor)
        )
    x = float(_LEFT)
    for label, fill in zip(key, (_HARMFUL, _OTHER), strict=True):
        parts.append(f'<rect x="{x:.2f}" y="2" width="9" height="9" fill="{fill}"/>')
        parts.append(_text(x + 13, _SIZE, label, _QUIET))
        x += 30 + _breadth(label)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_W} {_H}" role="img" '
        f'aria-label="{escape(alt)}" font-family="Lianzhi Sans, Noto Sans CJK SC, Noto Sans SC, '
        f'PingFang SC, Microsoft YaHei, sans-serif" font-size="{_SIZE}">{"".join(parts)}</svg>'
    )


def _rows(bins: Bins, marks: Sequence[Mark]) -> list[tuple[float, int]]:
    """(x, row of the label) of each mark; labels in a row do not touch."""
    scale = (_W - _LEFT - _RIGHT) / (bins.width * len(bins.all))
    placed: list[tuple[float, int]] = []
    occupied: list[list[tuple[float, float]]] = []
    for mark in marks:
        x, wide = _LEFT + (mark.at - bins.since) * scale, _breadth(mark.label) + 14
        span = (x - wide, x) if x > _W * 0.72 else (x, x + wide)
        free = (all(span[1] <= a or b <= span[0] for a, b in row) for row in occupied)
        row = next((n for n, fits in enumerate(free) if fits), len(occupied))
        if row == len(occupied):
            occupied.append([])
        occupied[row].append(span)
        placed.append((x, row))
    return placed


def _scale(most: int, top: float, floor: int) -> list[str]:
    lines = []
    for count in sorted({0, most // 2, most} if most > 1 else {0, most}):
        y = floor - (floor - top) * count / most
        lines.append(f'<path d="M{_LEFT} {y:.2f}H{_W - _RIGHT}" stroke="{_LINE}"/>')
        lines.append(_text(_LEFT - 6, y + 3.5, f"{count:,}", _QUIET, "end"))
    return lines


def _ticks(bins: Bins, step: float, floor: int, zone: dt.tzinfo) -> list[str]:
    whole = bins.width * len(bins.all)
    apart = next((w for w in WIDTHS if whole / w <= TICKS), whole)
    offset = int(moment(bins.since, zone).utcoffset().total_seconds() * 1000)  # type: ignore[union-attr]
    form = "%H:%M" if whole <= DAY else "%m-%d %H:%M" if bins.width < DAY else "%Y-%m-%d"
    parts = []
    first = -(-(bins.since + offset) // apart) * apart - offset
    for at in range(first, bins.since + whole, apart):
        x = _LEFT + (at - bins.since) / bins.width * step
        label = moment(at, zone).strftime(form)
        if x + _breadth(label) / 2 > _W:
            continue
        parts.append(f'<path d="M{x:.2f} {floor}v4" stroke="{_QUIET}"/>')
        parts.append(_text(x, floor + 16, label, _QUIET, "middle"))
    return parts


def _text(x: float, y: float, text: str, fill: str = _INK, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _breadth(text: str) -> float:
    return sum(_SIZE if ord(char) > 0x2E7F else _SIZE * 0.56 for char in text)
