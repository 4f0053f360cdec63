"""Words of the interface, from gettext catalogues in Chinese and English.

A message id is a key such as `case.close`; the text of both languages stands in `words/zh.po` and
`words/en.po`, so that wording is changed in one place and by those who write well. The catalogues
are read as they are, no compiled file is needed.
"""

from babel.support import Translations

from lianzhi.catalogue import read_catalogues
from lianzhi.domains.registry import packages

LANGUAGES: tuple[str, ...] = ("zh", "en")
#: How each language calls itself.
NAMES = {"zh": "中文", "en": "English"}


def words(language: str) -> Translations:
    """The catalogue of a language, with the words of documents, audits and domains; a missing key
    shows as itself."""
    shared = ("lianzhi.documents", "lianzhi.kit", "lianzhi.audits")
    return read_catalogues((__package__, *shared, *packages("words")), language)


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
