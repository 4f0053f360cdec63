"""`lianzhi text`: how a text is read."""

import click
from rich.cells import cell_len
from rich.console import Console

from lianzhi.cli.common import out
from lianzhi.text import assess
from lianzhi.text.views import Views, syllable_of, views

#: Tokens in a row, where the terminal has room.
_LONGEST_TEXT = 10_000
_GAP = 2


@click.group()
def text() -> None:
    """How texts are read."""


@text.command()
@click.argument("words")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(words: str, as_json: bool) -> None:
    """Draw the views of WORDS aligned under the original, and what was found where."""
    if len(words) > _LONGEST_TEXT:
        raise click.BadParameter(f"it has {len(words)} characters; give {_LONGEST_TEXT} at most")
    seen, found = views(words), assess(words)
    if as_json:
        out(
            {
                "tokens": _tokens(words, seen),
                "offence": round(found.offence, 4),
                "kinds": {kind: round(score, 4) for kind, score in found.kinds.items()},
                "counter_speech": round(found.counter_speech, 4),
                "spans": [span._asdict() for span in found.spans],
            }
        )
        return
    for line in _drawn(words, seen, Console().width):
        click.echo(line)
    click.echo(f"offence {found.offence:.2f}  counter_speech {found.counter_speech:.2f}")
    for kind, score in sorted(found.kinds.items(), key=lambda one: -one[1]):
        click.echo(f"{kind} {score:.2f}")
    for span in found.spans:
        click.echo(f"  {span.start}-{span.end} {span.kind}: {words[span.start : span.end]}")


def _tokens(words: str, seen: Views) -> list[dict[str, object]]:
    return [
        {
            "start": start,
            "end": end,
            "original": words[start:end],
            "surface": syllable_of(surface),
            "syllable": syllable_of(syllable),
            "initial": initial,
            "shape": syllable_of(shape),
        }
        for surface, syllable, initial, shape, start, end in zip(*seen, strict=True)
    ]


def _drawn(words: str, seen: Views, width: int) -> list[str]:
    """The rows, a few tokens at a time so that they fit into the width."""
    names = ("original", "surface", "syllable", "initial", "shape")
    head = max(map(len, names)) + _GAP
    lines: list[str] = []
    columns = [[_shown(str(token[name])) for name in names] for token in _tokens(words, seen)]
    while columns:
        room, many = width - head, 0
        for column in columns:
            room -= max(map(cell_len, column)) + _GAP
            if room < 0 and many:
                break
            many += 1
        for row, name in enumerate(names):
            cells = (_padded(column[row], max(map(cell_len, column))) for column in columns[:many])
            lines.append((name.ljust(head) + (" " * _GAP).join(cells)).rstrip())
        lines.append("")
        columns = columns[many:]
    return lines


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else f"<{ord(char):x}>" for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
