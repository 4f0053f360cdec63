"""A paper as a Word file, for whoever must still write into it or print it under their own fonts.

The layout follows GB/T 9704: A4, a type area 版心 of 156 by 225 mm for letters, the title in
小标宋, the body in 仿宋, two characters of indent. Word takes a substitute where a font is not
installed.
The same paper gives the same bytes: properties and zip times are those of the document's day.
"""

import datetime as dt
import io
import zipfile
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import (
    WD_ALIGN_PARAGRAPH,
    WD_LINE_SPACING,
    WD_TAB_ALIGNMENT,
    WD_TAB_LEADER,
)
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from lianzhi.documents.paper import (
    Block,
    Closing,
    Item,
    Paper,
    Signature,
    Slip,
    Table,
    Text,
)

_TITLE, _BODY, _HEAD, _LATIN = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
_SIZES = {"letter": 16, "record": 14, "form": 12}
_LINE_MM = 156
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def docx(paper: Paper) -> bytes:
    """The paper as a DOCX file."""
    document = _blank()
    properties = document.core_properties
    noon = dt.datetime.combine(paper.day, dt.time(4))  # UTC: noon in China
    properties.created = properties.modified = noon
    properties.title = f"{paper.title} · {paper.number}"[:255]
    properties.author = properties.last_modified_by = paper.agency[:255]
    properties.subject, properties.revision = paper.party[:255], 1
    properties.comments, properties.keywords = "", paper.kind
    for at, part in enumerate(paper.parts()):
        section = document.add_section(WD_SECTION.NEW_PAGE) if at else document.sections[0]
        _Writer(document, section, part).write()
    buffer = io.BytesIO()
    document.save(buffer)
    return _timeless(buffer.getvalue(), paper.day)


def _blank() -> Any:
    """The library's empty document, without the picture of another one that comes with it."""
    document = Document()
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
    return document


