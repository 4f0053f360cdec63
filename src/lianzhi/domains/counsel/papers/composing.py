"""Papers of a file as it stands: what they lack, and the files that are rendered of them. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from lianzhi.documents.paper_composing import Lack, bilingual, complete, compose, lacking
from lianzhi.documents.paper_forms import FORMS
from lianzhi.documents.paper_template import Language
from lianzhi.domains.counsel.papers import PAPERS
from lianzhi.domains.counsel.papers.filling import Case, fill
from lianzhi.domains.counsel.words import words
from lianzhi.law.words import Words

Forms = Literal["zh", "both"]
_SETTINGS = frozenset({"agency", "number"})
"""Fields that come from the settings only."""


class Offer(NamedTuple):
    """A paper that may be issued, with the fields to be entered for it."""

    kind: str
    title: Words
    lacks: tuple[Lack, ...]
    settings: tuple[str, ...]
    """Fields missing from the office's settings; it can't be issued without them."""
    known: Mapping[str, str] = {}


def offer_of(case: Case) -> Offer:
    """What a paper asks for, beside what the file and the settings say."""
    lacks = lacking(PAPERS, case.due.kind, _filled(case, "zh"))
    is_unset = {"agency": case.agency.name is None, "number": not case.agency.short}
    return Offer(
        case.due.kind,
        PAPERS.kind(case.due.kind).title,
        tuple(lack for lack in lacks if lack.name not in _SETTINGS),
        tuple(name for name, unset in is_unset.items() if unset),
    )


def rendered(
    case: Case, number: str, typed: Mapping[str, str], language: Forms
) -> dict[str, bytes]:
    """The files of a paper by form. Raises PaperError naming what is missing or wrong."""
    kind = case.due.kind
    languages: tuple[Language, ...] = ("zh", "en") if language == "both" else ("zh",)
    zh, *en = (
        complete(PAPERS, kind, _filled(case, each) | {"number": number}, typed, _SETTINGS)[0]
        for each in languages
    )
    paper = bilingual(PAPERS, kind, zh, None, *en) if en else compose(PAPERS, kind, "zh", zh)
    return {form: render(paper) for form, render in FORMS.items()}


def _filled(case: Case, language: Language) -> dict[str, Any]:
    gettext = words(language).gettext
    return fill(case, language, lambda family, key: gettext(f"{family}.{key}"))
