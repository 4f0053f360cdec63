"""`lianzhi text`: how a text is read."""

import sys
from collections import Counter
from pathlib import Path

import click
from rich.cells import cell_len
from rich.console import Console

from lianzhi.cli.common import NO, fail, out
from lianzhi.cli.text_assess import assess as assess_command
from lianzhi.text import assess
from lianzhi.text.checking import WRONG, Remark, check
from lianzhi.text.entries import KINDS, ROLES, Lexicon
from lianzhi.text.lexicons import File, LexiconError, build, read
from lianzhi.text.views import Views, syllable_of, views

#: Tokens in a row, where the terminal has room.
_LONGEST_TEXT = 10_000
_GAP = 2


_FILES = click.Path(exists=True, path_type=Path)
#: How a remark on a file is said.
_REMARKS = {
    "missed": "the example “{what}” is not caught: mend it or the entries",
    "excused": "“{what}” is an innocent word, so it never counts: take it out",
    "collides": "“{what}” stands in “{other}”: list such words as innocent",
    "short": "“{what}” is one character, which stands in many words",
    "known": "“{what}” is shipped already",
    "elsewhere": "“{what}” is shipped as {other}",
    "twice": "“{what}” is listed before, in {other}",
}


@click.group()
def text() -> None:
    """How texts are read."""


@text.command()
@click.argument("words")
@click.option("--lexicon", "path", type=_FILES, help="A file or folder of entries of your own.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(words: str, path: Path | None, as_json: bool) -> None:
    """Draw the views of WORDS aligned under the original, and what was found where."""
    if len(words) > _LONGEST_TEXT:
        raise click.BadParameter(f"it has {len(words)} characters; give {_LONGEST_TEXT} at most")
    try:
        own = build({} if path is None else read(path))
    except LexiconError as error:
        fail(str(error))
    seen, found = views(words), assess(words, own)
    if as_json:
        out(
            {
                "tokens": _tokens(words, seen),
                "offence": round(found.offence, 4),
                "kinds": {kind: round(score, 4) for kind, score in found.kinds.items()},
                "counter_speech": round(found.counter_speech, 4),
                "spans": [span._asdict() for span in found.spans],
                "restored": [one._asdict() for one in found.restored],
                "shadow": [span._asdict() for span in found.shadow],
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
    for one in found.restored:
        written = words[one.start : one.end]
        click.echo(
            f"  {one.start}-{one.end} {one.view}: {written} for {one.form}, "
            f"cost {one.cost:.1f}, log-odds {one.odds:.1f}"
        )
    for hit in found.shadow:
        click.echo(f"  {hit.start}-{hit.end} {hit.kind}, in shadow: {words[hit.start : hit.end]}")


text.add_command(assess_command)


@text.group()
def lexicon() -> None:
    """Entries by kind of harm: those shipped, and files of your own."""


@lexicon.command("check")
@click.argument("path", metavar="FILE|FOLDER", type=_FILES)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check_command(path: Path, as_json: bool) -> None:
    """Look over a lexicon of your own before it is used.

    Exit code 1: it can't be used, misses an example of its own, or has an entry that never counts.
    """
    try:
        files = read(path)
        built, remarks = build(files), check(files)
    except LexiconError as error:
        if as_json:
            out({"error": str(error)})
        else:
            click.echo(error)
        sys.exit(NO)
    wrong = [remark for remark in remarks if remark.code in WRONG]
    if as_json:
        out({"version": built.version, "remarks": [remark._asdict() for remark in remarks]})
    else:
        for remark in remarks:
            click.echo(_said(remark))
        click.echo(f"{_terms(files)} entries in {len(files)} files; to mend: {len(wrong)}")
    sys.exit(NO if wrong else 0)


@lexicon.command("show")
@click.argument("paths", metavar="[FILE|FOLDER]...", nargs=-1, type=_FILES)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show_command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Count the entries that are shipped, with files of your own, and tell the version."""
    files: dict[str, File] = {}
    try:
        for path in paths:
            files |= read(path)
        built = build(files)
    except LexiconError as error:
        fail(str(error))
    rows = _counted(built)
    if as_json:
        out({"version": built.version, "kinds": rows})
        return
    click.echo(f"version {built.version}")
    for kind, row in rows.items():
        counts = "  ".join(f"{name} {count:,}" for name, count in row.items() if count)
        click.echo(f"{kind:<20}{counts}")


def _said(remark: Remark) -> str:
    mark = "mend" if remark.code in WRONG else "look"
    said = _REMARKS[remark.code].format(what=remark.what, other=remark.other)
    return f"{mark}  {remark.file}: {said}"


def _terms(files: dict[str, File]) -> int:
    return sum(len(group.terms) for file in files.values() for group in file.group)


def _counted(built: Lexicon) -> dict[str, dict[str, int]]:
    """Entries by kind; those in shadow apart."""
    states = zip(built.role.tolist(), built.shadow.tolist(), strict=True)
    counts = Counter((ROLES[role], shadow) for role, shadow in states)
    return {
        kind: {"active": counts[kind, False], "shadow": counts[kind, True]}
        for kind in (*KINDS, "counter_speech", "innocent")
    }


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
