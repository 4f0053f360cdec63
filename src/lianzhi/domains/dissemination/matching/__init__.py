"""Matching: near-duplicate articles across outlets, and who took from whom."""

from lianzhi.domains.dissemination.matching.lineage import Article as Article
from lianzhi.domains.dissemination.matching.lineage import Link as Link
from lianzhi.domains.dissemination.matching.lineage import lineage as lineage
