"""Words: what reaches a person, from gettext catalogues in Chinese and English.

A message id is a key such as `case.close`; the text of both languages stands in `words/zh.po` and
`words/en.po`, so that wording is changed in one place and by those who write well. The catalogues
are read as they are, no compiled file is needed.
"""

import io
import logging
from functools import cache
from importlib.resources import files

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from lianzhi.domains.registry import packages

log = logging.getLogger(__name__)

LANGUAGES: tuple[str, ...] = ("zh", "en")
#: How each language calls itself.
NAMES = {"zh": "中文", "en": "English"}


@cache
def words(language: str) -> Translations:
    """The catalogue of a language, domains' own words included; a missing key shows as itself.

    A domain's word never replaces one of the console or of a domain before it: that is logged.
    """
    places = (__package__, *packages("words"))
    catalogue = Catalog(locale=language)
    for place in places:
        source = files(place).joinpath("words", f"{language}.po").read_bytes()
        for message in read_po(io.BytesIO(source), locale=language):
            if (taken := catalogue.get(message.id)) is None:
                catalogue[message.id] = message
            elif message.id and taken.string != message.string:
                log.error(
                    "words of %s: %r is taken and stays as it is; rename it in words/%s.po",
                    place,
                    message.id,
                    language,
                )
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def known(language: str, key: str) -> bool:
    """Whether the catalogue has a text for this key."""
    return words(language).gettext(key) != key


def choose(wanted: str | None, accept: str | None) -> str:
    """The language to speak: the one chosen, else the first of Accept-Language that we have.

    A browser that names none of ours is answered in English, one that names nothing in Chinese.
    """
    if wanted in LANGUAGES:
        return wanted
    if not accept:
        return LANGUAGES[0]
    for part in accept.split(","):
        language = part.split(";")[0].strip().split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"
