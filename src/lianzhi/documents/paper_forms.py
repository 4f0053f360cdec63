"""The forms in which a paper is rendered, by the ending of its file."""

from collections.abc import Callable, Mapping

from lianzhi.documents.paper import Paper
from lianzhi.documents.paper_docx import docx
from lianzhi.documents.paper_pdf import pdf

FORMS: Mapping[str, Callable[[Paper], bytes]] = {"docx": docx, "pdf": pdf}
