"""Reviews 案卷评查: drawing the files of a quarter, and marking them by the published sheet."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from lianzhi.chain.life import START, Steps
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.desk.watch import Watch
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.visit import Permit
from lianzhi.domains.enforcement.queries import steps, tables, views
from lianzhi.domains.enforcement.supervision import sheets
from lianzhi.domains.enforcement.supervision.monitors import Report
from lianzhi.domains.enforcement.supervision.sample import File, days_of, may_review, pick
from lianzhi.domains.enforcement.supervision.sheets import Kind, Marked, Sheet
from lianzhi.record.entry import Text

KINDS: tuple[Kind, ...] = ("penalty", "permit")
SAMPLE_STEPS: Steps = {
    "sample.planned": (frozenset({START}), "planned"),
    "sample.drawn": (frozenset({"planned"}), "drawn"),
}
_MOST_WORDS = 20_000


class Drawn(NamedTuple):
    """A sample that was drawn."""

    kind: Kind
    quarter: str
    sheet: str
    seed: str
    """Root of the checkpoint, in hexadecimal."""
    size: int
    """Entries that the checkpoint covers."""
    files: int
    """Files of the quarter."""
    picked: tuple[str, ...]
    by: str
    at: int


class Reviews:
    """Draws samples of files and records reviews."""

    def __init__(self, office: Office, penalties: Penalties, watch: Watch) -> None:
        self._office, self._penalties, self._watch = office, penalties, watch
        own = office.home / "enforcement" / "sheets"
        self.sheets = sheets.load(own if own.exists() else None)

    def sheet(self, kind: Kind) -> Sheet:
        """The sheet of today."""
        return sheets.sheet_of(self.sheets, kind, self._office.today())

    # -- samples -----------------------------------------------------------------------------------

    def draw(self, kind: Kind, quarter: str, by: str) -> Drawn:
        """Draw the files of a quarter that is over; once. Raises RefusedError.

        First the wish goes on the record, then the checkpoint that covers it gives the seed.
        """
        office = self._office
        try:
            _, last = days_of(quarter)
        except ValueError as error:
            raise RefusedError("quarter", str(error), quarter=quarter) from None
        if kind not in KINDS or last >= office.today():
            raise RefusedError("quarter_open", f"{quarter} is not over; wait", quarter=quarter)
        if self.drawn(kind, quarter) is not None:
            raise RefusedError("sample_drawn", f"{quarter} was drawn already", quarter=quarter)
        name, sheet = f"sample:{kind}:{quarter}", self.sheet(kind)
        payload: dict[str, Any] = {"sample": name, "by": by, "sheet": sheet.id}
        if not views.story(office.ledger, name):
            with office.batch() as batch:
                batch.append([draft("sample.planned", name, office.now(), payload)])
        size, root = _checkpoint(office.ledger.checkpoint())
        with office.reading() as connection:
            known = self._files(connection, kind, quarter)
        picked = pick(known, root, sheet.sample)
        payload |= {"seed": root.hex(), "size": size, "files": len(known), "picked": list(picked)}
        with office.batch() as batch:
            batch.append([draft("sample.drawn", name, office.now(), payload)])
        sample = self.drawn(kind, quarter)
        if sample is None:
            raise KeyError(name)
        return sample

    def drawn(self, kind: Kind, quarter: str) -> Drawn | None:
        """The sample of a quarter; None: it was not drawn."""
        story = views.story(self._office.ledger, f"sample:{kind}:{quarter}")
        step = next((step for step in story if step.kind == "sample.drawn"), None)
        if step is None:
            return None
        payload = step.payload
        return Drawn(
            *(kind, quarter, payload["sheet"], payload["seed"], payload["size"], payload["files"]),
            *(tuple(payload["picked"]), payload["by"], step.at),
        )

    def samples(self) -> list[Drawn]:
        """All samples, the newest first."""
        with self._office.reading() as connection:
            drawn = steps.entries(connection, kinds=("sample.drawn",))
        split = [entry.of.split(":") for entry in reversed(drawn)]
        known = {f"{kind}": kind for kind in KINDS}
        samples = [self.drawn(known[kind], quarter) for _, kind, quarter in split]
        return [sample for sample in samples if sample is not None]

    def _files(self, connection: Connection, kind: Kind, quarter: str) -> list[File]:
        """Penalties closed, or permits decided, within the quarter."""
        first, last = days_of(quarter)
        if kind == "penalty":
            column = tables.penalty.c
            within = column.closed.between(first.isoformat(), last.isoformat())
            files = tables.penalty.every(connection, within)
            return [File(file.id, file.department) for file in files]
        permits = tables.permit.every(connection)
        return [
            File(permit.id, permit.department)
            for permit in permits
            if permit.decided is not None and first <= permit.decided <= last
        ]

    # -- marks -------------------------------------------------------------------------------------

    def file(self, kind: Kind, identity: str) -> Penalty | Permit:
        """A file. KeyError: there is none."""
        with self._office.reading() as connection:
            if kind == "penalty":
                return self._office.penalty(connection, identity)
            return tables.permit.load(connection, identity)

    def mean_marks(self, sample: Drawn) -> sheets.Average | None:
        """Mean marks of a sample's files that were reviewed; None where none was."""
        files = [self.file(sample.kind, identity) for identity in sample.picked]
        return sheets.average([file.marks for file in files if file.marks is not None])

    def shown(
        self, kind: Kind, file: Penalty | Permit, report: Report | None = None
    ) -> list[Marked]:
        """What the file itself shows, criterion by criterion; by the newest report unless told."""
        ids = [
            file.id,
            *([file.inspection] if isinstance(file, Penalty) and file.inspection else []),
        ]
        return sheets.marked(self.sheet(kind), ids, report or self._watch.now().report)

    def file_review(
        self, kind: Kind, identity: str, lost: Mapping[str, int], by: str, words: str
    ) -> int:
        """Review a file; returns its marks. KeyError: there is none.

        Raises RefusedError for who had a hand in it, marks that the sheet does not allow, no words.
        """
        file, office, sheet = self.file(kind, identity), self._office, self.sheet(kind)
        if not may_review(by, hands(file)):
            raise RefusedError("own_file", f"{by} had a hand in {identity}; let another review it")
        if not words.strip():
            raise RefusedError("reason", "a review needs words: say what was found")
        if len(words) > _MOST_WORDS:
            raise RefusedError("too_long", f"at most {_MOST_WORDS} characters", most=_MOST_WORDS)
        try:
            marks, counted = sheets.total(sheet, self.shown(kind, file), lost)
        except sheets.LostError as error:
            raise RefusedError("marks", str(error)) from None
        if isinstance(file, Penalty):
            self._penalties.review_file(identity, marks, sheet.id, counted, by, words)
            return marks
        payload = {"permit": identity, "day": office.today(), "by": by}
        payload |= {"marks": marks, "sheet": sheet.id, "lost": counted}
        with office.batch() as batch:
            texts: dict[str, Text] = {"words": (words, (file.enterprise,))}
            batch.append([draft("permit.file_reviewed", identity, office.now(), payload, texts)])
        return marks


def hands(file: Penalty | Permit) -> frozenset[str]:
    """Everybody who had a hand in a file."""
    if isinstance(file, Permit):
        return frozenset({file.officer} - {""})
    named = {*file.investigators, *file.reviewers, *file.recused, file.reviewer, file.decided_by}
    return frozenset(named - {""})


def _checkpoint(note: str) -> tuple[int, bytes]:
    """Size and root that a checkpoint's note tells: its second and third line."""
    _, size, root, *_ = note.split("\n")
    return int(size), b64decode(root)
