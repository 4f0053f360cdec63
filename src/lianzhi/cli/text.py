"""`lianzhi text`: how texts are analysed."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.cells import cell_len
from rich.console import Console

from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.cli.text_assess import assess as assess_command
from lianzhi.kit.terminal import print_json
from lianzhi.text import Assessment, assess
from lianzhi.text.evidence.alignment import Block, Token, align, tokens
from lianzhi.text.evidence.spans import SURFACE, Span, localised
from lianzhi.text.lexicon.entries import KINDS, ROLES, Lexicon
from lianzhi.text.lexicon.lexicons import File, LexiconError, build, read
from lianzhi.text.lexicon_check import WRONG, Remark, check

_LONGEST_TEXT = 10_000
#: Rows of the displayed text.
_VIEWS = ("surface", "syllable", "initial", "shape")
_ROWS = ("original", "found", "meant", *_VIEWS)
_GAP = "  "
#: Mark under tokens in which something was found.
_MARK = "~"


_FILES = click.Path(exists=True, path_type=Path)
#: Wording of the remarks on a lexicon file.
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
    """Draw how WORDS are read: under the original what was found, what is meant, and the views."""
    if len(words) > _LONGEST_TEXT:
        raise click.BadParameter(f"it has {len(words)} characters; give {_LONGEST_TEXT} at most")
    try:
        own = build({} if path is None else read(path))
    except LexiconError as error:
        fail(str(error))
    seen, assessment = tokens(words), assess(words, own)
    if as_json:
        print_json(
            {
                "tokens": [token._asdict() for token in seen],
                "offence": round(assessment.offence, 4),
                "kinds": {kind: round(score, 4) for kind, score in assessment.kinds.items()},
                "counter_speech": round(assessment.counter_speech, 4),
                "spans": [span._asdict() for span in assessment.spans],
                "restored": [restoration._asdict() for restoration in assessment.restored],
                "shadow": [span._asdict() for span in assessment.shadow],
            }
        )
        return
    for line in (*_drawn(seen, assessment, Console().width), *_listed(words, assessment)):
        click.echo(line)


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
            print_json({"error": str(error)})
        else:
            click.echo(error)
        sys.exit(NO)
    wrong = [remark for remark in remarks if remark.code in WRONG]
    if as_json:
        print_json({"version": built.version, "remarks": [remark._asdict() for remark in remarks]})
    else:
        for remark in remarks:
            click.echo(_message(remark))
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
        print_json({"version": built.version, "kinds": rows})
        return
    click.echo(f"version {built.version}")
    for kind, row in rows.items():
        counts = "  ".join(f"{name} {count:,}" for name, count in row.items() if count)
        click.echo(f"{kind:<20}{counts}")


def _message(remark: Remark) -> str:
    mark = "mend" if remark.code in WRONG else "look"
    text = _REMARKS[remark.code].format(what=remark.what, other=remark.other)
    return f"{mark}  {remark.file}: {text}"


def _terms(files: dict[str, File]) -> int:
    return sum(len(group.terms) for file in files.values() for group in file.group)


def _counted(built: Lexicon) -> dict[str, dict[str, int]]:
    """Number of entries by kind; those in shadow separately."""
    states = zip(built.role.tolist(), built.shadow.tolist(), strict=True)
    counts = Counter((ROLES[role], shadow) for role, shadow in states)
    return {
        kind: {"active": counts[kind, False], "shadow": counts[kind, True]}
        for kind in (*KINDS, "counter_speech", "innocent")
    }


def _drawn(seen: list[Token], assessment: Assessment, width: int) -> Iterator[str]:
    """The rows, in groups of blocks that fit into the width."""
    head = max(map(len, _ROWS)) + len(_GAP)
    marked = localised(assessment.spans)
    blocks = [_cells(block, marked) for block in align(seen, assessment.restored)]
    while blocks:
        room, many = width - head, 0
        for cells in blocks:
            room -= cell_len(cells["original"]) + len(_GAP)
            if room < 0 and many:
                break
            many += 1
        for row in _ROWS:
            line = _GAP.join(cells[row] for cells in blocks[:many]).rstrip()
            if line or row in ("original", *_VIEWS):
                yield (row.ljust(head) + line).rstrip()
        yield ""
        blocks = blocks[many:]


def _cells(block: Block, spans: Sequence[Span]) -> dict[str, str]:
    """The cells of a block by row, all of one width."""
    rows = {row: [_shown(getattr(token, row)) for token in block.tokens] for row in _VIEWS}
    rows["original"] = [_shown(token.original) for token in block.tokens]
    widths = [max(map(cell_len, column)) for column in zip(*rows.values(), strict=True)]
    rows["found"] = [
        _MARK * width
        if any(span.start < token.end and token.start < span.end for span in spans)
        else ""
        for width, token in zip(widths, block.tokens, strict=True)
    ]
    cells = {row: _GAP.join(map(_padded, column, widths)) for row, column in rows.items()}
    cells["meant"] = _shown(block.meaning)
    whole = max(map(cell_len, cells.values()))
    return {row: _padded(cell, whole) for row, cell in cells.items()}


def _listed(words: str, assessment: Assessment) -> Iterator[str]:
    yield f"offence {assessment.offence:.2f}  counter_speech {assessment.counter_speech:.2f}"
    for kind, score in sorted(assessment.kinds.items(), key=lambda item: -item[1]):
        yield f"{kind} {score:.2f}"
    for span in assessment.spans:
        yield f"  {span.start}-{span.end} {span.kind}: {_match(words, span)}"
    for restoration in assessment.restored:
        original = _shown(words[restoration.start : restoration.end])
        yield (
            f"  {restoration.start}-{restoration.end} {restoration.view}: {original} for "
            f"{restoration.form}, cost {restoration.cost:.1f}, log-odds {restoration.odds:.1f}"
        )
    for hit in assessment.shadow:
        written = _shown(words[hit.start : hit.end])
        yield f"  {hit.start}-{hit.end} {hit.kind}, in shadow: {written}, entry {hit.term}"


def _match(words: str, span: Span) -> str:
    """The matched passage, its entry, and its spelling."""
    parts = [_shown(words[span.start : span.end])]
    parts.append(f"entry {span.entry}" if span.entry else f"wording: {span.sense}")
    if span.view != SURFACE:
        parts.append(f"by {span.view} for {span.form}, cost {span.cost:.1f}")
    return ", ".join(parts)


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() else f"<{ord(char):x}>" for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