class _Writer:
    def __init__(self, document: Any, section: Any, paper: Paper) -> None:
        self.document, self.section, self.paper = document, section, paper
        self.size = _SIZES[paper.layout]
        self.zh = paper.language == "zh"

    def write(self) -> None:
        paper, section = self.paper, self.section
        section.page_width, section.page_height = Mm(210), Mm(297)
        top, bottom = (37, 35) if paper.layout == "letter" else (26, 26)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        self.line(paper.agency, size=20 if self.zh else 15, font=_TITLE, align=_CENTRE)
        self.line(paper.title, size=22 if self.zh else 18, font=_TITLE, align=_CENTRE, after=6)
        number = self.line(
            paper.number, size=14, align=_RIGHT if paper.layout == "form" else _CENTRE
        )
        _rule(number)
        self.line("", size=6)
        for at, block in enumerate(paper.blocks):
            self.block(block)
            following = next(iter(paper.blocks[at + 1 :]), None)
            if isinstance(block, Text) and isinstance(following, Signature | Closing):
                # Nobody signs a page on which nothing else stands.
                self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.foot()

    def block(self, block: Block) -> None:
        match block:
            case Text():
                self.text(block)
            case Item():
                self.body(block.mark + ("" if self.zh else " ") + block.text)
            case Table():
                self.table(block)
            case Signature() if block.hint:
                for row in self.blanks(block.labels, (1, 4), 17, block.hint):
                    row.cells[1].vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
                    row.cells[1].paragraphs[0].alignment = _RIGHT
            case Signature():
                for label in block.labels:
                    _leader(self.line(f"{label}\t", before=self.size / 2))
            case Closing():
                self.closing(block)
            case Slip():
                self.slip(block)

    def text(self, block: Text) -> None:
        match block.role:
            case "body":
                self.body(block.text)
            case "heading":
                line = self.line(block.text, font=_HEAD, before=6)
                line.paragraph_format.keep_with_next = True
            case "note":
                self.line(block.text, size=self.size - 2.5, before=6)
            case "lead":
                self.line(block.text)

    def body(self, text: str) -> None:
        line = self.line(text, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
        if self.zh:
            _indent(line, self.size)
        else:
            line.paragraph_format.space_after = Pt(self.size / 2)

    def closing(self, block: Closing) -> None:
        for text, size, before in (
            (block.agency, self.size, self.size * 2),
            (block.seal, self.size - 3, 0),
            (block.day, self.size, 0),
        ):
            line = self.line(text, size=size, align=_RIGHT, before=before)
            line.paragraph_format.keep_with_next = text != block.day

    def slip(self, block: Slip) -> None:
        _rule(self.line("", size=6, before=self.size), "dashed")
        title = self.line(block.title, font=_HEAD, align=_CENTRE, before=8, after=6)
        title.paragraph_format.keep_with_next = True
        self.blanks(block.rows, (2, 3), 11)
        if block.note:
            self.line(block.note, size=self.size - 2.5, before=6)

    def blanks(
        self, labels: tuple[str, ...], widths: tuple[int, int], height_mm: int, hint: str = ""
    ) -> list[Any]:
        """Rows with boxes to be filled in by hand."""
        rows = list(self.table(Table(widths, tuple((label, hint) for label in labels))).rows)
        for row in rows:
            row.height = Mm(height_mm)
            for cell in row.cells:
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        return rows

    def table(self, block: Table) -> Any:
        rows = ((block.head,) if block.head else ()) + block.rows
        table = self.document.add_table(len(rows), len(block.widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        unit = _LINE_MM / sum(block.widths)
        for column, width in zip(table.columns, block.widths, strict=True):
            column.width = Mm(unit * width)
        size = min(self.size, 12)
        for at, (row, cells) in enumerate(zip(rows, table.rows, strict=True)):
            head = bool(block.head) and at == 0
            if head:
                cells._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
            for column, (cell, words) in enumerate(zip(cells.cells, row, strict=True)):
                label = head or (not block.head and column % 2 == 0)
                cell.width = Mm(unit * block.widths[column])
                for n, text in enumerate(words.split("\n")):
                    place = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
                    self.put(place, text, size, _HEAD if head else _BODY, 3, 3)
                    if label or (block.head and column == 0):
                        place.alignment = _CENTRE
        self.line("", size=6)
        return table

    def line(self, text: str, *, size: float = 0, font: str = _BODY, align: Any = None,
             before: float = 0, after: float = 0) -> Any:  # fmt: skip
        """One paragraph of one run: what is in it is words and nothing else."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = align
        self.put(paragraph, text, size or self.size, font, before, after)
        return paragraph

    def put(
        self, place: Any, text: str, size: float, font: str, before: float, after: float
    ) -> None:
        form = place.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * 1.75)
        _dress(place.add_run(text), size, font)

    def foot(self) -> None:
        """Page numbers: the only fields in the file, and none of their words is a person's."""
        footer = self.section.footer
        footer.is_linked_to_previous = False
        place = footer.paragraphs[0]
        place.alignment = _CENTRE
        for n, piece in enumerate(self.paper.page.replace("{pages}", "\0NUMPAGES\0")
                                  .replace("{page}", "\0PAGE\0").split("\0")):  # fmt: skip
            run = place.add_run("" if n % 2 else piece)
            _dress(run, 10.5, _BODY)
            if n % 2:
                _field(run, piece)


def _dress(run: Any, size: float, font: str) -> None:
    run.font.size, run.font.name = Pt(size), _LATIN
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and dashes are Chinese ones


def _indent(paragraph: Any, size: float) -> None:
    """Two characters, whatever their size; in points for readers that can't count characters."""
    paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")


def _rule(paragraph: Any, kind: str = "single") -> None:
    """A line under a paragraph."""
    edges, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", kind), ("sz", "6"), ("space", "4"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    edges.append(bottom)
    # The schema has an order: borders come before spacing, indent and alignment.
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        edges, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _leader(paragraph: Any) -> None:
    """A line to write on, from the words to the margin."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(
        Mm(_LINE_MM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES
    )


def _field(run: Any, code: str) -> None:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._element.append(mark)
        if kind == "begin":
            code_text = OxmlElement("w:instrText")
            code_text.text = code
            run._element.append(code_text)
        elif kind == "separate":
            shown = OxmlElement("w:t")
            shown.text = "1"
            run._element.append(shown)


def _timeless(archive: bytes, day: dt.date) -> bytes:
    """The archive with the day of the paper as the only time, so that it is reproducible."""
    moment = (max(1980, day.year), day.month, day.day, 12, 0, 0)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(entry, old.read(name))
    return out.getvalue()
