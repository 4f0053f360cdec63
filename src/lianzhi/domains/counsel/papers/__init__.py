"""Papers of the office: fields, kinds and templates, as data."""

from lianzhi.documents.paper_set import PaperSet

PAPERS = PaperSet(__package__)
