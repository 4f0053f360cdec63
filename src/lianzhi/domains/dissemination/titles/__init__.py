"""Titles: a reprint's title held against the title and body of its own source."""

from lianzhi.domains.dissemination.titles.detect import Detector as Detector
from lianzhi.domains.dissemination.titles.finding import RULES as RULES
from lianzhi.domains.dissemination.titles.finding import Change as Change
